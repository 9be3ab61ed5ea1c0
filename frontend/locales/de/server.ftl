## Welcher Server

server-which = Mit welchem Server gesprochen wird
server-page = Übung, in dieser Seite
server-relay = Übung, über das Relay
server-real = Ein echter Server, über das Relay
relay-absent = Diese Seite kam nicht von einem Wirelab-Relay und erreicht darum nur die Übungsserver in ihr selbst. Ein Relay startet man mit `cargo xtask serve`.
relay-unreachable = Das Relay antwortet nicht: Es läuft nicht mehr, oder es gibt kein Netz. Die Übung in dieser Seite geht auch ohne.
look-again = Noch einmal suchen
relay-endpoint = Auch jedes Programm auf der Maschine des Relays kann mit ihm sprechen: `{ $address }`
open-url = Eine URL öffnen
url-label = URL (http, ftp, gopher)
open = Öffnen
host = Host
port-label = Port
connect = Verbinden
port-wrong = Der Port muss eine Zahl von 1 bis 65535 sein.
real-warning = Echte Bytes gehen an eine echte Maschine. Was Sie senden, auch Passwörter, geht im Klartext durch das Netz, und das Relay sieht es.

## Bevor ein Link zu einem echten Host führt

consent-title = Ein echter Server
consent-where = Diese Seite wird sich mit { $host }, Port { $port }, verbinden und { $protocol } sprechen.
consent-stay = Bei der Übung bleiben
consent-connect = Mit { $host } verbinden
address-protocol = Die Adresse nennt das Protokoll „{ $name }“; das Labor spricht { $known } und hat socket.
address-server = Die Adresse verlangt den Server „{ $name }“; erwartet wird page oder relay.
address-port = Die Adresse verlangt Port „{ $value }“; ein Port ist eine Zahl von 1 bis 65535.
-urls = Schreiben Sie sie aus, etwa http://practice.lab/readme.txt, ftp://practice.lab/pub/ oder gopher://practice.lab/1/.
url-no-scheme = „{ $url }“ hat kein Schema. { -urls }
url-scheme = Das Labor öffnet URLs von http, ftp und gopher, nicht von { $scheme }. { -urls }
url-port = Der Port von { $place } muss eine Zahl von 1 bis 65535 sein.
url-utf8 = { $text } steht für Oktette, die kein UTF-8 sind.
url-line-end = In der URL ist ein Zeilenende: Was darauf folgt, gälte als weiterer Befehl.
url-no-host = Die URL nennt keinen Host. { -urls }

## Das Relay verlangt ein Zugangswort

token-title = Das Relay verlangt ein Zugangswort
token-why = Wer dieses Relay benutzt, braucht sein Zugangswort; wer es betreibt, kennt es. Die Übung in dieser Seite geht auch ohne.
token-label = Zugangswort
token-send = Relay benutzen
token-without = Ohne das Relay
token-say = Zugangswort eingeben
token-wrong = Das ist nicht das Zugangswort dieses Relays.
token-often = Von Ihrer Adresse kamen zu viele falsche Zugangswörter. Warten Sie eine Minute.
