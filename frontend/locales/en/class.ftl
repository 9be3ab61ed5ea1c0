## The room: presenting to a class, and trying on one’s own

class = Class
class-about = Show this dialogue to others, live: they follow on their own devices, step by step, and can vote and try.
class-open = Open a room
class-is-open = The room is open; its console stands above the dialogue.
class-needs-relay = For a room, open this page from a relay: it passes on what the room is told.
class-join = Join a room with its code
class-no-random = This browser gives no random numbers, so the room could have no secret.
class-console = The room’s console
class-less = Less
class-more = More
class-close = Close the room
class-connecting = Opening the room …
class-viewers = { $count ->
    [one] one looks on
   *[other] { $count } look on
}
class-stages = { $count ->
    [one] one stage
   *[other] { $count } stages
}
class-lost = The relay is gone; looking for it. The room waits.
class-refused = The room is not there: { $why }
class-broken = The relay says something that this page does not understand. Load the page again.
class-full = The room takes no more of this dialogue. { $why } Begin another dialogue.
class-types = { $name } types.
class-take-back = Take the keyboard back
class-show-own = Back to my own dialogue
class-how-to-join = How to join
class-only-here = This relay answers only on its own machine. For a class, start it with --listen 0.0.0.0:8080.
class-open-stage = Open the stage for the projector
class-stage-shows = The stage shows
class-stage-dialogue = The dialogue
class-stage-join = How to join
class-stage-blank = Nothing
class-question = Ask the class
class-hold = Hold the replies, to ask for them
class-held-next = Send a command; its reply is held, and can be asked for.
class-ask-class = Ask what the reply will be
class-ask-reply = What will the reply to { $command } be?
class-own-question = A question of your own
class-question-text = Question
class-question-choices = Choices, each on a line
class-ask = Ask
class-votes = { $count ->
    [one] one vote
   *[other] { $count } votes
}
class-right = right
class-is-right = This is right
class-reveal = Close and show
class-forget = Take the question away
class-people = Who is there
class-nobody = Nobody has joined yet.
class-more-people = and { $count } more
class-nameless = Viewer { $number }
class-somebody = Somebody
class-progress = { $protocol }, step { $steps }: { $state }
class-hand = Hand over the keyboard
class-hand-to = Hand over the keyboard to { $name }
class-ask-try = Ask to see the try
class-ask-try-of = Ask to see the try of { $name }
class-asked = Asked …
class-declined = { $name } would rather not show it now.
class-keyboard-gone = { $name } has left; the keyboard is yours again.
class-shows-try = This is what { $name } has tried.
class-try-broken = What came is no record of a dialogue, so it is not shown.
class-no-try-real = The dialogue is with a real server, which cannot be set back to this step.
class-no-try-relay = The dialogue is with the relay’s practice server, which cannot be set back to this step. Choose the one in the page.
class-no-try-long = The dialogue is too long to be handed over.
class-world-mailbox = { $count ->
    [one] { $user } has one message
   *[other] { $user } has { $count } messages
}
class-world-group = { $count ->
    [one] { $name } has one article
   *[other] { $name } has { $count } articles
}
class-yes = yes
class-try = Your own try
class-try-about = You go on on your own from line { $lines } of the class; nobody sees what you type.
class-back = Back to the class ({ $code })
class-asked-title = The teacher asks to show your try
class-asked-why = If you agree, everybody sees the dialogue as you have it now, without passwords.
class-not-now = Not now
class-show = Show it
class-next = Next
class-let-through = Let through what is held
class-ask-lesson = Ask the class:
class-notes = Notes for you
class-qr = The link as a QR code
class-no-try-secret = A secret was sent that is not handed over, and the dialogue would go another way without it.
class-looks-at-try = You alone see what { $name } has tried.
class-stage-try = Put it on the stage
class-clicker = A clicker works here and in the stage’s window.
class-present-again = Present from here again
