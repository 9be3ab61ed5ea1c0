## The list of what was said

transcript = Transcript
entries = { $count ->
    [one] 1 line
   *[other] { $count } lines
}
row-you = You, line { $line }:
row-server = Server, line { $line }:
row-reply = Server, line { $line }, reply { $code }:
row-lab = Lab, line { $line }:
row-connection = connection { $number }
row-marker = marker { $number }
row-more-lines = { $count ->
    [one] … 1 more line; select to see it
   *[other] … { $count } more lines; select to see them
}
row-elapsed = since what was sent for it
row-copy = Copy exchange
row-mark = Mark
row-unmark = Remove marker
row-hide = Hide
row-fix = Try the correct one:
hidden-rows = { $count } hidden: show
newest = Newest
copy-all = Copy all
copied = { $lines } copied. Passwords are masked.
copied-without = { $lines } copied, { $hidden } hidden left out. Passwords are masked.
copy-by-hand = The browser does not let this page use the clipboard. { $lines }, to be copied with Ctrl+C:
show-passwords = show passwords

## Search

find = Find
find-title = Search in the transcript
find-label = Find in the transcript
find-placeholder = Find text or /expression/
find-none = no match
find-at = { $at } of { $count }
find-count = { $count ->
    [one] 1 match
   *[other] { $count } matches
}
find-previous = Previous match
find-previous-title = Previous match (Shift+Enter, N)
find-next = Next match
find-next-title = Next match (Enter, n)
find-wrong = This is no regular expression: { $why }
find-wrong-unknown = it is not understood
find-side = said by
side-anybody = anybody
side-you = you
side-server = the server
side-lab = the lab
find-reply = reply
find-verb = command
find-only = only what fits
find-clear = Clear
