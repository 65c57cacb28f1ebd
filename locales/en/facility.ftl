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
