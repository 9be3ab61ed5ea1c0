//! The colours of the page, read from its style sheet: text on its ground at 4.5:1, edges and pictures at 3:1.

use std::collections::HashMap;
use std::fs;

type Tokens = HashMap<String, [f64; 2]>;

/// Text and the grounds that it stands on.
const TEXT: [(&str, &[&str]); 11] = [
    ("text", &["paper", "ground", "client-tint", "server-tint", "mark"]),
    ("muted", &["paper", "ground", "client-tint", "server-tint"]),
    ("client", &["paper", "ground", "client-tint"]),
    ("server", &["paper", "ground", "server-tint"]),
    ("ok", &["paper", "ground", "server-tint"]),
    ("warn", &["paper", "ground", "server-tint"]),
    ("error", &["paper", "ground", "server-tint"]),
    ("accent", &["paper", "ground", "client-tint", "server-tint"]),
    ("on-accent", &["accent"]),
    ("server", &["client-tint"]),
    ("client", &["server-tint"]),
];

/// What has to be seen, but not read: edges of what can be pressed, the ring of the focus.
const SHAPES: [(&str, &[&str]); 3] = [
    ("edge", &["paper", "ground"]),
    ("accent", &["paper", "ground", "client-tint", "server-tint", "mark"]),
    ("error", &["paper", "ground"]),
];

#[test]
fn every_theme_has_its_contrast() {
    let css = fs::read_to_string(tests::workspace().join("frontend/style/1-tokens.css")).unwrap();
    let plain = tokens(&css, ":root {");
    for (name, start, text) in [
        ("plain", None, 4.5),
        ("high contrast, chosen", Some(":root[data-theme^=\"contrast\"], .stage {"), 7.0),
        ("high contrast, of the system", Some("@media (prefers-contrast: more)"), 7.0),
    ] {
        let mut all = plain.clone();
        let own = start.map(|start| tokens(&css, start)).unwrap_or_default();
        assert!(start.is_none() || own.len() > 10, "{name}: {own:?}");
        all.extend(own);
        let mut wrong = Vec::new();
        for (pairs, least) in [(&TEXT[..], text), (&SHAPES[..], 3.0)] {
            for (front, grounds) in pairs {
                for (ground, theme) in grounds.iter().flat_map(|g| [(g, 0), (g, 1)]) {
                    let ratio = ratio(all[*front][theme], all[*ground][theme]);
                    if ratio < least {
                        let theme = ["light", "dark"][theme];
                        wrong
                            .push(format!("{front} on {ground}, {theme}: {ratio:.2}, not {least}"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn the_ratio_is_that_of_wcag() {
    let [white, black, grey] = ["#ffffff", "#000000", "#767676"].map(luminance);
    assert!((ratio(white, black) - 21.0).abs() < 1e-9);
    assert!((ratio(grey, white) - 4.54).abs() < 0.01);
}

/// The luminance of each token of the block that begins so, light and dark.
fn tokens(css: &str, start: &str) -> Tokens {
    let block = css.split_once(start).unwrap_or_else(|| panic!("no {start} in the tokens")).1;
    let block = block.split_once("--").map_or("", |(_, rest)| rest);
    let block = block.split_once('}').map_or("", |(block, _)| block);
    let lines = format!("--{block}");
    lines
        .lines()
        .filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
            let pair = value.trim().strip_prefix("light-dark(")?.strip_suffix(");")?;
            let (light, dark) = pair.split_once(',')?;
            Some((name.to_owned(), [luminance(light.trim()), luminance(dark.trim())]))
        })
        .collect()
}

/// Relative luminance, as WCAG 2 defines it.
fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = u8::from_str_radix(&hex[at..at + 2], 16).unwrap_or_else(|_| panic!("{hex}"));
        let share = f64::from(value) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn ratio(a: f64, b: f64) -> f64 {
    let (light, dark) = if a > b { (a, b) } else { (b, a) };
    (light + 0.05) / (dark + 0.05)
}
