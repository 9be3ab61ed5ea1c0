"""Calls every method of smtplib against a practice server: smtp_client.py HOST PORT."""
import email.message
import smtplib
import socket
import sys

HOST, PORT = sys.argv[1], int(sys.argv[2])
STUDENT, YOU = "student@practice.lab", "you@practice.lab"
TEXT = "Subject: from Python\r\n\r\n.a dot\r\nend"


def told(method, result=""):
    print(f"{method}: {result}" if result != "" else method)


def connected(**options):
    return smtplib.SMTP(HOST, PORT, local_hostname="you.lab", timeout=20, **options)


def raises(error, call, *arguments, **options):
    try:
        call(*arguments, **options)
    except error as raised:
        return raised
    raise AssertionError(f"{call} did not raise {error}")


def hello():
    server = smtplib.SMTP(local_hostname="you.lab", timeout=20)
    server.set_debuglevel(0)
    code, text = server.connect(HOST, PORT)
    assert code == 220 and text.startswith(b"practice.lab ESMTP"), (code, text)
    told("connect", code)
    code, text = server.ehlo()
    assert code == 250 and server.does_esmtp, (code, text)
    assert server.esmtp_features["size"] == "10485760", server.esmtp_features
    assert server.esmtp_features["auth"].split() == ["CRAM-MD5", "PLAIN", "LOGIN"]
    told("ehlo", sorted(server.esmtp_features))
    assert server.has_extn("pipelining") and not server.has_extn("starttls")
    told("has_extn")
    assert server.helo()[0] == 250
    told("helo")
    server.ehlo_or_helo_if_needed()
    told("ehlo_or_helo_if_needed")
    assert server.docmd("noop", "x") == (250, b"2.0.0 still here")
    told("docmd")
    server.putcmd("noop")
    assert server.getreply()[0] == 250
    told("putcmd, getreply")
    server.send("NOOP\r\n")
    assert server.getreply()[0] == 250
    told("send")
    raises(ValueError, server.docmd, "noop", "a\r\nquit")
    told("docmd with a line end", "ValueError")
    raises(smtplib.SMTPNotSupportedError, server.starttls)
    told("starttls", "SMTPNotSupportedError")
    server.close()
    told("close")


def questions():
    with connected() as server:
        assert server.noop()[0] == 250
        told("noop")
        assert server.rset()[0] == 250
        told("rset")
        assert server.vrfy("student") == (250, b"2.1.5 Sam Student <student@practice.lab>")
        assert server.verify("nobody")[0] == 550
        told("verify, vrfy")
        code, text = server.expn("everyone")
        assert code == 250 and b"<you@practice.lab>" in text, (code, text)
        told("expn")
        assert b"RCPT" in server.help() and b"BDAT octets" in server.help("bdat")
        told("help")
    told("with")


def step_by_step():
    server = connected()
    server.ehlo()
    assert server.mail(STUDENT, [f"size={len(TEXT)}", "BODY=8BITMIME"])[0] == 250
    told("mail")
    assert server.rcpt("nobody@practice.lab") == (550, b"5.1.1 there is no mailbox nobody@practice.lab")
    assert server.rcpt(YOU, ["NOTIFY=NEVER"])[0] == 250
    told("rcpt")
    code, text = server.data(TEXT)
    assert code == 250 and b"is in 1 mailbox" in text, (code, text)
    told("data", text)
    raises(smtplib.SMTPDataError, server.data, TEXT)
    told("data out of sequence", "SMTPDataError")
    assert smtplib.quoteaddr("Sam <a@b>") == "<a@b>"
    assert smtplib.quotedata(".x\ny") == "..x\r\ny"
    told("quoteaddr, quotedata")
    code, text = server.quit()
    assert code == 221, (code, text)
    told("quit", text)
    raises(smtplib.SMTPServerDisconnected, server.noop)
    told("noop after quit", "SMTPServerDisconnected")


