## The transcript
transcript = Transcript
newest = Newest
hidden-show = { $count } hidden: show
copy-all = Copy all
show-passwords = show passwords
copy-by-hand = The browser does not let this page use the clipboard. { $lines }, to be copied with Ctrl+C:
connection = connection { $number }
marker = ⚑ marker { $number }
elapsed-title = since what was sent for it
spoken-you = You, line { $line }:
spoken-reply = Server, line { $line }, reply { $code }:
spoken-server = Server, line { $line }:
spoken-lab = Lab, line { $line }:
unmark = Remove marker
copy-exchange = Copy exchange
try-correct = Try the correct one
more-lines-select = … { $count ->
    [one] one more line; select to see it
   *[other] { $count } more lines; select to see them
}
find = Find
find-none = no match
find-at = { $at } of { $count }
find-count = { $count ->
    [one] 1 match
   *[other] { $count } matches
}
find-search = Search in the transcript
find-placeholder = Find text or /expression/
find-label = Find in the transcript
find-previous = Previous match
find-previous-title = Previous match (Shift+Enter, N)
find-next = Next match
find-next-title = Next match (Enter, n)
find-wrong = This is no regular expression: { $why }
find-said-by = said by
find-reply = reply
find-command = command
find-only = only what fits
find-clear = Clear
find-anybody = everybody
find-you = you
find-server = the server
find-lab = the lab
lines = { $count ->
    [one] 1 line
   *[other] { $count } lines
}
copied = { $lines } copied. Passwords are masked.
copied-without = { $lines } copied, { $hidden } hidden left out. Passwords are masked.
entry-data = … { octets } in all
entry-connecting = connecting to { $host }, port { $port }
entry-opened = connected: { $local } to { $peer }
entry-failed = no connection: { $why }
entry-ended-client = your side of the connection is ended (FIN)
entry-ended-server = the server ended its side of the connection (FIN)
entry-reset = the connection is gone: { $why }
