//! The page in a real browser, through a real relay.

use std::collections::BTreeMap;
use std::path::Path;

use relay::{Config, PolicyName, Relay};
use serde_json::{Value, json};

use crate::browser::{Browser, Key};

pub struct Page {
    pub browser: Browser,
    pub relay: Option<Relay>,
    origin: String,
}

/// One entry of the transcript as a person can see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub side: String,
    pub conn: String,
    pub text: String,
}

impl Page {
    /// Starts a relay and opens its page at a fragment such as `#/smtp`. `None`, after a plain
    /// line, where there is no browser or the page is not built.
    pub async fn open(policy: PolicyName, fragment: &str) -> Option<Page> {
        Page::open_in(Browser::open(1280, 900).await?, policy, fragment).await
    }

    /// As [`Page::open`], with a record of every request.
    pub async fn open_watched(policy: PolicyName, fragment: &str) -> Option<Page> {
        Page::open_in(Browser::watched(1280, 900).await?, policy, fragment).await
    }

    /// As [`Page::open`], in Firefox.
    pub async fn open_in_firefox(policy: PolicyName, fragment: &str) -> Option<Page> {
        Page::open_in(Browser::firefox(1280, 900).await?, policy, fragment).await
    }

    async fn open_in(browser: Browser, policy: PolicyName, fragment: &str) -> Option<Page> {
        if !crate::workspace().join("dist/index.html").exists() {
            crate::skip("dist/ is not built; `cargo xtask web` builds it");
            return None;
        }
        let relay = start_relay(policy, 0).await;
        let origin = relay.url();
        let page = Page { browser, relay: Some(relay), origin };
        page.goto(fragment).await;
        Some(page)
    }

    /// Opens the page at another fragment, anew: what is seen then is of no session before.
    pub async fn goto(&self, fragment: &str) {
        self.browser.goto("about:blank").await;
        self.browser.forget(&self.origin).await;
        self.visit(fragment).await;
    }

    /// Opens the page at another fragment, with what was kept in the browser.
    pub async fn visit(&self, fragment: &str) {
        self.browser.goto(&self.url(fragment)).await;
        if fragment.contains("host=") {
            // A link to a real server asks first, but for a session that came back.
            self.browser.wait_for_element("#consent, .real").await;
            if !self.browser.texts("#consent").await.is_empty() {
                self.browser.click("#consent .main").await;
            }
        }
        self.browser.wait_for_element("#command").await;
        self.turn().await;
    }

    pub fn url(&self, fragment: &str) -> String {
        format!("{}{fragment}", self.origin)
    }

    pub async fn reload(&self) {
        self.browser.reload().await;
        self.browser.wait_for_element("#command").await;
        self.turn().await;
    }

