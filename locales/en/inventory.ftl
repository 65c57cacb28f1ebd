# Device types and devices.
inventory-slug-letters = Letters, digits and - _ . only.
inventory-slug-taken = { $model } already has this short name.
inventory-height = A height in U from 0 to 50 in steps of 0.5; 0 for what hangs at the side of a rack.
inventory-unit = A unit as the rack numbers it, like 12 or 12.5.
inventory-place-without-rack = Choose the rack, or leave unit and face empty.
inventory-status-needs-rack = A device of this status stands in a rack. Choose it.
inventory-status-without-rack = A device of this status stands in no rack. Clear the rack or choose another status.
inventory-no-such-rack = Choose a rack that is there.
inventory-no-such-type = Choose a device type that is there.
inventory-foreign-rack = Rack { $rack } is rented whole by another customer.
inventory-side-wanted = This type takes no units: choose the left or the right side.
inventory-side-unit = This type takes no units: leave the unit empty.
inventory-face-wanted = This type takes units: choose front or rear.
inventory-unit-missing = Fill in the lowest unit it takes.
inventory-out-of-rack = It would stick out of rack { $rack }, which has the units { $first } to { $last }.
inventory-occupied = The place is occupied.
inventory-occupied-by = The place is occupied: { $names } is in the way.
inventory-too-much-power = Rack { $rack } would be planned with { $total } W; at most { $limit } W are allowed.
inventory-too-heavy = Rack { $rack } would carry { $total } kg; at most { $limit } kg are allowed.
inventory-type-no-longer-fits = { $name } would no longer fit where it stands. Move it first.
inventory-type-in-use = { $count ->
    [one] One device is of this type.
   *[other] { $count } devices are of this type.
}
inventory-name-taken = There is already a device { $name }.
inventory-serial-taken = { $name } already has this serial number.
inventory-asset-tag-taken = { $name } already has this asset tag.
inventory-archived = The device is archived. Bring it back first.
inventory-locked = The device is locked: { $reason }. Unlock it first.
inventory-csv-no-type = There is no device type { $slug }.
devices-title = Devices
servers-title = My servers
devices-new = New device
devices-empty = No devices yet
devices-empty-text = A device is anything that stands in a rack. Add device types first, then devices, or import CSV files.
servers-empty = No servers here yet
servers-empty-text = As soon as a machine of yours is installed, it appears here.
devices-name = Name
devices-label = Label
devices-label-help = What is written on the machine.
devices-type = Model
devices-owner = Owner
devices-operator = The operator
devices-place = Place
devices-no-place = In no rack
devices-rack = Rack
devices-unit = Unit
devices-unit-help = The lowest number it takes, as the rack numbers it. Empty for what hangs at a side.
devices-face = Fixed at
devices-serial = Serial number
devices-asset-tag = Asset tag
devices-status = Status
devices-role = Role
devices-configuration = Configuration
devices-cpu = Processors
devices-memory = Memory
devices-disks = Disks
devices-nics = Network cards
devices-purchased = Bought on
devices-warranty = Warranty until
devices-warranty-before = Warranty ends before
devices-warranty-before-day = Warranty ends before { $day }
devices-site = Site
devices-room = Room
devices-updated = Last changed
devices-protected = Protected
devices-protected-short = protected
devices-protected-help = A power action needs a second person.
devices-facts = Facts
devices-history = History
devices-move = Move
devices-move-title = Move { $name }
devices-move-lead = Leave the rack empty to take the device out; it is then in stock.
devices-lock = Lock
devices-unlock = Unlock
devices-locked = locked
devices-locked-because = Locked: { $reason }
devices-lock-title = Lock { $name }?
devices-lock-submit = Lock { $name }
devices-lock-reason = Reason
devices-lock-consequence = Nobody can act on its power until it is unlocked. The machine itself goes on running.
devices-archive-consequence = It leaves its rack and no longer appears in lists. Records and history stay; it can be brought back into stock.
device-status-planned = planned
device-status-in_stock = in stock
device-status-installed = installed
device-status-decommissioning = decommissioning
device-status-removed = removed
devices-role-of-type = As its type says
devices-role-help = Only where it does something else than its type, like a server that is a router.
device-role-server = Server
device-role-switch = Switch
device-role-router = Router
device-role-firewall = Firewall
device-role-storage = Storage
device-role-pdu = PDU
device-role-patch_panel = Patch panel
device-role-console_server = Console server
device-role-blank = Blanking panel
device-role-other = Other
device-history-device-create = Added
device-history-device-update = Changed
device-history-device-move = Moved
device-history-device-archive = Archived
device-history-device-restore = Brought back
device-history-device-lock = Locked
device-history-device-unlock = Unlocked
device-history-bmc-read = Asked for a reading
device-history-bmc-rotate = Asked for a new BMC password
device-history-bmc-rotated = BMC password changed
device-history-bmc-rotate-failed = BMC password not changed
device-history-bmc-rotate-unclear = BMC password unclear
device-history-bmc-rotate-settle = Settled the BMC password
device-history-device-attachment-add = Added a photo or document
device-history-device-attachment-update = Changed what is said of a photo or document
device-history-device-attachment-archive = Archived a photo or document
device-history-device-attachment-restore = Brought back a photo or document
device-history-device-stock = Put in another place in stock
device-history-device-set-aside = Set a difference aside
device-history-device-component-add = Put in a part
device-history-device-component-remove = Took out a part
device-history-device-component-replace = Replaced a part
device-history-device-component-update = Corrected a part
device-history-device-port-archive = Archived a port
device-history-device-port-create = Added a port
device-history-device-port-restore = Brought back a port
device-history-device-port-update = Changed a port
device-history-device-ports-from-type = Took over the ports of the type
device-history-device-bring-back = Brought back a difference
device-history-power-request = Asked for a power action
device-history-power-approve = Approved a power action
device-history-power-cancel = Took back a power action
device-history-power-refuse = Refused a power action
device-history-power-finish = Ended a power action
device-history-bmc-create = Recorded the BMC
device-history-bmc-update = Changed the BMC
device-history-bmc-certificate = Trusted the new certificate of the BMC
device-history-bmc-remove = Removed the BMC
device-history-outlet-map = Said what an outlet feeds
device-history-pdu-update = Connected to a power feed
device-field-stock_site = Stock in
device-field-stock_place = Place in stock
device-field-customer_visible = Shown to the customer
device-field-purchased_on = Bought on
device-field-name = Name
device-field-kind = Kind
device-field-slot = Slot
device-field-maker = Maker
device-field-model = Model
device-field-part_number = Part number
device-field-capacity = Size
device-field-installed_on = Put in on
device-field-connector = Connector
device-field-positions = Strands
device-field-through_port = Port behind it
device-field-through_position = Position
device-field-feed_leg = Leg
device-field-max_watts = Most it draws
device-field-allocated_watts = Planned
device-field-management = Management only
device-field-disabled = Not in use
device-field-poe = PoE
device-field-color = Colour
device-field-mac = MAC
device-field-role = Role
device-field-label = Label
device-field-serial = Serial number
device-field-asset_tag = Asset tag
device-field-status = Status
device-field-unit = Unit
device-field-face = Fixed at
device-field-cpu = Processors
device-field-memory_gib = Memory (GiB)
device-field-disks = Disks
device-field-nics = Network cards
device-field-warranty_until = Warranty until
device-field-protected = Protected
device-field-note = Note
types-title = Device types
types-kind = Device type
types-new = New device type
types-empty = No device types yet
types-empty-text = A device type is a make and model with its height. Every device is of one.
types-manufacturer = Maker
types-model = Model
types-slug = Short name
types-slug-help = Unique; used in imports, like dell-poweredge-r640.
types-height = Height
types-height-help = In steps of 0.5; 0 for what hangs at the side of a rack.
types-full-depth = Full depth
types-full-depth-help = It takes both faces of the rack.
types-airflow = Airflow
types-watts = Planned power
types-devices = Devices of this type
labels-title = Labels
labels-lead = Labels with a square code: it opens the page of the thing, after signing in. What matters is also written in words.
labels-button = Labels
labels-of-devices = Labels of the devices
labels-of-ports = Labels of all ports
labels-print = Make { $count ->
    [one] 1 label
   *[other] { $count } labels
  } (PDF)
