language-name = Deutsch
protocol = Protokoll
protocols = Protokolle
server = Server
practice = Übung
real = ECHT
menu = Menü
newer-page = Eine neue Version dieser Seite ist da.
reload = Neu laden
none = Keine.
inspector = Betrachter
inspect = Betrachten
inspector-tabs = Ansichten der gewählten Zeile
tab-screen = Schirm
tab-world = Welt
screen-empty = Auf dem Bildschirm steht noch nichts.
palette-words = Was möchtest du tun?
palette-none = Hier heißt nichts so.
shortcuts-tab = Tab führt von überall weiter und wird nie abgefangen.
shortcuts-off = Tasten ohne Strg oder Alt lassen sich in den Einstellungen abschalten.

## Die Bühne

stage-state = Zustand: { $state }
stage-unblank = Die Bühne wieder zeigen
you-said = Du hast gesagt:
server-answered = Der Server hat geantwortet:
more-lines = … { $count ->
    [one] eine weitere Zeile
   *[other] { $count } weitere Zeilen
}
viewing-short = Schritt { $step } von { $steps }
stage-steps = Die letzten Schritte
