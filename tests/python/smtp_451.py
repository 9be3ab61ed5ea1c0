"""Sends mails, each on a connection of its own, to a server that says 451 now and then: smtp_451.py HOST PORT MAILS."""
import smtplib
import sys

HOST, PORT, MAILS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

for number in range(1, MAILS + 1):
    with smtplib.SMTP(HOST, PORT, local_hostname="you.lab", timeout=20) as server:
        try:
            server.sendmail("student@practice.lab", "you@practice.lab", "Subject: %d\r\n\r\nRCPT TO:<you@practice.lab>" % number)
            print(number, "sent")
        except smtplib.SMTPRecipientsRefused as refused:
            code, text = refused.recipients["you@practice.lab"]
            print(number, code, text.decode())