labels-stock = Print on
labels-stock-help = Print at 100 %, not fitted to the page.
labels-stock-a4-3x8 = A4, 3 × 8 labels, 70 × 37 mm
labels-stock-a4-2x7 = A4, 2 × 7 labels, 99.1 × 38.1 mm
labels-stock-a4-5x13 = A4, 5 × 13 labels, 38.1 × 21.2 mm
labels-stock-letter-3x10 = Letter, 3 × 10 labels, 66.7 × 25.4 mm
labels-stock-tape-62 = Tape of 62 mm, one label each, 29 mm long
labels-start = First label on the sheet
labels-start-help = For a half-used sheet: labels are counted row by row from the top left.
labels-list = What is printed
labels-name = Name
labels-lines = In words
labels-empty = Nothing to print yet
labels-empty-text = Tick devices, racks or cables in their list, or open one of them, and choose “Labels”.
labels-fault-stock = Choose what the labels are printed on.
labels-fault-start = This sheet has the places 1 to { $last }.
labels-fault-many = At most { $most } labels at once. Choose fewer.
inventory-bay-without-chassis = Choose the chassis, or leave the bay empty.
inventory-bay-and-units = What stands in a bay takes no units: leave unit and face empty.
inventory-bay-missing = Fill in the bay of the chassis.
inventory-no-such-chassis = Choose a chassis that is there.
inventory-csv-no-chassis = There is no device { $name }.
inventory-no-bays = { $name } has no bays: its type is no chassis.
inventory-no-blade = A device of this type stands in no bay: its type is no blade.
inventory-blade-wants-bay = A device of this type stands in a bay of a chassis. Choose the chassis and the bay.
inventory-chassis-circle = { $name } would stand in itself.
inventory-bay-taken = { $name } is in bay { $bay }.
inventory-blades-inside = Blades are still in it: { $names }. Move them first.
inventory-type-in-bays = { $name } is in a chassis, or holds blades. Take it out first.
inventory-half-of-whole = This type takes the whole width: leave the half empty.
inventory-half-wanted = This type takes half of the width: choose left or right.
inventory-kept-units = Units { $units } are reserved for somebody else.
inventory-nothing-to-undo = There is no move of yours to take back.
devices-half = Half of the unit
devices-half-help = For types of half width, seen from the front.
devices-chassis = Chassis
devices-chassis-help = For blades: the chassis and its bay instead of rack and unit.
devices-bay = Bay
devices-in-bay = bay { $bay }
device-field-half = Half of the unit
device-field-bay = Bay
device-history-device-move-back = Move taken back
types-half-width = Half width
types-half-width-help = Two of it stand side by side.
types-subdevice = Chassis or blade
types-subdevice-none = neither
types-subdevice-parent = chassis
types-subdevice-child = blade

