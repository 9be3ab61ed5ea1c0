//! Patterns of group names (RFC 3977 section 4).

use crate::text::pattern::fits;

/// Whether the text is a wildmat: no empty pattern, and none of the characters that other pattern
/// languages use.
pub(super) fn is_valid(wildmat: &str) -> bool {
    wildmat.split(',').all(|pattern| {
        let pattern = pattern.strip_prefix('!').unwrap_or(pattern);
        !pattern.is_empty()
            && pattern.chars().all(|c| !matches!(c, '!' | '[' | ']' | '\\') && !c.is_whitespace())
    })
}

/// Whether a wildmat takes the name: the last pattern that fits decides, `!` makes it a no.
pub(super) fn matches(wildmat: &str, name: &str) -> bool {
    let last = wildmat.rsplit(',').find_map(|pattern| {
        let (taken, pattern) = match pattern.strip_prefix('!') {
            Some(pattern) => (false, pattern),
            None => (true, pattern),
        };
        fits(pattern, name).then_some(taken)
    });
    last.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pattern_that_fits_decides() {
        for (wildmat, name, taken) in [
            ("*", "a.b", true),
            ("a*,!*b", "a", true),
            ("a*,!*b", "ab", false),
            ("a*,!*b,*c*", "abc", true),
            ("a*,!*b,*c*", "acb", true),
            ("!a*", "b", false),
            ("comp.*,!comp.lang.*", "comp.lang.python", false),
            ("comp.?ang.*", "comp.lang.python", true),
            ("*.test", "misc.test", true),
            ("*.test", "misc.tests", false),
            ("a", "A", false),
            ("?", "\u{fc}", true),
        ] {
            assert_eq!(matches(wildmat, name), taken, "{wildmat} {name}");
        }
    }

    #[test]
    fn brackets_backslashes_and_empty_patterns_are_no_wildmat() {
        for bad in ["", ",", "a,", "!", "!!a", "a[bc]", "a\\*", "a b", "a!b"] {
            assert!(!is_valid(bad), "{bad:?}");
        }
        for good in ["*", "a,!b", "!a", "comp.*,misc.?est"] {
            assert!(is_valid(good), "{good:?}");
        }
    }
}