    /// Waits until what was typed is in the browser's database.
    pub async fn kept(&self, text: &str) {
        let find = "return new Promise(tell => {
            const opening = indexedDB.open('wirelab');
            opening.onsuccess = () => {
                const reading = opening.result.transaction('journal').objectStore('journal').getAll();
                reading.onsuccess = () => {
                    opening.result.close();
                    const text = reading.result.map(piece => new TextDecoder().decode(piece)).join('');
                    tell(text.includes(arguments[0]));
                };
            };
        })";
        self.browser
            .wait_for(&format!("{text:?} to be kept"), async || {
                self.browser.run(find, vec![json!(text)]).await == true
            })
            .await;
    }

    /// Presses a button that is in the settings.
    pub async fn press_in_settings(&self, css: &str) {
        self.browser.click("[popovertarget=settings]").await;
        self.browser.click(css).await;
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub fn port(&self) -> u16 {
        url::Url::parse(&self.origin)
            .ok()
            .and_then(|url| url.port())
            .expect("the origin has a port")
    }

    /// Waits until the client may speak, the session is over, or a gate holds something.
    pub async fn turn(&self) {
        self.browser
            .wait_for("the client\u{2019}s turn", async || {
                let status = self.status().await;
                ["your turn", "over", "held"].iter().any(|word| status.contains(word))
            })
            .await;
    }

    pub async fn status(&self) -> String {
        self.browser.texts("#status").await.concat()
    }

    /// Every entry of the transcript. Of a long one the page has only the rows that can be seen, so it is scrolled
    /// through, as a person would have to, and put back where it was.
    pub async fn transcript(&self) -> Vec<Line> {
        let (mut rows, all) = self.rows().await;
        if rows.len() < all {
            let top = "return document.getElementById('transcript').scrollTop";
            let to = "document.getElementById('transcript').scrollTop = arguments[0]";
            let down = "document.querySelector('#transcript > li:last-of-type').scrollIntoView({block: 'start'})";
            let before = self.browser.run(top, vec![]).await;
            self.browser.run(to, vec![json!(0)]).await;
            rows.clear();
            while rows.len() < all {
                self.browser
                    .wait_for(&format!("row {} of {all}", rows.len() + 1), async || {
                        let (seen, _) = self.rows().await;
                        let news = seen.contains_key(&(rows.len() + 1));
                        rows.extend(seen.into_iter().filter(|_| news));
                        news
                    })
                    .await;
                self.browser.run(down, vec![]).await;
            }
            self.browser.run(to, vec![before]).await;
        }
        rows.into_values().flatten().collect()
    }

    /// The rows in the page by their place in the list, and how many the list has. Rows that stand for hidden entries
    /// have no line.
    pub async fn rows(&self) -> (BTreeMap<usize, Option<Line>>, usize) {
        let script = "return [...document.querySelectorAll('#transcript > li')].map(li => [
            Number(li.ariaPosInSet), Number(li.ariaSetSize), li.dataset.side ?? null, li.dataset.conn,
            li.querySelector('[data-text]')?.dataset.text])";
        let rows = self.browser.run(script, vec![]).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let number = |value: &Value| value.as_u64().unwrap_or_default() as usize;
        let rows: Vec<&Value> = rows.as_array().into_iter().flatten().collect();
        let all = rows.first().map_or(0, |row| number(&row[1]));
        let line = |row: &Value| {
            let line = Line { side: text(&row[2]), conn: text(&row[3]), text: text(&row[4]) };
            Some(line).filter(|line| !line.side.is_empty())
        };
        (rows.into_iter().map(|row| (number(&row[0]), line(row))).collect(), all)
    }

    /// The transcript's texts of one side, joined by newlines.
    pub async fn said(&self, side: &str) -> String {
        let lines = self.transcript().await;
        let texts: Vec<_> =
            lines.into_iter().filter(|line| line.side == side).map(|line| line.text).collect();
        texts.join("\n")
    }

    /// What the composer holds.
    pub async fn composed(&self) -> String {
        let value = self.browser.run("return document.getElementById('command').value", vec![]);
        value.await.as_str().unwrap_or_default().to_owned()
    }

    /// Presses Enter in the composer and waits for the turn after it.
    pub async fn enter(&self) {
        let before = self.transcript().await.len();
        self.browser.type_keys("#command", &Key::Enter.to_string()).await;
        self.browser
            .wait_for("an effect of Enter", async || {
                self.transcript().await.len() > before || self.refusal().await.is_some()
            })
            .await;
        self.turn().await;
    }

    /// Puts a text of any number of lines into the composer and presses Enter.
    pub async fn types(&self, text: &str) {
        self.compose(text).await;
        self.enter().await;
    }

    pub async fn compose(&self, text: &str) {
        let script = "const area = document.getElementById('command');
            area.focus();
            area.value = arguments[0];
            area.dispatchEvent(new InputEvent('input', {bubbles: true}));";
        self.browser.run(script, vec![json!(text)]).await;
        self.browser
            .wait_for("the composer to hold the text", async || self.composed().await == text)
            .await;
    }

    /// Types a command and expects the server's words since then to contain this.
    pub async fn expect(&self, command: &str, reply: &str) {
        let before = self.transcript().await.len();
        self.types(command).await;
        self.browser
            .wait_for(&format!("{reply:?} in reply to {command:?}"), async || {
                let lines = self.transcript().await;
                let mut new = lines.iter().skip(before).filter(|line| line.side == "server");
                new.any(|line| line.text.contains(reply))
            })
            .await;
        self.turn().await;
    }

    /// The newest thing that the server said on the main connection.
    pub async fn last_reply(&self) -> String {
        let lines = self.transcript().await;
        let mut replies =
            lines.into_iter().rev().filter(|line| line.side == "server" && line.conn == "0");
        replies.next().map(|line| line.text).unwrap_or_default()
    }

    /// Why the last command was not sent.
    pub async fn refusal(&self) -> Option<String> {
        self.browser.texts("#refusal").await.pop()
    }

    /// Presses Enter until the session is over. At most `presses` times.
    pub async fn enter_to_the_end(&self, presses: usize) -> usize {
        for press in 0..presses {
            if self.status().await.contains("over") {
                return press;
            }
            self.enter().await;
        }
        panic!(
            "not over after {presses} presses: {}\n{:#?}",
            self.status().await,
            self.transcript().await
        )
    }

    /// The lab's notes that are warnings or errors.
    pub async fn complaints(&self) -> Vec<String> {
        self.browser.texts("#transcript > .warning, #transcript > .error").await
    }

    /// Names, states and SHA-256 of the downloads shown, newest first.
    pub async fn downloads(&self) -> Vec<(String, String, String)> {
        let script = "return [...document.querySelectorAll('.files li[data-progress]')]
            .map(li => [li.querySelector('b').textContent, li.dataset.progress,
                        li.querySelector('.sha256')?.title ?? ''])";
        let rows = self.browser.run(script, vec![]).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        rows.as_array()
            .into_iter()
            .flatten()
            .map(|row| (text(&row[0]), text(&row[1]), text(&row[2])))
            .collect()
    }

    /// Waits for the newest download to end, and calls `look` whenever it has moved. However large it is: only one
    /// that stops moving fails.
    pub async fn wait_for_download(&self, mut look: impl FnMut()) -> (String, String, String) {
        let size = "return document.querySelector('.files li[data-progress] span')?.textContent";
        loop {
            let before = self.browser.run(size, vec![]).await;
            self.browser
                .wait_for("the download to move on", async || {
                    let newest = self.downloads().await.into_iter().next();
                    newest.is_some_and(|(_, state, _)| state != "running")
                        || self.browser.run(size, vec![]).await != before
                })
                .await;
            look();
            let newest = self.downloads().await.into_iter().next();
            if let Some(ended) = newest.filter(|(_, state, _)| state != "running") {
                return ended;
            }
        }
    }

    /// Chooses a file where the page asks for content.
    pub async fn upload(&self, file: &Path) {
        let path = file.to_str().expect("test files have plain names");
        self.browser.wait_for_element("#upload").await;
        self.browser.type_keys("#upload", path).await;
    }

    pub async fn stop_relay(&mut self) {
        if let Some(relay) = self.relay.take() {
            relay.stop().await;
        }
    }

    /// Starts a relay again where the last one was.
    pub async fn restart_relay(&mut self, policy: PolicyName) {
        self.relay = Some(start_relay(policy, self.port()).await);
    }
}

pub async fn start_relay(policy: PolicyName, port: u16) -> Relay {
    let config = Config { listen: ([127, 0, 0, 1], port).into(), policy, ..Config::default() };
    relay::start(config).await.unwrap_or_else(|error| panic!("the relay did not start: {error}"))
}