differences-title = Differences
differences-lead = What devices say of themselves and their records do not: over SNMP, from their BMCs, and from neighbours that see their ports.
differences-empty = No differences
differences-empty-text = Every device that says something of itself says what its record says.
differences-open = Open differences
differences-aside = Set aside
differences-device = Device
differences-kind = What
differences-kind-serial = Serial number
differences-kind-model = Model
differences-kind-asset_tag = Asset tag
differences-kind-memory_gib = Memory, GiB
differences-kind-mac = Network cards
differences-kind-system_name = Name
differences-kind-port = Port seen by a neighbour
differences-source = Told by
differences-source-snmp = SNMP
differences-source-bmc = BMC
differences-source-lldp = Neighbour (LLDP)
differences-since = Since
differences-until = until
differences-by-hand = choose the type by hand
differences-accept = Take over into the records
differences-set-aside = Set aside
differences-bring-back = Show again
differences-until-day = Until the end of this day
differences-until-help = Empty: until the device says something else. With a day it comes back after it although the same is said.
differences-until-past = This day is over. Choose a later one, or leave it empty.
differences-none-chosen = No difference is chosen. Tick at least one.
differences-too-many = At most { $most } differences can be decided at once. Tick fewer.
differences-confirm = { $do ->
    [accept] { $count ->
        [one] Take over { $count } difference?
       *[other] Take over { $count } differences?
    }
    [set_aside] { $count ->
        [one] Set { $count } difference aside?
       *[other] Set { $count } differences aside?
    }
   *[bring_back] { $count ->
        [one] Show { $count } difference again?
       *[other] Show { $count } differences again?
    }
}
differences-submit = { $do ->
    [accept] Take over { $count }
    [set_aside] Set { $count } aside
   *[bring_back] Show { $count } again
}
differences-done = { $do ->
    [accept] Taken over: { $count }.
    [set_aside] Set aside: { $count }.
   *[bring_back] Shown again: { $count }.
}
differences-consequence-accept = The records then say what the devices say: serial number, asset tag, memory and name are replaced, network cards and ports are added. All of them, or none.
differences-consequence-set-aside = They leave the list; records and devices stay as they are.
differences-consequence-bring-back = They are in the list again.

