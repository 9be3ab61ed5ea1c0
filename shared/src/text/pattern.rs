//! Patterns of `*` (any characters) and `?` (one character).

/// Whether the pattern takes the whole name. Every failure goes back to the last star only, so the work is at
/// most the product of the two lengths.
pub fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_stars_cost_no_more_than_their_number() {
        let name = "a".repeat(400);
        assert!(!fits(&format!("{}b", "*a".repeat(100)), &name));
    }

    #[test]
    fn a_pattern_takes_the_whole_name() {
        for (pattern, name, taken) in [
            ("*.txt", "a.txt", true),
            ("*.txt", "a.txt.old", false),
            ("?", "\u{fc}", true),
            ("a", "A", false),
            ("", "", true),
            ("**", "", true),
        ] {
            assert_eq!(fits(pattern, name), taken, "{pattern} {name}");
        }
    }
}
