use super::address::{Address, list};
use super::coding::words;
use super::*;

fn parse(text: &str) -> (Vec<u8>, Part) {
    let bytes = text.replace('\n', "\r\n").into_bytes();
    let part = Part::parse(&bytes);
    (bytes, part)
}

#[test]
fn parts_are_found_where_they_stand() {
    let (bytes, part) = parse(
        "Content-Type: multipart/mixed; (c) boundary=\"a b\"\n\npreamble\n--a b\n\none\n--a b  \nContent-Type: message/rfc822\n\nSubject: x\n\ninner\n--a b--\nepilogue\n",
    );
    let body = |path: &[u32]| {
        part.numbered(path).map(|part| String::from_utf8_lossy(&bytes[part.body.clone()]))
    };
    assert_eq!(body(&[1]).as_deref(), Some("one"));
    assert_eq!(body(&[2]).as_deref(), Some("Subject: x\r\n\r\ninner"));
    assert_eq!(body(&[2, 1]).as_deref(), Some("inner"));
    assert_eq!(body(&[1, 1]), None);
    assert_eq!(body(&[3]), None);
}

#[test]
fn a_multipart_without_an_end_or_a_beginning_is_no_trouble() {
    let (bytes, part) = parse("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nall the rest\n");
    let first = part.numbered(&[1]).expect("one part");
    assert_eq!(&bytes[first.body.clone()], b"all the rest\r\n");
    let (_, none) = parse("Content-Type: multipart/mixed; boundary=b\n\nno part\n");
    assert!(matches!(none.content, Content::Leaf));
    let deep = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(100);
    parse(&deep);
}

#[test]
fn addresses_have_names_comments_and_groups() {
    let found = list(b"\"A, B\" <a@x>, b@y (Bee), G: c@z, d@z;, <@r:e@w>, undisclosed:;");
    let mailbox = |name: Option<&str>, local: &str, domain: &str| Address::Mailbox {
        name: name.map(|name| name.as_bytes().to_vec()),
        local: local.into(),
        domain: domain.into(),
    };
    assert_eq!(
        found,
        [
            mailbox(Some("A, B"), "a", "x"),
            mailbox(Some("Bee"), "b", "y"),
            Address::Group(b"G".to_vec()),
            mailbox(None, "c", "z"),
            mailbox(None, "d", "z"),
            Address::GroupEnd,
            mailbox(None, "e", "w"),
            Address::Group(b"undisclosed".to_vec()),
            Address::GroupEnd,
        ]
    );
    for odd in [&b"("[..], b"\"", b"\\", b"<", b"(a\\", b":;", b"a b <c", b",,,"] {
        list(odd);
    }
}

#[test]
fn encoded_words_are_decoded_and_joined() {
    assert_eq!(
        words(b"=?utf-8?B?U2Now7ZuZSBHcsO8w59l?=\r\n =?utf-8?Q?_=E2=98=83?= x"),
        "Sch\u{f6}ne Gr\u{fc}\u{df}e \u{2603} x"
    );
    assert_eq!(words(b"=?iso-8859-1*de?q?=FC?="), "\u{fc}");
    assert_eq!(words(b"a =? b =?x?y?z?="), "a =? b =?x?y?z?=");
}

#[test]
fn transfer_encodings_are_undone() {
    let plain = coding::undo(b"Quoted-Printable", b"a=3D =\r\nb  \r\n=ZZ");
    assert_eq!(plain.as_deref(), Some(&b"a= b\r\n=ZZ"[..]));
    assert_eq!(coding::undo(b"BASE64", b"YW\r\nI=").as_deref(), Some(&b"ab"[..]));
    assert_eq!(coding::undo(b"x-uuencode", b""), None);
}
