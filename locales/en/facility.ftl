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
