## Python

python-to-come = Die Methoden von { $module } kommen noch.
python-methods = Methoden von { $module }
python-others = Die, die in der Vorlesung nicht vorkommen
python-calls = Diese Sitzung als Aufrufe
python-no-calls = Sende etwas, oder führe eine Methode aus.
python-not-this-module = kein Aufruf dieses Moduls tut das
python-under-way = … läuft noch
python-optional = darf fehlen
python-run = { $method }() ausführen
python-script = Als Skript
python-dialect = Wie das Skript geschrieben ist
python-sockets = mit Sockets
save-as = Als { $name } speichern
paste = Wie in Python: ein Skript einfügen
paste-about = Ein paar Zeilen, die eines dieser Module benutzen, geradeaus geschrieben: ohne Schleifen, ohne Funktionen. Die Aufrufe werden in einer neuen Sitzung mit dem Server gespielt, der hier gewählt ist.
paste-script = Skript
paste-read = Lesen
paste-server = { $host }, Port { $port }
paste-problems = Nicht verstanden und weggelassen
paste-calls = Aufrufe von { $module }, nach Zeilen
paste-says = Das Skript nennt { $server }. Gespielt wird es mit dem Server, der hier gewählt ist.
paste-play = Spielen
python-sends-anyway = Python sendet es trotzdem: { $why }
python-script-ends = Das Skript endet bei { $method }(), wie es das in Python täte: { $count ->
    [one] ein weiterer Aufruf wird
   *[other] { $count } weitere Aufrufe werden
} nicht gemacht.