def whole_messages():
    with connected() as server:
        assert server.sendmail(STUDENT, YOU, TEXT) == {}
        told("sendmail")
        some = server.sendmail(STUDENT, [YOU, "friend@elsewhere.example"], TEXT.encode())
        assert list(some) == ["friend@elsewhere.example"], some
        assert some["friend@elsewhere.example"][0] == 550
        told("sendmail with one refused", some)
        refused = raises(smtplib.SMTPRecipientsRefused, server.sendmail, STUDENT, "x@y.example", TEXT)
        assert refused.recipients["x@y.example"][0] == 550
        told("sendmail with all refused", "SMTPRecipientsRefused")
        refused = raises(smtplib.SMTPSenderRefused, server.sendmail, "a@-b", YOU, TEXT)
        assert refused.smtp_code == 501
        told("sendmail from a malformed address", "SMTPSenderRefused")
        error = raises(smtplib.SMTPDataError, server.sendmail, STUDENT, YOU, b"a\n.\nb")
        assert error.smtp_code == 550, error
        told("sendmail with bare line feeds", error.smtp_error)
        server.sendmail("", YOU, TEXT, mail_options=["RET=HDRS"], rcpt_options=["NOTIFY=FAILURE"])
        told("sendmail with options and the empty sender")
        message = email.message.EmailMessage()
        message["From"], message["To"], message["Bcc"] = STUDENT, YOU, "bob@practice.lab"
        message["Subject"] = "Gr\u00fc\u00dfe"
        message.set_content("A mail with an umlaut: \u00fc\n")
        assert server.send_message(message) == {}
        told("send_message")
        message.replace_header("From", "j\u00fcrgen@b\u00fccher.example")
        assert server.send_message(message) == {}
        told("send_message with SMTPUTF8")
        large = raises(smtplib.SMTPSenderRefused, server.sendmail, STUDENT, YOU, b"x" * 10485761)
        assert large.smtp_code == 552, large
        told("sendmail too large", large.smtp_error)


def logins():
    for mechanism, name in ("PLAIN", "auth_plain"), ("LOGIN", "auth_login"), ("CRAM-MD5", "auth_cram_md5"):
        for initial in True, False:
            with connected() as server:
                server.ehlo()
                server.user, server.password = "student", "lab-secret"
                result = server.auth(mechanism, getattr(server, name), initial_response_ok=initial)
                assert result == (235, b"2.7.0 you are student"), result
        told(f"auth, {name}", result)
    with connected() as server:
        assert server.login("you", "lab-secret") == (235, b"2.7.0 you are you")
        told("login")
        assert server.login("you", "lab-secret")[0] == 503
        told("login again", 503)
        assert server.sendmail(YOU, STUDENT, TEXT) == {}
    with connected() as server:
        error = raises(smtplib.SMTPAuthenticationError, server.login, "student", "wrong")
        assert error.smtp_code == 535, error
        told("login with a wrong password", "SMTPAuthenticationError")
    with connected() as server:
        server.ehlo()
        told("auth with bad base64", server.docmd("AUTH", "PLAIN !"))


def others():
    assert issubclass(smtplib.SMTPConnectError, OSError)
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    raises(ConnectionRefusedError, smtplib.SMTP, HOST, port, timeout=20)
    told("SMTP at a closed port", "ConnectionRefusedError")
    with connected(source_address=("", 0)) as server:
        assert server.noop()[0] == 250
    told("SMTP with source_address")
    raises(OSError, smtplib.SMTP_SSL, HOST, PORT, timeout=20)
    told("SMTP_SSL at a port without TLS", "OSError")
    lmtp = smtplib.LMTP(HOST, PORT, local_hostname="you.lab", timeout=20)
    assert lmtp.ehlo()[0] == 500
    lmtp.close()
    told("LMTP says lhlo", 500)


for part in hello, questions, step_by_step, whole_messages, logins, others:
    part()
print("ok")
