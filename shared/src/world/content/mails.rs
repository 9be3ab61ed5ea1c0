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

/// Mailboxes of the first account beside its INBOX: name, special use, subscribed.
pub(super) const MAILBOXES: &[(&str, Option<&'static str>, bool)] = &[
    ("Archive", Some("\\Archive"), true),
    ("Archive/2025", None, false),
    ("Drafts", Some("\\Drafts"), true),
    ("Gr\u{fc}\u{df}e & K\u{fc}sse", None, true),
    ("Gr\u{fc}\u{df}e & K\u{fc}sse/\u{53f0}\u{5317}", None, false),
    ("Sent", Some("\\Sent"), true),
    ("Trash", Some("\\Trash"), true),
];

/// What lies in them: mailbox, age in days, flags, message with LF line ends.
pub(super) const FILED: &[(&str, u64, &[&str], &str)] = &[
    ("Archive/2025", 40, &["\\Seen"], NESTED),
    ("Archive/2025", 38, &["\\Seen", "\\Flagged", "Work"], REPLY),
    ("Archive/2025", 37, &["\\Seen"], AGAIN),
    ("Drafts", 2, &["\\Draft", "\\Seen"], DRAFT),
    ("Gr\u{fc}\u{df}e & K\u{fc}sse/\u{53f0}\u{5317}", 20, &[], POSTCARD),
    ("Sent", 2, &["\\Seen"], SENT),
    ("Trash", 6, &["\\Seen", "\\Deleted"], SPAM),
];

/// Flags in the INBOX, by UID.
pub(super) const FLAGGED: &[(u32, &str)] =
    &[(1, "\\Seen"), (1, "\\Answered"), (2, "\\Seen"), (4, "\\Flagged"), (4, "Pictures")];

/// A mail that arrives while somebody looks on.
pub(super) fn arriving(user: &str, serial: u64, date: &str) -> String {
    format!(
        "Return-Path: <teacher@practice.lab>\n\
         Date: {date}\n\
         From: The Teacher <teacher@practice.lab>\n\
         To: <{user}@practice.lab>\n\
         Subject: A mail has arrived\n\
         Message-ID: <arrival.{serial}@practice.lab>\n\
         \n\
         Whoever waits with IDLE hears of this mail at once.\n\
         Others learn of it when they ask.\n"
    )
}

const NESTED: &str = "\
Return-Path: <bob@practice.lab>
Date: Wed, 26 Nov 2025 09:30:00 +0100
From: Bob Baker <bob@practice.lab>
To: Sam Student <student@practice.lab>, The Class: alice@practice.lab, you@practice.lab;
Cc: \"Teacher, The\" <teacher@practice.lab>
Subject: Fwd: Plan of the lecture
Message-ID: <nested.7@practice.lab>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=us-ascii

The plan is attached.
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<p>The plan is <b>attached</b> \u{263a}</p>
--inner--
--outer
Content-Type: message/rfc822
Content-Description: the plan itself

Date: Tue, 25 Nov 2025 18:00:00 +0000
From: The Teacher <teacher@practice.lab>
To: bob@practice.lab
Subject: Plan of the lecture
Message-ID: <plan.0@practice.lab>

First POP3, then IMAP.
--outer--
";

const REPLY: &str = "\
Return-Path: <alice@practice.lab>
Date: Fri, 28 Nov 2025 11:00:00 +0000
From: Alice <alice@practice.lab>
To: student@practice.lab
Subject: Re: Fwd: Plan of the lecture
Message-ID: <reply.8@practice.lab>
In-Reply-To: <nested.7@practice.lab>
References: <plan.0@practice.lab> <nested.7@practice.lab>

And after that?
";

const AGAIN: &str = "\
Return-Path: <bob@practice.lab>
Date: Sat, 29 Nov 2025 12:00:00 +0000
From: Bob Baker <bob@practice.lab>
To: alice@practice.lab, student@practice.lab
Subject: Re: Fwd: Plan of the lecture
Message-ID: <again.9@practice.lab>
In-Reply-To: <reply.8@practice.lab>
References: <plan.0@practice.lab> <nested.7@practice.lab> <reply.8@practice.lab>

Then tea.
";

const DRAFT: &str = "\
Date: Sat, 03 Jan 2026 16:20:00 +0000
From: Sam Student <student@practice.lab>
To: teacher@practice.lab
Subject: A question about literals

How does a server know where a literal ends? I think it
";

const POSTCARD: &str = "\
Return-Path: <alice@practice.lab>
Date: Tue, 16 Dec 2025 08:00:00 +0800
From: =?UTF-8?Q?Alic=C3=A9?= <alice@practice.lab>
To: student@practice.lab
Subject: =?UTF-8?B?5Y+w5YyX?=
Message-ID: <postcard.10@practice.lab>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

R3LDvMOfZSBhdXMg5Y+w5YyXIQo=
";

const SENT: &str = "\
Date: Sat, 03 Jan 2026 15:40:00 +0000
From: Sam Student <student@practice.lab>
To: alice@practice.lab
Cc: bob@practice.lab
Subject: Re: Tea?
Message-ID: <sent.11@you.lab>
In-Reply-To: <tea.6@practice.lab>

I will be there.
";

const SPAM: &str = "\
Return-Path: <>
Date: Tue, 30 Dec 2025 03:33:33 +0000
From: \"A. Friend\" <friend@example.invalid>
To: undisclosed-recipients:;
Subject: You have won
Message-ID: <spam.12@example.invalid>

Nothing.
";
