# What machines tell through their BMCs: sensors, event log, hardware, and the BMC's password.
machine-sensors = Sensors
machine-sensor = Sensor
machine-value = Value
machine-limits = Limits
machine-least = min
machine-most = max
machine-judged = Judgement
machine-hours = Last 6 hours
machine-states = States
machine-since = since
machine-course-of = Course of { $name }
machine-sensor-gone = no longer listed
machine-no-sensors = The BMC lists no sensors.
machine-bad = { $count ->
    [one] One sensor is beyond its limit
   *[other] { $count } sensors are beyond their limits
}, as the BMC judges it.
machine-bad-count = { $count } beyond
machine-trouble = Could not be read last: { power-bmc-fault }. What is shown is from before.
machine-read-at = Read
machine-not-read = not yet
machine-awaited = reading
machine-read-again = Read again
machine-flash-asked = It will be read again in a moment.
machine-draw = Power draw
machine-boot-from = Next boot
machine-boot = { $device ->
    [pxe] network (PXE)
    [disk] disk
    [cdrom] optical drive
    [bios] setup of the firmware
   *[default] as the firmware is set
}{ $uefi ->
    [yes] , UEFI
   *[no] {""}
}{ $persistent ->
    [yes] , every boot
   *[no] {""}
}
machine-health = { $health ->
    [ok] in order
    [warning] warning
    [critical] critical
    [fatal] fatal
   *[unknown] no judgement
}
machine-quantity = { $quantity ->
    [temperature] Temperature
    [power] Power
    [fan_speed] Fans
    [voltage] Voltage
    [current] Current
    [humidity] Humidity
    [discrete] States
   *[other] Other
}
machine-log = Event log
machine-log-of = Event log of { $machine }
machine-log-all = Whole event log
machine-log-empty = No entries
machine-log-empty-text = The event log of the BMC is empty, or nothing fits the search. Entries stay here when the BMC's own log is cleared.
machine-log-cleared = The BMC's log was cleared. What was in it before is kept here.
machine-log-note = note
machine-log-over = ended
machine-log-warnings = Warnings and worse
machine-log-faults = Critical only
machine-log-bmc-time = Time of the BMC
machine-log-read = Read
machine-log-source = Source
machine-log-text = What happened
machine-log-since-start = { $seconds } s after its start
machine-log-full = Only { $percent } % of the BMC's log is free. When it is full, new entries are lost: clear it on the BMC; what is here stays.
machine-drift = The clock of the BMC is off by { $seconds } s (positive: ahead). Times of entries are the BMC's. Set its clock, best by NTP.
machine-hardware = Hardware
machine-differences = Record and machine
machine-field = Field
machine-record = On record
machine-said = The machine says
machine-verdict = Compared
machine-verdict-of = { $verdict ->
    [same] the same
    [differs] differs
    [not_on_record] not on record
   *[not_said] the machine does not say
}
machine-accept = Take over
machine-set-aside = Set aside
machine-set-aside-by = Set aside by { $name }
machine-bring-back = Bring back
machine-change-type = Change the record
machine-parts = Parts
machine-part-kind = Part
machine-part-slot = Place
machine-part-name = Maker and model
machine-part-serial = Serial number
machine-part-more = More
machine-part-gone = gone
machine-part = { $kind ->
    [chassis] Chassis
    [board] Board
    [product] Product
    [processor] Processor
    [memory] Memory
    [disk] Disk
    [network] Network port
    [accelerator] Accelerator
    [power_supply] Power supply
    [firmware] Firmware
   *[other] Other
}
machine-controller = Controller
machine-controller-address = Address it uses
machine-controller-source = Address from
machine-controller-netmask = Network mask
machine-controller-gateway = Gateway
machine-controller-mac = MAC address
machine-controller-watchdog = Watchdog
machine-controller-users = Users
machine-controller-source-told = { $word ->
    [static] fixed
    [dhcp] DHCP
    [bios] the BIOS
   *[other] other
}
machine-controller-role = { $word ->
    [administrator] administrator
    [operator] operator
    [user] user
    [callback] callback
    [oem] of the maker
    [none] no access
   *[other] { $word }
}
machine-watchdog = { $word ->
    [stopped] stopped
    [no_action] does nothing
    [none] does nothing
    [hard_reset] resets
    [resetsystem] resets
    [power_down] switches off
    [powerdown] switches off
    [power_cycle] power-cycles
    [powercycle] power-cycles
   *[other] { $word }
}
machine-watchdog-counts = { $action } in { $seconds } s
inventory-fact-by-hand = This can't be taken over by itself: change the record by hand.

rotation-open = New password
rotation-title = New password for the BMC of { $machine }
rotation-lead = For the user { $user } of the BMC. The new password is set, tried, and only then put on record; until then the old one stays there.
rotation-last = Last change
rotation-submit = Set it on the BMC
rotation-make-up = Make up a password
rotation-make-up-help = Nobody needs to know it: it is stored sealed and never shown.
rotation-new = New password
rotation-new-help = 8 to 20 octets over IPMI. Leave it empty to have one made up.
rotation-again = The same again
rotation-fault-short = At least { $min } letters.
rotation-fault-again = This is not the same password.
rotation-flash-asked = The password is being changed. This page shows how it goes.
rotation-refuse-live = The password of the BMC of { $machine } is being changed. Wait until that has ended, then try again.
rotation-refuse-not-unclear = This change has been settled already.
rotation-state = { $state ->
    [queued] Queued
    [sending] Setting
    [testing] Testing the new password
    [done] Changed
    [failed] Not changed
   *[unclear] Unclear
}
rotation-unclear-what-to-do = Nobody can tell whether the BMC has the old or the new password, so its readings rest. Test again; or look on the BMC, then say which one holds.
rotation-test-again = Test again
rotation-keep-old = The old one holds
rotation-take-new = The new one holds
rotation-step-asked = Asked for by { $name }
rotation-step-sending = The old password works; setting the new one
rotation-step-accepted = The BMC took the new password; trying it
rotation-step-reply-lost = The answer was lost; it is not sent again, both passwords are tried
rotation-step-refused = The BMC did not change it: { power-bmc-fault }. The old password holds.
rotation-step-not-reached = The BMC could not be reached or let nobody in: { power-bmc-fault }. Nothing was changed.
rotation-step-silent = No answer: { power-bmc-fault }. Trying again
rotation-step-resumed = The program was stopped in the middle; the command is not sent again, both passwords are tried
rotation-step-stored = The new password works and is on record
rotation-step-old-holds = The BMC refuses the new password and takes the old one. Nothing was changed.
rotation-step-neither = The BMC refuses both passwords. Nothing more is tried: BMCs lock accounts.
rotation-step-untestable = It could not be told which password holds: { power-bmc-fault }
rotation-step-no-bmc = The BMC on record was forgotten or changed meanwhile; nothing more was done
rotation-step-again = To be tested again, asked for by { $name }
rotation-step-kept-old = { $name } says that the old one holds
rotation-step-took-new = { $name } says that the new one holds; it is on record
rotation-step-by-hand = { $name } recorded a credential by hand