devices-bulk-button = Change
devices-bulk-all = { $count ->
    [one] Change the one found
   *[other] Change all { $count } found
}
devices-bulk-first = Change the first { $most } of { $count } found
devices-bulk-title = { $count ->
    [one] Change one device
   *[other] Change { $count } devices
}
devices-bulk-lead = Tick what shall change and give it its value. The next page shows every device before anything is written.
devices-bulk-left-out = { $count } more were found and are not among these: { $most } at once is the most.
devices-bulk-change = Change { $field }
devices-bulk-locked = Locked
devices-bulk-note = Added to the note
devices-bulk-preview = Show what would change
devices-bulk-becomes = What changes
devices-bulk-refusal = Refused because
devices-bulk-is-so = is so already
devices-bulk-same = All of them are so already. There is nothing to write.
devices-bulk-nothing-yet = { $count ->
    [one] One device would change. Nothing is written yet.
   *[other] { $count } devices would change. Nothing is written yet.
}
devices-bulk-refused = { $count ->
    [one] One device cannot be changed like this. Nothing was written.
   *[other] { $count } devices cannot be changed like this. Nothing was written.
}
devices-bulk-without = { $count ->
    [one] Go on without that one
   *[other] Go on without those { $count }
}
devices-bulk-submit = { $count ->
    [one] Change one device
   *[other] Change { $count } devices
}
devices-bulk-done = { $count ->
    [one] One device was changed.
   *[other] { $count } devices were changed.
}
devices-bulk-seen = { $given } is no device and version. Write it like 12-3: device 12 as its version 3 was read.
devices-bulk-none = Choose at least one device.
devices-bulk-many = At most { $most } devices at once. Choose fewer.
devices-bulk-no-field = Tick at least one field to change.
devices-bulk-stale = { $name } was changed by somebody else meanwhile. Nothing was written; begin again from the list.
device-undo = Take back
device-undo-title = Take back the last change of { $name }?
device-undo-consequence = What stood there before is written again, as a change of its own. Every rule of a change holds: a place that is taken by now is refused.
device-undo-created = The last thing done was to add the device. Archive it instead.
device-undo-archived = It was archived or brought back last. What that took out of racks and outlets does not come back by itself: archive it or bring it back.
device-undo-locked = It was locked or unlocked last. Use the button for that.
device-undo-hardware = The last thing done reached the machine itself and cannot be taken back.
device-undo-elsewhere = The last thing done was about a port, a part or something else beside the record. Change that where it is shown.
device-undo-nothing = There is no change of this record to take back.
device-undo-changed = The record changed since: { $stands } stands there now, not { $wrote }. Nothing was taken back.
device-history-device-take-back = Last change taken back

# The stock room.
stock-title = Stock room
stock-empty = Nothing in stock
stock-empty-text = A device that is moved out of its rack, or added without one, appears here.
stock-all-devices = All devices
stock-by-type = How many of each type
stock-place = Place in stock
stock-place-help = Shelf, box or drawer: S2-4
stock-since = In stock since
stock-put = Place in stock
stock-put-title = Where { $name } lies in stock
stock-move = Move it into a rack
stock-not-in-stock = This device is not in stock. Move it out of its rack first.
stock-no-such-site = There is no such building. Choose one of the list.

# Warranty and age.
ages-title = Warranty and age
ages-warranty = Warranty
ages-ended = Warranty has ended
ages-within = Warranty ends within { $days } days
ages-purchased = Bought
ages-year = Bought in { $year }
ages-older = Older than { $years } years
ages-years = Years
ages-undated = { $count } without a day of purchase
ages-empty = No devices yet
ages-empty-text = Devices appear here with the days of their purchase and the end of their warranty.
