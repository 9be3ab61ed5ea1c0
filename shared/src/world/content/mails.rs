//! The mails that wait in the mailboxes.

/// User, age in days, message with LF line ends.
pub(super) const MAILS: &[(&str, u64, &str)] = &[
    ("student", 9, WELCOME),
    ("student", 7, DOTS),
    ("student", 5, PROTOCOL_TALK),
    ("student", 3, MULTIPART),
    ("student", 1, QUOTED_PRINTABLE),
    ("alice", 2, TEA),
];

const WELCOME: &str = "\
Return-Path: <teacher@practice.lab>
Date: Sat, 27 Dec 2025 08:15:00 +0000
From: The Teacher <teacher@practice.lab>
To: Sam Student <student@practice.lab>
Subject: Welcome to the lab
Message-ID: <welcome.1@practice.lab>

Hello Sam,

this is the first mail in your mailbox. You can read it with POP3,
delete it, and send one to yourself with SMTP.

The Teacher
";

const DOTS: &str = "\
Return-Path: <alice@practice.lab>
Date: Mon, 29 Dec 2025 10:00:00 +0000
From: Alice <alice@practice.lab>
To: student@practice.lab
Subject: Lines that begin with dots
Message-ID: <dots.2@practice.lab>

The next line is a single dot:
.
and this one has two:
..
.hidden files begin with one, too.
Look at the bytes: on the wire each has one dot more.
";

const PROTOCOL_TALK: &str = "\
Return-Path: <bob@practice.lab>
Date: Wed, 31 Dec 2025 23:59:59 +0000
From: \"Bob Baker\" <bob@practice.lab>
To: student@practice.lab
Subject: -ERR this is only a subject
Message-ID: <talk.3@practice.lab>

Lines of a mail may look like replies:
+OK 2 320
-ERR no such message
250 2.1.0 Ok
QUIT
A client that counts on the words and not on the framing loses its way.
";

const MULTIPART: &str = "\
Return-Path: <alice@practice.lab>
Date: Fri, 02 Jan 2026 14:30:00 +0000
From: =?UTF-8?Q?Alic=C3=A9?= <alice@practice.lab>
To: student@practice.lab
Subject: =?UTF-8?B?R3LDvMOfZSB1bmQgZWluIEJpbGQ=?=
Message-ID: <multi.4@practice.lab>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=\"=-lab-boundary\"

This is a message in MIME format.
--=-lab-boundary
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe! A picture of one pixel is attached.

--=-lab-boundary
Content-Type: image/png; name=\"dot.png\"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename=\"dot.png\"

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAACklEQVR4nGMAAQAABQABDQottAAA
AABJRU5ErkJggg==
--=-lab-boundary--
";

const QUOTED_PRINTABLE: &str = "\
Return-Path: <>
Date: Sun, 04 Jan 2026 18:00:00 +0000
From: Mail Delivery <postmaster@practice.lab>
To: student@practice.lab
Subject: Undelivered mail returned to sender
Message-ID: <bounce.5@practice.lab>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Your mail to nobody@practice.lab could not be delivered:

  550 5.1.1 <nobody@practice.lab>: there is no such mailbox here

The sender of this mail is empty (MAIL FROM:<>), so that a bounce can never =
cause another bounce.
";

const TEA: &str = "\
Return-Path: <bob@practice.lab>
Date: Sat, 03 Jan 2026 15:55:00 +0000
From: Bob <bob@practice.lab>
To: alice@practice.lab
Subject: Tea?
Message-ID: <tea.6@practice.lab>

At four, as always.
";
