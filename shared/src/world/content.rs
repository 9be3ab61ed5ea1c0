//! What the world holds when it begins: small, and chosen so that each piece shows something.

use super::files::Content;
use super::mail::Flags;
use super::{Date, World};

mod articles;
mod mails;

/// Fills an empty world.
pub(super) fn fill(world: &mut World) {
    for (user, password, full_name) in [
        (super::USER, super::PASSWORD, "Sam Student"),
        // An empty mailbox, for a first mail to arrive in.
        ("you", super::PASSWORD, "You"),
        ("alice", "wonderland", "Alice Liddell"),
        ("bob", "builder", "Bob Baker"),
    ] {
        world.accounts.add(user, password, full_name);
        world.mail.add(user);
    }
    let epoch = world.epoch;
    let day = |days_before: u64| Date(epoch.saturating_sub(days_before * 86_400));
    for (user, days_before, mail) in mails::MAILS {
        let mail = crlf(mail);
        world.mail.deliver(user, &mail, day(*days_before)).expect("the first mails fit");
    }
    fill_mailboxes(world, day);
    fill_news(world, day);
    fill_files(world, day);
}

fn fill_mailboxes(world: &mut World, day: impl Fn(u64) -> Date) {
    for (name, special_use, subscribed) in mails::MAILBOXES {
        world.mail.create(super::USER, name, *special_use).expect("each name is there once");
        if *subscribed {
            world.mail.subscribe(super::USER, name);
        }
    }
    for (name, days_before, flags, mail) in mails::FILED {
        let (bytes, flags) = (crlf(mail).into(), Flags::of(*flags));
        let filed = world.mail.file(super::USER, name, bytes, flags, day(*days_before));
        filed.expect("the first mails fit");
    }
    let inbox = world.mail.mailbox_mut(super::USER).expect("the first account has an INBOX");
    for (uid, flag) in mails::FLAGGED {
        if let Some(flags) = inbox.flags_mut(*uid) {
            flags.add(flag);
        }
    }
}

fn fill_news(world: &mut World, day: impl Fn(u64) -> Date) {
    for (name, description, status) in articles::GROUPS {
        world.news.add_group(name, description, *status, day(400));
    }
    world.news.set_private("lab.private");
    for (days_before, article) in articles::ARTICLES {
        let article = crlf(article);
        world.news.post(&article, day(*days_before)).expect("the first articles are well formed");
    }
    world.news.expire(articles::EXPIRED);
}

fn fill_files(world: &mut World, day: impl Fn(u64) -> Date) {
    let files = &mut world.files;
    for folder in
        ["/pub", "/pub/docs", "/pub/pictures", "/deep", "/deep/a", "/deep/a/b", "/empty", "/upload"]
    {
        files.make_folder(folder, day(30)).expect("each folder comes after its parent");
    }
    let png: &[u8] = &TINY_PNG;
    let all_octets: Vec<u8> = (0..=255).collect();
    let small: [(&str, &[u8]); 15] = [
        ("/readme.txt", &crlf(README)),
        ("/unix.txt", b"These lines end\nwith a line feed alone,\nas UNIX stores them.\n"),
        ("/noeol.txt", b"The last line of this file has no end"),
        (
            "/dots.txt",
            b".\r\n..\r\n.one dot\r\n\r\nA line with only a dot does not end a file.\r\n",
        ),
        ("/index.html", INDEX_HTML.as_bytes()),
        ("/hello.txt", b"Hello, world!\r\n"),
        ("/empty.txt", b""),
        ("/pub/all-octets.bin", &all_octets),
        ("/pub/docs/lecture.txt", &crlf(LECTURE)),
        ("/pub/docs/\u{fc}ber uns.txt", "Gr\u{fc}\u{df}e aus dem Labor!\r\n".as_bytes()),
        (
            "/pub/docs/\u{65e5}\u{672c}\u{8a9e}.txt",
            "\u{3053}\u{3093}\u{306b}\u{3061}\u{306f}\r\n".as_bytes(),
        ),
        ("/pub/docs/two  spaces.txt", b"There are two spaces in my name.\r\n"),
        ("/pub/pictures/dot.png", png),
        ("/deep/a/b/c.txt", b"You found the deepest file.\r\n"),
        ("/.hidden", b"A name that starts with a dot is hidden by habit, not by protection.\r\n"),
    ];
    for (path, content) in small {
        files.write(path, Content::Bytes(content.into()), day(20)).expect("the folder is there");
    }
    for (path, octets) in
        [("/pub/zero.bin", 0), ("/pub/big.bin", 20 << 20), ("/pub/huge.bin", 1 << 30)]
    {
        files.write(path, Content::Pattern(octets), day(10)).expect("the folder is there");
    }
}

/// A small mail that arrives while somebody looks on.
pub(super) fn arriving(user: &str, serial: u64, date: Date) -> Vec<u8> {
    crlf(&mails::arriving(user, serial, &date.mail()))
}

fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

const README: &str = "\
Welcome to practice.lab.

Everything here is served by practice servers that speak the real protocols.
The same files can be had by FTP and by HTTP, and any program may ask:

  ftp://practice.lab/readme.txt
  http://practice.lab/readme.txt

What is where:
  hello.txt         one line
  unix.txt          lines that end with LF alone; fetch it in ASCII and in image mode
  noeol.txt         a last line without an end
  dots.txt          lines that begin with dots
  pub/              documents, a picture, large files
  deep/             folders in folders
  empty/            nothing
  upload/           yours to write to
";

const LECTURE: &str = "\
Protocol  Common function       Port  Python module
HTTP      web pages             80    http.client, urllib, xmlrpc
NNTP      Usenet news           119   nntplib
FTP       file transfers        20    ftplib, urllib
SMTP      sending email         25    smtplib
POP3      fetching email        110   poplib
IMAP4     fetching email        143   imaplib
Telnet    command lines         23    telnetlib
Gopher    document transfers    70    gopherlib, urllib
";

const INDEX_HTML: &str = "\
<!doctype html>
<html lang=\"en\">
<title>practice.lab</title>
<h1>It works</h1>
<p>This page came over HTTP from the practice server.
<a href=\"/readme.txt\">The same files</a> can be fetched with FTP.</p>
</html>
";

/// A picture of one pixel.
const TINY_PNG: [u8; 67] = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 10, 0x49, 0x44, 0x41, 0x54,
    0x78, 0x9c, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0d, 0x0a, 0x2d, 0xb4, 0, 0, 0, 0, 0x49, 0x45, 0x4e,
    0x44, 0xae, 0x42, 0x60, 0x82,
];

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use crate::text::sasl::hex;
    use crate::world::{BIG_SHA256, EPOCH, World};

    #[test]
    fn the_digest_of_the_large_file_is_right() {
        let world = World::new(EPOCH);
        let content = world.files.get("/pub/big.bin").and_then(|node| node.content()).unwrap();
        let mut digest = Sha256::new();
        for at in (0..content.len()).step_by(1 << 16) {
            digest.update(content.read(at, 1 << 16));
        }
        assert_eq!(hex(&digest.finalize()), BIG_SHA256);
    }
}
