# Doors, badges at doors, who could touch a rack, the chain and the evidence of visits.
doors-title = Doors
doors-one = Door
doors-new = Add a door
doors-empty = No doors yet
doors-empty-text = Enter the doors of the access controller: what is told of them is then joined to visits.
doors-facts = Facts
doors-code = Code at the controller
doors-code-help = As the controller names the door in its events. A door with a reader on both sides is two doors here, one for each way.
doors-way = Way
doors-outside = Outside
doors-from-area = From area
doors-to-area = To area
doors-to-area-help = Where somebody is after passing it. "Outside" is a door that leads out, or into what can be left without a badge.
doors-room = Room
doors-room-help = The room it leads into. Whoever passes it could touch the racks there.
doors-visitor-badges = Visitors' badges begin with
doors-visitor-badges-help = Beginnings with spaces between, such as V- G. Other badges are recorded and raise no alert. Empty: all badges are visitors'.
doors-areas-first = There are no areas yet. Without them a door leads nowhere.
doors-archive-consequence = What is told of it from now on is recorded as that of an unknown door. What was told stays.
door-events-title = Badges at doors
door-events-all = All
door-events-none = Nothing was told of this door yet.
door-events-empty = No badges at doors
door-events-empty-text = Access controllers send them over the programming interface, or as a file.
door-events-upload = Take in a file
door-events-upload-lead = Events that an access controller exported, taken in { $most } at a time. Events that are on record are counted and not recorded twice, so a file may be sent again.
door-events-file-help = CSV in UTF-8 with a head line: { $columns }. The columns site, source and id may be missing. result is granted or refused.
door-events-taken = { $recorded } recorded, { $known } known already, { $refused } refused; { $alerts } with an alert.
door-events-refused = Rows that were not taken
door-line = Line
door-field = Column
door-why = Why
door-at = Time
door-result = Result
door-granted = granted
door-refused = refused
door-source = Source
door-unknown = unknown door
door-alert = Alert
door-alert-of = { $alert ->
    [any] Any alert
    [unknown_badge] Unknown badge
    [badge_not_out] Badge not handed out
    [not_checked_in] Person not checked in
    [refused_often] Refused many times
    [after_check_out] In after check-out
   *[other] { $alert }
}
door-alert-facts = { $alert ->
    [unknown_badge] Badge { $badge } at { $door }, { $at }: nobody ever had it.
    [badge_not_out] Badge { $badge } at { $door }, { $at }: it was not handed out.
    [not_checked_in] Badge { $badge } of { $name } at { $door }, { $at }: they were not checked in.
    [refused_often] Badge { $badge } at { $door }, { $at }: refused many times. { $name }
    [after_check_out] Badge { $badge } let { $name } in at { $door }, { $at }, after the check-out.
   *[other] Badge { $badge } at { $door }, { $at }. { $name }
}
door-no-exit = { $name } of visit { $visit } was checked out at { $at }, and no door has let them out.
door-fault-choice = Choose from the list.
door-fault-area = Choose an area of the same site.
door-fault-same-area = A door leads from one area to another.
door-fault-room = Choose a room of the same site.
door-fault-code-taken = Another door of the site has this code, perhaps an archived one.
door-fault-site = A door stays at its site. Archive it and add it at the other one.
door-fault-at = Enter the time as 2026-11-22T14:05:00+08:00, or as local time of the site.
door-fault-ahead = The time is more than 10 minutes ahead. Check the controller's clock.
door-fault-old = The time is more than 400 days past.
door-fault-events = Send the events as an array named events.
door-fault-too-many = At most { $count } events at once.
door-fault-no-file = Choose a file.
door-fault-file = The file can't be read as CSV: { $fault }
door-fault-column = The column { $column } is missing. Nothing was taken in.
door-fault-line-site = Line { $line } names no site. Nothing was taken in.
touched-title = Who could touch { $rack }
touched-lead = People inside on visits to the rack or for customers with machines in it, passages of doors into its room, and whoever switched its machines or sat at their consoles.
touched-from = From
touched-until = Until
touched-ask = Show
touched-who = People
touched-since = Since
touched-left = Until
touched-why = Why
touched-nobody = Nobody in that time, as far as it is on record.
touched-link = Who could touch it
touched-way-of = { $way ->
    [visit_to_rack] Visit to the rack
    [visit_of_customer] Visit for a customer in the rack
    [door] Passed a door
    [power] Switched a machine
    [console] At a console
   *[other] { $way }
}
touched-fault-time = The end comes after the start, by at most 366 days.
visit-passages = Doors passed
visit-chain-whole = The record of visits is whole: { $entries } entries, { $older } older ones, { $forgotten } without names; last hash { $hash }. Note it; it shows later that nothing was cut off at the end.
visit-chain-broken = The record of visits is broken at entry { $id } (visit { $visit }): { $fault ->
    [older] an entry from before the chain was changed, added or removed
    [previous] an entry before it is missing or was changed
    [content] what it tells was changed
    [names] the names or words in it were changed
    [head] entries after the last one are missing
   *[other] { $fault }
}.
visit-evidence-title = Evidence of visits
visit-evidence-lead = Visits, people, entries and doors passed as tables in a ZIP file, with a manifest of hashes. Identity numbers are masked. The program checks such a file without a database.
visit-evidence-zone = In the zone of the site, such as 2026-11-22 14:05.
visit-evidence-get = Get the file
visit-evidence-written = Evidence written to { $path }: { $visits } visits, { $people } people; SHA-256 { $hash }.
visit-evidence-whole = The evidence holds: { $site }, { $from } until { $until }, { $visits } visits, { $entries } entries; head of the chain { $head }; SHA-256 of the manifest { $hash }.
visit-evidence-broken = The evidence does not hold: { $count } faults.
visit-evidence-entry = entries.csv line { $line }: entry { $sequence } of visit { $visit } was changed, or does not follow the one before.
