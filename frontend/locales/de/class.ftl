## Der Raum: einer Klasse etwas zeigen, und selbst probieren

class = Klasse
class-about = Diesen Dialog anderen zeigen, live: Sie folgen auf ihren Geräten Schritt für Schritt, stimmen ab und probieren selbst.
class-open = Einen Raum öffnen
class-is-open = Der Raum ist offen; sein Pult steht über dem Dialog.
class-needs-relay = Für einen Raum muss diese Seite von einem Relay kommen: Es gibt weiter, was dem Raum gesagt wird.
class-join = Mit einem Code in einen Raum gehen
class-no-random = Dieser Browser liefert keine Zufallszahlen, der Raum hätte also kein Geheimnis.
class-console = Das Pult des Raums
class-less = Weniger
class-more = Mehr
class-close = Den Raum schließen
class-connecting = Der Raum wird geöffnet …
class-viewers = { $count ->
    [one] eine Person sieht zu
   *[other] { $count } Personen sehen zu
}
class-stages = { $count ->
    [one] eine Bühne
   *[other] { $count } Bühnen
}
class-lost = Das Relay ist weg und wird gesucht. Der Raum wartet.
class-refused = Der Raum ist nicht da: { $why }
class-broken = Das Relay sagt etwas, das diese Seite nicht versteht. Lade die Seite neu.
class-full = Der Raum nimmt von diesem Dialog nichts mehr auf. { $why } Beginne einen anderen Dialog.
class-types = { $name } tippt.
class-take-back = Die Tastatur zurücknehmen
class-show-own = Zurück zu meinem Dialog
class-how-to-join = So kommt man hinein
class-only-here = Dieses Relay antwortet nur auf dem eigenen Rechner. Für eine Klasse starte es mit --listen 0.0.0.0:8080.
class-open-stage = Die Bühne für den Projektor öffnen
class-stage-shows = Die Bühne zeigt
class-stage-dialogue = Den Dialog
class-stage-join = Wie man hineinkommt
class-stage-blank = Nichts
class-question = Die Klasse fragen
class-hold = Antworten anhalten, um nach ihnen zu fragen
class-held-next = Sende einen Befehl; seine Antwort wird angehalten, und man kann nach ihr fragen.
class-ask-class = Fragen, wie die Antwort sein wird
class-ask-reply = Wie wird die Antwort auf { $command } sein?
class-own-question = Eine eigene Frage
class-question-text = Frage
class-question-choices = Auswahl, eine je Zeile
class-ask = Fragen
class-votes = { $count ->
    [one] eine Stimme
   *[other] { $count } Stimmen
}
class-right = richtig
class-is-right = Das ist richtig
class-reveal = Schließen und zeigen
class-forget = Die Frage wegnehmen
class-people = Wer da ist
class-nobody = Noch ist niemand da.
class-more-people = und { $count } weitere
class-nameless = Gast { $number }
class-somebody = Jemand
class-progress = { $protocol }, Schritt { $steps }: { $state }
class-hand = Tastatur übergeben
class-hand-to = Tastatur übergeben an { $name }
class-ask-try = Versuch sehen
class-ask-try-of = Versuch sehen: { $name }
class-asked = Gefragt …
class-declined = { $name } möchte das jetzt lieber nicht zeigen.
class-keyboard-gone = { $name } ist gegangen; die Tastatur gehört wieder dir.
class-shows-try = Das hat { $name } probiert.
class-try-broken = Was kam, ist keine Aufzeichnung eines Dialogs und wird nicht gezeigt.
class-no-try-real = Der Dialog läuft mit einem echten Server, der nicht auf diesen Schritt zurückgesetzt werden kann.
class-no-try-relay = Der Dialog läuft mit dem Übungsserver des Relays, der nicht auf diesen Schritt zurückgesetzt werden kann. Nimm den in der Seite.
class-no-try-long = Der Dialog ist zu lang, um ihn weiterzugeben.
class-world-mailbox = { $count ->
    [one] { $user } hat eine Nachricht
   *[other] { $user } hat { $count } Nachrichten
}
class-world-group = { $count ->
    [one] { $name } hat einen Artikel
   *[other] { $name } hat { $count } Artikel
}
class-yes = ja
class-try = Dein eigener Versuch
class-try-about = Du machst ab Zeile { $lines } der Klasse allein weiter; niemand sieht, was du tippst.
class-back = Zurück zur Klasse ({ $code })
class-asked-title = Der Lehrer bittet, deinen Versuch zu zeigen
class-asked-why = Wenn du zustimmst, sehen alle den Dialog so, wie du ihn jetzt hast, ohne Passwörter.
class-not-now = Nicht jetzt
class-show = Zeigen
class-next = Als Nächstes
class-let-through = Durchlassen, was angehalten ist
class-ask-lesson = Die Klasse fragen:
class-notes = Notizen für dich
class-qr = Der Link als QR-Code
class-no-try-secret = Es wurde ein Geheimnis gesendet, das nicht weitergegeben wird, und ohne es ginge der Dialog anders weiter.
class-looks-at-try = Nur du siehst, was { $name } versucht hat.
class-stage-try = Auf die Bühne bringen
class-clicker = Ein Presenter wirkt hier und im Fenster der Bühne.
class-present-again = Wieder von hier zeigen
