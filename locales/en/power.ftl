# Power: wishes, interlocks, steps, BMCs.
power-action = { $action ->
    [on] Power on
    [off] Power off
    [soft_off] Shut down
    [cycle] Power-cycle
    [nmi] Send a diagnostic interrupt
    [identify] Identify light
    [boot_device] Set the boot device
    [bmc_reset] Restart the BMC
   *[reset] Reset
}
power-action-machine = { $action ->
    [on] Power on { $machine }
    [off] Power off { $machine }
    [soft_off] Shut down { $machine }
    [cycle] Power-cycle { $machine }
    [nmi] Send a diagnostic interrupt to { $machine }
    [identify] Switch the light of { $machine }
    [boot_device] Set the boot device of { $machine }
    [bmc_reset] Restart the BMC of { $machine }
   *[reset] Reset { $machine }
}
power-state = { $state ->
    [on] on
    [off] off
   *[unknown] unknown
}
power-intent-state = { $state ->
    [awaiting_approval] Awaiting approval
    [queued] Queued
    [running] Running
    [verifying] Watching the machine
    [succeeded] Succeeded
    [failed] Failed
    [timed_out] Timed out
    [refused] Refused
   *[cancelled] Cancelled
}

power-fault-address = An IP address of one machine, like 192.0.2.7 or 2001:db8::7.
power-fault-address-taken = { $machine } has this address and port already. Two machines behind one BMC would mean to switch the wrong one.
power-fault-port = A port from 1 to 65535; IPMI uses 623.
power-fault-octets = At most { $max } octets; this has { $count }.
power-fault-guid = A GUID of 32 hexadecimal digits that are not all the same, like 42bdfe50-c199-42d9-8e0b-c9d634020082.
power-fault-guid-taken = { $machine } has this GUID already.
power-fault-key = An idempotency key has 1 to { $max } visible ASCII characters without spaces.
power-fault-no-device = There is no device named { $name }.
power-fault-bmc-there = { $machine } has a BMC on record already.
power-fault-certificate = Write the SHA-256 fingerprint as 64 digits, with or without colons.
power-fault-bmc-in-use = A power action on { $machine } is not finished. Wait for it, or cancel it, then change the BMC.
power-fault-label = Type { $label } exactly as shown.

power-refuse-gone = { $machine } is archived or has been taken out. Nothing was done.
power-refuse-locked = { $machine } is locked by { $owner }: { $reason }. Nothing was done. Ask { $owner } to unlock it.
power-refuse-locked-customer = { $machine } is locked by the machine room at the moment. Nothing was done. Ask the machine room.
power-refuse-no-bmc = { $machine } has no BMC on record, so it cannot be switched from here. Record its BMC on the device page.
power-refuse-no-bmc-customer = { $machine } cannot be switched from here. Ask the machine room.
power-refuse-credential = The BMC of { $machine } refused the user or password on record, and nothing is tried until that is changed. Change it on the device page.
power-refuse-live = Action { $intent } on { $machine } is not finished. Nothing was done. Wait for it, or cancel it.
power-refuse-cool-down = { $machine } was switched a moment ago. Nothing was done. Try again in { $seconds } s.
power-refuse-hourly = Your company may ask for { $max } power actions in an hour, and they are used up. Nothing was done. Ask the machine room, or wait.
power-refuse-unknown = Nobody knows whether { $machine } is on, so only power on and power off are possible, with a confirmation. Nothing was done.
power-refuse-key-reused = This idempotency key belongs to action { $intent }, which asked for something else. Use a new key.
power-refuse-not-awaiting = This action does not wait for approval any more.
power-refuse-same-person = You asked for this action yourself. A second person must approve it.
power-refuse-not-cancellable = This action has begun or has ended, so it cannot be taken back.
power-refuse-not-yours = This action was asked for by the machine room, so only they can take it back.
power-refuse-lease-lost = Another process carries on with this action.
power-confirm-unknown = Nobody knows whether { $machine } is on. Tick that you act all the same.
power-confirm-presence = { $count ->
    [one] One person is
   *[other] { $count } people are
} checked in at rack { $rack }. Tick that they know.

