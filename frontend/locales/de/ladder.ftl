## The ladder

ladder = Leiter
ladder-show = Zeigen
ladder-hide = Verbergen
ladder-this = die Leiter
ladder-how = Wie die Leiter gezeigt wird
ladder-diagram = Bild
ladder-list = Liste
ladder-timing = Zeiten
ladder-earlier = Früher
ladder-later = Später
ladder-lines = Zeilen { $first } bis { $last } von { $all }
ladder-height = Was die Höhe zeigt
ladder-by-step = Schritte
ladder-to-scale = Maßstab
ladder-to-scale-title = Ein Pixel für jede Millisekunde, die gewartet wurde; Längeres ist gekürzt und sagt es
ladder-size = Größe
ladder-smaller = Kleiner
ladder-larger = Größer
ladder-fit = Einpassen
ladder-save = Als SVG sichern
ladder-keys = Bild. Pfeiltasten wählen einen Pfeil, Plus und Minus ändern die Größe, 0 passt sie ein.
ladder-as-list = Leiter als Liste
ladder-steps = { $steps ->
    [one] { $steps } Schritt
   *[other] { $steps } Schritte
} auf { $lanes ->
    [one] { $lanes } Verbindung
   *[other] { $lanes } Verbindungen
}.
ladder-here = Gezeigt: { $rung }.
ladder-same-data = Die Liste enthält dasselbe.
ladder-heading = { $protocol } mit { $server }
ladder-heading-part = { $protocol } mit { $server }, ohne die ersten { $left } Zeilen
save-refused = Der Browser hat { $name } nicht angenommen: Es wurde nicht gesichert.

## Its lanes and rungs

lane-main = Hauptverbindung
lane-other = Verbindung { $number }
lane-client = Client
lane-server = Server
rung-in-words = Zeile { $line }, { $who }: { $what }
rung-sent = Client an Server
rung-received = Server an Client
rung-lab = Labor
rung-more-lines = { $lines ->
    [one] +{ $lines } Zeile
   *[other] +{ $lines } Zeilen
}
rung-connect = verbinden mit { $host }, Port { $port }
rung-open = offen: { $local } an { $peer }
rung-failed = keine Verbindung: { $why }
rung-fin-client = FIN: Client ist fertig
rung-fin-server = FIN: Server ist fertig
rung-reset = RST: { $why }
rung-state = Zustand: { $state }
rung-note = Hinweis: { $note }
rung-later = ≈ { $time } später

## The times of the exchanges

times = Zeiten der Wortwechsel
times-none = Noch wurde kein Befehl gesendet.
times-command = Befehl
times-idle = Pause davor
times-first = Erstes Oktett
times-whole = Ganze Antwort
times-no-reply = noch keine
times-bar-first = erstes
times-bar-rest = Rest
