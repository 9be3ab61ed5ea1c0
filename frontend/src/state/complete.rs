//! What a half-typed command may become.

use super::Lab;

/// Commands that begin as the text does, the most sensible first: what is suggested, what is legal now, what is not.
pub fn completions(lab: &Lab, typed: &str) -> Vec<String> {
    if typed.contains('\n') {
        return Vec::new();
    }
    let suggestion = lab.session().client().suggestion().map(|suggestion| suggestion.text);
    let moves = lab.moves_now();
    let (legal, illegal): (Vec<_>, Vec<_>) = moves.iter().partition(|(_, why)| why.is_ok());
    let templates = legal.into_iter().chain(illegal).map(|(verb, _)| verb.template.to_string());
    let mut found: Vec<String> = Vec::new();
    for text in suggestion.into_iter().chain(templates) {
        let begins = text.get(..typed.len()).is_some_and(|head| head.eq_ignore_ascii_case(typed));
        if begins && text.len() > typed.len() && !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use shared::machine::Tick;

    use super::*;
    use crate::state::Route;

    #[test]
    fn the_suggestion_comes_first_and_case_does_not_matter() {
        let route = Route::landing();
        let mut lab = Lab::new(route.clone());
        lab.connect(route, Tick::default());
        while lab.pump(Tick::default()) {}
        let of = |typed| completions(&lab, typed);
        assert!(of("")[0].starts_with("EHLO "), "{:?}", of(""));
        assert!(of("eh")[0].starts_with("EHLO "));
        assert!(of("QU").iter().any(|text| text == "QUIT"));
        let mail = of("ma");
        assert!(
            mail.iter().all(|text| text.starts_with("MAIL FROM:")) && !mail.is_empty(),
            "{mail:?}"
        );
        assert_eq!(of("QUIT"), [""; 0], "there is nothing more to it");
        assert_eq!(of("EHLO a\n"), [""; 0], "only single lines");
    }
}
