//! From Fluent to tables. Messages, arguments, references to terms and messages, and selects by
//! number or word are understood; what else Fluent has is refused with a sentence.
//!
//! A compiled text is the text itself, with these marks (`src/text/fill.rs` reads them):
//! `\1 a` argument a; `\2 a` a select on argument a, its ways each `\3 key \4 text`, the default
//! first, and `\5` at its end.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey,
};

/// All texts of one language.
pub(super) struct Catalogue {
    pub(super) code: String,
    /// By id; sorted, so that every language numbers them alike.
    pub(super) messages: BTreeMap<String, Message>,
}

#[derive(Debug, PartialEq)]
pub(super) struct Message {
    /// In the order of their names; a text names them by their place.
    pub(super) args: Vec<String>,
    pub(super) text: String,
}

type Patterns<'a> = BTreeMap<String, &'a Pattern<&'a str>>;

/// Reads the files of a language, each with its name.
pub(super) fn compile(code: &str, sources: &[(String, String)]) -> Result<Catalogue, String> {
    let mut parsed = Vec::new();
    for (file, source) in sources {
        let resource = fluent_syntax::parser::parse(source.as_str());
        parsed.push(resource.map_err(|(_, errors)| format!("{file}: {}", errors[0]))?);
    }
    // Terms have a minus before their name, as where they are referred to.
    let mut patterns: Patterns = BTreeMap::new();
    for entry in parsed.iter().flat_map(|resource| &resource.body) {
        let (id, pattern) = match entry {
            Entry::Message(message) if !message.attributes.is_empty() => {
                return Err(format!(
                    "{code}: {} has attributes, which nothing shows",
                    message.id.name
                ));
            }
            Entry::Message(message) => (message.id.name.to_owned(), message.value.as_ref()),
            Entry::Term(term) => (format!("-{}", term.id.name), Some(&term.value)),
            _ => continue,
        };
        let pattern = pattern.ok_or_else(|| format!("{code}: {id} has no text"))?;
        if patterns.insert(id.clone(), pattern).is_some() {
            return Err(format!("{code}: {id} is there twice"));
        }
    }
    let mut messages = BTreeMap::new();
    for (id, pattern) in patterns.iter().filter(|(id, _)| !id.starts_with('-')) {
        let mut args = BTreeSet::new();
        walk(pattern, &patterns, 0, &mut |name| {
            args.insert(name.to_owned());
        })
        .map_err(|why| format!("{code}: {id} {why}"))?;
        let args: Vec<String> = args.into_iter().collect();
        let mut text = String::new();
        write(pattern, &patterns, &args, &mut text);
        messages.insert(id.clone(), Message { args, text });
    }
    Ok(Catalogue { code: code.into(), messages })
}

/// Rust source with the texts of all languages; the first is the one that the others must match.
pub(super) fn module(catalogues: &[Catalogue]) -> Result<String, String> {
    let (first, others) = catalogues.split_first().ok_or("there is no catalogue")?;
    for other in others {
        compare(first, other)?;
    }
    let ids =
        first.messages.iter().map(|(id, message)| format!("    ({id:?}, &{:?}),\n", message.args));
    let tables = catalogues.iter().map(|catalogue| {
        let texts =
            catalogue.messages.values().map(|message| format!("        {:?},\n", message.text));
        format!("    [\n{}    ],\n", texts.collect::<String>())
    });
    let codes: Vec<&str> = catalogues.iter().map(|catalogue| catalogue.code.as_str()).collect();
    let count = first.messages.len();
    Ok(format!(
        "static CODES: [&str; {}] = {codes:?};\n\
         static MESSAGES: [(&str, &[&str]); {count}] = [\n{}];\n\
         static TEXTS: [[&str; {count}]; {}] = [\n{}];\n",
        codes.len(),
        ids.collect::<String>(),
        codes.len(),
        tables.collect::<String>(),
    ))
}

