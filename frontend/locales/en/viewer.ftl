## The page of those who look on

brand = Wirelab
language-name = English
join = Join a class
join-now = Join
join-how = The code is on the projector: six letters and digits. Capital or small letters, spaces and hyphens do not matter.
join-other = Join with another code
code = Code
code-none = Type the code from the projector.
code-length = A code has 6 letters and digits; this has { $count }.
code-letter = No code has { $letter } in it. Codes are letters and digits without 0, O, 1, I and L.
to-lab = To the lab, without a class
name = Your name
name-optional = Your name (you may leave it out)
name-set = Set
name-why = Only the teacher sees it, and it is kept until this tab is closed.
menu = Menu
theme = Appearance
theme-system = as the system
theme-light = light
theme-dark = dark
theme-contrast-light = high contrast, light
theme-contrast-dark = high contrast, dark
language = Language
language-browser = as the browser
other-room = Join with another code
dismiss = Dismiss

## Where everything stands

room-title = Class { $code }
state-live = Live
state-away = Teacher away
state-connecting = Connecting
state-lost = Reconnecting
state-waiting = Waiting
state-off = Not connected
state-over = Closed
step = step { $step }
state-is = state: { $state }
turn-client = the client’s turn
turn-server = the server’s turn
turn-held = held
turn-over = over
real = REAL server: { $server }
fault = Broken on purpose: { $fault }
back-in-time = The teacher shows step { $step } of { $steps }.
held = A reply of { $octets ->
    [one] one octet
   *[other] { $octets } octets
} is held. Nobody has seen it yet.
connecting = Connecting to the class.
lost = The connection is lost. It is tried again by itself; nothing is missed.
away = The teacher’s page is away for the moment. This page goes on when it is back.
over = The class is closed.
over-why = The class is closed: { $why }
broken = What the relay says does not fit to this page. Load the page again.
no-room = There is no class { $code } now. It is joined as soon as it opens; or is the code another one?
elsewhere = This class is open in another tab of yours. Load this page again to look on here.
too-many = The class is full: the relay takes no more viewers.
refused = The relay refuses: { $why }
refused-passes = The relay refuses for now: { $why } It is tried again by itself.

## The dialogue

dialogue = Dialogue
transcript = Transcript
nothing-yet = Nothing has happened yet.
earlier = { $count ->
    [one] One earlier line
   *[other] { $count } earlier lines
}
back-to-live = Back to live
news = { $count ->
    [one] one new
   *[other] { $count } new
}
client-said = The client said
server-answered = The server answered
lab-says = The lab says
spoken = { $who }, line { $line }:
connection = connection { $number }
content = { $octets ->
    [one] one octet
   *[other] { $octets } octets
} of content
more-lines = … { $count ->
    [one] one more line
   *[other] { $count } more lines
}
octet-is = octet { $hex }
outcome-preliminary = under way
outcome-done = done
outcome-more = go on
outcome-transient = not now
outcome-permanent = no

## Panes

inspect = Inspect
panes = What is shown of the line
pane-explain = Explain
pane-bytes = Bytes
pane-state = State
pane-ladder = Ladder
tokens-before = { $count ->
    [one] One token before these
   *[other] { $count } tokens before these
}
tokens-more = { $count ->
    [one] One more token
   *[other] { $count } more tokens
}
no-octets = This line has no octets.
octets = { $count ->
    [one] One octet
   *[other] { $count } octets
}
octets-grid = Octets of the line
octets-first = Here are the first { $count } of them.
page-back = Earlier octets
page-on = Later octets
states = All states
state-here = here
state-been = passed
facts = What both sides know
moves-legal = May be sent now
moves-illegal = May not be sent now
world = Practice world
client = client
server = server
ladder-how = How the ladder is shown
ladder-drawing = Drawing
ladder-list = List
ladder-words = The dialogue as a ladder: { $steps ->
    [one] one step
   *[other] { $steps } steps
} on { $lanes ->
    [one] one connection
   *[other] { $lanes } connections
}. The list has the same data.

## What a viewer may do

vote-how = Choose one. You can change it until the teacher closes the question.
vote-change = Your vote is in. You can change it until the teacher closes the question.
votes-of = { $votes } of { $all }
votes-so-far = { $votes ->
    [one] One vote so far
   *[other] { $votes } votes so far
}
right = right
your-vote = your vote
try = Try from here
try-what = Goes on from this step with a practice server of your own.
try-not = You cannot try from here: { $why }
try-no-room = The browser has no room for the dialogue, so there is nothing to try from.
keyboard = Keyboard
keyboard-yours = The keyboard is yours: what you send goes into the teacher’s dialogue.
keyboard-type = Type the next line
send = Send
asked = The teacher asks to show your try on the stage
asked-what = Everybody in the class would see what you typed, but no password.
asked-show = Show
asked-not = Not now
asked-nothing = The teacher asked to see your try. There is none in this tab, and the teacher was told so.
script-step = step { $step } of { $steps }

## What a screen reader is told by itself

announce-live = The connection is there again.
announce-question = A question: { $text }
announce-result = The question is closed; the result is shown.
announce-no-keyboard = The teacher has the keyboard again.
announce-replies = { $count } replies. The last one: { $last }
announce-over = The session is over.

## The stage

stage = Stage
stage-blank = The stage is blank
stage-join = Join the class
stage-hide = Hide
stage-steps = Steps
stage-loopback = This address works only on this machine.
