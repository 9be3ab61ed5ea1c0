## The state at the shown step

state-is = Zustand: { $state }
known-title = Was beide Seiten wissen
known-new = neu
known-was = war: { $value }
known-gone = weg
given-title = Gegeben
exits-title = Erlaubt von hier ({ $count })
exits-none = Von hier aus kann nichts gesendet werden.
exits-blocked = Von hier nicht erlaubt, und warum ({ $count })
exit-needs = braucht { $what }. { $how }
exit-belongs = gehört zu { $states }.

## Its diagram

states = Zustandsdiagramm
states-how = Wie die Zustände gezeigt werden
states-drawing = Bild
states-list = Liste
states-keys = Bild. Pfeiltasten wählen einen Zustand, Escape geht zurück zu dem, in dem die Sitzung ist.
states-legend = Dick: der Weg, der genommen wurde. Gestrichelt: Dafür fehlt etwas. Jede Aufschrift ist der erste der Befehle, die dorthin führen.
states-in-words = { $count } Zustände. Die Sitzung ist in: { $here }. Sie war in: { $been }. Die Liste enthält dasselbe.
states-here = hier
states-session-here = hier ist die Sitzung
states-passed = war hier
states-to = → nach
states-from = ← von
states-from-any = ← von jedem Zustand:
states-taken = genommen
states-jump = { $from } → { $to }: Das tat die Verbindung oder ihr Ende
states-jump-title = Das tat die Verbindung oder ihr Ende.
states-arrow = { $from } nach { $to }: { $verbs }
states-how-here = Wie eine Sitzung hierher kommt
states-needs = (braucht { $what })
states-back = Zurück zu { $state }
