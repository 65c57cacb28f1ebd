# Settings, users, background tasks, mails, audit log.
settings-people = People
settings-records = Records
settings-program = The program
settings-targets = SNMP targets
settings-targets-lead = Which switches are polled, how often, and how they answer.
settings-types = Device types
settings-api = Description of the programming interface (OpenAPI)
users-title = Users
users-lead = Who signs in, in which role, and for which customer.
users-new = New user
users-edit = Edit { $login }
users-edit-short = Edit
users-created = The user is added. Make a one-time link so that they can set a password.
users-empty = No user found
users-empty-text = Add a user for everyone who works here; customers' users belong to their customer.
users-role = Role
users-customer = Customer
users-customer-help = Only for the two customer roles.
users-no-customer = none
users-locale = Language
users-locale-auto = as the browser says
users-state = State
users-disabled = locked out
users-locked = waiting after wrong passwords
users-invited = no password yet
users-live = may sign in
users-last-login = Last sign-in
users-facts = Facts
users-history = What was changed on this user
users-link = Make a one-time link
users-link-lead = Hand this link to { $name }. It sets a password once, is good for three days, and is not shown again.
users-disable = Lock out { $login }
users-enable = Let { $login } in again
tasks-title = Background tasks
tasks-lead = What the program does by itself, when it last did it, and how it went.
tasks-name = Task
tasks-last = Last start
tasks-outcome = Outcome
tasks-detail = What it said
tasks-duration = Duration
tasks-runs = Runs
tasks-failures = Failures
tasks-ok = done
tasks-failed = failed
tasks-never = not yet
tasks-run-head = Now
tasks-run-short = Run now
tasks-run = Run now: { $name }
tasks-woken = “{ $name }” was told to run. Load the page again to see how it went.
tasks-empty = No task has run yet. They start with the server.
tasks-name-of = { $name ->
    [poller] Read the switches
    [bmc-poll] Read the BMCs
    [power] Carry out power actions
    [power-schedule] Run power schedules
    [mailer] Send mails
    [housekeeping] Clean up
    [sealer] Pack finished days
    [retention] Remove what is too old
    [consoles] Keep console recordings
    [month-report] Make month reports
    [period-closer] Close billing periods
    [traps] Receive notifications
    [notifier] Send notices
    [watcher] Judge readings
    [bmc-facts] Read sensors, logs and parts
    [bmc-rotation] Change passwords of BMCs
    [privacy] Forget names and numbers of people
    [attachments] Sweep the folder of photos and documents
    [visits] Visits nobody came to or left
    [search-index] Keep the search index
    [machine-watcher] Judge machines
   *[other] { $name }
}
tasks-said-notifier = Sent { $sent }, handed to the mailer { $mailed }, put back { $later }, given up { $dead }, not needed any more { $dropped }
tasks-said-watcher = Targets with new readings { $targets }, judged { $things }; events begun { $raised }, ended { $ended }
tasks-said-housekeeping = Deleted: sessions { $sessions }, old sign-in tries { $attempts }, finished deliveries { $entries }
tasks-said-visits = Marked as not come: { $missed }, found overdue: { $overdue }
tasks-said-search-index = Search index made anew from { $records } records
tasks-said-search-index-current = The search index is complete
tasks-said-mailer = Sent { $sent }, put back { $later }, given up { $dead }
tasks-said-mailer-off = No mail server is set; waiting: { $waiting }
tasks-said-bmc-poll = Answered { $answered }, silent or failed { $silent }, refused the credential { $refused }
tasks-said-poller = Started { $started }, under way { $flying }; since the last run good { $good }, failed { $failed }, dropped { $dropped }; latest start { $lag } ms late, { $values } values, { $timeouts } time-outs
tasks-said-power = Taken up { $started }, succeeded { $succeeded }, ended otherwise { $others }, expired { $expired }, broken off { $broken }
tasks-said-power-schedule = Run { $ran }, could not run { $not }
tasks-said-traps = Devices to be read at once: { $hinted }. Since the start: taken { $accepted }, from unknown addresses { $unknown }, with a wrong community, user, key or time { $refused }, too many at once { $over }
tasks-said-sealer = Packed { $finished } days of devices, passed over { $passed }{ $more ->
    [yes] , more to do
   *[no] {""}
}
tasks-said-retention = Removed: { $days } sets of readings before { $readings }, { $months } months of hours before { $hours }, { $events } events, { $lines } entries of event logs.{ $held ->
    [0] {""}
   *[other] {" "}Kept for billing periods that are not closed: { $held } sets.
}{ $unreadable ->
    [0] {""}
   *[other] {" "}Not readable and left as they are: { $unreadable } days (see the log).
}
tasks-said-bmc-facts = Machines read { $read }, failed { $failed }; entries of event logs { $entries }
tasks-said-bmc-rotation = Changes of passwords carried on { $count }
tasks-said-machine-watcher = Judged { $things }; events begun { $raised }, ended { $ended }
tasks-said-privacy = Words of visits taken out { $visits }, names { $people }, document numbers { $numbers }
tasks-said-attachments = Files without a record set aside: { $aside }, brought back: { $back }, removed: { $removed }; older files kept: { $kept }
tasks-said-attachments-foreign = { $folder } belongs to another database, so no file was touched. Check attachments.folder; if the folder is the right one, remove the file .database in it.
tasks-said-attachments-too-many = { $folder } holds { $unknown } files without a record beside { $kept } with one, so no file was set aside. Check that database and folder belong together; after an old backup restore a newer one, or move these files away.
tasks-said-consoles = Ended without a process: { $abandoned }, recordings removed: { $gone }
tasks-said-period-closer = Closed { $closed } periods, { $waiting } have to wait
tasks-said-period-closer-off = Periods are closed by people
tasks-said-month-report = Made { $made } month reports, passed over { $passed }
tasks-said-panic = The task broke down (a defect of the program); it is started again
mails-title = Mails and other deliveries
mails-lead = What waits to be sent, and what was given up after several tries. What was sent is not listed.
mails-to = To
mails-state = State
mails-asked = Asked for
mails-next = Next try
mails-attempts = Tries
mails-error = Last answer
mails-dead = given up
mails-waiting = waiting
mails-revive = Try again
mails-revived = It will be tried again now.
mails-empty = Nothing waits and nothing was given up.
audit-title = Audit log
audit-lead = Who did what, when and from where. Entries are chained; “coldaisle audit verify” proves that none was changed.
audit-at = When
audit-who = Who
audit-action = Action
audit-object = Object
audit-detail = Change
audit-empty = No entry yet
audit-empty-text = Everything that staff and customers do leaves an entry here.
