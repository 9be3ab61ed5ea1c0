//! Addresses of the envelope (RFC 5321 section 4.1.2), read by both sides with one grammar.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::terms;
use crate::explain::Composer;

/// What stands between `FROM:` or `TO:` and the parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Path<'a> {
    /// With its colon; empty as a rule.
    pub(super) route: &'a str,
    /// As written, quotes included. Empty in the empty path `<>`.
    pub(super) local: &'a str,
    /// Empty in `<>` and `<postmaster>`.
    pub(super) domain: &'a str,
}

impl Path<'_> {
    pub(super) fn is_null(&self) -> bool {
        self.local.is_empty()
    }

    pub(super) fn is_ascii(&self) -> bool {
        self.local.is_ascii() && self.domain.is_ascii()
    }

    /// `local@domain`, without the brackets and the source route.
    pub(super) fn mailbox(&self) -> String {
        match self.domain {
            "" => self.local.into(),
            domain => format!("{}@{domain}", self.local),
        }
    }

    /// The local part without quotes: `"a\"b"` and `a"b` name the same mailbox.
    pub(super) fn user(&self) -> String {
        let Some(inner) = self.local.strip_prefix('"').and_then(|l| l.strip_suffix('"')) else {
            return self.local.into();
        };
        let mut user = String::new();
        let mut escaped = false;
        for c in inner.chars() {
            if c == '\\' && !escaped {
                escaped = true;
            } else {
                user.push(c);
                escaped = false;
            }
        }
        user
    }

    /// Appends it, brackets included.
    pub(super) fn put(&self, out: &mut Composer) {
        if self.is_null() {
            out.put(&terms::NULL_PATH, "<>");
            return;
        }
        out.put(&terms::PATH_OPEN, "<").put(&terms::ROUTE, self.route);
        out.put(&terms::LOCAL_PART, self.local);
        if self.local.starts_with('"') {
            out.note("Quoted: within the quotes any character may stand, > and @ included.");
        }
        if !self.domain.is_empty() {
            out.put(&terms::AT, "@").put(domain_term(self.domain), self.domain);
        }
        out.put(&terms::PATH_CLOSE, ">");
    }
}

/// Reads a path and gives what follows it, or says what is wrong.
pub(super) fn path(text: &str) -> Result<(Path<'_>, &str), String> {
    if text.starts_with(' ') {
        return Err("There must be no space between the colon and the address.".into());
    }
    let Some(inside) = text.strip_prefix('<') else {
        return Err("The address must stand between < and >.".into());
    };
    if let Some(rest) = inside.strip_prefix('>') {
        return Ok((Path::default(), rest));
    }
    let (route, mailbox) = match inside.strip_prefix('@').and_then(|route| route.find(':')) {
        Some(colon) => inside.split_at(colon + 2),
        None => ("", inside),
    };
    if !route.is_empty() && !route_fits(route) {
        return Err("The source route is malformed; leave it out.".into());
    }
    let length = local_length(mailbox)?;
    let (local, rest) = mailbox.split_at(length);
    if let Some(rest) = rest.strip_prefix('>') {
        if local.eq_ignore_ascii_case("postmaster") && route.is_empty() {
            return Ok((Path { local, ..Path::default() }, rest));
        }
        return Err(format!("<{local}> has no domain; only <postmaster> may go without."));
    }
    let Some(behind_at) = rest.strip_prefix('@') else {
        let found = rest.chars().next().map_or("the end".into(), |c| format!("{c:?}"));
        return Err(format!("Behind {local:?} an @ is missing; {found} stands there."));
    };
    let Some(end) = behind_at.find('>') else {
        return Err("The > that ends the address is missing.".into());
    };
    let (domain, rest) = behind_at.split_at(end);
    if let Some(fault) = domain_fault(domain) {
        return Err(fault);
    }
    let path = Path { route, local, domain };
    // The limits of RFC 5321 section 4.5.3.1.
    if local.len() > 64 {
        return Err(format!("The local part has {} octets; at most 64 are allowed.", local.len()));
    }
    if path.mailbox().len() + route.len() > 254 {
        return Err("The path is longer than 256 octets.".into());
    }
    Ok((path, &rest[1..]))
}

/// What is wrong with a domain or an address in brackets; `None` if nothing is.
pub(super) fn domain_fault(domain: &str) -> Option<String> {
    if let Some(literal) = domain.strip_prefix('[').and_then(|d| d.strip_suffix(']')) {
        let fits = match literal.split_once(':') {
            Some((tag, v6)) if tag.eq_ignore_ascii_case("IPv6") => v6.parse::<Ipv6Addr>().is_ok(),
            Some((tag, content)) => is_label(tag) && content.bytes().all(|b| b.is_ascii_graphic()),
            None => literal.parse::<Ipv4Addr>().is_ok(),
        };
        return (!fits).then(|| {
            format!("{domain} is no address literal, such as [192.0.2.1] or [IPv6:2001:db8::1].")
        });
    }
    if domain.len() > 255 {
        return Some(format!("The domain has {} octets; at most 255 are allowed.", domain.len()));
    }
    match domain.split('.').find(|label| !is_label(label)) {
        Some("") => Some(format!("The domain {domain:?} is empty, or has a dot too many.")),
        Some(label) => Some(format!(
            "{label:?} is no part of a domain: letters, digits and inner hyphens only, at most 63."
        )),
        None => None,
    }
}

fn domain_term(domain: &str) -> &'static crate::explain::Term {
    if domain.starts_with('[') { &terms::LITERAL } else { &terms::DOMAIN }
}

/// Letters, digits, inner hyphens; what is not ASCII belongs to SMTPUTF8 and is let through.
fn is_label(label: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || !c.is_ascii();
    (1..=63).contains(&label.len())
        && label.chars().all(|c| fits(c) && !c.is_control())
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// `@one,@two:`
fn route_fits(route: &str) -> bool {
    route.strip_suffix(':').is_some_and(|hops| {
        hops.split(',').all(|hop| hop.strip_prefix('@').is_some_and(|d| domain_fault(d).is_none()))
    })
}

/// The octets of the local part at the start of `text`.
fn local_length(text: &str) -> Result<usize, String> {
    if text.starts_with('"') {
        let mut escaped = false;
        for (at, c) in text.char_indices().skip(1) {
            match c {
                c if c.is_control() => {
                    return Err("A control character stands in the quoted local part.".into());
                }
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return Ok(at + 1),
                _ => {}
            }
        }
        return Err("The quote that ends the local part is missing.".into());
    }
    let length = text.find(|c| !is_atom(c) && c != '.').unwrap_or(text.len());
    if text[..length].split('.').any(str::is_empty) {
        return Err(format!(
            "The local part {:?} is empty, or begins or ends with a dot, or has two in a row.",
            &text[..length]
        ));
    }
    Ok(length)
}

fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~".contains(c)
        || (!c.is_ascii() && !c.is_control())
}