power-detail-requested = Asked for by { $name }
power-detail-needs-approval = The machine is protected: a second person must approve
power-detail-approved = Approved by { $name }
power-detail-cancelled = Taken back by { $name }; nothing was done
power-detail-approval-expired = Nobody approved it within a day; nothing was done
power-detail-too-old = It could not be started within { $seconds } s, and would come as a surprise now; nothing was done
power-detail-started = Taken up
power-detail-started-again = Taken up again after a restart; no command had been sent
power-detail-resumed = Taken up again after a restart; the command is not sent again, only the state is watched
power-detail-locked = Locked by { $owner } meanwhile: { $reason }; nothing was done
power-detail-locked-customer = Locked by the machine room meanwhile; nothing was done
power-detail-no-bmc = No BMC is on record any more; nothing was done
power-detail-state-read = The machine is { power-state }
power-detail-is-off = The machine is off, nothing done
power-detail-already-on = The machine was on already; no command was sent
power-detail-already-off = The machine was off already; no command was sent
power-detail-state-unknown = The BMC does not say whether the machine is on; nothing was done
power-detail-wrong-machine = This BMC belongs to another machine: it reports { $reported } and not { $expected }; nothing was done
power-detail-no-guid = The BMC reports no GUID and no serial number that says so either, so it cannot be told whether it belongs to this machine ({ $expected }); nothing was done
power-detail-wrong-serial = This BMC belongs to another machine: it reports serial number { $reported } and not { $expected }; nothing was done
power-detail-sending = Sending the command: { power-action }
power-detail-accepted = The BMC took the command; watching the state
power-detail-reply-lost = The answer to the command was lost; it is not sent again, the state is watched
power-detail-bmc-refused = The BMC did not carry it out: { power-bmc-fault }
power-detail-bmc-not-reached = The BMC could not be reached, nothing was done: { power-bmc-fault }
power-detail-credentials = The BMC refused the user or password on record; nothing more is tried until that is changed
power-detail-seen-off = Seen off
power-detail-observed = Seen: the machine is { power-state }
power-detail-cycled = Seen off and then on again
power-detail-cycle-not-seen = The BMC took the command and the machine is on; it was off too briefly to be seen
power-detail-reset-accepted = The BMC took the command and the machine is on; a reset leaves no other trace
power-detail-timed-out = Not seen within { $seconds } s: the machine is { power-state }
power-detail-timed-out-soft = The operating system did not shut down within { $seconds } s: the machine is { power-state }. It was not switched off hard.
power-detail-timed-out-silent = The BMC did not answer any more, so it could not be seen within { $seconds } s whether it happened
power-detail-unseen = The answer was lost, and the machine is on: whether it happened cannot be seen. Look at the machine.

power-bmc-fault = { $code ->
    [no-answer] it does not answer
    [paused] it has not answered for a while and is left alone for some minutes
    [network] this server cannot send to it
    [credentials] it refuses the user or password
    [credentials-stopped] it refused the user or password before, so nothing was tried
    [suite-refused] it accepts none of the cipher suites
    [only-v15] it only has IPMI 1.5, which is not allowed for it
    [weak-v15] it only has IPMI 1.5, without MD5 on every packet
    [slots-full] all its sessions are taken
    [busy] it is busy
    [not-in-this-state] not possible in its present state
    [privilege] the user's privilege does not suffice
    [refused] it refused the login
    [completion] it refused the command
    [not-understood] its answer makes no sense
    [wrong-machine] it belongs to another machine
    [unsupported] this version does not speak its protocol
    [sealed] the password on record cannot be opened with the key file
    [certificate] its certificate is not the trusted one, so nothing was sent
    [http] it refused the request
    [outlet-not-polled] the PDU is not read over SNMP, or is of no known family
    [outlet-not-switchable] outlets of this PDU cannot be switched
    [outlet-missing] the PDU has no such outlet
    [outlet-refused] the PDU refused; its SNMP user or community must be allowed to write
   *[other] the session ended
}

