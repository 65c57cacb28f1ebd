# Frame of every page: bars, lists, forms, dialogs, graphs.
app-name = Coldaisle

nav-skip = Skip to content
nav-menu = Menu
nav-all = All areas
nav-main = Areas
nav-phone = At hand
nav-crumbs = Where this belongs
nav-sites = Site
nav-sites-all = All sites
nav-search = Search
nav-search-hint = Serial, label, address, customer, rack…
nav-search-hint-customer = Server, port, visit…
nav-who = Signed in as { $name }
nav-account = My account
nav-login = Sign in
nav-logout = Sign out
nav-keys = / to search
nav-now = Now
nav-racks = Racks
nav-devices = Devices
nav-network = Network
nav-power = Power
nav-visits = Visits
nav-customers = Customers
nav-settings = Settings
nav-servers = My servers
nav-bandwidth = Bandwidth
nav-here = I am here
nav-scan = Scan
nav-find = Find

theme-menu = Light or dark
theme-auto = As the system
theme-light = Light
theme-dark = Dark
theme-failed = The choice could not be saved; it holds for this page only.

flash-show = Show

list-search = Search
list-search-in = Search in { $title }
list-filters = Filters in force
list-filter-all = { $label }: all
list-filter-remove = Remove filter { $label }
list-pages = Pages
list-newer = Previous page
list-older = Next page
list-tick = Select { $label }
list-ticked = { $count } selected
list-ticks = Selection
list-nothing-found = Nothing found
list-nothing-found-text = No entry matches this search and these filters. Try fewer letters, or drop a filter.
list-show-all = Show all
list-columns = Columns
list-columns-show = Show these columns
list-unknown-column = This list has no column “{ $name }”. It has: { $allowed }.
list-unknown-sort = This list cannot be sorted by “{ $name }”. It can by: { $allowed }.
list-unknown-filter = This list has no filter “{ $name }”. It has: { $allowed }.
list-wrong-value = The filter “{ $name }” cannot be “{ $value }”.
views-title = Saved views
views-all = All
views-save = Save this view
views-new = Save this view
views-edit = Change the view “{ $name }”
views-change = Change view
views-lead = A view is the address of a list: search, filters, columns and order. It shows each reader what that reader may see.
views-name = Name
views-query = What it shows
views-query-help = The part of the address after the question mark. Empty: the list as it comes.
views-shared = All staff see this view
views-shared-help = Customers see only views of their own.
views-shared-short = shared
views-remove = Remove this view
views-remove-title = Remove the view “{ $name }”?
views-remove-submit = Remove “{ $name }”
views-remove-own = The list itself and its records stay as they are.
views-remove-shared = It goes for everyone who uses it. The list itself and its records stay as they are.
views-name-taken = You have a view “{ $name }” of this list already. Choose another name, or change that one.
views-too-many = You have { $most } views, the most there can be. Remove one first.
views-not-shared = Your views are your own; only staff share theirs.

form-cancel = Cancel
form-save = Save
form-optional = optional
form-key-save = saves
form-pick = Pick { $field }
form-datetime-help = For example 2026-11-22 14:05, in { $zone }.
form-faults = { $count ->
    [one] Nothing was saved: one entry needs correcting
   *[other] Nothing was saved: { $count } entries need correcting
  }
form-title-faults = { $count ->
    [one] 1 fault
   *[other] { $count } faults
  }

figure-none = not recorded
figure-copy = Copy { $label }
history-empty = Nothing has happened here yet.
step-done = done
step-now = in progress
step-todo = still to come
step-fault = failed

dialog-cancel = Cancel
dialog-close = Close
dialog-failed = The question could not be loaded. Nothing was done. Open it as a page instead.
dialog-type-label = Type { $label } to confirm

failure-happened = What happened
failure-not-done = What was not done
failure-next = What to do next
failure-reference = Reference for the log
failure-home = Go to the start page

line-lost = Line lost at { $since }. What you see is from then; trying again.
line-back = The line is back; the page is up to date.
line-slow = Still loading…
line-signed-out = You are signed out, so this no longer updates.
draft-restored = What you had typed at { $at } is back in the form. It has not been saved yet.
draft-discard = Discard it
draft-send-later = No line. Your entries are kept here and will be sent once, when the line is back; keep this page open.

scan-title = Point the camera at the code
scan-into = Scan { $field }
scan-no-camera = The camera could not be opened. Allow it in the browser, or type the code.

graph-in = In
graph-out = Out
graph-p95 = 95th percentile
graph-p95-billed = 95th percentile of this time
graph-committed = Committed rate
graph-mean = Mean
graph-max = Highest
graph-volume = Volume
graph-slots = 5-minute slots
graph-slots-text = { $slots } with data, { $gaps } gaps, { $estimated } estimated, { $suspect } suspect
graph-figures = Figures of the time shown
graph-figure = Figure
graph-legend = Key
graph-range = Time range
graph-day = Day
graph-week = Week
graph-month = Month
graph-zoom = Zoom
graph-earlier = Earlier
graph-later = Later
graph-zoom-in = Zoom in
graph-zoom-out = Zoom out
graph-reset = Reset
graph-mirror = Mirror
graph-zone = Time in { $zone }
graph-gap = no data
graph-raw = between two readings
graph-estimated = estimated
graph-suspect = suspect
graph-shown = { $from } to { $to }
graph-keys = Arrow keys move in time, plus and minus zoom, Home resets, Shift with an arrow reads the values one by one, M puts out below the axis.
graph-loading = Still loading the readings…
graph-empty = No readings in this time. The gaps are times when the switch did not answer or was not yet watched.
graph-failed = The readings could not be shown: { $reason }. The figures below are from the page itself. Try again, and if it stays, report this text.
graph-no-line = no answer from the server; check your line
graph-refused = the server answered { $status }
graph-retry = Try again
graph-no-script = The drawing needs JavaScript; the figures are in the table below.
graph-csv = Readings as CSV

elevation-face = { $face }, { $units } U, from top to bottom
