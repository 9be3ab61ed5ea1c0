## The state at the shown step

state-is = State: { $state }
known-title = What both sides know
known-new = new
known-was = was: { $value }
known-gone = gone
given-title = Given
exits-title = Legal exits ({ $count })
exits-none = Nothing can be sent from here.
exits-blocked = Not legal from here, and why ({ $count })
exit-needs = needs { $what }. { $how }
exit-belongs = belongs to { $states }.

## Its diagram

states = State diagram
states-how = How the states are shown
states-drawing = Drawing
states-list = List
states-keys = Drawing. Arrow keys choose a state, Escape goes back to the one that the session is in.
states-legend = Thick: the way that was taken. Dashed: something is missing for it. Each label is the first of the commands that lead there.
states-in-words = { $count } states. The session is in: { $here }. It has been in: { $been }. The list has the same data.
states-here = here
states-session-here = the session is here
states-passed = passed through
states-to = → to
states-from = ← from
states-from-any = ← from any state:
states-taken = taken
states-jump = { $from } → { $to }: the connection or its end did this
states-jump-title = The connection or its end did this.
states-arrow = { $from } to { $to }: { $verbs }
states-how-here = How a session comes here
states-needs = (needs { $what })
states-back = Back to { $state }
