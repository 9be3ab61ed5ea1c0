"""SMTP: Postfix. It delivers to the Maildir `sink` and refuses every domain but its two: no mail leaves."""
import os

import core

DOMAINS = "localhost", "lab.test"
ACCOUNTS = core.USER, "teacher", "postmaster"


def start():
    work, tls = core.WORK, core.WORK / "tls"
    sink = maildir(work / "sink")
    core.write("/etc/postfix/main.cf", f"""compatibility_level = 3.6
myhostname = postfix.lab.test
mydestination =
inet_interfaces = {core.HOST}
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = {work}/log/postfix-mail.log
maillog_file_prefixes = {work}
virtual_mailbox_domains = {' '.join(DOMAINS)}
virtual_mailbox_base = /
virtual_mailbox_maps = hash:/etc/postfix/mailboxes
virtual_uid_maps = static:{core.UID}
virtual_gid_maps = static:{core.UID}
virtual_minimum_uid = 100
virtual_mailbox_limit = 0
message_size_limit = 33554432
smtpd_recipient_restrictions = reject_unauth_destination
smtpd_relay_restrictions = reject_unauth_destination
default_transport = error:no mail leaves the lab
relay_transport = error:no mail leaves the lab
smtpd_tls_security_level = may
smtpd_tls_chain_files = {tls}/server.key, {tls}/chain.pem
smtpd_tls_received_header = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sasl_auth_enable = yes
smtpd_client_connection_count_limit = 0
anvil_rate_time_unit = 1s
smtputf8_enable = yes
local_recipient_maps =
""")
    boxes = [f"{name}@{domain} {str(sink)[1:]}/\n" for name in ACCOUNTS for domain in DOMAINS]
    core.write("/etc/postfix/mailboxes", "".join(boxes))
    core.sh("postmap /etc/postfix/mailboxes; postconf -M# smtp/inet; postconf -F '*/*/chroot = n'")
    compulsory = "-o smtpd_tls_auth_only=yes -o smtpd_tls_security_level=encrypt -o smtpd_client_restrictions=permit_sasl_authenticated,reject"
    for usual, product, tls_kind, options in (
        (25, "Postfix", "starttls", ""),
        (587, "Postfix (submission)", "starttls", compulsory),
        (465, "Postfix (implicit TLS)", "implicit", "-o smtpd_tls_wrappermode=yes"),
    ):
        where = f"{core.HOST}:{core.port(usual)}"
        core.sh(f"postconf -M '{where}/inet={where} inet n - n - - smtpd {options}'")
        core.add("smtp", product, "postfix", usual, tls_kind, rcpt=f"{core.USER}@localhost", sink=str(sink))
    core.spawn("postfix", ["postfix", "start-fg"])


def maildir(folder):
    for sub in "cur", "new", "tmp", ".":
        (folder / sub).mkdir(parents=True, exist_ok=True)
        os.chown(folder / sub, core.UID, core.UID)
    return folder
