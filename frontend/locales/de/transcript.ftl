## Die Liste dessen, was gesagt wurde

transcript = Mitschnitt
entries = { $count ->
    [one] 1 Zeile
   *[other] { $count } Zeilen
}
row-you = Sie, Zeile { $line }:
row-server = Server, Zeile { $line }:
row-reply = Server, Zeile { $line }, Antwort { $code }:
row-lab = Labor, Zeile { $line }:
row-connection = Verbindung { $number }
row-marker = Marke { $number }
row-more-lines = { $count ->
    [one] … eine weitere Zeile; wählen Sie sie aus, um sie zu sehen
   *[other] … { $count } weitere Zeilen; wählen Sie sie aus, um sie zu sehen
}
row-elapsed = seit dem, was dafür gesendet wurde
row-copy = Austausch kopieren
row-mark = Markieren
row-unmark = Marke entfernen
row-hide = Ausblenden
row-fix = So wäre es richtig, versuchen:
hidden-rows = { $count } ausgeblendet: zeigen
newest = Neuestes
copy-all = Alles kopieren
copied = { $lines } kopiert. Passwörter sind verdeckt.
copied-without = { $lines } kopiert, { $hidden } ausgeblendet und weggelassen. Passwörter sind verdeckt.
copy-by-hand = Der Browser lässt diese Seite nicht an die Zwischenablage. { $lines }, mit Strg+C zu kopieren:
show-passwords = Passwörter zeigen

## Suche

find = Suchen
find-title = Suche im Mitschnitt
find-label = Im Mitschnitt suchen
find-placeholder = Text oder /Ausdruck/ suchen
find-none = kein Treffer
find-at = { $at } von { $count }
find-count = { $count ->
    [one] 1 Treffer
   *[other] { $count } Treffer
}
find-previous = Voriger Treffer
find-previous-title = Voriger Treffer (Umschalt+Eingabe, N)
find-next = Nächster Treffer
find-next-title = Nächster Treffer (Eingabe, n)
find-wrong = Das ist kein regulärer Ausdruck: { $why }
find-wrong-unknown = er wird nicht verstanden
find-side = gesagt von
side-anybody = allen
side-you = Ihnen
side-server = dem Server
side-lab = dem Labor
find-reply = Antwort
find-verb = Befehl
find-only = nur was passt
find-clear = Leeren
