## Where everything stands

status = Status
place-page = practice in the page
place-relay = practice through the relay
place-real = real server
turn-yours = your turn
turn-servers = the server’s turn
turn-held = held, press Step
turn-over = over
plain-text = plain text
status-step = step { $step }
real-mark = REAL: { $server }, plain text
real-mark-at = REAL: { $server } ({ $address }), plain text
reconnect = Reconnect
disconnect = Disconnect
read-back = Read it back with POP3 →
dismiss = Dismiss
how-it-goes-on = How the dialogue goes on
run = Run
step = Step

## What a screen reader is told by itself

announce-yours = Your turn.
announce-over = The session is over.
announce-outgoing = Held: { $octets ->
    [one] one octet
   *[other] { $octets } octets
} will go out. Enter lets them through.
announce-incoming = Held: { $octets ->
    [one] one octet
   *[other] { $octets } octets
} from the server. Enter shows them.
announce-replies = { $count } replies. The last one: { $last }
announce-you = You: { $text }
announce-server = Server: { $text }
every-line = Every line
announce-content = { $octets ->
    [one] One octet
   *[other] { $octets } octets
} of content.
announce-failed = No connection: { $why }.
announce-reset = The connection is gone: { $why }.
mailbox-full = The mailbox of { $user } is full; nothing was delivered.
relay-stopping = The relay is going to stop. What is connected may finish, for { $seconds } seconds at most; nothing new is opened until it runs again.
relay-gone = The connection to the relay is gone: { $why }. The transcript is kept. When the relay runs again, press Reconnect.
relay-cannot = The relay at { $address } cannot be reached.
