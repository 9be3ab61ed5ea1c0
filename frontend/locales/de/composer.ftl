
## Die Eingabe

offers-title = Aus der letzten Antwort
