//! Headless Chromium or Firefox, driven over WebDriver. Nothing of it outlives the test.
//!
//! Every helper panics with a sentence, since there is nothing a test could do but fail.

mod driver;
mod vendor;

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::error::CmdError;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

pub use fantoccini::key::Key;

use driver::Driver;
use vendor::Vendor;

/// How long a condition may take to come true. Long, for a busy machine; a test that passes never waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Chromium,
    Firefox,
}

pub struct Browser {
    kind: Kind,
    client: Client,
    log: Mutex<Vec<LogEntry>>,
    driver: Driver,
}

/// One line of the browser's console.
#[derive(Clone, Debug)]
pub struct LogEntry {
    pub level: String,
    pub source: String,
    pub message: String,
}

impl Browser {
    /// Opens Chromium with a profile of its own, or says that this machine has none.
    pub async fn open(width: u32, height: u32) -> Option<Browser> {
        Browser::chromium(width, height, &json!({ "browser": "ALL" })).await
    }

    /// As [`Browser::open`], with a record of every request.
    pub async fn watched(width: u32, height: u32) -> Option<Browser> {
        Browser::chromium(width, height, &json!({ "browser": "ALL", "performance": "ALL" })).await
    }

    async fn chromium(width: u32, height: u32, logs: &Value) -> Option<Browser> {
        let chromium = driver::find(&["chromium", "chromium-browser", "google-chrome"]);
        let (Some(chromium), Some(chromedriver)) = (chromium, driver::find(&["chromedriver"]))
        else {
            crate::skip("there is no chromium with a chromedriver on the PATH");
            return None;
        };
        let driver = Driver::start(&chromedriver, &["--port=0"]);
        let capabilities = json!({
            "goog:loggingPrefs": logs,
            "goog:chromeOptions": {
                "binary": chromium,
                "args": [
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--disable-dev-shm-usage",
                    format!("--window-size={width},{height}"),
                    format!("--user-data-dir={}", driver.profile().display()),
                ],
            },
        });
        Some(Browser::begin(Kind::Chromium, driver, capabilities).await)
    }

    /// As [`Browser::open`], with Firefox. It has no console log here and no commands of its own.
    pub async fn firefox(width: u32, height: u32) -> Option<Browser> {
        let firefox = driver::find(&["firefox-esr", "firefox"]);
        let (Some(firefox), Some(geckodriver)) = (firefox, driver::find(&["geckodriver"])) else {
            crate::skip("there is no firefox with a geckodriver on the PATH");
            return None;
        };
        let driver = Driver::start(&geckodriver, &["--port=0", "--websocket-port=0"]);
        let capabilities = json!({
            "moz:firefoxOptions": {
                "binary": firefox,
                "args": ["-headless", "-width", width.to_string(), "-height", height.to_string()],
                // It looks for nothing outside of this machine.
                "prefs": {
                    "app.normandy.enabled": false,
                    "browser.safebrowsing.downloads.remote.enabled": false,
                    "browser.safebrowsing.malware.enabled": false,
                    "browser.safebrowsing.phishing.enabled": false,
                    "extensions.systemAddon.update.enabled": false,
                    "network.captive-portal-service.enabled": false,
                    "network.connectivity-service.enabled": false,
                    "services.settings.server": "data:,",
                },
            },
        });
        Some(Browser::begin(Kind::Firefox, driver, capabilities).await)
    }

    async fn begin(kind: Kind, driver: Driver, capabilities: Value) -> Browser {
        let Value::Object(capabilities) = capabilities else {
            unreachable!("written as an object")
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(driver.address())
            .await
            .unwrap_or_else(|error| panic!("the driver could not start {kind:?}: {error}"));
        Browser { kind, client, log: Mutex::default(), driver }
    }

    /// The WebDriver client, for what has no helper here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    pub async fn goto(&self, url: &str) {
        done(self.client.goto(url).await, &format!("open {url}"));
    }

    pub async fn reload(&self) {
        if self.kind == Kind::Chromium {
            return done(self.client.refresh().await, "reload the page");
        }
        // The driver's own way passes by the service worker, which a person's does not.
        self.run("window.isOld = true; location.reload()", vec![]).await;
        self.wait_for("the page to be loaded again", async || {
            self.run("return window.isOld === undefined", vec![]).await == true
        })
        .await;
    }

