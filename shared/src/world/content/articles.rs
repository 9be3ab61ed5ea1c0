//! The newsgroups and what was posted to them.

/// Name, description, status.
pub(super) const GROUPS: &[(&str, &str, char)] = &[
    ("comp.lang.python", "The Python programming language.", 'y'),
    ("comp.protocols.misc", "Protocols, old and new.", 'y'),
    ("lab.announce", "Announcements of the lab (read only).", 'n'),
    ("lab.empty", "Nobody has posted here yet.", 'y'),
    ("lab.private", "For those who log in.", 'y'),
    ("misc.test", "Post your tests here.", 'y'),
];

/// Expired again at once, so that the numbers of misc.test have a gap.
pub(super) const EXPIRED: &str = "<test.2@practice.lab>";

/// Age in days, article with LF line ends.
pub(super) const ARTICLES: &[(u64, &str)] = &[
    (
        20,
        "\
Path: practice.lab!not-for-mail
From: Guido's Fan <fan@practice.lab>
Newsgroups: comp.lang.python
Subject: Which module speaks NNTP?
Date: Tue, 16 Dec 2025 09:00:00 +0000
Message-ID: <python.1@practice.lab>
Lines: 3

I want to read this group from a program.
Which module do I need?

",
    ),
    (
        19,
        "\
Path: practice.lab!not-for-mail
From: Alice <alice@practice.lab>
Newsgroups: comp.lang.python
Subject: Re: Which module speaks NNTP?
Date: Wed, 17 Dec 2025 10:30:00 +0000
Message-ID: <python.2@practice.lab>
References: <python.1@practice.lab>
Lines: 5

> Which module do I need?

nntplib, up to Python 3.12. From 3.13 on it is no longer part of the
standard library; the protocol is simple enough for a socket.

",
    ),
    (
        18,
        "\
Path: practice.lab!not-for-mail
From: Bob <bob@practice.lab>
Newsgroups: comp.lang.python,comp.protocols.misc
Subject: Re: Which module speaks NNTP?
Date: Thu, 18 Dec 2025 11:00:00 +0000
Message-ID: <python.3@practice.lab>
References: <python.1@practice.lab> <python.2@practice.lab>
Lines: 3

This article is in two groups at once: it is stored once and has
a number in each. Look at its Newsgroups field.

",
    ),
    (
        12,
        "\
Path: practice.lab!not-for-mail
From: Alice <alice@practice.lab>
Newsgroups: comp.protocols.misc
Subject: A dot on a line of its own
Date: Wed, 24 Dec 2025 12:00:00 +0000
Message-ID: <misc.1@practice.lab>
Lines: 5

The dot below is not the end:
.
..
.three

",
    ),
    (
        10,
        "\
Path: practice.lab!not-for-mail
From: Test <test@practice.lab>
Newsgroups: misc.test
Subject: test 1
Date: Fri, 26 Dec 2025 12:00:00 +0000
Message-ID: <test.1@practice.lab>
Lines: 1

first
",
    ),
    (
        9,
        "\
Path: practice.lab!not-for-mail
From: Test <test@practice.lab>
Newsgroups: misc.test
Subject: test 2
Date: Sat, 27 Dec 2025 12:00:00 +0000
Message-ID: <test.2@practice.lab>
Lines: 1

second, soon expired
",
    ),
    (
        8,
        "\
Path: practice.lab!not-for-mail
From: Test <test@practice.lab>
Newsgroups: misc.test
Subject: test 3,
 with a folded subject\tand a tab
Date: Sun, 28 Dec 2025 12:00:00 +0000
Message-ID: <test.3@practice.lab>
References: <test.1@practice.lab>
Lines: 1

third
",
    ),
    (
        6,
        "\
Path: practice.lab!not-for-mail
From: =?UTF-8?Q?J=C3=BCrgen?= <juergen@practice.lab>
Newsgroups: misc.test
Subject: =?UTF-8?Q?Umlaute_in_=C3=9Cberschriften?=
Date: Tue, 30 Dec 2025 12:00:00 +0000
Message-ID: <test.4@practice.lab>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit
Lines: 1

Gr\u{fc}\u{df}e
",
    ),
    (
        5,
        "\
Path: practice.lab!not-for-mail
From: Bob <bob@practice.lab>
Newsgroups: comp.protocols.misc
Subject: How long may a line be?
Date: Wed, 31 Dec 2025 12:00:00 +0000
Message-ID: <misc.2@practice.lab>
Lines: 3

A command has at most 512 octets. A line of an article has no limit:
and so it goes on from server to server and from group to group, \
and so it goes on from server to server and from group to group, \
and so it goes on from server to server and from group to group, \
and so it goes on from server to server and from group to group, \
and so it goes on from server to server and from group to group, \
and so it goes on from server to server and from group to group, \
and so it goes on from server to server and from group to group, \
and so it goes on from server to server and from group to group, \
and so it goes on from server to server and from group to group.
A program that reads lines into 512 octets of memory stops working here.
",
    ),
    (
        4,
        "\
Path: practice.lab!not-for-mail
From: Insider <student@practice.lab>
Newsgroups: lab.private
Subject: Only for members
Date: Thu, 01 Jan 2026 12:00:00 +0000
Message-ID: <private.1@practice.lab>
Lines: 1

You got in with AUTHINFO.
",
    ),
];
