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

# Boards, and how far a feed may be loaded.
panels-title = Panels
panels-kind = Panel
panels-new = New panel
panels-empty = No panels yet
panels-empty-text = A panel is the distribution board that feeds come from. Add the boards, then say on each feed which one it comes from: feeds of one board fail together.
panels-name-help = As it is written on the board, like LP-A.
panels-name-taken = The room already has a panel of this name.
panels-no-such = Choose a panel of the same site that is in use.
panels-has-feeds = { $count ->
    [one] One feed comes from this panel. Move it to another panel or archive it first.
   *[other] { $count } feeds come from this panel. Move them to another panel or archive them first.
}
panels-feeds-stay = { $count ->
    [one] One feed of this site comes from the panel, so it cannot move to another site.
   *[other] { $count } feeds of this site come from the panel, so it cannot move to another site.
}
panels-feeds = Feeds of this panel
panels-feeds-count = Feeds
panels-no-feeds = No feed comes from this panel yet. Open a feed and choose its panel there.
feeds-panel-help = The board this feed comes from; any room of the same site.
feeds-max-percent = Usable share
feeds-max-percent-help = How much of the rating may be used. 80 % is usual for loads that last.
feeds-usable = Usable
feeds-allocated = Allocated
feeds-contracted = Contracted
feeds-contracted-help = What the supplier of the power has promised on this feed. Empty when nothing was.
supply-csv-no-panel = There is no panel { $name } in room { $room }.

# What fails with a feed or a panel.
failure-title = What fails if this fails
failure-of = What fails if { $name } fails
failure-said = Devices: go dark { $lost }, lose their redundancy { $weaker }, not known { $unknown }, untouched { $untouched }.
failure-pdus = { $count ->
    [one] One PDU goes dark.
   *[other] { $count } PDUs go dark.
}
failure-key = Broken lines: nobody has followed the cable. Dotted lines: the outlet is switched off. Looked at are the devices on these PDUs and in their racks.
failure-effect = Effect
failure-why = Why
failure-cords = Outlets
failure-cord-unconfirmed = not followed
failure-cord-off = switched off
failure-left = Then fed by
failure-nothing = No device here.
failure-pdu = PDU
failure-device = Device
failure-dark = goes dark
failure-stays = stays
failure-no-feed = feed not on record
failure-not-drawn = { $count ->
    [one] One more device is not drawn.
   *[other] { $count } more devices are not drawn.
}
failure-tab-all = Affected
failure-tab-lost = Go dark
failure-tab-weaker = Lose redundancy
failure-tab-unknown = Not known
failure-tab-untouched = Untouched
failure-effect-lost = Goes dark
failure-effect-weaker = Loses redundancy
failure-effect-unknown = Not known
failure-effect-untouched = Untouched
failure-why-one_cord = Its only supply hangs on it
failure-why-all_cords = All its supplies hang on it
failure-why-others_off = Its other outlets are switched off
failure-why-others_unconfirmed = Nobody has followed its other cables
failure-why-one_feed_left = One feed is left to it
failure-why-unmapped = No outlet is on record for it
failure-why-unconfirmed = Nobody has followed its cables
failure-why-no_feed = The feed of its PDU is not on record
failure-why-no_panel = The panel of its feed is not on record
failure-why-still_redundant = Two feeds or more are left to it
failure-why-elsewhere = Nothing of it hangs on this
failure-why-off_already = Its outlets are switched off already

# How many ways power has into a device.
redundancy-title = Redundancy of power
redundancy-of-device = Redundancy of power
redundancy-empty = No devices in racks yet
redundancy-empty-text = The report tells for every device in a rack whether it survives the loss of a feed. Put devices into racks and say on the PDUs what is plugged in.
redundancy-class = Class
redundancy-class-redundant = Redundant, A + B
redundancy-class-same_feed = Two supplies on one feed
redundancy-class-single = Single
redundancy-class-unknown = Not known
redundancy-look-at = Look at
redundancy-caveat-same_panel = all feeds from one panel
redundancy-caveat-same_side = all feeds of one side
redundancy-caveat-outlet_off = an outlet is switched off
redundancy-caveat-unconfirmed = cables nobody has followed
redundancy-caveat-no_feed = a PDU without a feed

# What a rack may draw.
budget-title = Power budget
budget-feeds = Served by
budget-no-feeds = No feed is known to serve this rack: put its PDUs into the rack and choose their feeds.
budget-basis = By
budget-basis-measured = Measured
budget-basis-allocated = Allocated
budget-basis-contracted = Contracted
budget-verdict = Result
budget-verdict-fits = Fits
budget-verdict-over = Too much
budget-verdict-nothing_left = Without its only feed nothing is left
budget-verdict-no_feeds = No feed on record
budget-verdict-no_figures = No figures
budget-load = Rack’s load then
budget-may = Rack may draw
budget-worst = Worst surviving feed
budget-unknown = { $count ->
    [one] without one device
   *[other] without { $count } devices
}
budget-dark = { $watts } W go dark
budget-when = { $on } when { $failed } fails
budget-others = with { $watts } W of others
budget-said = Each feed is taken away once; what hangs on two feeds moves wholly to what is left. The feed that has the least left then decides, never A plus B. Watts count as volt-amperes.
