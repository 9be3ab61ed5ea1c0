## Den Übungsserver mit Absicht stören

fault-title = Mit Absicht stören
fault-label = Störung
fault-none = keine
fault-about = Was soll zwischen Übungsserver und Leitung schiefgehen? Die Sitzung beginnt neu, und die Adresse nennt die Störung.
fault-relay = Ein Übungsserver des Relays bekommt seine Störung, wenn das Relay startet: `wirelab --fault { $protocol }=NAME`. Den Übungsserver in dieser Seite kann man hier stören.
fault-real = Ein echter Server bleibt, wie er ist. Den Übungsserver in dieser Seite kann man hier stören.
fault-in-force = Störung: { $fault }
act-fault = Störung: { $fault }
act-no-fault = Keine Störung
act-no-fault-about = Der Übungsserver, wie er sein soll
