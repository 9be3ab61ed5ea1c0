language-name = English
protocol = Protocol
protocols = Protocols
server = Server
practice = Practice
real = REAL
menu = Menu
newer-page = A new version of this page is here.
reload = Reload
none = None.
inspector = Inspector
inspect = Inspect
inspector-tabs = Views of the selected line
tab-screen = Screen
tab-world = World
screen-empty = There is nothing on the screen yet.
palette-words = What do you want to do?
palette-none = Nothing here is called so.
shortcuts-tab = Tab goes on from everywhere and is never caught.
shortcuts-off = Keys without Ctrl or Alt can be switched off in the settings.

## The stage

stage-state = state: { $state }
stage-unblank = Show the stage again
you-said = You said:
server-answered = The server answered:
more-lines = … { $count ->
    [one] one more line
   *[other] { $count } more lines
}
viewing-short = step { $step } of { $steps }
stage-steps = The last steps
