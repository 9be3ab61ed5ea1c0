"""POP3 and IMAP: Dovecot on one Maildir. It also checks passwords for Postfix."""
import core
import data


def start():
    work, tls = core.WORK, core.WORK / "tls"
    mail = data.maildir(work / "mail", core.UID)
    core.write(work / "conf/dovecot.users", f"{core.USER}:{{PLAIN}}{core.PASSWORD}\n")
    conf = core.write(work / "conf/dovecot.conf", f"""protocols = imap pop3
listen = {core.HOST}
base_dir = /run/dovecot
log_path = {work}/log/dovecot.log
ssl = yes
ssl_cert = <{tls}/chain.pem
ssl_key = <{tls}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 digest-md5 apop
mail_location = maildir:{mail}
mail_max_userip_connections = 200
first_valid_uid = {core.UID}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%n {work}/conf/dovecot.users
}}
userdb {{
  driver = static
  args = uid={core.UID} gid={core.UID} home={work}/home
}}
service imap-login {{
  inet_listener imap {{
    port = {core.port(143)}
  }}
  inet_listener imaps {{
    port = {core.port(993)}
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {core.port(110)}
  }}
  inet_listener pop3s {{
    port = {core.port(995)}
    ssl = yes
  }}
}}
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth {{
  unix_listener /var/spool/postfix/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
""")
    core.spawn("dovecot-master", ["dovecot", "-F", "-c", conf])
    for protocol, usual, usual_tls in ("pop3", 110, 995), ("imap", 143, 993):
        core.add(protocol, "Dovecot", f"dovecot-{protocol}d", usual, "starttls")
        core.add(protocol, "Dovecot (implicit TLS)", f"dovecot-{protocol}d", usual_tls, "implicit")