    /// Waits until the service worker has the whole page.
    pub async fn kept_page(&self) {
        let active = "return navigator.serviceWorker.getRegistration().then(r => r?.active?.state)";
        self.wait_for("the page to be kept", async || {
            self.run(active, vec![]).await == "activated"
        })
        .await;
    }

    /// Forgets what pages of this origin keep in databases. None of them may be open.
    pub async fn forget(&self, origin: &str) {
        match self.kind {
            Kind::Chromium => {
                let what = json!({ "origin": origin, "storageTypes": "indexeddb" });
                self.cdp("Storage.clearDataForOrigin", what).await;
            }
            Kind::Firefox => {
                // A sentence that there is nothing, at the same origin.
                self.goto(&format!("{origin}nothing")).await;
                let delete = "return new Promise(done => {
                    const deleting = indexedDB.deleteDatabase('wirelab');
                    deleting.onsuccess = deleting.onerror = done;
                }).then(() => true)";
                self.run(delete, vec![]).await;
            }
        }
    }

    /// The window's page dies, as by a bug of the browser's, and the window goes.
    pub async fn crash(&self) {
        let crash = Vendor::new("goog/cdp/execute", json!({ "cmd": "Page.crash", "params": {} }));
        let crashed = self.client.issue_cmd(crash).await;
        assert!(crashed.is_err(), "a page that died answers nothing");
        // It closes, and says that it had crashed.
        let _ = self.client.close_window().await;
    }

    /// Polls until the condition holds. A failure tells what the page looked like then.
    pub async fn wait_for(&self, what: &str, mut condition: impl AsyncFnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !condition().await {
            if Instant::now() > deadline {
                panic!(
                    "waited {} s for {what}, in vain\n{}",
                    PATIENCE.as_secs(),
                    self.describe().await
                );
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until an element's visible text contains this.
    pub async fn wait_for_text(&self, css: &str, text: &str) {
        let what = format!("the text {text:?} in `{css}`");
        self.wait_for(&what, async || self.texts(css).await.iter().any(|t| t.contains(text))).await;
    }

    /// The visible text of every element that matches; none is an empty list.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText ?? e.textContent)";
        let texts = self.run(script, vec![json!(css)]).await;
        let texts = texts.as_array().into_iter().flatten();
        texts.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    }

    /// Runs JavaScript in the page; `arguments` are the arguments, what it returns comes back.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        done(self.client.execute(script, arguments).await, &format!("run {script:?}"))
    }

    /// The window that is driven now.
    pub async fn window(&self) -> WindowHandle {
        done(self.client.window().await, "ask for the window")
    }

    /// Drives this one from now on.
    pub async fn to_window(&self, window: &WindowHandle) {
        done(self.client.switch_to_window(window.clone()).await, "go to another window");
    }

    /// Drives the other one, once it is open.
    pub async fn other_window(&self, window: &WindowHandle) -> WindowHandle {
        let mut other = None;
        self.wait_for("another window", async || {
            let windows = done(self.client.windows().await, "list the windows");
            other = windows.into_iter().find(|open| open != window);
            other.is_some()
        })
        .await;
        let other = other.expect("it has been waited for");
        self.to_window(&other).await;
        other
    }

    pub async fn click(&self, css: &str) {
        self.wait_for_element(css).await;
        let element = done(self.client.find(Locator::Css(css)).await, &format!("find `{css}`"));
        done(element.click().await, &format!("click on `{css}`"));
    }

    /// Types into an element, as keys: `"EHLO me"`, or `&format!("QUIT{}", Key::Enter)`.
    pub async fn type_keys(&self, css: &str, keys: &str) {
        self.wait_for_element(css).await;
        let element = done(self.client.find(Locator::Css(css)).await, &format!("find `{css}`"));
        done(element.send_keys(keys).await, &format!("type {keys:?} into `{css}`"));
    }

    /// Presses Tab. WebDriver takes keys that are sent to a file's button for the file's name, so these are sent to nobody.
    pub async fn tab(&self) {
        let key = char::from(Key::Tab);
        let keys = KeyActions::new("keys".into())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        done(self.client.perform_actions(keys).await, "press Tab");
    }

    /// Types into whatever has the focus.
    pub async fn press(&self, keys: &str) {
        let element = done(self.client.active_element().await, "find what has the focus");
        done(element.send_keys(keys).await, &format!("type {keys:?}"));
    }

    pub async fn wait_for_element(&self, css: &str) {
        let exists = "return document.querySelector(arguments[0]) !== null";
        self.wait_for(&format!("an element `{css}`"), async || {
            self.run(exists, vec![json!(css)]).await == json!(true)
        })
        .await;
    }

    /// Waits until the page has not changed for a moment: all that was to be drawn is drawn.
    pub async fn quiet(&self) {
        let script = "return new Promise(done => {
            const begun = performance.now();
            let timer;
            const changed = () => {
                clearTimeout(timer);
                // A clock that is shown never rests.
                timer = setTimeout(() => { observer.disconnect(); done(true); }, performance.now() - begun > 2000 ? 0 : 80);
            };
            const observer = new MutationObserver(changed);
            observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
            changed();
        })";
        self.run(script, vec![]).await;
    }

    /// Nothing moves from now on, as for a person who wants it so.
    pub async fn still(&self) {
        let reduce = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": [reduce] })).await;
    }

    /// The page has so many pixels from now on.
    pub async fn size(&self, width: u32, height: u32) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Writes what a window of this size shows, as PNG, and leaves the window as it was.
    pub async fn screenshot(&self, path: &Path, width: u32, height: u32, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.size(width, height).await;
        self.cdp("Emulation.setEmulatedMedia", media).await;
        let png = done(self.client.screenshot().await, "take a screenshot");
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": [] })).await;
        self.cdp("Emulation.clearDeviceMetricsOverride", json!({})).await;
        std::fs::write(path, png)
            .unwrap_or_else(|error| panic!("could not write {}: {error}", path.display()));
    }

    /// A command of the Chrome DevTools Protocol, for what WebDriver has no word for.
    pub async fn cdp(&self, command: &str, params: Value) -> Value {
        let request = Vendor::new("goog/cdp/execute", json!({ "cmd": command, "params": params }));
        done(self.client.issue_cmd(request).await, command)
    }

    /// The memory that the browser's processes have resident together, in octets.
    pub fn resident(&self) -> u64 {
        self.driver.resident()
    }

    /// The console since the browser was opened.
    pub async fn log(&self) -> Vec<LogEntry> {
        if self.kind == Kind::Firefox {
            return Vec::new();
        }
        let request = Vendor::new("se/log", json!({ "type": "browser" }));
        let news = done(self.client.issue_cmd(request).await, "read the console");
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        // The driver hands out each line once.
        let mut log = self.log.lock().expect("no test panics while it holds the log");
        log.extend(news.as_array().into_iter().flatten().map(|entry| LogEntry {
            level: text(entry, "level"),
            source: text(entry, "source"),
            message: text(entry, "message"),
        }));
        log.clone()
    }

    /// The addresses that were asked for since this was last called, in a browser that is watched.
    pub async fn requests(&self) -> Vec<String> {
        let request = Vendor::new("se/log", json!({ "type": "performance" }));
        let events = done(self.client.issue_cmd(request).await, "read the record of requests");
        let events = events.as_array().into_iter().flatten();
        let address = |event: &Value| -> Option<String> {
            let event: Value = serde_json::from_str(event["message"].as_str()?).ok()?;
            let params = &event["message"]["params"];
            let url = match event["message"]["method"].as_str()? {
                "Network.requestWillBeSent" => &params["request"]["url"],
                "Network.webSocketCreated" => &params["url"],
                _ => return None,
            };
            url.as_str().map(str::to_owned)
        };
        events.filter_map(address).collect()
    }

    /// Fails if the console has an error: an exception, a missing file, a breach of the security policy.
    pub async fn assert_no_errors(&self) {
        let log = self.log().await;
        let errors: Vec<_> = log.iter().filter(|entry| entry.level == "SEVERE").collect();
        assert!(
            errors.is_empty(),
            "the console has errors: {errors:#?}\n{}",
            self.describe().await
        );
    }

    /// Where the page is and what it says, for failure messages.
    async fn describe(&self) -> String {
        let url = self
            .client
            .current_url()
            .await
            .map_or_else(|error| error.to_string(), |url| url.to_string());
        let mut text = self.texts("body").await.join("\n");
        if let Some((end, _)) = text.char_indices().nth(4000) {
            text.truncate(end);
            text.push('…');
        }
        let log = self.log().await;
        let log: String =
            log.iter().map(|e| format!("{} {}: {}\n", e.level, e.source, e.message)).collect();
        format!("-- page {url}\n{text}\n-- console\n{log}")
    }
}

fn done<T>(result: Result<T, CmdError>, what: &str) -> T {
    result.unwrap_or_else(|error| panic!("could not {what}: {error}"))
}