power-title = Power
power-empty = No power action yet
power-empty-text = Power actions start on the page of a device: open a device with a BMC and choose an action.
power-filter-live = Not finished
power-column-action = Action
power-column-machine = Machine
power-column-state = State
power-column-outcome = Outcome
power-column-by = Asked by
power-column-at = Asked at
power-ended-at = Ended at
power-intent-number = Power action { $number }
power-progress = Progress
power-facts = Facts
power-label = Label
power-position = Position
power-position-none = in no rack
power-owner = Owner
power-owner-operator = the machine room
power-state-now = Power now
power-state-seen = seen
power-reason = Reason
power-reason-help = For the record; the owner of the machine can read it.
power-approve = Approve
power-approve-title = Approve: { $action }
power-cancel = Take back
power-cancel-title = Take back: { $action }
power-cancel-consequence = Nothing has been done yet, and nothing will be.
power-waits-for-other = The machine is protected. A second person with the right to approve must open this page and agree.
power-harder-offer = Nothing harder was done. If you want it, ask for it with the button above; it is a new action of its own.
power-consequence = { $action ->
    [on] The machine is switched on. A machine that is on already is left alone.
    [off] The power is cut at once. What runs on the machine is lost, as with a pulled plug.
    [soft_off] The operating system is asked to shut down (ACPI). If it does not, nothing harder follows by itself.
    [cycle] The power is cut at once and comes back after a few seconds. What runs on the machine is lost.
    [nmi] The processors get a diagnostic interrupt. Where the operating system is set up for it, it writes a crash dump and stops; what runs on it is lost.
    [identify] The light at the machine is switched. Nothing else changes.
    [boot_device] The next boot is from there. The machine is not restarted; that is an action of its own.
    [bmc_reset] The management controller restarts, not the machine. For some minutes the machine can neither be seen nor switched from here.
   *[reset] The machine restarts at once without the operating system shutting down. What runs on it is lost.
}
power-warn-locked = { $owner } has locked this machine: { $reason }. The action is refused until it is unlocked.
power-warn-locked-customer = The machine room has locked this machine. The action is refused until it is unlocked.
power-warn-protected = This machine is protected: a second person must approve before anything is done.
power-warn-people = { $count ->
    [one] One person is
   *[other] { $count } people are
} checked in at rack { $rack }. Tell them before you switch.
power-warn-unknown = Nobody knows whether the machine is on.
power-warn-unknown-blocked = Nobody knows whether the machine is on, so this action is not possible. Power on and power off are, with a confirmation.
power-acknowledge-presence = The people at the rack know
power-confirm-unknown-state = Act although the state is unknown
power-flash-asked = The action on { $machine } was taken up. This page shows how it goes.
power-flash-approved = Approved. This page shows how it goes.
power-flash-cancelled = Taken back. Nothing was done.
power-flash-bmc-removed = The BMC of { $machine } was forgotten.
power-bmc-silent = The BMC does not answer. What stands here is what was seen last.
power-no-bmc = No BMC is on record, so the power cannot be seen or switched from here.
power-history = Power history
power-history-all = All power actions of this machine
power-bmc = BMC
power-bmc-new = Record the BMC of { $machine }
power-bmc-edit = Change the BMC of { $machine }
power-bmc-lead = The management controller of the machine, reached over IPMI 2.0.
power-bmc-lead-redfish = The management controller of the machine, reached over Redfish (HTTPS).
power-bmc-protocol = Protocol
power-bmc-ipmi = IPMI
power-bmc-redfish = Redfish
power-bmc-add = Record a BMC
power-bmc-change = Change the BMC
power-bmc-address = IP address
power-bmc-port = Port
power-bmc-username = User
power-bmc-password = Password
power-bmc-password-help = At most { $max } octets. It is stored sealed and never shown again.
power-bmc-password-keep = Leave it empty to keep the one on record. It is never shown.
power-bmc-kg = K_g
power-bmc-kg-help = Only for BMCs with a key of their own. Leave it empty to keep what is on record.
power-bmc-kg-remove = Forget the K_g on record
power-bmc-trust = Certificate
power-bmc-trust-pin = The one it shows first, and no other from then on
power-bmc-trust-authority = One for this address that a certificate authority vouches for
power-bmc-trust-help = Controllers come with a certificate of their own making: then choose the first.
power-bmc-certificate = Trusted certificate (SHA-256)
power-bmc-certificate-shown = Certificate shown now (SHA-256)
power-bmc-certificate-what-to-do = The BMC shows another certificate than the trusted one. Nothing was sent to it, and nothing is until you decide.
power-bmc-certificate-refused = Certificate refused
power-bmc-certificate-refused-text = The BMC shows another certificate than the trusted one. Nothing is sent to it until the operator has looked at it.
power-bmc-certificate-look = Compare the certificates
power-bmc-certificate-title = Trust the new certificate of { $machine }
power-bmc-certificate-submit = Trust it
power-bmc-certificate-consequence = User and password of this BMC are sent to whoever has this certificate. Trust it only when you know why it changed: a new firmware, a reset controller, a certificate of your own. Compare the digits with those the BMC shows on its own page.
power-flash-certificate = The new certificate is trusted. The BMC is asked again now.
power-bmc-privilege = Privilege
power-bmc-privilege-user = User (reads only)
power-bmc-privilege-operator = Operator
power-bmc-privilege-administrator = Administrator
power-bmc-privilege-help = The least that is needed. Operator switches power; some controllers want administrator for it.
power-bmc-lookup = Look-up of the user
power-bmc-lookup-name = By name
power-bmc-lookup-name-privilege = By name and privilege
power-bmc-lookup-help = By name and privilege only where the BMC has the same name twice.
power-bmc-suites = Cipher suites
power-bmc-suites-usual = As usual (17, then 3)
power-bmc-suites-17-3 = 17, then 3
power-bmc-suites-3-17 = 3, then 17
power-bmc-suites-17 = 17 only
power-bmc-suites-3 = 3 only
power-bmc-suites-17-3-8 = 17, then 3, then 8
power-bmc-suites-17-3-8-12 = 17, then 3, then 8, then 12
power-bmc-suites-8 = 8 only
power-bmc-suites-12 = 12 only
power-bmc-suites-help = Suite 17 is the stronger one; suite 3 is all that older controllers have. Suites 8 and 12 stand on MD5: name them only for a controller that has neither of the two.
power-bmc-v15 = Allow IPMI 1.5 (not encrypted)
power-bmc-v15-help = Only for a controller that has no IPMI 2.0. Warning: whoever can listen on the management network reads everything, a new password too, and can try out our password against what was heard. Used only when the controller itself says that it has no IPMI 2.0, never after a refused password. There is no serial console over it. Passwords have at most 16 bytes.
power-bmc-guid = GUID
power-bmc-guid-help = The BMC must report this GUID, or nothing is switched: protection against acting on the wrong machine.
power-bmc-remove = Forget this BMC
power-bmc-remove-title = Forget the BMC of { $machine }
power-bmc-remove-consequence = Address and password are deleted. The machine can no longer be seen or switched from here; its power history stays.
power-bmc-credential-what-to-do = The BMC refused the user or password, and nothing is tried until they are changed: BMCs lock accounts. Check the account on the BMC, then save user and password here, also when they stay the same.
power-bmc-maker = Maker (IANA number)
power-bmc-product = Product number
power-bmc-firmware = Firmware
power-bmc-suite = Cipher suite
power-bmc-last-answer = Last answer
power-bmc-last-error = Last fault
power-bmc-next = Next attempt

