# Sites, rooms, racks and what may stand where.
facility-time-zone = A time zone by its name, like Asia/Shanghai.
facility-kilograms = A weight in kilograms, like 28.6.
facility-rack-customer-missing = Choose the customer who rents this rack.
facility-rack-customer-too-many = Only a rack that one customer rents whole has a customer.
facility-no-such-site = Choose a site that is there.
facility-no-such-room = Choose a room that is there.
facility-no-such-customer = Choose a customer that is there.
facility-room-name-taken = The site already has a room of this name.
facility-rack-name-taken = The room already has a rack of this name.
facility-site-has-rooms = { $count ->
    [one] One room of this site is still here. Archive it first.
   *[other] { $count } rooms of this site are still here. Archive them first.
}
facility-room-has-racks = { $count ->
    [one] One rack still stands in this room. Move or archive it first.
   *[other] { $count } racks still stand in this room. Move or archive them first.
}
facility-rack-has-devices = { $count ->
    [one] One device is still in this rack. Move it first.
   *[other] { $count } devices are still in this rack. Move them first.
}
facility-rack-too-small = These would stick out: { $names }. Move them first.
facility-rack-draws-more = What stands in it is planned with { $watts } W already.
facility-rack-weighs-more = What stands in it weighs { $kilograms } kg already.
facility-csv-no-site = There is no site with the code { $code }.
facility-csv-no-room = There is no room { $name } in site { $site }.
facility-csv-no-rack = There is no rack { $name } in room { $room }.
racks-title = Racks
racks-kind = Rack
racks-new = New rack
racks-empty = No racks yet
racks-empty-text = A rack stands in a room of a site. Add a site and a room first, then the rack, or import CSV files.
racks-room = Room
racks-name = Rack
racks-row = Row
racks-in-row = row { $row }
racks-position-in-row = Place in the row
racks-fill = Filled
racks-units = Height
racks-devices = Devices
racks-planned = Planned power
racks-weight = Weight
racks-of-units = of { $units } U
racks-at-most-watts = at most { $watts } W
racks-at-most-kg = at most { $kilograms } kg
racks-owner = Rented to
racks-ownership = Use
racks-customer = Customer
racks-customer-help = Only for a rack that one customer rents whole.
racks-elevation = Elevation
racks-occupied = Occupied
racks-inside = Devices in this rack
racks-nothing-inside = Nothing stands in this rack yet.
racks-facts = Facts
racks-numbering = Numbering
racks-starting-unit = First unit
racks-depth = Depth
racks-max-watts = Most power
racks-contracted = Contracted power
racks-contracted-help = What was promised to who rents the rack.
racks-max-weight = Most weight
racks-free = Free units
racks-full = No unit is free on both faces.
numbering-up = from the bottom up
numbering-down = from the top down
ownership-operator = Operator
ownership-customer = One customer
ownership-shared = Shared
face-front = Front
face-rear = Rear
face-left = Left side
face-right = Right side
sites-title = Sites and rooms
sites-new = New site
sites-empty = No sites yet
sites-empty-text = A site is a building with machine rooms. Everything else belongs to one.
sites-code = Code
sites-code-help = Short and unique. Used in imports.
sites-time-zone = Time zone
sites-address = Address
sites-contact = Duty desk
rooms-title = Rooms
rooms-new = New room
rooms-edit = Edit { $name }
rooms-site = Site
rooms-empty = No rooms yet.
facility-name = Name
facility-note = Note
facility-edit = Edit { $name }
facility-edit-short = Edit
facility-choose = Choose
facility-none = None
facility-yes = Yes
facility-no = No
archive-title = Archive { $name }?
archive-submit = Archive { $name }
archive-short = Archive
archive-state = Archived
archive-consequence = It no longer appears in lists and choices. Records and history stay; it can be brought back.
archive-restore-title = Bring back { $name }?
archive-restore = Bring back { $name }
archive-restore-short = Bring back
archive-restore-consequence = It appears in lists and choices again.
facility-grid-half = Fill in columns and rows of the floor, or neither.
facility-aisle-line = “{ $line }” is no aisle. Write it like: cold 1,3 12x2 Aisle A
facility-aisle-outside = The aisle “{ $line }” lies beside the floor, or its name is too long.
facility-aisles-many = At most { $max } aisles.
facility-no-plan = The room has no floor plan yet. Fill in its columns and rows first.
facility-off-the-floor = It would stick out of the floor, which has { $columns } columns and { $rows } rows.
facility-tiles-taken = The tiles are taken: { $names } is in the way.
facility-floor-loses = { $name } would no longer fit on the floor. Move it first.
facility-rack-keeps-units = These units are reserved and would be gone: { $units }. End the reservation first.
reservation-order = The last unit is not below the first.
reservation-rented-to = Choose the customer who rents these units.
reservation-not-shared = Rack { $rack } is not shared. Only units of a shared rack are rented out one by one.
reservation-kept-already = Units { $units } are kept already.
reservation-others-stand = Devices of others stand there: { $names }.
reservation-reserved = Reserved
reservation-rented = Rented
faces-both = both faces
faces-front = front
faces-rear = rear
half-left = left half
half-right = right half
aisle-cold = Cold aisle
aisle-hot = Hot aisle
rotation-0 = to the back of the room
rotation-90 = to the right
rotation-180 = to the front of the room
rotation-270 = to the left
reservations-title = Reserved and rented units
reservations-add = Reserve units
reservations-new = Reserve units of { $name }
reservations-edit = Reserved units of { $name }
reservations-lead = What is reserved is kept free for the one it is for. Nobody else gets a device in there.
reservations-empty = Nothing is reserved.
reservations-kind = Kind
reservations-kind-help = Rented: part of a shared rack that a customer pays for.
reservations-for = For
reservations-reason = Reason
reservations-until = Until
reservations-until-help = The last day. Empty: until somebody ends it.
reservations-no-end = no end
reservations-over = (over)
reservations-first = First unit
reservations-last = Last unit
reservations-faces = Faces
reservations-end = End
reservations-archive-consequence = The units are free for everybody again.
racks-width = Width
racks-floor = Place on the floor
racks-grid-x = Column
racks-grid-y = Row of tiles
racks-grid-help = The upper left tile it takes, counted from 1. Empty: not on the plan.
racks-rotation = Front looks
racks-moved = { $name } now stands at U{ $unit }.
racks-undo = Undo: put { $name } back where it was
racks-undo-to = Undo: put { $name } back to U{ $unit }
racks-move-help = Drag a device to another place, or focus it and press m: up and down move it by a unit (with Shift by half), left and right to front and rear, Enter puts it down, Esc leaves it. Hold it for a moment with the finger.
racks-move-take = Moving { $name }.
racks-move-at = U{ $unit }, { $face }:
racks-move-free = free.
racks-move-taken = taken by { $names }.
racks-move-dropped = Left where it was.
drawing-colour = Colour by
drawing-colour-status = status
drawing-colour-customer = customer
drawing-colour-power = power
drawing-colour-temperature = temperature
drawing-colour-age = warranty
drawing-search = Light up
drawing-show = Show
drawing-hits = { $count ->
    [one] One device stands out.
   *[other] { $count } devices stand out.
}
drawing-unknown = not known
drawing-planned-watts = planned { $watts } W
drawing-warranty-years = warranty of three years and more
drawing-warranty-more = one to three years
drawing-warranty-year = less than a year
drawing-warranty-soon = less than 90 days
drawing-warranty-over = warranty over
rooms-floor = Floor
rooms-grid-columns = Columns of tiles
rooms-grid-rows = Rows of tiles
rooms-grid-help = 0: no floor plan.
rooms-tile = Edge of a tile
rooms-aisles = Aisles
rooms-aisles-help = One a line: cold or hot, first column and row, columns x rows, name. For example: cold 1,3 12x2 Aisle A
floor-plan = Floor plan
floor-plan-of = Floor plan of { $name }
floor-arrange = Arrange racks
floor-done = Done
floor-put = Put it there
floor-none = There is no floor plan of this room yet. Edit the room and fill in the columns and rows of its floor.
floor-off-plan = not on the plan
floor-help = Drag a rack, or focus it and press m: arrows move it, r turns it, Enter puts it down, Esc leaves it.
floor-at = Column { $x }, row { $y }:
floor-heat-fill = filled units
floor-heat-power = planned power
floor-heat-temperature = warmest inlet
floor-key-fill = The colour says how many units are taken, from blue (few) to red (nearly all). The dark edge is the front.
floor-key-power = The colour says how much of the allowed power is planned, from blue (little) to red (nearly all). The dark edge is the front.
floor-key-temperature = The colour says the warmest air that a machine of the rack breathes, from blue (below 18 °C) to red (32 °C and more). The dark edge is the front.

