//! Python 3 as Python 2 spells it.

/// Modules and parameters that have another name. Where one begins with another, the longer one comes first.
const NAMES: [(&str, &str); 8] = [
    ("http.client", "httplib"),
    ("http.cookiejar", "cookielib"),
    ("http.cookies", "Cookie"),
    ("urllib.error", "urllib2"),
    ("urllib.parse", "urllib"),
    ("urllib.request", "urllib2"),
    // Python 2 has no bytes to give.
    ("use_builtin_types", "use_datetime"),
    ("xmlrpc.client", "xmlrpclib"),
];

/// The code with Python 2's names of modules; what stands in quotes stays as it is.
pub(super) fn python2(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    let mut quote = None;
    while let Some(c) = rest.chars().next() {
        let renamed = NAMES.iter().find(|(name, _)| quote.is_none() && rest.starts_with(name));
        if let Some((name, old)) = renamed {
            out.push_str(old);
            rest = &rest[name.len()..];
            continue;
        }
        let mut taken = c.len_utf8();
        match quote {
            Some(_) if c == '\\' => {
                taken += rest[taken..].chars().next().map_or(0, char::len_utf8);
            }
            Some(open) if c == open => quote = None,
            None if matches!(c, '\'' | '"') => quote = Some(c),
            _ => {}
        }
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modules_of_all_protocols_are_spelled_as_they_say() {
        for module in crate::protocols::ALL.iter().filter_map(|protocol| protocol.module) {
            assert_eq!(python2(module.name), module.python2);
        }
    }

    #[test]
    fn modules_get_their_old_names_but_texts_stay() {
        let code =
            "import http.client\nurllib.request.urlopen('http.client\\'s', \"xmlrpc.client\")";
        let old = "import httplib\nurllib2.urlopen('http.client\\'s', \"xmlrpc.client\")";
        assert_eq!(python2(code), old);
    }
}
