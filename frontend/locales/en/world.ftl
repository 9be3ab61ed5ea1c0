## The practice world

world = Practice world
world-mail-arrives = A mail arrives
world-mail-arrives-title = Somebody sends you a small mail
world-reset = Reset
world-reset-title = Everything as it was at first, and a new session
world-in-relay = This practice server lives in the relay. What it holds is seen through the protocols.
world-is-real = A real server shows what it holds only through its protocol.
world-step = Changed by this step
world-since = Changed since this session began
world-unchanged = Nothing has changed since this session began.
world-added = added
world-changed = changed
world-removed = removed
world-mailboxes = Mailboxes
world-files = Files
world-news = Newsgroups
world-accounts = Accounts
world-in-mailbox = { $count ->
    [one] { $count } message in mailbox
   *[other] { $count } messages in mailbox
}
world-new = (new)
world-locked = , open in a POP3 session
world-further = Further mailboxes, for IMAP:
world-newest = The newest { $listed } of { $all }:
world-no-subject = (no subject)
world-message = UID { $uid }, { $octets } octets, { $flags }
world-no-flags = no flags
world-articles = { $count ->
    [one] { $count } article
   *[other] { $count } articles
}
world-after-login = , after a login
world-no-posting = , no posting
world-moderated = , moderated
world-empty-folder = Nothing is in it.
world-account = : { $name }, password
world-passwords = “Show passwords” above the transcript shows them here, too.

## What it holds, opened

item-how = How { $name } is shown
item-text = Text
item-bytes = Bytes
item-text-of = Text of { $name }
item-bytes-of = Octets of { $name }
item-empty = It is empty.
item-gone = It is not there any more.
item-part = { $shown } of { $all } octets.
item-more = Show more