/// Says what one language has and the other has not.
fn compare(first: &Catalogue, other: &Catalogue) -> Result<(), String> {
    let mut wrong = Vec::new();
    for (id, message) in &first.messages {
        match other.messages.get(id) {
            None => wrong.push(format!("{id} is missing")),
            Some(its) if its.args != message.args => {
                let (has, wants) = (its.args.join(", "), message.args.join(", "));
                wrong.push(format!(
                    "{id} uses the arguments [{has}] where {} has [{wants}]",
                    first.code
                ));
            }
            Some(_) => {}
        }
    }
    let unknown = other.messages.keys().filter(|id| !first.messages.contains_key(*id));
    wrong.extend(unknown.map(|id| format!("{id} is not in {}", first.code)));
    if wrong.is_empty() { Ok(()) } else { Err(format!("{}: {}", other.code, wrong.join("; "))) }
}

/// Tells every argument, and refuses what cannot be compiled.
fn walk(
    pattern: &Pattern<&str>,
    patterns: &Patterns,
    depth: usize,
    argument: &mut dyn FnMut(&str),
) -> Result<(), String> {
    if depth > 8 {
        return Err("refers to itself".into());
    }
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(InlineExpression::VariableReference { id }) => argument(id.name),
            Expression::Inline(InlineExpression::StringLiteral { .. }) => {}
            Expression::Inline(inline) => {
                let name = reference(inline)
                    .ok_or("has a placeable that is no argument, text or reference")?;
                let pattern = patterns
                    .get(&name)
                    .ok_or_else(|| format!("refers to {name}, which is not there"))?;
                walk(pattern, patterns, depth + 1, argument)?;
            }
            Expression::Select {
                selector: InlineExpression::VariableReference { id },
                variants,
            } => {
                argument(id.name);
                for variant in variants {
                    if let VariantKey::NumberLiteral { value } = variant.key
                        && value.parse::<u64>().is_err()
                    {
                        return Err(format!("selects by {value}; only whole numbers are counted"));
                    }
                    walk(&variant.value, patterns, depth + 1, argument)?;
                }
            }
            Expression::Select { .. } => {
                return Err("selects by something else than an argument".into());
            }
        }
    }
    Ok(())
}

fn write(pattern: &Pattern<&str>, patterns: &Patterns, args: &[String], out: &mut String) {
    let place = |name: &str| {
        let at = args.iter().position(|arg| arg == name).unwrap_or_default();
        char::from(b'a' + at as u8)
    };
    for element in &pattern.elements {
        let expression = match element {
            PatternElement::TextElement { value } => {
                out.push_str(value);
                continue;
            }
            PatternElement::Placeable { expression } => expression,
        };
        match expression {
            Expression::Inline(InlineExpression::VariableReference { id }) => {
                out.extend(['\u{1}', place(id.name)]);
            }
            Expression::Inline(InlineExpression::StringLiteral { value }) => {
                out.push_str(&fluent_syntax::unicode::unescape_unicode_to_string(value));
            }
            Expression::Inline(inline) => {
                if let Some(pattern) = reference(inline).and_then(|name| patterns.get(&name)) {
                    write(pattern, patterns, args, out);
                }
            }
            Expression::Select { selector, variants } => {
                let InlineExpression::VariableReference { id } = selector else { continue };
                out.extend(['\u{2}', place(id.name)]);
                let (default, others): (Vec<_>, Vec<_>) = variants.iter().partition(|v| v.default);
                for variant in default.into_iter().chain(others) {
                    let (VariantKey::Identifier { name: key }
                    | VariantKey::NumberLiteral { value: key }) = variant.key;
                    out.push('\u{3}');
                    out.push_str(key);
                    out.push('\u{4}');
                    write(&variant.value, patterns, args, out);
                }
                out.push('\u{5}');
            }
        }
    }
}

/// The name of the term or message that is referred to.
fn reference(inline: &InlineExpression<&str>) -> Option<String> {
    match inline {
        InlineExpression::TermReference { id, attribute: None, arguments: None } => {
            Some(format!("-{}", id.name))
        }
        InlineExpression::MessageReference { id, attribute: None } => Some(id.name.to_owned()),
        _ => None,
    }
}