power-fault-light = 0 to 255 seconds; 0 switches the light off, 255 leaves it on until it is switched off.
power-fault-range = A whole number from { $least } to { $most }.
power-fault-devices = Machines are given by their numbers.
power-fault-machines = Choose at least one machine and at most { $most }.
power-fault-zone = A time zone by its name, like Asia/Shanghai.
power-fault-date = A day like 2026-11-22.
power-fault-time = A time from 00:00 to 23:59, like 19:30.
power-fault-past = That is over. Choose a later day or time.
power-fault-count = Type { $count } exactly.

power-refuse-no-outlets = No outlet of a PDU is on record for { $machine }. Nothing was done.
power-refuse-outlets-unconfirmed = Not all outlets of { $machine } are confirmed, and an unconfirmed outlet is never switched. Nothing was done. Look at the cables, then confirm the outlets on the page of the PDU.
power-refuse-outlets-missing = An outlet of { $machine } is not shown by its PDU any more. Nothing was done. Look at the PDU.
power-refuse-outlets-action = Outlets can only be switched on, off, or off and on again.
power-refuse-bulk-begun = Everything of it has begun or has ended, so there is nothing to take back.

power-detail-untold = The answer was lost, and nothing shows whether it happened; it is not sent again
power-detail-nmi-accepted = The BMC took the command; whether the operating system wrote a dump can only be seen there
power-detail-identify-accepted = The BMC took the command; look for the light
power-detail-boot-set = Read back: { $boot }
power-detail-boot-not-seen = The BMC took { $boot } and reads back { $reported }
power-detail-bmc-back = The BMC was silent and answers again
power-detail-bmc-answers = The BMC took the command and answers; it was away too briefly to be seen
power-detail-bmc-away = The BMC has not answered again within { $seconds } s. Look at it on the spot.
power-detail-bulk-stopped = Taken back, because { $count } of the same bulk did not succeed; nothing was done
power-detail-no-outlets = The outlets cannot be switched: not all are on record, confirmed and shown by their PDUs; nothing was done
power-detail-outlet-sending = Switching outlet { $outlet }: { power-state }
power-detail-outlets-off = All outlets seen off; waiting a moment
power-detail-outlets-shown = Seen: { $count ->
    [one] the outlet is
   *[other] all { $count } outlets are
} { power-state }
power-detail-outlets-cycled = Seen: { $count ->
    [one] the outlet was off and is on again
   *[other] all { $count } outlets were off and are on again
}
power-detail-outlets-restored = Not all outlets went off in time, so the others were switched on again. The machine was not without power.
power-detail-outlets-timed-out = Not seen in time: { $outlets }. Look at the PDU.
power-detail-outlets-refused = The PDU did not carry it out: { power-bmc-fault }
power-detail-outlets-not-reached = The PDU could not be read, nothing was done: { power-bmc-fault }