# Several racks changed alike.
racks-bulk-title = { $count ->
    [one] Change { $count } rack
   *[other] Change { $count } racks
}
racks-bulk-lead = Tick what shall change and give it its value. The next page shows every rack before anything is written.
racks-bulk-same = All of them are so already. There is nothing to write.
racks-bulk-nothing-yet = { $count ->
    [one] { $count } rack would change. Nothing is written yet.
   *[other] { $count } racks would change. Nothing is written yet.
}
racks-bulk-refused = { $count ->
    [one] { $count } rack cannot be changed so. Nothing was written.
   *[other] { $count } racks cannot be changed so. Nothing was written.
}
racks-bulk-without = { $count ->
    [one] Go on without this { $count } rack
   *[other] Go on without these { $count } racks
}
racks-bulk-submit = { $count ->
    [one] Change { $count } rack
   *[other] Change { $count } racks
}
racks-bulk-done = { $count ->
    [one] { $count } rack is changed.
   *[other] { $count } racks are changed.
}
racks-bulk-seen = { $given } is no rack and version. Write it like 12-3: rack 12 as its version 3 was read.
racks-bulk-none = Choose at least one rack.
racks-bulk-many = At most { $most } racks at once. Choose fewer.
racks-bulk-archived = It is archived. Bring it back before it is changed.
