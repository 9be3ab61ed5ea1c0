## Python

python-to-come = The methods of { $module } are still to come.
python-methods = Methods of { $module }
python-others = Those that the lecture does not name
python-calls = This session as calls
python-no-calls = Send something, or run a method.
python-not-this-module = no call of this module does that
python-under-way = … under way
python-optional = may be left out
python-run = Run { $method }()
python-script = As a script
python-dialect = How the script is written
python-sockets = with sockets
save-as = Save as { $name }
paste = Python’s way: paste a script
paste-about = A few lines that use one of these modules, written out straight: no loops, no functions. The calls are played in a new session with the server that is chosen here.
paste-script = Script
paste-read = Read it
paste-server = { $host }, port { $port }
paste-problems = Not understood, and left out
paste-calls = Calls of { $module }, by line
paste-says = The script says { $server }. It is played with the server that is chosen here.
paste-play = Play it
python-sends-anyway = Python sends it all the same: { $why }
python-script-ends = The script ends at { $method }(), as it would in Python: { $count ->
    [one] one more call is
   *[other] { $count } more calls are
} not made.
