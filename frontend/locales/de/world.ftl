## The practice world

world = Übungswelt
world-mail-arrives = Eine Mail kommt an
world-mail-arrives-title = Jemand schickt Ihnen eine kleine Mail
world-reset = Zurücksetzen
world-reset-title = Alles wie am Anfang, und eine neue Sitzung
world-in-relay = Dieser Übungsserver lebt im Relay. Was er enthält, ist durch die Protokolle zu sehen.
world-is-real = Ein echter Server zeigt, was er enthält, nur durch sein Protokoll.
world-step = Von diesem Schritt geändert
world-since = Geändert, seit diese Sitzung begann
world-unchanged = Nichts hat sich geändert, seit diese Sitzung begann.
world-added = neu
world-changed = geändert
world-removed = entfernt
world-mailboxes = Postfächer
world-files = Dateien
world-news = Newsgroups
world-accounts = Konten
world-in-mailbox = { $count ->
    [one] { $count } Nachricht im Postfach
   *[other] { $count } Nachrichten im Postfach
}
world-new = (neu)
world-locked = , in einer POP3-Sitzung offen
world-further = Weitere Postfächer, für IMAP:
world-newest = Die neuesten { $listed } von { $all }:
world-no-subject = (ohne Betreff)
world-message = UID { $uid }, { $octets } Oktette, { $flags }
world-no-flags = ohne Flags
world-articles = { $count ->
    [one] { $count } Artikel
   *[other] { $count } Artikel
}
world-after-login = , nach Anmeldung
world-no-posting = , ohne Schreibrecht
world-moderated = , moderiert
world-empty-folder = Es ist nichts darin.
world-account = : { $name }, Passwort
world-passwords = „Passwörter zeigen“ über dem Protokoll zeigt sie auch hier.

## What it holds, opened

item-how = Wie { $name } gezeigt wird
item-text = Text
item-bytes = Bytes
item-text-of = Text von { $name }
item-bytes-of = Oktette von { $name }
item-empty = Es ist leer.
item-gone = Es ist nicht mehr da.
item-part = { $shown } von { $all } Oktetten.
item-more = Mehr zeigen
