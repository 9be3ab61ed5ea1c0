## Einstellungen

settings = Einstellungen
stage = Bühne
theme = Farben
theme-system = wie das System
theme-light = hell
theme-dark = dunkel
theme-contrast-light = hoher Kontrast, hell
theme-contrast-dark = hoher Kontrast, dunkel
language = Sprache
language-browser = wie der Browser wünscht
language-partly = Erklärungen gibt es bisher nur auf Englisch.
keys = Tasten
single-keys = Tasten ohne Strg oder Alt
single-keys-about = Im Mitschnitt und auf der Bühne, etwa b für Bytes
announcements = Ansagen für Bildschirmleser
announce-each-reply = Jede vollständige Antwort
announce-each-line = Auch jede Zeile
announce-about = Was ein Bildschirmleser von selbst vorliest
close = Schließen
