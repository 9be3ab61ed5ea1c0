## The Explain tab

nothing-yet = Nothing has crossed the wire yet.
depth = How deep the explanation goes
depth-line = In a line
depth-paragraph = In a paragraph
depth-section = By the RFC
explain-line = Line { $line }: { $says }
explain-content = Content: { $octets }. The protocol carries it and gives it no meaning; the Bytes tab shows it as it came.
explain-connection = The lab tells what happened to the connection itself.
explain-tokens = Token by token
tokens-before = … and { $count } before these
tokens-behind = … and { $count } more of the same kinds
note-info = A remark of the lab
note-warning = A warning of the lab
note-error = An error
note-fix = What would have been right:
note-try = Try the correct one
note-rule = The rule:
replies-to = Replies to { $verb }
answered-in = It is answered in
answers = It answers
to-line = line { $line }
took = It took { $time }.
reply-unlisted = The table has no reply { $code } to { $verb }: it changes nothing, and the RFC does not list it here.
reply-this = ← this one
replies-generic = Some replies may come to any command; the State tab lists what each command may get.
reply-to-state = → { $state }
reply-gives = gives { $flag }
reply-takes = takes away { $flag }
reply-goes-on = another reply follows
decoded = Decoded
decoded-octet = octet { $at }
decoded-octets = octets { $from } to { $to }
section-empty = The lab has no words of its own from this section.

## The Bytes tab

octets-none = No octets: the lab itself says this.
octets-title = Octets
octets-place = { $octets }, from octet { $offset } of this connection. Arrow keys go by octet, with Ctrl by token.
octets-one = Octet { $at }:
octets-some = Octets { $from } to { $to }:
octets-page = Octets { $from } to { $to } of { $all }.
octets-earlier = Earlier
octets-later = Later
octets-reads = mark where reads ended
octet-read-end = a read ended here
octet-stuffed = stuffed dot

## How a unit came in

read-plain = One read brought it, and nothing else.
read-together = One read brought { $count } units, lines { $from } to { $to }: where a unit ends is for the reader to find.
read-shared = The read that brought it had more than this unit.
reads = It arrived in { $count } reads: { $sizes } octets.
reads-within = It arrived in { $count } reads within { $time }: { $sizes } octets.
reads-first = The first also had the end of what came before.
reads-last = The last also had the beginning of what follows.
