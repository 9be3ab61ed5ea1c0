## Der Mitschnitt
transcript = Mitschnitt
newest = Neueste
hidden-show = { $count } ausgeblendet: zeigen
copy-all = Alles kopieren
show-passwords = Passwörter zeigen
copy-by-hand = Der Browser lässt diese Seite nicht in die Zwischenablage. { $lines }, mit Strg+C zu kopieren:
connection = Verbindung { $number }
marker = ⚑ Marke { $number }
elapsed-title = seit dem, was dafür gesendet wurde
spoken-you = Du, Zeile { $line }:
spoken-reply = Server, Zeile { $line }, Antwort { $code }:
spoken-server = Server, Zeile { $line }:
spoken-lab = Labor, Zeile { $line }:
unmark = Marke wegnehmen
copy-exchange = Austausch kopieren
try-correct = Das Richtige versuchen
more-lines-select = … { $count ->
    [one] eine weitere Zeile; zum Sehen wählen
   *[other] { $count } weitere Zeilen; zum Sehen wählen
}
find = Suchen
find-none = kein Treffer
find-at = { $at } von { $count }
find-count = { $count ->
    [one] 1 Treffer
   *[other] { $count } Treffer
}
find-search = Suche im Mitschnitt
find-placeholder = Text oder /Ausdruck/ suchen
find-label = Im Mitschnitt suchen
find-previous = Voriger Treffer
find-previous-title = Voriger Treffer (Umschalt+Eingabe, N)
find-next = Nächster Treffer
find-next-title = Nächster Treffer (Eingabe, n)
find-wrong = Das ist kein regulärer Ausdruck: { $why }
find-said-by = gesagt von
find-reply = Antwort
find-command = Befehl
find-only = nur was passt
find-clear = Leeren
find-anybody = allen
find-you = dir
find-server = dem Server
find-lab = dem Labor
lines = { $count ->
    [one] 1 Zeile
   *[other] { $count } Zeilen
}
copied = { $lines } kopiert. Passwörter sind verdeckt.
copied-without = { $lines } kopiert, ausgeblendet und weggelassen: { $hidden }. Passwörter sind verdeckt.
entry-data = … insgesamt { octets }
entry-connecting = verbindet sich mit { $host }, Port { $port }
entry-opened = verbunden: { $local } mit { $peer }
entry-failed = keine Verbindung: { $why }
entry-ended-client = deine Seite der Verbindung ist beendet (FIN)
entry-ended-server = der Server hat seine Seite der Verbindung beendet (FIN)
entry-reset = die Verbindung ist weg: { $why }
