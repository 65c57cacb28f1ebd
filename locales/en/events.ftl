# Events, the rules for them, and the channels that notices go.
events-title = Events
events-empty = No events
events-empty-text = Nothing is wrong that a rule watches. The rules are under Settings.
events-kind = Event
events-subject = About
events-state = State
events-severity = Severity
events-began = Began
events-ended = Ended
events-lasted = Lasted
events-last-seen = Last found so
events-acked = Noted
events-note = Note
events-history = Course
events-ack = Take note
events-ack-help = Colleagues see that somebody is at it, and nobody is reminded any more. The event stays open until it is over.
events-ack-submit = Take note
events-scope-usual = Open
events-scope-of = { $scope ->
    [open] Open
    [unacked] Open and not noted
    [ended] Ended
    [all] All
   *[other] { $scope }
}
events-state-open = Open
events-state-acknowledged = Noted
events-state-ended = Ended
event-kind-of = { $kind ->
    [above_commitment] Above the commitment
    [port_down] Port down
    [errors_rising] Errors rising
    [target_silent] Target silent
    [machine_off] Machine off
    [sensor_over] Sensor beyond its limit
    [supply_lost] Power supply lost
    [bmc_silent] BMC silent
    [credential_stopped] BMC credential stopped
    [schedule_stopped] Schedule did not run
    [door_unknown_badge] Unknown badge at a door
    [door_badge_not_out] Badge at a door that is not handed out
    [door_not_checked_in] Badge of somebody not checked in
    [door_refused_often] Badge refused many times
    [door_after_check_out] In after check-out
    [door_no_exit] Checked out, and not seen leaving
   *[other] { $kind }
}
event-above-commitment = { $allocation } of { $customer } uses { $rate } Mbps, more than { $percent } % of the committed { $committed } Mbps, for { $minutes } minutes or longer.
event-port-down = { $missing ->
    [yes] The switch does not show the port any more
   *[no] The port is switched on and has no link
} for { $minutes } minutes or longer. { $alias }
event-errors-rising = More than { $errors } errors a minute for { $minutes } minutes or longer.
event-target-silent = { $address } has not answered SNMP for { $minutes } minutes or longer.
event-machine-off = The machine is in service and has been off for { $minutes } minutes or longer, and nobody switched it off here.
event-sensor-over = { $name }: { $value } { $unit }, { machine-health } as the BMC judges it.
event-sensor-states = { $name }: { $states } ({ machine-health }).
event-bmc-silent = The BMC at { $address } has not answered for { $minutes } minutes or longer.
event-credential-stopped = The BMC at { $address } refused the user or password on record. Nothing is tried until that is changed.
fault-event-over = The event is over; there is nothing to take note of any more.
fault-event-acked = Somebody has taken note already.
severity-critical = Critical
severity-warning = Warning
severity-notice = Notice
notice-subject = { $transition ->
    [ended] Over
    [escalated] Still open
   *[raised] { $severity ->
        [critical] Critical
        [warning] Warning
       *[notice] Notice
    }
}: { $kind }, { $subject }
notice-began = Began: { $at }
notice-ended = Ended: { $at }, after { $minutes } minutes
notice-escalated = Nobody has taken note yet.
notice-summary = { $count } notices of the quiet hours
notice-summary-many = { $count } notices at once
notice-more = … and { $count } more
notice-test = Test of a channel
notice-test-text = Somebody tries the channel { $channel }. Nothing is wrong.
channel-test-mailed = The test was handed to the mailer.
channel-test-taken = The test was taken.
channel-test-failed = The test was not taken. Check address and secret, then try again.
rules-title = Rules for events
rules-lead = What becomes an event: commitment exceeded, port down, errors, silent switch
rules-help = The narrowest rule decides: port before allocation, device, customer and everywhere. One that is switched off makes an exception.
rules-new = New rule
rules-edit = Change rule
rules-place = Where
rules-limits = Limits
rules-limits-of = { $kind ->
    [above_commitment] above { $raise } % for { $minutes } min; over at { $clear } % for { $clear_minutes } min
    [port_down] for { $minutes } min; over after { $clear_minutes } min
    [errors_rising] above { $errors } a minute for { $minutes } min; over at { $clear } % of it for { $clear_minutes } min
    [sensor_over] for { $minutes } min; over after { $clear_minutes } min
    [supply_lost] for { $minutes } min; over after { $clear_minutes } min
   *[target_silent] for { $minutes } min
}
rules-scope-all = Everywhere
rules-scope-customer = Customer
rules-scope-device = Device
rules-scope-port = Port
rules-scope-allocation = Allocation
rules-scope-help = Commitment: everywhere, customer or allocation. Silent target: everywhere or device. Machines: everywhere, customer or device.
rules-scope-id = Number
rules-scope-id-help = The number at the end of its page's address; empty for everywhere.
rules-raise-percent = Raise above
rules-clear-percent = Over at or below
rules-clear-help = Of the commitment; for errors, of the errors that raise.
rules-errors = Errors a minute
rules-errors-help = Only for rising errors.
rules-raise-minutes = Must last
rules-clear-minutes = Must be over for
rules-enabled = Watch
rules-enabled-help = Without the tick nothing is watched here, whatever a wider rule says.
rules-on = On
rules-off = Off
fault-rule-clear = It can only be over at or below the limit that raises it.
fault-rule-scope = A rule of this kind can't be for such a place.
fault-rule-place = There is nothing with this number.
fault-rule-twice = There is a rule of this kind for this place already.
channels-title = Notice channels
channels-lead = Mail, JSON, WeCom, DingTalk and Feishu; quiet hours
channels-help = An event goes to each channel that wants it, when it begins and when it is over.
channels-empty = There is no channel yet: events are only shown on pages.
channels-new = New channel
channels-edit = Change
channels-archive = Archive
channels-restore = Bring back
channels-archive-consequence = No notice goes there any more. What waits for it is dropped.
channels-archived = Archived
channels-name = Name
channels-kind = Kind
channels-kind-mail = Mail
channels-kind-webhook = Program (JSON)
channels-kind-wecom = WeCom robot
channels-kind-dingtalk = DingTalk robot
channels-kind-feishu = Feishu robot
channels-address = Address
channels-address-help = Mail addresses with commas between, or the robot's whole webhook address. It is kept sealed.
channels-address-kept = Leave empty to keep { $address }.
channels-signing = Signing secret
channels-signing-help = For DingTalk and Feishu with signature check, and for programs. Leave empty to keep what is there.
channels-forget-signing = Remove the signing secret
channels-signed = Signed
channels-locale = Language
channels-locale-zh-CN = 中文
channels-locale-en = English
channels-least = From severity
channels-events = Kinds of events
channels-events-help = None ticked is all.
channels-all-events = All
channels-customer = Only of the customer
channels-all-customers = All customers
channels-quiet = Quiet hours
channels-quiet-help = What happens in them is sent as one message when they end.
channels-quiet-from = From
channels-quiet-until = Until
channels-quiet-days = Days
channels-quiet-days-help = Digits of the days on which they begin, 1 is Monday; empty for every day.
channels-quiet-zone = Time zone
channels-quiet-of = { $hours } { $zone }{ $days ->
    [none] {""}
   *[other] {" "}{ $days }
}
channels-critical = Critical events go out at once even in quiet hours
channels-escalate = Remind after
channels-escalate-help = When nobody has taken note of an open event. Empty for never.
channels-enabled = Send notices here
channels-tested = Last test
channels-test = Send a test
channels-testing = The test is on its way; look again in a few seconds.
channels-what = What goes there
channels-yes = Yes
channels-no = No
fault-channel-zone = No time zone of this name; for example Asia/Shanghai.
fault-channel-minute = A time of day like 22:00.
fault-channel-days = Digits from 1 (Monday) to 7 (Sunday), with or without commas between.
fault-channel-retype = Type it again: what was typed here is not sent back.
fault-channel-mail = Mail addresses with commas between, like noc@example.com.
fault-channel-url = A whole address with https:// or http:// and without a user name.
fault-channel-name-taken = There is a channel of this name already.
fault-channel-archived = The channel is archived; bring it back first.
fault-channel-customer = There is no customer with this number.
events-line = { $kind }, { $subject }: { $text }
events-look = Look
events-more = { $count ->
    [one] One more open event
   *[other] { $count } more open events
}
events-all-of = All events of this device
