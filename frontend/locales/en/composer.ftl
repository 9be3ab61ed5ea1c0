## The composer

compose = Compose
command = Command
suggested = Suggested:
use = Use { $text }
raw-octets = raw octets (\r \n \xNN)
raw-length = { $octets ->
    [one] one octet, nothing is added
   *[other] { $octets } octets, nothing is added
}
composer-hint = Shift+Enter begins a new line. Each line ends with CR LF on the wire.
send-file = or send a file:
waiting-over = The session is over. Reconnect begins a new one; the transcript stays.
waiting-held = Step lets through what is held.
waiting-server = It is the server’s turn.
held-outgoing = Will go out, { octets }:
held-incoming = In flight: { octets } from the server, not yet shown.
not-sent = Not sent.
send-anyway = Send it anyway
keep-editing = Keep editing
other-moves = Other moves
moves-legal = Legal now ({ $count })
moves-illegal = Not legal now ({ $count }): try one and see
offers-title = From the last reply
