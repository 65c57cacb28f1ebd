# Consoles: the serial line of a machine, live and recorded.
console = Console
console-of = Console of { $machine }
console-list = Consoles
console-recording-of = Recorded console of { $machine }
console-live = live
console-empty = No console was opened yet
console-empty-text = Open one from the page of a machine that has a BMC on record.
console-ended = { $reason ->
    [left] everyone left
    [idle] ended: nobody typed for too long
    [right] ended: the right to use it was withdrawn
    [stopped] ended: the program was stopped
    [died] ended: the program was gone
   *[failed] ended: it could not be recorded
}
console-too-slow = This browser could not keep up and was left behind; joining again.

console-connect = Connect
console-watch = Only watch
console-leave = Leave
console-take = Take over the keyboard
console-break = Send break
console-reopen = Try again now
console-evict = Throw out the other session
console-evict-title = Throw out the other session?
console-evict-text = Another session of this BMC has the console: another program, or a colleague with another tool. It loses it at once, without a warning, and this one takes its place.
console-reason = Why
console-reason-help = Kept with the recording. Everything the machine shows is recorded; what you type is not, unless the machine echoes it.
console-size = Size
console-larger = Larger text
console-keys = Keys
console-key-ctrl = Ctrl
console-no-script = The console needs JavaScript.
console-no-bmc = This machine has no BMC on record, so there is no way to its serial line.
console-recent = Recorded consoles
console-writer = Types: { $name }
console-writer-you = You type
console-writer-nobody = Nobody types
console-people = { $count } at this console
console-waiting = { $count } characters wait for the machine
console-state-off = not connected
console-state-connecting = connecting
console-state-open = connected
console-state-waiting = line lost, trying again
console-state-in_use = another session has it
console-state-refused = can't be opened
console-state-gone = connection to the server lost, trying again
console-notes = What happened
console-grant-is-open = { $owner } may use this console: their administrators see it on the machine's page, type, and replay recordings of their own time.
console-grant-is-closed = { $owner } does not see this console.
console-grant-open = Open it to the customer
console-grant-close = Close it to the customer
console-granted = The customer may use this console now.
console-grant-withdrawn = The customer may not use this console any more. Whoever sat at it is sent away within seconds.

console-note-connected = connected to the BMC
console-note-lost = connection to the BMC lost: { $fault }
console-note-again = connected to the BMC again; what the machine wrote meanwhile is missing
console-note-in-use = another session of this BMC has the console: { $fault }
console-note-evicting = { $who } throws out the other session
console-note-needs-v20 = this BMC only speaks IPMI 1.5, and a serial console needs IPMI 2.0 (serial over LAN). Update the BMC's firmware, or go to the machine: { $fault }
console-note-disabled = serial over LAN is switched off on the BMC; switch it on there, and allow it to our user: { $fault }
console-note-refused = the console can't be opened: { $fault }
console-note-unsupported = this BMC is spoken to over a protocol without a console here: { $fault }
console-note-credential = the BMC refused our credential before; change it on the machine's page: { $fault }
console-note-unavailable = the machine takes no characters now: it is off or asleep
console-note-overrun = the BMC lost characters of the machine
console-note-break-sent = { $who } sent a break
console-note-break-seen = the machine sent a break
console-note-joined = { $who } came
console-note-left = { $who } left
console-note-writes = { $who } types
console-note-taken = { $who } took the keyboard from { $from }
console-note-not-sent = { $count } typed characters were not sent, because the line is not there; type them again
console-note-full = the recording has reached its largest size; from here on nothing is recorded

console-fault-gone = { $machine } was taken out; it has no console any more.
console-fault-no-bmc = { $machine } has no BMC on record. Record it on the machine's page first.
console-fault-credential = The BMC of { $machine } refused our credential. Nothing is tried until it is changed on the machine's page.
console-fault-stopping = The program is being stopped. No console was opened; try again in a minute.
console-fault-no-socket = This address is for WebSockets only. Open the console from the machine's page.

console-column-machine = Machine
console-column-who = Opened by
console-column-when = When
console-column-length = Length
console-column-size = Recorded
console-column-end = End
console-column-reason = Why
console-minutes = { $count } min
console-people-title = Who was there
console-wrote = typed
console-watched = watched
console-cut = The recording stops before the end: it had reached its largest size.
console-play = Play
console-pause = Pause
console-speed = Speed
console-position = Position in the recording
console-skip = Skip pauses
console-download = Download
console-loading = Fetching the recording…
console-load-failed = The recording could not be fetched. Load the page again.
console-replay-keys = Space plays and pauses, ← and → go 5 s, + and − change the speed.
console-open-live = Open the live console

console-terminal-opened = Console of { $machine }. ~. ends, ~B sends a break, ~? helps. Everything the machine shows is recorded.
console-terminal-help = ~. end   ~B send break   ~T take over the keyboard   ~X throw out the other session   ~R try again now   ~~ type ~   ~? this help
console-terminal-watching = You only watch: { $writer } types. ~T takes the keyboard over.
console-terminal-no-terminal = A console needs a terminal; standard input or output is none. With --watch standard input is not needed.
console-terminal-unknown = There is no live machine called { $machine }.
