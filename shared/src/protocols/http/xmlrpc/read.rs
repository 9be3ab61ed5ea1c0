//! Documents, read strictly.

use super::xml::{Kind, Malformed, Piece, pieces, unescaped};
use super::{Document, Value};
use crate::text::sasl::decode;

/// Arrays and structs within each other. Nobody reads what is deeper, and the stack of a browser is small.
const DEPTH_LIMIT: usize = 32;

/// Reads a whole document.
pub(in super::super) fn read(content: &[u8]) -> Result<Document, Malformed> {
    let text = core::str::from_utf8(content)
        .map_err(|error| Malformed::new(error.valid_up_to(), "the document is not UTF-8"))?;
    let pieces = pieces(text)?;
    if let Some(aside) =
        pieces.iter().skip(1).find(|p| p.kind == Kind::Aside && is_declaration(text, p))
    {
        return Err(Malformed::new(aside.at, "the XML declaration must come first"));
    }
    let pieces: Vec<Piece<'_>> = pieces.into_iter().filter(|p| p.kind != Kind::Aside).collect();
    let mut reader = Reader { pieces: &pieces, at: 0, depth: 0, end: text.len() };
    let document = reader.document()?;
    reader.space();
    match reader.pieces.get(reader.at) {
        Some(piece) => Err(Malformed::new(piece.at, "nothing may follow the document")),
        None => Ok(document),
    }
}

fn is_declaration(text: &str, piece: &Piece<'_>) -> bool {
    text[piece.at..].starts_with("<?xml")
}

struct Reader<'a> {
    pieces: &'a [Piece<'a>],
    at: usize,
    depth: usize,
    end: usize,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Document, Malformed> {
        if self.opens("methodCall") {
            self.open("methodCall")?;
            let method = self.leaf("methodName")?;
            if method.trim().is_empty() {
                return Err(self.wrong("the method has no name"));
            }
            let params = if self.opens("params") { self.params()? } else { Vec::new() };
            self.close("methodCall")?;
            return Ok(Document::Call { method: method.trim().into(), params });
        }
        self.open("methodResponse")?;
        let document = if self.opens("fault") {
            self.open("fault")?;
            let value = self.value()?;
            let fault = fault(&value).ok_or_else(|| {
                self.wrong("a fault is a struct of faultCode, an int, and faultString")
            })?;
            self.close("fault")?;
            fault
        } else {
            let at = self.place();
            let params = self.params()?;
            let [value] = <[Value; 1]>::try_from(params).map_err(|params| {
                Malformed::new(at, format!("a response has 1 param, and this has {}", params.len()))
            })?;
            Document::Response(value)
        };
        self.close("methodResponse")?;
        Ok(document)
    }

    fn params(&mut self) -> Result<Vec<Value>, Malformed> {
        let mut params = Vec::new();
        if self.is_empty("params") {
            return Ok(params);
        }
        self.open("params")?;
        while self.opens("param") {
            self.open("param")?;
            params.push(self.value()?);
            self.close("param")?;
        }
        self.close("params")?;
        Ok(params)
    }

    fn value(&mut self) -> Result<Value, Malformed> {
        if self.is_empty("value") {
            return Ok(Value::String(String::new()));
        }
        self.open("value")?;
        // Text without an element of its own is a string, its white space included.
        let start = self.at;
        let plain = self.text()?;
        if self.pieces.get(self.at).is_some_and(|piece| piece.kind == Kind::Close) {
            self.close("value")?;
            return Ok(Value::String(plain));
        }
        self.at = start;
        self.space();
        let Some(piece) = self.pieces.get(self.at).copied() else {
            return Err(self.wrong("a value is missing"));
        };
        let value = match (piece.kind, piece.text) {
            (Kind::Open, "array") => self.deeper(Reader::array)?,
            (Kind::Open, "struct") => self.deeper(Reader::members)?,
            (Kind::Open | Kind::Empty, name) => {
                let content = self.leaf(name)?;
                scalar(name, &content).map_err(|what| Malformed::new(piece.at, what))?
            }
            _ => return Err(self.wrong("a value holds one element with its type")),
        };
        self.close("value")?;
        Ok(value)
    }

    fn deeper(
        &mut self,
        read: fn(&mut Self) -> Result<Value, Malformed>,
    ) -> Result<Value, Malformed> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(self.wrong("arrays and structs are more than 32 deep"));
        }
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn array(&mut self) -> Result<Value, Malformed> {
        let mut values = Vec::new();
        self.open("array")?;
        if !self.is_empty("data") {
            self.open("data")?;
            while self.opens("value") {
                values.push(self.value()?);
            }
            self.close("data")?;
        }
        self.close("array")?;
        Ok(Value::Array(values))
    }

    fn members(&mut self) -> Result<Value, Malformed> {
        let mut members = Vec::new();
        self.open("struct")?;
        while self.opens("member") {
            self.open("member")?;
            let name = self.leaf("name")?;
            members.push((name, self.value()?));
            self.close("member")?;
        }
        self.close("struct")?;
        Ok(Value::Struct(members))
    }

    /// An element that holds nothing but text.
    fn leaf(&mut self, name: &str) -> Result<String, Malformed> {
        if self.is_empty(name) {
            return Ok(String::new());
        }
        self.open(name)?;
        let text = self.text()?;
        self.end_of(name)?;
        Ok(text)
    }

    fn text(&mut self) -> Result<String, Malformed> {
        let mut text = String::new();
        while let Some(piece) = self.pieces.get(self.at) {
            match piece.kind {
                Kind::Text => text += &unescaped(piece.text, piece.at)?,
                Kind::Verbatim => text += piece.text,
                _ => break,
            }
            self.at += 1;
        }
        // Every line end is one line feed to a reader of XML.
        Ok(text.replace("\r\n", "\n"))
    }

    /// Whether this element comes next, with or without content.
    fn opens(&mut self, name: &str) -> bool {
        self.space();
        self.pieces.get(self.at).is_some_and(|piece| {
            matches!(piece.kind, Kind::Open | Kind::Empty) && piece.text == name
        })
    }

    /// Takes an element without content, if it comes next.
    fn is_empty(&mut self, name: &str) -> bool {
        self.space();
        let next = self.pieces.get(self.at);
        let empty = next.is_some_and(|piece| piece.kind == Kind::Empty && piece.text == name);
        self.at += usize::from(empty);
        empty
    }

    fn open(&mut self, name: &str) -> Result<(), Malformed> {
        self.space();
        self.tag(Kind::Open, name, &format!("<{name}>"))
    }

    fn close(&mut self, name: &str) -> Result<(), Malformed> {
        self.space();
        self.end_of(name)
    }

    fn end_of(&mut self, name: &str) -> Result<(), Malformed> {
        self.tag(Kind::Close, name, &format!("</{name}>"))
    }

    fn tag(&mut self, kind: Kind, name: &str, expected: &str) -> Result<(), Malformed> {
        match self.pieces.get(self.at) {
            Some(piece) if piece.kind == kind && piece.text == name => {
                self.at += 1;
                Ok(())
            }
            _ => Err(self.wrong(&format!("{expected} is expected here"))),
        }
    }

    /// White space between elements means nothing.
    fn space(&mut self) {
        while self.pieces.get(self.at).is_some_and(|piece| {
            piece.kind == Kind::Text && piece.text.bytes().all(|b| b.is_ascii_whitespace())
        }) {
            self.at += 1;
        }
    }

    fn place(&self) -> usize {
        self.pieces.get(self.at).map_or(self.end, |piece| piece.at)
    }

    fn wrong(&self, what: &str) -> Malformed {
        Malformed::new(self.place(), what)
    }
}

