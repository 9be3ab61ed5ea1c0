## Which server

server-which = Which server to talk to
server-page = Practice, in this page
server-relay = Practice, through the relay
server-real = A real server, through the relay
relay-absent = This page did not come from a Wirelab relay, so it can only reach the practice servers inside it. Start a relay with `cargo xtask serve`.
relay-unreachable = The relay does not answer: it has stopped, or there is no network. Practice in this page works without it.
look-again = Look again
relay-endpoint = Any program on the relay’s machine can talk to it too: `{ $address }`
open-url = Open a URL
url-label = URL (http, ftp, gopher)
open = Open
host = Host
port-label = Port
connect = Connect
port-wrong = The port must be a number from 1 to 65535.
real-warning = Real bytes go to a real machine. What you send, passwords included, crosses the network in clear text, and the relay sees it.

## Before a link leads to a real host

consent-title = A real server
consent-where = This page will connect to { $host }, port { $port }, and speak { $protocol } with it.
consent-stay = Stay with practice
consent-connect = Connect to { $host }
