//! axe-core looks at every state of the page, in every theme and at three widths: no violation of WCAG 2.2 AA or of what
//! it calls best practice, and nothing that it is unsure of without a reason why that is right.

mod states;

use std::collections::{BTreeMap, BTreeSet};

use relay::PolicyName;
use serde_json::{Value, json};
use tests::page::Page;

const SIZES: [(u32, u32); 3] = [(1280, 900), (768, 1024), (320, 640)];

/// With the first, all rules are checked; with the others, those about colours: nothing else is different.
const THEMES: [&str; 4] = ["light", "dark", "contrast-light", "contrast-dark"];

/// What axe cannot decide by itself, and why it is right as it is: `rule | selector | reason` in each line. The selector
/// matches the element.
const REVIEWED: &str = include_str!("axe-reviewed.txt");

/// Runs axe. A contrast that it cannot tell, since something lies over or under the text, is measured here: against the
/// nearest ground below it, which in a drawing may be a box.
const RUN: &str = include_str!("axe.js");

struct Axe<'a> {
    page: &'a Page,
    /// Each finding, and where it was found.
    findings: BTreeMap<String, Vec<String>>,
    reviews: Vec<[String; 2]>,
    /// Those of the reviews that were needed.
    used: BTreeSet<String>,
    looks: usize,
}

#[tokio::test]
async fn axe_finds_nothing_in_any_state_theme_and_width() {
    let script = tests::workspace().join("target/npm/axe.min.js");
    let Ok(script) = std::fs::read_to_string(&script) else {
        return tests::skip("axe-core is not there; `cargo xtask setup` brings it");
    };
    let Some(page) = Page::open(PolicyName::Lab, "#/smtp").await else { return };
    page.browser.run(&script, vec![]).await;
    // Colours on their way from one to another are not looked at.
    page.browser.still().await;
    let mut axe = Axe::new(&page);
    states::visit(&mut axe).await;
    axe.finish();
    page.browser.assert_no_errors().await;
}

impl<'a> Axe<'a> {
    fn new(page: &'a Page) -> Axe<'a> {
        let lines = REVIEWED.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let reviews = lines.map(|line| match line.split(" | ").collect::<Vec<_>>()[..] {
            [rule, selector, reason] if reason.len() > 20 => [rule.into(), selector.into()],
            _ => panic!("{line:?} of axe-reviewed.txt is not `rule | selector | reason`"),
        });
        let reviews = reviews.collect();
        Axe { page, findings: BTreeMap::new(), reviews, used: BTreeSet::new(), looks: 0 }
    }

    /// Has axe look at what the page shows now.
    async fn look(&mut self, state: &str) {
        let browser = &self.page.browser;
        browser.quiet().await;
        for (width, height) in SIZES {
            browser.size(width, height).await;
            // High contrast has the same layout in other colours, so one width tells.
            let themes = if width == SIZES[0].0 { 4 } else { 2 };
            for (n, theme) in THEMES.into_iter().take(themes).enumerate() {
                let arguments = vec![json!(theme), json!(n > 0), json!(self.reviews)];
                let found = browser.run(RUN, arguments).await;
                self.looks += 1;
                self.note(&found, &format!("{state}, {theme}, {width} px"));
            }
        }
        browser.size(1280, 900).await;
    }

    fn note(&mut self, found: &Value, place: &str) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for node in found["findings"].as_array().into_iter().flatten() {
            let finding = format!(
                "{}: {}\n    {}\n    {}\n    {}",
                text(&node["rule"]),
                text(&node["help"]),
                text(&node["target"]),
                text(&node["html"]),
                text(&node["why"])
            );
            self.findings.entry(finding).or_default().push(place.to_owned());
        }
        self.used.extend(found["used"].as_array().into_iter().flatten().map(text));
    }

    fn finish(self) {
        let findings = self.findings.iter().map(|(finding, places)| {
            let some = places[..places.len().min(3)].join("; ");
            format!("{finding}\n    {} times: {some}\n", places.len())
        });
        let findings: Vec<String> = findings.collect();
        assert!(
            findings.is_empty(),
            "axe-core finds {} things in {} looks:\n{}",
            findings.len(),
            self.looks,
            findings.join("\n")
        );
        let lines = self.reviews.iter().map(|review| review.join(" | "));
        let unused: Vec<String> = lines.filter(|line| !self.used.contains(line)).collect();
        assert_eq!(unused, [""; 0], "axe is sure of these now; take them out of axe-reviewed.txt");
    }
}