power-boot-device = { $device ->
    [pxe] Network (PXE)
    [disk] Hard disk
    [cdrom] Optical drive
    [bios] Firmware set-up
   *[default] No override
}
power-boot-choice = { power-boot-device }, { $persistent ->
    [yes] for all boots
   *[no] for the next boot
}, { $mode }
power-light = { $seconds ->
    [0] off
    [60] 1 minute
    [240] 4 minutes
    [255] until it is switched off
   *[other] { $seconds } s
}
power-path = { $path ->
    [outlets] Outlets of the PDUs
   *[bmc] BMC
}
power-path-title = Way
power-setting = Setting
power-light-title = Light
power-light-state = { $light ->
    [off] Identify light off
    [timed] Identify light on for a while
   *[other] Identify light on
}
power-boot-title = Boot from
power-boot-uefi = UEFI mode
power-boot-persistent = For all boots to come
power-boot-persistent-help = Without it, for the next boot only.
power-action-by-outlets = { $action } by its outlets
power-outlets-there = The BMC does not answer or is not on record. All outlets of this machine are confirmed, so it can be switched by them.
power-outlets-offer = The outlets of this machine are confirmed. If you want it, switch them with the button above; it is a new action of its own.
power-consequence-outlets = { $action ->
    [on] All outlets that the machine is plugged into are switched on, one after another.
    [cycle] All outlets are switched off, and after a rest on again, one after another. What runs on the machine is lost.
   *[off] All outlets that the machine is plugged into are switched off. What runs on it is lost, and its BMC is without power too.
}