fn fault(value: &Value) -> Option<Document> {
    let Value::Struct(members) = value else { return None };
    let get = |name: &str| members.iter().find(|(n, _)| n == name).map(|(_, value)| value);
    match (get("faultCode")?, get("faultString")?) {
        (Value::Int(code), Value::String(text)) => {
            Some(Document::Fault { code: *code, text: text.clone() })
        }
        _ => None,
    }
}

/// The value of an element that holds text.
fn scalar(name: &str, content: &str) -> Result<Value, String> {
    let trimmed = content.trim();
    let odd = |expected: &str| format!("{content:?} is no {name}: {expected}");
    Ok(match name {
        "int" | "i4" => Value::Int(trimmed.parse().map_err(|_| odd("a whole number of 32 bits"))?),
        "i8" => Value::I8(trimmed.parse().map_err(|_| odd("a whole number of 64 bits"))?),
        "boolean" => match trimmed {
            "0" => Value::Boolean(false),
            "1" => Value::Boolean(true),
            _ => return Err(odd("0 or 1")),
        },
        "double" if is_number(trimmed) => Value::Double(trimmed.into()),
        "double" => return Err(odd("a number such as -12.25")),
        "string" => Value::String(content.into()),
        "dateTime.iso8601" if is_time(trimmed) => Value::DateTime(trimmed.into()),
        "dateTime.iso8601" => return Err(odd("such as 19980717T14:08:55")),
        "base64" => {
            let packed: String = content.split_ascii_whitespace().collect();
            Value::Base64(decode(&packed).ok_or_else(|| odd("base64"))?)
        }
        "nil" | "ex:nil" if content.is_empty() => Value::Nil,
        _ => return Err(format!("there is no type {name}")),
    })
}

fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.strip_prefix(['-', '+']).unwrap_or(exponent)),
        None => (text, "0"),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    digits(whole) && digits(part) && digits(exponent)
}

fn is_time(text: &str) -> bool {
    let pattern = "00000000T00:00:00";
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(b, p)| match p {
            b'0' => b.is_ascii_digit(),
            mark => b == mark,
        })
}
