# Power: feeds, PDUs, outlets, and what gauges measure.
feeds-title = Power feeds
feeds-kind = Power feed
feeds-new = New feed
feeds-empty = No power feeds yet
feeds-empty-text = A feed is a supply from a distribution board into a room. Add the A and B feeds, then say on each PDU which one it hangs on.
feeds-name-help = As it is written on the board, like UPS-A-03.
feeds-name-taken = The room already has a feed of this name.
feeds-no-such = Choose a feed that is there.
feeds-has-pdus = { $count ->
    [one] One PDU hangs on this feed. Connect it to another feed first.
   *[other] { $count } PDUs hang on this feed. Connect them to another feed first.
}
feeds-side = Side
feeds-side-a = A
feeds-side-b = B
feeds-side-other = Other
feeds-phases = Phases
feeds-volts = Voltage
feeds-volts-help = Between phase and neutral.
feeds-amps = Breaker
feeds-rating = Rating
feeds-rating-of = { $phases } × { $volts } V × { $amps } A
feeds-carries = Carries
feeds-load = Load
feeds-pdus = PDUs on this feed
feeds-no-pdus = No PDU hangs on this feed yet. Open a PDU and choose its feed there.
outlets-title = Outlets
outlets-outlet = Outlet
outlets-number = No.
outlets-state = State
outlets-state-on = On
outlets-state-off = Off
outlets-state-unknown = Not known
outlets-missing = no longer reported
outlets-plugged = Plugged in
outlets-supply = Supply
outlets-confirmed = Confirmed
outlets-unconfirmed = Not confirmed
outlets-feeding = Fed by
outlets-family = Kind of PDU
outlets-last-read = Last read
outlets-trouble = Not read to its end: { $detail }
outlets-pdu-feed = Choose feed
outlets-pdu-edit = Feed of { $name }
outlets-feed-help = The feed this PDU's plug is in.
outlets-edit = Outlet { $number } of { $pdu }
outlets-called = The PDU calls it { $name }.
outlets-device-help = Name of the device whose cable is in this outlet. Empty when there is none.
outlets-supply-help = Which supply of the device, like PSU1.
outlets-confirm = I have followed the cable
outlets-confirm-help = Until somebody has, this outlet counts for no sum, the customer does not see it, and it is never switched.
outlets-no-such-device = There is no such device, or it is the PDU itself.
outlets-supply-taken = This supply is on another outlet already.
gauge-power = Power
gauge-draw = Power draw
gauge-power-now = Power now
gauge-power-of = Power of { $name }
gauge-power-own = Power of my devices
gauge-course = Graph
gauge-nothing-now = no reading
gauge-basis = Measured at
gauge-basis-inlets = inlets of PDUs
gauge-basis-outlets = confirmed outlets
gauge-basis-bmcs = { $bmcs ->
    [one] the machine’s own reading, by its BMC
   *[other] { $bmcs } machines’ own readings, by their BMCs
}
gauge-basis-outlets-and-bmcs = { $outlets } confirmed outlets; { $bmcs ->
    [one] one machine that none of them measures, by its BMC
   *[other] { $bmcs } machines that none of them measures, by their BMCs
}
gauge-basis-nothing = nothing measures it
gauge-silent = Silent
gauge-silent-of = { $silent } of { $members }
gauge-least = Least
gauge-energy = Energy
gauge-incomplete = A part of the sum is missing
gauge-slots = { $slots } with data, { $gaps } without, { $incomplete } incomplete
gauge-air = Temperature and humidity
gauge-part-input = Inlet
gauge-part-line = Line
gauge-part-phase = Phase
gauge-part-bank = Bank
gauge-part-outlet = Outlet
gauge-part-probe = Probe
gauge-part-sensor = Sensor
gauge-quantity-active-power = Power
gauge-quantity-apparent-power = Apparent power
gauge-quantity-current = Current
gauge-quantity-voltage = Voltage
gauge-quantity-energy = Energy
gauge-quantity-temperature = Temperature
gauge-quantity-humidity = Humidity
gauge-quantity-fan-speed = Fan speed
gauge-quantity-fan-share = Fan speed, share of full speed
gauge-missing-not-measured = not measured
gauge-missing-out-of-range = impossible value
gauge-missing-wrong-type = no number
gauge-missing-no-such = no longer reported
supply-csv-no-pdu = No device { $name } was read as a PDU yet. Make it an SNMP target, then import again.
supply-csv-no-feed = There is no feed { $name } in room { $room }.
supply-csv-no-outlet = The PDU { $name } has not told of an outlet with this number.
outlets-confirmed-by = Followed by { $name }
outlets-confirmed-stays = It stays confirmed as long as device and supply stay the same.
