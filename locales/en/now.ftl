# The first page of staff, and the search.
now-title = Now
now-needs = What needs a person
now-nothing = Nothing needs a person at the moment.
now-expected = Visits today
now-nobody-expected = No visit is planned for today.
now-inside = Inside now
now-nobody-inside = Nobody is inside.
now-since = since
now-overdue = longer than planned
now-visit-overdue = Still inside after the planned end: { $people }
now-visit-action = Look at the visit
now-power-approval = { $action } waits for a second person to approve it
now-power-failed = { $action } failed
now-power-timed-out = { $action } was sent, but the machine did not show it in time
now-power-action = Look at the order
now-bmc-credential = The BMC { $address } refused the password; nothing is sent until it is changed
now-bmc-silent = The BMC { $address } does not answer
now-bmc-action = Look at the machine
now-target-silent = { $address } does not answer SNMP
now-target-action = Look at the target
now-task-failed = Background task failed: { $detail }
now-task-action = Look at the tasks
now-mail-dead = { $count ->
    [one] One delivery was given up
   *[other] { $count } deliveries were given up
}
now-mail-action = Look at the deliveries
search-title = Search
search-label = What are you looking for?
search-help = Serial, asset tag, label, address, customer, rack, port or visit.
search-devices = Devices
search-racks = Racks
search-customers = Customers
search-ports = Ports
search-visits = Visits
search-all = Show all { $count }
search-nothing = Nothing here matches “{ $query }”. Try fewer letters.
search-rooms = Rooms
search-contacts = Contacts
search-all-more = Show all
search-inside = Lists also look inside words, at owners and at types:
search-offer-all = All results for “{ $query }”
search-offer-nothing = Nothing begins with “{ $query }”. Open the search page
now-event = { $kind }: { $facts }
now-event-action = Look at the event
now-all-events = All events
