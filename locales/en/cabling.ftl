# Cables, lines from end to end, and what switches see there.
cables-one = Cable
cables-title = Cables
cables-new = New cable
cables-empty = No cables yet
cables-empty-text = Connect two ports here or from the ports of a device, or import a sheet under Settings → Import and export.
cables-empty-own = No cables in your servers
cables-empty-own-text = Cables in the ports of your servers are listed here.
cables-label = Label
cables-label-help = What is printed on it. Once among live cables; may stay empty.
cables-label-taken = The cable from { $a } to { $b } has this label. Choose another one.
cables-side = Side
cables-side-a = Side A
cables-side-b = Side B
cables-side-help = Device and port by their names.
cables-breakout-help = For a breakout, name up to 12 ports with semicolons between them, at one side only: eth1; eth2; eth3; eth4. Their devices as many, or one for all.
cables-device = Device
cables-port = Port
cables-ends = Ends
cables-line = Line
cables-facts = Record
cables-kind = Kind
cables-kind-cat5e = Cat 5e
cables-kind-cat6 = Cat 6
cables-kind-cat6a = Cat 6A
cables-kind-cat7 = Cat 7
cables-kind-cat8 = Cat 8
cables-kind-mmf-om3 = Multimode OM3
cables-kind-mmf-om4 = Multimode OM4
cables-kind-mmf-om5 = Multimode OM5
cables-kind-smf-os2 = Single-mode OS2
cables-kind-dac = DAC
cables-kind-aoc = AOC
cables-kind-coax = Coaxial
cables-kind-power = Power
cables-kind-console = Console
cables-kind-usb = USB
cables-kind-other = Other
cables-kind-is-power = A power cable joins an outlet and a power port only. Choose another kind or other ports.
cables-kind-is-not-power = Between an outlet and a power port goes a power cable. Choose the kind power.
cables-status = Status
cables-status-planned = Planned
cables-status-connected = Connected
cables-status-decommissioning = To be pulled
cables-colour = Colour
cables-colour-help = A word, or # and six hexadecimal digits.
cables-colour-wrong = Write one of { $allowed }, or # and six hexadecimal digits.
cables-colour-black = black
cables-colour-white = white
cables-colour-grey = grey
cables-colour-red = red
cables-colour-orange = orange
cables-colour-yellow = yellow
cables-colour-green = green
cables-colour-aqua = aqua
cables-colour-blue = blue
cables-colour-violet = violet
cables-colour-magenta = magenta
cables-colour-brown = brown
cables-length = Length
cables-length-wrong = Write metres with at most three digits behind the point, like 2.5; at most { $max }.
cables-bundle = Bundle
cables-bundle-help = Cables laid together carry the same name here.
cables-port-interface = interface
cables-port-console = console port
cables-port-console_server = console server port
cables-port-power_port = power port
cables-port-power_outlet = power outlet
cables-port-front = front port
cables-port-rear = rear port
cables-no-device = There is no device { $name }.
cables-no-port = { $count ->
    [0] { $device } has no ports on record, so { $port } isn't one. Add it on the device's page or take over those of its type.
   *[other] { $device } has no port { $port }. Its ports: { $allowed }
}
cables-port-ambiguous = Several ports are called { $port }. Write which one: { $allowed }.
cables-port-gone = The port { $port } has gone. Connect another one with a new cable.
cables-port-taken = { $port } has a cable already: { $label }, which goes to { $far }. Archive that cable or choose another port.
cables-in-port = The cable { $label } is in this port. Archive the cable first.
cables-in-device = { $count ->
    [one] A cable is in its ports. Archive it first.
   *[other] { $count } cables are in its ports. Archive them first.
}
cables-many-to-many = Only one side may have several ports.
cables-too-many-ends = { $count } ports at one side; at most { $max } are possible.
cables-ends-uneven = { $devices } devices for { $ports } ports. Name one device for all, or one for each port.
cables-to-itself = { $port } is named twice. A cable joins different ports.
cables-unfit = { $a } ({ $a_kind ->
    [interface] interface
    [console] console port
    [console_server] console server port
    [power_port] power port
    [power_outlet] power outlet
    [front] front port
   *[rear] rear port
}) and { $b } ({ $b_kind ->
    [interface] interface
    [console] console port
    [console_server] console server port
    [power_port] power port
    [power_outlet] power outlet
    [front] front port
   *[rear] rear port
}) do not go together. Interface goes with interface, outlet with power port, console with console server, and patch panels with anything but power.
cables-archived = The cable is archived. Bring it back first.
cables-archive-consequence = Its ports are free again. Record and history stay, and it can be brought back while they are free.
cables-connect = Connect
cables-far-end = Far end
cables-open-end = open end
cables-nameless = Not yours
cables-nameless-cable = Not your cable
cables-trace = From end to end
cables-trace-short = Line
cables-trace-of = Line of { $device } { $port }
cables-trace-start = this port
cables-trace-hops = { $count ->
    [one] One port; nothing is connected.
   *[other] { $count } ports from end to end.
}
cables-trace-cut = The line goes on further than is followed here.
cables-through = Through the patch panel
cables-reached-by = Reached by
cables-branch = branch
cables-hops = Ports on the way
cables-stop-loop = comes back to itself
cables-stop-too-long = goes on
cables-differences = Seen otherwise
cables-differences-lead = What switches see at their ports (LLDP), beside the end of the line on record behind all patch panels. What agrees is left out.
cables-differences-none = Nothing is seen otherwise
cables-differences-none-text = Neighbours agree with the cables on record, or no switch tells of any.
cables-differences-no-more = Nothing more on this page.
cables-differences-first = From the beginning
cables-differences-next = Go on
cables-seen-title = What is seen here
cables-seen-at = Seen at
cables-seen = Seen
cables-record = On record
cables-no-cable = no cable
cables-verdict = Comparison
cables-verdict-agrees = Agrees
cables-verdict-differs = Differs
cables-verdict-not-on-record = Not on record
cables-verdict-unknown = Not comparable
cables-record-this = Record this cable
cables-port-not-listed = This port is not among the device's ports
