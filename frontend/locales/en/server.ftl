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
address-protocol = The address names the protocol “{ $name }”; the lab speaks { $known } and has socket.
address-server = The address asks for the server “{ $name }”; expected page or relay.
address-port = The address asks for port “{ $value }”; a port is a number from 1 to 65535.
-urls = Write it out, such as http://practice.lab/readme.txt, ftp://practice.lab/pub/ or gopher://practice.lab/1/.
url-no-scheme = “{ $url }” has no scheme. { -urls }
url-scheme = The lab opens URLs of http, ftp and gopher, not of { $scheme }. { -urls }
url-port = The port of { $place } must be a number from 1 to 65535.
url-utf8 = { $text } stands for octets that are no UTF-8.
url-line-end = There is a line end in the URL: what follows it would be taken for another command.
url-no-host = The URL names no host. { -urls }

## The relay asks for an access token

token-title = The relay asks for a token
token-why = Whoever uses this relay needs its access token; the person who runs it knows it. Practice in this page works without.
token-label = Access token
token-send = Use the relay
token-without = Without the relay
token-say = Enter the token
token-wrong = This is not the token of this relay.
token-often = Too many wrong tokens came from your address. Wait a minute and try again.
