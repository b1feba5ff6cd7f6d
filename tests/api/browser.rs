//! A real browser: Chromium without a screen, driven as W3C `WebDriver` has it.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{office::free_port, server::within};

/// How a found element is named (W3C `WebDriver`, "element").
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one window.
pub(crate) struct Browser {
    driver: Child,
    base: String,
    /// Where the browser keeps its things, until it ends.
    profile: tempfile::TempDir,
}

impl Browser {
    /// A browser that speaks this language.
    pub(crate) fn open(language: &str) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let port = free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .env("HOME", profile.path())
            .env("LANGUAGE", language)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("these tests need a browser: apt-get install chromium chromium-driver");
        let mut browser = Self { driver, base: format!("http://127.0.0.1:{port}"), profile };
        within(Duration::from_secs(30), "the driver is ready", || {
            browser.ask("GET", "/status", None).is_some_and(|status| status["ready"] == true)
        });
        let data = format!("--user-data-dir={}", browser.profile.path().join("chromium").display());
        let language = format!("--accept-lang={language}");
        let arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
        let arguments: Vec<&str> = arguments.into_iter().chain([data.as_str(), language.as_str()]).collect();
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let session = browser.ask("POST", "/session", Some(&wanted)).unwrap();
        let id = session["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {session}")).to_owned();
        browser.base = format!("{}/session/{id}", browser.base);
        browser
    }

    /// Goes to a page.
    pub(crate) fn go(&self, url: &str) {
        self.done("POST", "/url", &json!({ "url": url }));
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        self.done("GET", "/url", &Value::Null).as_str().unwrap().to_owned()
    }

    /// Types into the field with this id.
    pub(crate) fn write(&self, id: &str, text: &str) {
        self.done("POST", &format!("/element/{}/value", self.element(id)), &json!({ "text": text }));
    }

    /// Clicks what the selector finds.
    pub(crate) fn click(&self, selector: &str) {
        let found = self.find(selector);
        self.done("POST", &format!("/element/{found}/click"), &json!({}));
    }

    /// The text that is shown in the element with this id.
    pub(crate) fn text(&self, id: &str) -> String {
        let text = self.done("GET", &format!("/element/{}/text", self.element(id)), &Value::Null);
        text.as_str().unwrap().to_owned()
    }

    /// Waits until the element with this id is shown.
    pub(crate) fn shows(&self, id: &str) {
        within(
            Duration::from_secs(20),
            &format!("{id} is shown; it says \"{}\"", self.text("message")),
            || {
                let element = self.element(id);
                self.done("GET", &format!("/element/{element}/displayed"), &Value::Null) == true
            },
        );
    }

    /// What a script gives back.
    pub(crate) fn script(&self, script: &str) -> Value {
        self.done("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// What the page's console complained about.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.done("POST", "/se/log", &json!({ "type": "browser" }));
        let severe = log.as_array().unwrap().iter().filter(|entry| entry["level"] == "SEVERE");
        severe.map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }

    fn element(&self, id: &str) -> String {
        self.find(&format!("#{id}"))
    }

    fn find(&self, selector: &str) -> String {
        let found = self.done("POST", "/element", &json!({ "using": "css selector", "value": selector }));
        found[ELEMENT].as_str().unwrap_or_else(|| panic!("no {selector}: {found}")).to_owned()
    }

    fn done(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.ask(method, path, Some(body).filter(|body| !body.is_null()));
        let answer = answer.unwrap_or_else(|| panic!("{method} {path}: no answer"));
        assert!(answer.get("error").is_none(), "{method} {path}: {answer}");
        answer
    }

    /// The value that the driver answers with, if it answers.
    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Option<Value> {
        let mut curl = Command::new("curl");
        curl.args(["-s", "--max-time", "60", "-X", method, "-H", "Content-Type: application/json"]);
        if let Some(body) = body {
            curl.args(["-d", &body.to_string()]);
        }
        let output = curl.arg(format!("{}{path}", self.base)).output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).ok()?;
        Some(answer["value"].clone())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // ends the browser as well, which the driver's end alone would not
        let _ = self.ask("DELETE", "", None);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
