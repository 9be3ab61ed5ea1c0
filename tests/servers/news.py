"""NNTP: INN. innd takes articles from other servers, nnrpd serves readers, plain and over TLS."""
import socket

import core
import data

AS_NEWS = ["setpriv", "--reuid", "news", "--regid", "news", "--clear-groups"]


def start():
    configure()
    spool()
    core.spawn("innd", [*AS_NEWS, "/usr/lib/news/bin/innd", "-f"])
    for usual, options in (120, []), (563, ["-S"]):
        core.spawn(f"nnrpd-{usual}", [*AS_NEWS, "/usr/lib/news/bin/nnrpd", "-D", "-f", "-p", core.port(usual), "-b", core.HOST, *options])
    core.wait_port(core.port(119))
    feed()
    found = dict(group="comp.lang.python", post="misc.test", private="lab.private")
    core.add("nntp", "INN nnrpd", "inn2", 120, "starttls", mode_reader=False, **found)
    core.add("nntp", "INN innd (transit)", "inn2", 119, mode_reader=True, **found)
    core.add("nntp", "INN nnrpd (implicit TLS)", "inn2", 563, "implicit", mode_reader=False, **found)


def configure():
    core.write("/etc/news/inn.conf", f"""mta: "/bin/true %s"
organization: "Lab news"
ovmethod: tradindexed
hismethod: hisv6
pathhost: news.lab.test
domain: lab.test
pathnews: /usr/lib/news
pathdb: /var/lib/news
pathetc: /etc/news
pathlog: /var/log/news
pathrun: /run/news
pathspool: /var/spool/inn
pathtmp: /var/spool/inn/tmp
bindaddress: {core.HOST}
port: {core.port(119)}
artcutoff: 0
maxconnections: 100
nnrpdauthsender: false
nnrpdposthost: {core.HOST}
nnrpdpostport: {core.port(119)}
clienttimeout: 600
nnrpdloadlimit: 0
incominglogfrequency: 0
doinnwatch: false
tlscertfile: /etc/news/lab-cert.pem
tlskeyfile: /etc/news/lab-key.pem
tlscapath: /etc/news
""")
    core.write("/etc/news/storage.conf", "method tradspool {\n    newsgroups: *\n    class: 0\n}\n")
    core.write("/etc/news/incoming.conf", f'streaming: true\nmax-connections: 100\npeer ME {{\n  hostname: "localhost, {core.HOST}"\n}}\n')
    core.write("/etc/news/newsfeeds", "ME:*::\nsink!:!*:Tf,Wf:/dev/null\n")
    core.write("/etc/news/lab.passwd", f"{core.USER}:{core.sh(f'openssl passwd -1 {core.PASSWORD}').strip()}\n")
    core.write("/etc/news/readers.conf", f"""auth "lab" {{
    hosts: "localhost, {core.HOST}, stdin"
    default: "<anyone>"
    auth: "ckpasswd -f /etc/news/lab.passwd"
}}
access "anyone" {{
    users: "<anyone>"
    newsgroups: "*,!lab.private"
    access: RPN
}}
access "student" {{
    users: "{core.USER}"
    newsgroups: "*"
    access: RPNA
}}
""")
    core.sh("""cp tls/chain.pem /etc/news/lab-cert.pem; cp tls/server.key /etc/news/lab-key.pem
               chown news:news /etc/news/lab-*; chmod 600 /etc/news/lab-key.pem""", cwd=core.WORK)


def spool():
    """An empty spool with our groups, and its index."""
    groups = "".join(f"{name} 0000000000 0000000001 y\n" for name in data.GROUPS)
    hidden = "control 0000000000 0000000001 n\ncontrol.cancel 0000000000 0000000001 n\njunk 0000000000 0000000001 n\n"
    core.write("/var/lib/news/active", hidden + groups)
    core.write("/var/lib/news/newsgroups", "".join(f"{name}\t{about}\n" for name, about in data.GROUPS.items()))
    core.write("/var/lib/news/active.times", "".join(f"{name} 1668000000 teacher@lab.test\n" for name in data.GROUPS))
    core.sh(f"""mkdir -p /var/spool/inn /var/log/news; cd /var/spool/inn
                mkdir -p articles overview archive incoming/bad innfeed outgoing tmp
                chown -R news:news /var/spool/inn /run/news /var/log/news
                cd /var/lib/news; rm -f history*; touch history
                chown news:news history active newsgroups active.times
                {' '.join(AS_NEWS)} /usr/lib/news/bin/makedbz -i -o -s 1000""")


def feed():
    """Hands innd the articles as another server would: IHAVE."""
    with socket.create_connection((core.HOST, core.port(119)), timeout=20) as connection, connection.makefile("rwb") as stream:
        def say(line, expected):
            stream.write(line)
            stream.flush()
            reply = stream.readline()
            if not reply.startswith(expected):
                raise RuntimeError(f"INN answered {reply!r}, not {expected!r}, to {line[:60]!r}")

        say(b"", b"20")
        for message_id, article in data.articles():
            stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in article.split(b"\r\n"))
            say(f"IHAVE {message_id}\r\n".encode(), b"335")
            say(stuffed + b".\r\n", b"235")
        say(b"QUIT\r\n", b"205")
