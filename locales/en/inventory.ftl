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
