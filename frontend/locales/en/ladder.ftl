## The ladder

ladder = Ladder
ladder-show = Show
ladder-hide = Hide
ladder-this = the ladder
ladder-how = How the ladder is shown
ladder-diagram = Diagram
ladder-list = List
ladder-timing = Timing
ladder-earlier = Earlier
ladder-later = Later
ladder-lines = Lines { $first } to { $last } of { $all }
ladder-height = What the height shows
ladder-by-step = By step
ladder-to-scale = To scale
ladder-to-scale-title = A pixel for each millisecond waited; longer waits are cut and say so
ladder-size = Size
ladder-smaller = Smaller
ladder-larger = Larger
ladder-fit = Fit
ladder-save = Save as SVG
ladder-keys = Drawing. Arrow keys select an arrow, plus and minus change the size, 0 fits it.
ladder-as-list = Ladder as a list
ladder-steps = { $steps ->
    [one] { $steps } step
   *[other] { $steps } steps
} on { $lanes ->
    [one] { $lanes } connection
   *[other] { $lanes } connections
}.
ladder-here = Shown: { $rung }.
ladder-same-data = The list has the same data.
ladder-heading = { $protocol } with { $server }
ladder-heading-part = { $protocol } with { $server }, without its first { $left } lines
save-refused = The browser did not take { $name }: it was not saved.

## Its lanes and rungs

lane-main = main connection
lane-other = connection { $number }
lane-client = client
lane-server = server
rung-in-words = line { $line }, { $who }: { $what }
rung-sent = client to server
rung-received = server to client
rung-lab = lab
rung-more-lines = { $lines ->
    [one] +{ $lines } line
   *[other] +{ $lines } lines
}
rung-connect = connect to { $host }, port { $port }
rung-open = open: { $local } to { $peer }
rung-failed = no connection: { $why }
rung-fin-client = FIN: client is done
rung-fin-server = FIN: server is done
rung-reset = RST: { $why }
rung-state = state: { $state }
rung-note = note: { $note }
rung-later = ≈ { $time } later

## The times of the exchanges

times = Times of the exchanges
times-none = No command has been sent yet.
times-command = Command
times-idle = Idle before
times-first = First octet
times-whole = Whole reply
times-no-reply = none yet
times-bar-first = first
times-bar-rest = rest
