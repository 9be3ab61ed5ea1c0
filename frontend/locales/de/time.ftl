## Going through the dialogue

time-title = Zeit
time-back = ◀ Zurück
time-back-title = Den Schritt davor ansehen; nichts wird rückgängig gemacht
time-forward = Vor ▶
time-forward-title = Den Schritt danach ansehen
time-step = Schritt { $step }/{ $steps }
time-more = Mehr
time-play = Abspielen
time-pause = Pause
pace = Tempo
pace-at-once = sofort
slow-motion = Oktette
slow-motion-title = Langsam durch die gewählte Zeile gehen, Oktett für Oktett
predict = Vorhersagen
predict-title = Jede Antwort zurückhalten, bis sie geraten ist
viewing = Zu sehen ist Schritt { $step } von { $steps }. Die Sitzung ist bei Schritt { $steps }.
selected-line = Zustand und Welt sind so zu sehen, wie sie bei Zeile { $line } waren.
moment-lost = Zustand und Welt dieses Schritts wurden nicht aufgehoben: Die Sitzung war zu lang. Zu sehen sind sie, wie sie jetzt sind.
back-to-live = Zurück zum Stand jetzt
unselect = Zeigen, was jetzt ist
fork-here = Ab Zeile { $line } abzweigen
stopped-at = Angehalten bei { $what }. „Schritt“ geht um einen weiter, „Laufen“ bis zum nächsten Halt.

## Breakpoints

stops = { $count ->
    [0] Halt
    [one] { $count } Haltepunkt
   *[other] { $count } Haltepunkte
}
stop-at-reply = Anhalten bei einer Antwort, die sagt
stop-transient = jetzt nicht (4xx)
stop-permanent = nein (5xx, -ERR, NO, BAD)
stop-before = Bevor dieser Befehl hinausgeht
stop-in-state = In diesem Zustand
stop-choose = wählen
stop-octets = Bei diesen Oktetten (\r \n \xNN)
stop-octets-empty = Geben Sie die Oktette ein, bei denen angehalten wird, etwa 550.
stop-add = Hinzufügen
stop-remove = Entfernen
stop-remove-this = Entfernen: { $what }

## Predict, then see

predict-question = Was wird der Server auf { $command } antworten?
predict-codes = oder der genaue Code
predict-waits = Senden Sie einen Befehl: Die Antwort wird zurückgehalten, bis Sie gesagt haben, wie sie lautet.
predict-score = { $right } von { $asked } richtig
predict-right = Richtig: { $command } wurde mit { $code } beantwortet.
predict-wrong = Nicht { $guess }: { $command } wurde mit { $code } beantwortet.

## Forks

branches = Zweige dieser Sitzung
branch = Zweig { $number }
branch-from = aus Zweig { $branch }, Zeile { $line }
compare-with = Vergleichen mit
compare-nothing = nichts
comparison = Vergleich zweier Zweige
compare-same = { $same } Austausche sind in beiden gleich, { $differ } nicht.
compare-differs = verschieden
compare-only-here = nur hier
compare-only-there = nur dort
no-fork-real = Ein echter Server lässt sich nicht zurückdrehen und darum nicht verzweigen. Ansehen kannst du diesen Schritt.
no-fork-relay = Der Übungsserver des Relays bedient auch andere und lässt sich nicht zurückdrehen. Wähle zum Verzweigen den Übungsserver in der Seite.
no-fork-over = Jene Sitzung ist beendet. Verzweigen lässt sich nur die laufende.
no-fork-lost = Dieser Schritt liegt zu weit hinten, um noch da zu sein.
predict-unlisted = Die Tabelle des Befehls nennt diesen Code nicht.
predict-no-reply = Es kam keine Antwort.
