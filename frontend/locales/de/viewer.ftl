## Die Seite derer, die zuschauen

brand = Wirelab
language-name = Deutsch
join = An einer Stunde teilnehmen
join-now = Teilnehmen
join-how = Der Code steht auf der Projektion: sechs Buchstaben und Ziffern. Groß oder klein, Leerzeichen und Bindestriche sind gleich.
join-other = Mit einem anderen Code teilnehmen
code = Code
code-none = Geben Sie den Code von der Projektion ein.
code-length = Ein Code hat 6 Buchstaben und Ziffern; dieser hat { $count }.
code-letter = In keinem Code steht { $letter }. Codes bestehen aus Buchstaben und Ziffern ohne 0, O, 1, I und L.
to-lab = Zum Labor, ohne Stunde
name = Ihr Name
name-optional = Ihr Name (nicht nötig)
name-set = Übernehmen
name-why = Nur die Lehrkraft sieht ihn, und er wird behalten, bis dieser Tab geschlossen wird.
menu = Menü
theme = Darstellung
theme-system = wie das System
theme-light = hell
theme-dark = dunkel
theme-contrast-light = hoher Kontrast, hell
theme-contrast-dark = hoher Kontrast, dunkel
language = Sprache
language-browser = wie der Browser
other-room = Mit einem anderen Code teilnehmen
dismiss = Schließen

## Wie alles steht

room-title = Stunde { $code }
state-live = Live
state-away = Lehrkraft abwesend
state-connecting = Verbinden
state-lost = Neu verbinden
state-waiting = Warten
state-off = Nicht verbunden
state-over = Beendet
step = Schritt { $step }
state-is = Zustand: { $state }
turn-client = der Client ist dran
turn-server = der Server ist dran
turn-held = angehalten
turn-over = beendet
real = ECHTER Server: { $server }
fault = Absichtlich defekt: { $fault }
back-in-time = Die Lehrkraft zeigt Schritt { $step } von { $steps }.
held = Eine Antwort von { $octets ->
    [one] einem Oktett
   *[other] { $octets } Oktetten
} ist angehalten. Noch hat sie niemand gesehen.
connecting = Die Verbindung zur Stunde wird aufgebaut.
lost = Die Verbindung ist verloren. Sie wird von selbst neu versucht; es geht nichts verloren.
away = Die Seite der Lehrkraft ist gerade nicht da. Hier geht es weiter, sobald sie zurück ist.
over = Die Stunde ist beendet.
over-why = Die Stunde ist beendet: { $why }
broken = Was das Relay sagt, passt nicht zu dieser Seite. Laden Sie die Seite neu.
no-room = Eine Stunde { $code } gibt es gerade nicht. Sobald sie beginnt, sind Sie dabei; oder ist es ein anderer Code?
elsewhere = Diese Stunde ist bei Ihnen in einem anderen Tab offen. Laden Sie diese Seite neu, um hier zuzuschauen.
too-many = Die Stunde ist voll: Das Relay nimmt keine weiteren Zuschauer.
refused = Das Relay lehnt ab: { $why }
refused-passes = Das Relay lehnt vorerst ab: { $why } Es wird von selbst neu versucht.

## Der Dialog

dialogue = Dialog
transcript = Mitschrift
nothing-yet = Noch ist nichts geschehen.
earlier = { $count ->
    [one] Eine frühere Zeile
   *[other] { $count } frühere Zeilen
}
back-to-live = Zurück zu live
news = { $count ->
    [one] eine neue
   *[other] { $count } neue
}
client-said = Der Client sagte
server-answered = Der Server antwortete
lab-says = Das Labor sagt
spoken = { $who }, Zeile { $line }:
connection = Verbindung { $number }
content = { $octets ->
    [one] ein Oktett
   *[other] { $octets } Oktette
} Inhalt
more-lines = … { $count ->
    [one] eine weitere Zeile
   *[other] { $count } weitere Zeilen
}
octet-is = Oktett { $hex }
outcome-preliminary = läuft
outcome-done = erledigt
outcome-more = weiter
outcome-transient = jetzt nicht
outcome-permanent = nein

## Bereiche

inspect = Untersuchen
panes = Was von der Zeile gezeigt wird
pane-explain = Erklären
pane-bytes = Oktette
pane-state = Zustand
pane-ladder = Leiter
tokens-before = { $count ->
    [one] Ein Teil vor diesen
   *[other] { $count } Teile vor diesen
}
tokens-more = { $count ->
    [one] Ein weiterer Teil
   *[other] { $count } weitere Teile
}
no-octets = Diese Zeile hat keine Oktette.
octets = { $count ->
    [one] Ein Oktett
   *[other] { $count } Oktette
}
octets-grid = Oktette der Zeile
octets-first = Hier sind die ersten { $count } davon.
page-back = Frühere Oktette
page-on = Spätere Oktette
states = Alle Zustände
state-here = hier
state-been = durchlaufen
facts = Was beide Seiten wissen
moves-legal = Darf jetzt gesendet werden
moves-illegal = Darf jetzt nicht gesendet werden
world = Übungswelt
client = Client
server = Server
ladder-how = Wie die Leiter gezeigt wird
ladder-drawing = Zeichnung
ladder-list = Liste
ladder-words = Der Dialog als Leiter: { $steps ->
    [one] ein Schritt
   *[other] { $steps } Schritte
} auf { $lanes ->
    [one] einer Verbindung
   *[other] { $lanes } Verbindungen
}. Die Liste hat dieselben Angaben.

## Was Zuschauer tun können

vote-how = Wählen Sie eine Antwort. Sie können sie ändern, bis die Lehrkraft die Frage schließt.
vote-change = Ihre Stimme ist abgegeben. Sie können sie ändern, bis die Lehrkraft die Frage schließt.
votes-of = { $votes } von { $all }
votes-so-far = { $votes ->
    [one] Bisher eine Stimme
   *[other] Bisher { $votes } Stimmen
}
right = richtig
your-vote = Ihre Stimme
try = Von hier aus versuchen
try-what = Geht von diesem Schritt aus mit einem eigenen Übungsserver weiter.
try-not = Von hier aus können Sie nichts versuchen: { $why }
try-no-room = Der Browser hat für den Dialog keinen Platz, also gibt es nichts, wovon aus Sie weitermachen könnten.
keyboard = Tastatur
keyboard-yours = Sie haben die Tastatur: Was Sie senden, geht in den Dialog der Lehrkraft.
keyboard-type = Geben Sie die nächste Zeile ein
send = Senden
asked = Die Lehrkraft möchte Ihren Versuch auf der Bühne zeigen
asked-what = Alle in der Stunde sähen, was Sie eingegeben haben, aber kein Passwort.
asked-show = Zeigen
asked-not = Jetzt nicht
asked-nothing = Die Lehrkraft wollte Ihren Versuch sehen. In diesem Tab gibt es keinen, und das wurde ihr gesagt.
script-step = Schritt { $step } von { $steps }

## Was ein Bildschirmleser von selbst vorliest

announce-live = Die Verbindung ist wieder da.
announce-question = Eine Frage: { $text }
announce-result = Die Frage ist geschlossen; das Ergebnis wird gezeigt.
announce-no-keyboard = Die Lehrkraft hat die Tastatur wieder.
announce-replies = { $count } Antworten. Die letzte: { $last }
announce-over = Die Sitzung ist beendet.

## Die Bühne

stage = Bühne
stage-blank = Die Bühne ist leer
stage-join = An der Stunde teilnehmen
stage-hide = Ausblenden
stage-steps = Schritte
stage-loopback = Diese Adresse geht nur auf diesem Rechner.
