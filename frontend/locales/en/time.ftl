## Going through the dialogue

time-title = Time
time-back = ◀ Back
time-back-title = Look at the step before; nothing is undone
time-forward = Forward ▶
time-forward-title = Look at the step after
time-step = step { $step }/{ $steps }
time-more = More
time-play = Play
time-pause = Pause
pace = Pace
pace-at-once = at once
slow-motion = Octets
slow-motion-title = Go through the selected line slowly, octet by octet
predict = Predict
predict-title = Hold each reply until you have guessed it
viewing = Viewing step { $step } of { $steps }. The session is at step { $steps }.
selected-line = State and world are shown as they were at line { $line }.
moment-lost = State and world of that step were not kept: the session was too long. They are shown as they are now.
back-to-live = Back to live
unselect = Show what is now
fork-here = Fork from line { $line }
stopped-at = Stopped at { $what }. Step goes on by one, Run to the next stop.

## Breakpoints

stops = { $count ->
    [0] Stops
    [one] { $count } stop
   *[other] { $count } stops
}
stop-at-reply = Stop at a reply that says
stop-transient = not now (4xx)
stop-permanent = no (5xx, -ERR, NO, BAD)
stop-before = Before this command goes out
stop-in-state = In this state
stop-choose = choose
stop-octets = At these octets (\r \n \xNN)
stop-octets-empty = Type the octets to stop at, such as 550.
stop-add = Add
stop-remove = Remove
stop-remove-this = Remove: { $what }

## Predict, then see

predict-question = What will the server answer to { $command }?
predict-codes = or the exact code
predict-waits = Send a command: its reply is held until you have said what it will be.
predict-score = { $right } of { $asked } right
predict-right = Right: { $command } was answered with { $code }.
predict-wrong = Not { $guess }: { $command } was answered with { $code }.

## Forks

branches = Branches of this session
branch = Branch { $number }
branch-from = from branch { $branch }, line { $line }
compare-with = Compare with
compare-nothing = nothing
comparison = Comparison of two branches
compare-same = { $same } exchanges are the same in both, { $differ } are not.
compare-differs = differs
compare-only-here = only here
compare-only-there = only there
no-fork-real = A real server cannot be taken back: it has no fork. You can look at this step.
no-fork-relay = The relay’s practice server serves others too and cannot be taken back. Choose the practice server in the page to fork.
no-fork-over = That session is over. Only the session that goes on can be forked.
no-fork-lost = This step is too far in to have been kept.
predict-unlisted = The command’s table does not list this code.
predict-no-reply = No reply came.