power-bulk = Bulk
power-bulk-one = Several machines at once
power-bulk-new = Switch several machines
power-bulks-title = Bulk actions
power-bulks-empty = No bulk action yet
power-bulk-lead = Choose machines, see what each would answer, then ask for all of them with one reason. They begin one after another.
power-bulk-search = Name, label or serial number
power-bulk-rack = Rack
power-bulk-machines = Machines
power-bulk-all = All { $count } that are shown
power-bulk-outlets-only = outlets only
power-bulk-preview = Preview
power-bulk-none-text = No machine with a BMC or with confirmed outlets is there.
power-bulk-choose = Search, or choose a rack or an owner, to see machines.
power-bulk-title = { $action }: { $count ->
    [one] one machine
   *[other] { $count } machines
}
power-bulk-goes = can begin
power-bulk-count = { $going } of { $count } can go ahead as asked.
power-bulk-people = { $count ->
    [one] One person is
   *[other] { $count } people are
} checked in at these racks. Tell them before you switch.
power-bulk-verdict = Answer
power-bulk-stagger = Time between two starts
power-bulk-stagger-help = Power supplies draw many times their current when they start.
power-bulk-stop-after = Stop after failures
power-bulk-stop-after-help = When so many did not succeed, what has not begun is taken back.
power-bulk-type-count = Type the number of machines to confirm: { $count }
power-bulk-number = Bulk { $number }
power-bulk-settled = All machines have come to their end.
power-bulk-begins = begins
power-bulk-stop = Take back what has not begun
power-bulk-stop-consequence = Nothing has been done to these machines yet, and nothing will be. Those that have begun go on.
power-bulk-stopped-failures = Stopped after { $count } that did not succeed. What had not begun was taken back.
power-bulk-stopped-person = Stopped by { $name }. What had not begun was taken back.
power-flash-bulk = Taken up for { $count }, refused for { $refused }. This page shows how it goes.
power-flash-bulk-approved = Approved for { $count }.
power-flash-bulk-stopped = Taken back for { $count }. Nothing was done to them.

power-schedule = Schedule
power-schedule-open = Open the schedule
power-schedules-title = Schedules
power-schedules-empty = No schedule yet
power-schedules-empty-text = A schedule switches machines on a day, or on some days of each week, by the clock of their site.
power-schedule-new = New schedule
power-schedule-name = Name
power-schedule-when = When
power-schedule-next = Next run
power-schedule-last = Last run
power-schedule-owner = Responsible
power-schedule-paused = Paused
power-schedule-archived = Archived
power-schedule-edit = Change
power-schedule-pause = Pause
power-schedule-resume = Let it run
power-schedule-runs = Runs
power-schedule-no-runs = It has not run yet.
power-schedule-lead = Who saves it answers for its runs. Each run is checked like any other action at its time.
power-schedule-machines-help = One name a line.
power-schedule-rhythm = How often
power-schedule-weekly = On some days of each week
power-schedule-once = Once
power-schedule-weekdays = Days of the week
power-schedule-date = Day
power-schedule-date-help = For a schedule that runs once.
power-schedule-time = Time
power-schedule-time-help = By the wall clock. A time that a change of clocks skips runs right after it; one that comes twice runs once.
power-schedule-zone = Time zone
power-schedule-settings = For light and boot device
power-schedule-settings-help = Other actions do not use these.
power-schedule-archive-consequence = It does not run any more. Its runs stay on record.
power-weekday = { $day ->
    [mon] Mon
    [tue] Tue
    [wed] Wed
    [thu] Thu
    [fri] Fri
    [sat] Sat
   *[sun] Sun
}
power-every-day = Every day
power-schedule-ran = Taken up for { $count }, refused for { $refused }.
power-schedule-missed = The program did not run at that time and noticed { $minutes } minutes later. Nothing was done.
power-schedule-no-right = { $name }, who answers for it, may no longer switch these machines. Nothing was done. Someone with the right has to save it again.
power-schedule-no-machines = None of its machines may be switched by whoever answers for it. Nothing was done.
power-flash-paused = Paused. It does not run until it is let run again.
power-flash-resumed = It runs again.
