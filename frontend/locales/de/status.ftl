## Wie alles steht

status = Stand
place-page = Übung in der Seite
place-relay = Übung über das Relay
place-real = echter Server
turn-yours = Sie sind dran
turn-servers = der Server ist dran
turn-held = angehalten, drücken Sie Schritt
turn-over = beendet
plain-text = Klartext
status-step = Schritt { $step }
real-mark = ECHT: { $server }, Klartext
real-mark-at = ECHT: { $server } ({ $address }), Klartext
reconnect = Neu verbinden
disconnect = Verbindung trennen
read-back = Mit POP3 zurücklesen →
dismiss = Schließen
how-it-goes-on = Wie der Dialog weitergeht
run = Lauf
step = Schritt

## Was ein Bildschirmleser von selbst vorliest

announce-yours = Sie sind dran.
announce-over = Die Sitzung ist beendet.
announce-outgoing = Angehalten: { $octets ->
    [one] ein Oktett geht
   *[other] { $octets } Oktette gehen
} als Nächstes hinaus. Die Eingabetaste lässt sie durch.
announce-incoming = Angehalten: { $octets ->
    [one] ein Oktett
   *[other] { $octets } Oktette
} vom Server. Die Eingabetaste zeigt sie.
announce-replies = { $count } Antworten. Die letzte: { $last }
announce-you = Sie: { $text }
announce-server = Server: { $text }
every-line = Jede Zeile
announce-content = { $octets ->
    [one] Ein Oktett
   *[other] { $octets } Oktette
} Inhalt.
announce-failed = Keine Verbindung: { $why }.
announce-reset = Die Verbindung ist weg: { $why }.
mailbox-full = Das Postfach von { $user } ist voll; nichts wurde zugestellt.
relay-stopping = Das Relay wird angehalten. Was verbunden ist, darf zu Ende gehen, höchstens noch { $seconds } Sekunden; Neues wird erst wieder geöffnet, wenn es wieder läuft.
relay-gone = Die Verbindung zum Relay ist weg: { $why }. Der Mitschnitt bleibt. Wenn das Relay wieder läuft, drücken Sie Neu verbinden.
relay-cannot = Das Relay unter { $address } ist nicht zu erreichen.
