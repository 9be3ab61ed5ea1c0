## Die Eingabe

compose = Eingeben
command = Befehl
suggested = Vorschlag:
use = { $text } nehmen
raw-octets = rohe Oktette (\r \n \xNN)
raw-length = { $octets ->
    [one] ein Oktett, nichts kommt hinzu
   *[other] { $octets } Oktette, nichts kommt hinzu
}
composer-hint = Umschalt+Eingabe beginnt eine neue Zeile. Jede Zeile endet auf der Leitung mit CR LF.
send-file = oder eine Datei senden:
waiting-over = Die Sitzung ist beendet. Neu verbinden beginnt eine neue; der Mitschnitt bleibt.
waiting-held = Schritt lässt durch, was angehalten ist.
waiting-server = Der Server ist dran.
held-outgoing = Geht gleich hinaus, { octets }:
held-incoming = Unterwegs: { octets } vom Server, noch nicht gezeigt.
not-sent = Nicht gesendet.
send-anyway = Trotzdem senden
keep-editing = Weiter bearbeiten
other-moves = Andere Befehle
moves-legal = Jetzt erlaubt ({ $count })
moves-illegal = Jetzt nicht erlaubt ({ $count }): probiere einen aus
offers-title = Aus der letzten Antwort
