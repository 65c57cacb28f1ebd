# The demonstration: `coldaisle demo`.
demo-own-place = The demonstration keeps its own configuration and database in --dir; leave --config and --database out.
demo-running = A demonstration runs with { $path }. End it first.
demo-sample = Importing the sample machine room…
demo-readings = Making { $days } days of readings…
demo-story = Adding visits and power actions…
demo-hardware = Simulated hardware: { $switches } switches and PDUs, { $bmcs } BMCs.
demo-moved = { $address } can't be had ({ $fault }); is another demonstration running? { $count ->
    [one] One simulated device answers
   *[other] { $count } simulated devices answer
} at another address, which is on record now. To have the usual ones again, end what uses them and start with --reset.
demo-listening = Pages are served at
demo-end = These logins are for trying out on this machine only. Ctrl-C ends it; a second start keeps the data, --reset throws it away.
