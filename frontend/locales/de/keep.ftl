## Die Seite selbst: ihre Kopie im Browser und die Sitzungen, die dort aufgehoben werden

loading = Wirelab wird geladen.
kept = Diese Sitzung wird in Ihrem Browser aufgehoben und ist wieder da, wenn Sie die Seite neu öffnen.
kept-forget = Aufgehobene Sitzungen löschen
kept-forget-about = Die dieser Browser von dieser Seite und von geschlossenen aufhebt; was auf dem Bildschirm steht, bleibt.
kept-forgotten = Das Aufgehobene ist gelöscht. Aufgehoben wird wieder, sobald Sie die Übungswelt zurücksetzen.
kept-refused = Ihr Browser hebt für diese Seite keine Sitzungen auf ({ $why }). Alles funktioniert, aber nach dem Neuladen ist nichts mehr da.
kept-stopped = Ihr Browser hebt von dieser Sitzung nichts mehr auf ({ $why }). Auf dem Bildschirm geht nichts verloren, aber nach dem Neuladen steht sie so da wie bis eben.
kept-adopted = Das ist die Sitzung, die Sie hier zurückgelassen haben. „Zurücksetzen“ in der Übungswelt beginnt von vorn.
kept-unreadable = Hier war eine Sitzung aufgehoben, aber diese Fassung der Seite kann sie nicht mehr abspielen. Darum hat eine neue begonnen.
kept-in-part = Nur der erste Teil der aufgehobenen Sitzung ist wieder da: Diese Fassung der Seite macht den Rest anders.
