use super::*;
use crate::explain::Composer;

fn response_of(value: &str) -> Result<Document, Malformed> {
    read(
        format!("<methodResponse><params><param>{value}</param></params></methodResponse>")
            .as_bytes(),
    )
}

fn value(xml: &str) -> Value {
    match response_of(xml) {
        Ok(Document::Response(value)) => value,
        other => panic!("{xml}: {other:?}"),
    }
}

/// One of every type that the specification has, the extensions last.
fn all() -> Vec<Value> {
    let time = "20260105T09:00:00";
    vec![
        Value::Int(-7),
        Value::Boolean(true),
        Value::Double("-12.25".into()),
        Value::String("a < b & c > d\n".into()),
        Value::String(String::new()),
        Value::DateTime(time.into()),
        Value::Base64((0..=255).collect()),
        Value::Base64(Vec::new()),
        Value::Array(vec![Value::Int(1), Value::Array(Vec::new())]),
        Value::Struct(vec![("k & l".into(), Value::String("v".into()))]),
        Value::I8(1 << 40),
        Value::Nil,
    ]
}

#[test]
fn http_29_values_are_read_however_they_are_written() {
    assert_eq!(value("<value>text</value>"), Value::String("text".into()));
    assert_eq!(value("<value> </value>"), Value::String(" ".into()));
    assert_eq!(value("<value/>"), Value::String(String::new()));
    assert_eq!(value("<value><string/></value>"), Value::String(String::new()));
    assert_eq!(value("<value><i8>1099511627776</i8></value>"), Value::I8(1 << 40));
    assert_eq!(value("<value><i4>+5</i4></value>"), Value::Int(5));
    assert_eq!(value("<value>\n <nil/>\n</value>"), Value::Nil);
    let odd = "<value><string>]]> &lt;&#65;&#x42;<![CDATA[<&]]></string></value>";
    assert_eq!(value(odd), Value::String("]]> <AB<&".into()));
}

#[test]
fn what_is_written_is_read_back() {
    for value in all() {
        let document = response(&value);
        assert_eq!(read(document.as_bytes()), Ok(Document::Response(value)), "{document}");
    }
    let document = call("a.b", &all());
    let Ok(Document::Call { method, params }) = read(document.as_bytes()) else { panic!() };
    assert_eq!((method.as_str(), params), ("a.b", all()));
    let document = fault(4, "Too many parameters.");
    let wanted = Document::Fault { code: 4, text: "Too many parameters.".into() };
    assert_eq!(read(document.as_bytes()), Ok(wanted));
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (xml, at, what) in [
        ("", 0, "<methodResponse> is expected here"),
        ("<methodResponse>", 16, "<params> is expected here"),
        (
            "<methodResponse><params/></methodResponse>",
            16,
            "a response has 1 param, and this has 0",
        ),
        ("<!DOCTYPE x []><methodResponse/>", 0, "document types are not read"),
        ("<methodCall><methodName>a</methodName></methodCall>x", 51, "nothing may follow"),
        ("<methodCall><methodName> </methodName></methodCall>", 38, "no name"),
        ("<methodCall x='y'>", 0, "has no attributes"),
        ("<methodCall><!-- a", 12, "<!-- has no -->"),
        ("<methodCall><methodName>a&b;</methodName>", 25, "begins no reference"),
        ("<methodCall>\0", 12, "control character"),
        (" <?xml version='1.0'?><methodCall/>", 1, "must come first"),
        ("<methodCall", 0, "this < has no >"),
    ] {
        let Err(wrong) = read(xml.as_bytes()) else { panic!("{xml:?} was read") };
        assert!(wrong.at == at && wrong.what.contains(what), "{xml:?}: {wrong:?}");
    }
    for (xml, what) in [
        ("<value><int>2147483648</int></value>", "32 bits"),
        ("<value><boolean>true</boolean></value>", "0 or 1"),
        ("<value><double>1,5</double></value>", "-12.25"),
        ("<value><double>nan</double></value>", "-12.25"),
        ("<value><dateTime.iso8601>2026-01-05</dateTime.iso8601></value>", "19980717T14:08:55"),
        ("<value><base64>a=b</base64></value>", "is no base64"),
        ("<value><date>1</date></value>", "there is no type date"),
        ("<value>a<int>1</int></value>", "a value holds one element"),
    ] {
        let Err(wrong) = response_of(xml) else { panic!("{xml} was read") };
        assert!(wrong.what.contains(what), "{xml}: {wrong:?}");
    }
    assert!(read(b"<methodResponse>\xff").is_err_and(|wrong| wrong.at == 16));
    let deep =
        format!("{}{}", "<value><array><data>".repeat(33), "</data></array></value>".repeat(33));
    assert!(response_of(&deep).is_err_and(|wrong| wrong.what.contains("32 deep")));
}

#[test]
fn a_call_is_explained_octet_for_octet() {
    let document = call("files", &all());
    let mut out = Composer::new();
    let says = put(&mut out, document.as_bytes()).expect("it is a call");
    let wire = out.finish(says);
    assert!(wire.tiles());
    assert_eq!(wire.bytes, document.as_bytes());
    let terms: Vec<(&str, &str)> = wire
        .spans
        .iter()
        .filter(|span| span.note.is_some())
        .map(|span| (span.term.title, span.note.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(terms[..3], [("value", "int"), ("value", "boolean"), ("value", "double")]);
    assert!(
        wire.says.starts_with("Calls files with int -7, boolean True, double -12.25, "),
        "{}",
        wire.says
    );
    assert!(put(&mut Composer::new(), response(&Value::Nil).as_bytes()).is_none());
}

#[test]
fn numbers_are_shown_as_python_shows_them() {
    for (written, shown) in [
        ("0", "0.0"),
        ("-0.0", "-0.0"),
        ("1", "1.0"),
        ("+01.50", "1.5"),
        ("100", "100.0"),
        ("0.0001", "0.0001"),
        ("0.00001", "1e-05"),
        ("1234567890123456", "1234567890123456.0"),
        ("12345678901234567", "1.2345678901234567e+16"),
        ("1e22", "1e+22"),
        ("-1.5E-7", "-1.5e-07"),
        ("25e-1", "2.5"),
    ] {
        assert_eq!(number(written), shown, "{written}");
    }
}
