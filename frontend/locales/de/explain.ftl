## Der Reiter Erklären

nothing-yet = Noch ist nichts über die Leitung gegangen.
depth = Wie tief die Erklärung geht
depth-line = In einer Zeile
depth-paragraph = In einem Absatz
depth-section = Nach dem RFC
explain-line = Zeile { $line }: { $says }
explain-content = Inhalt: { $octets }. Das Protokoll befördert ihn und gibt ihm keine Bedeutung; der Reiter Bytes zeigt ihn, wie er kam.
explain-connection = Das Labor sagt, was mit der Verbindung selbst geschah.
explain-tokens = Token für Token
tokens-before = … und { $count } vor diesen
tokens-behind = … und { $count } weitere derselben Art
note-info = Eine Bemerkung des Labors
note-warning = Eine Warnung des Labors
note-error = Ein Fehler
note-fix = So wäre es richtig gewesen:
note-try = Das Richtige versuchen
note-rule = Die Regel:
replies-to = Antworten auf { $verb }
answered-in = Beantwortet in
answers = Antwort auf
to-line = Zeile { $line }
took = Das dauerte { $time }.
reply-unlisted = Die Tabelle kennt keine Antwort { $code } auf { $verb }: sie ändert nichts, und der RFC führt sie hier nicht auf.
reply-this = ← diese
replies-generic = Manche Antworten können auf jeden Befehl kommen; der Reiter Zustand nennt, was jeder Befehl bekommen kann.
reply-to-state = → { $state }
reply-gives = gibt { $flag }
reply-takes = nimmt { $flag } weg
reply-goes-on = eine weitere Antwort folgt
decoded = Dekodiert
decoded-octet = Oktett { $at }
decoded-octets = Oktette { $from } bis { $to }
section-empty = Aus diesem Abschnitt hat das Labor keine eigenen Worte.

## Der Reiter Bytes

octets-none = Keine Oktette: das sagt das Labor selbst.
octets-title = Oktette
octets-place = { $octets }, ab Oktett { $offset } dieser Verbindung. Pfeiltasten gehen je Oktett, mit Strg je Token.
octets-one = Oktett { $at }:
octets-some = Oktette { $from } bis { $to }:
octets-page = Oktette { $from } bis { $to } von { $all }.
octets-earlier = Frühere
octets-later = Spätere
octets-reads = zeigen, wo Lesevorgänge endeten
octet-read-end = hier endete ein Lesevorgang
octet-stuffed = verdoppelter Punkt

## Wie eine Einheit ankam

read-plain = Ein Lesevorgang brachte sie, und sonst nichts.
read-together = Ein Lesevorgang brachte { $count } Einheiten, die Zeilen { $from } bis { $to }: wo eine endet, muss der Leser finden.
read-shared = Der Lesevorgang, der sie brachte, hatte mehr als diese Einheit.
reads = Sie kam in { $count } Lesevorgängen: { $sizes } Oktette.
reads-within = Sie kam in { $count } Lesevorgängen binnen { $time }: { $sizes } Oktette.
reads-first = Der erste hatte auch das Ende des Vorigen.
reads-last = Der letzte hatte auch den Anfang des Folgenden.
