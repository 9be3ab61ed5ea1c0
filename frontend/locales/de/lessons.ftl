## Experimente

lessons-title = Experimente
lessons-hide = Ausblenden
lessons-failed = Die Liste der Experimente fehlt. { $why }
lessons-again = Noch einmal fragen
lessons-none = Für { $protocol } gibt es noch keine Experimente.
lessons-not-kept = Dieser Browser bewahrt für diese Seite nichts auf: Was Sie geschafft haben, ist vergessen, wenn Sie die Seite schließen.
tier-course = Der Kurs
tier-course-about = die Vorlesung vom ersten Socket bis zum letzten Protokoll
tier-tutorial = Einführung
tier-tutorial-about = wie es gedacht ist
tier-weird = Seltsam
tier-weird-about = mit Absicht kaputt
tier-useful = Nützlich
tier-useful-about = fürs Leben draußen
lesson-failed = Das Experiment { $id } ließ sich nicht öffnen.
lesson-done = erledigt
lesson-begun = { $steps ->
    [one] { $steps } Schritt erledigt
   *[other] { $steps } Schritte erledigt
}
lesson-leave = Experiment verlassen
lesson-modified = verändert
lesson-reset = Zurücksetzen
lesson-reset-title = Von vorn beginnen, mit frischer Welt und frischer Sitzung
lesson-step = Schritt { $step } von { $steps }: { $title }
lesson-all-done = Alle { $steps } Schritte sind erledigt.
lesson-fault = An diesem Server ist mit Absicht etwas kaputt: { $fault }.
lesson-behind = { $steps ->
    [one] Bei einem früheren Besuch haben Sie { $steps } Schritt erledigt. Diese Sitzung ist neu und weiß davon nichts.
   *[other] Bei einem früheren Besuch haben Sie { $steps } Schritte erledigt. Diese Sitzung ist neu und weiß davon nichts.
}
lesson-catch-up = Für mich wiederholen
lesson-next = Weiter: { $title }

step-done = (erledigt)
step-now = (jetzt)
step-later = (später)
step-expects = Dieser Schritt ist erledigt, wenn
expect-met = erfüllt
expect-unmet = noch nicht
expect-instead = Jetzt: { $instead }.
hint = Hinweis { $hint } von { $hints }

act-put = In das Eingabefeld setzen
act-anyway = Die Seite ist dagegen. Drücken Sie Senden, lesen Sie warum, dann „Trotzdem senden“.
as-octets = Als rohe Oktette: Nichts wird hinzugefügt.
act-client = Am Platz des Clients.
act-server = Am Platz des Servers.
act-go-to = Zu { $protocol } wechseln
act-wait = { $seconds } s warten.
lesson-unknown = Es gibt keine Lektion dieses Namens.
lesson-of-link = dieses Links
lesson-too-long = Das ist keine Lektion: Eine hat höchstens { $limit } KiB.
lesson-unreadable = Die Datei ließ sich nicht lesen.
lesson-from-file = Eine Lektion aus einer Datei öffnen
lesson-own = Diese Lektion gehört nicht zur Seite; jemand hat sie geschrieben. Sie kann nicht mehr als Sie selbst: Nichts wird gesendet, bevor Sie Senden drücken.
lesson-copy-link = Link kopieren
lesson-save = Datei speichern
link-copied = Kopiert. Wer den Link öffnet, hat die Lektion.
link-by-hand = Dieser Browser lässt die Seite nichts kopieren. Der Link ist: { $link }
link-too-long = Der Link hätte { $length } Zeichen. Chats und Mailprogramme schneiden ihn nach { $limit } ab: Speichern Sie die Datei und geben Sie diese weiter.
question = Frage
answer-right = (richtig)
answer-yours = (Ihre Antwort)
answer-yours-right = (Ihre Antwort, richtig)
answer-yes = Das ist richtig.
answer-no = Das ist es nicht. Die richtige Antwort ist markiert.
answer-none = Hier ist nichts richtig oder falsch.
teachers-notes = Notizen für die Lehrkraft
lesson-elsewhere = Die Seite holt nichts von anderen Adressen. Laden Sie die Datei herunter und öffnen Sie sie hier von Ihrer Platte.
