//! A server that orders certificates from a pebble, in this process, with a clock that is stepped.

use std::{path::PathBuf, sync::Arc};

use offhook::{
    app::{Addresses, App, DRAIN},
    config::{self, Config, Flags},
    domain::{Clock as _, SteppedClock, SystemClock, SystemRandom, Timestamp},
    lifecycle::{Ending, Lifecycle, signals::Signal, sockets::Sockets},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::mpsc,
    task::JoinHandle,
};

use crate::{
    lines::Lines,
    pebble::{HTTP_PORT, Place},
};

/// A data directory for servers of one name.
pub(crate) struct Site {
    pub(crate) name: String,
    pub(crate) data: tempfile::TempDir,
}

/// A running server.
pub(crate) struct Server {
    pub(crate) doors: Addresses,
    pub(crate) clock: Arc<SteppedClock>,
    name: String,
    signals: mpsc::Sender<Signal>,
    task: JoinHandle<Ending>,
}

impl Site {
    /// For a name that no other test uses: that is how a test finds its lines in the log.
    pub(crate) fn new(name: &str) -> Self {
        Lines::log();
        Self { name: name.to_owned(), data: tempfile::tempdir().unwrap() }
    }

    /// What the operator gave, as keys and texts.
    pub(crate) fn given(&self, place: &Place) -> Vec<(&'static str, String)> {
        vec![
            ("server.data", self.data.path().display().to_string()),
            ("server.name", self.name.clone()),
            ("listen.https", "127.0.0.1:0".to_owned()),
            ("listen.http", format!("{}:{HTTP_PORT}", place.address)),
            ("listen.tftp", "off".to_owned()),
            ("listen.admin", "127.0.0.1:0".to_owned()),
            ("acme.directory", place.directory()),
            ("acme.terms", "agreed".to_owned()),
            ("acme.contact", "noc@example.org".to_owned()),
            ("acme.ca_certificate", place.authority().display().to_string()),
        ]
    }

    /// Starts a server at the true time.
    pub(crate) async fn start(&self, place: &Place) -> Server {
        let mut flags = Flags::new(Some(PathBuf::from("/dev/null")));
        for (path, text) in self.given(place) {
            flags.give(config::keys().find(|key| key.path() == path).unwrap(), text);
        }
        let config = Config::load(&flags, &|_| None).unwrap();
        let clock = Arc::new(SteppedClock::at(SystemClock.now()));
        let sockets = &mut Sockets::passed(&|_| None);
        let app = App::build(config, sockets, clock.clone(), Arc::new(SystemRandom)).await.unwrap();
        let doors = app.addresses();
        let (signals, received) = mpsc::channel(1);
        let mut lifecycle = Lifecycle::new(DRAIN);
        app.spawn(&mut lifecycle).unwrap();
        let task = tokio::spawn(lifecycle.run(received, || async { Ok(String::new()) }));
        Server { doors, clock, name: self.name.clone(), signals, task }
    }

    /// The folder of the account and the certificates.
    pub(crate) fn folder(&self) -> PathBuf {
        let mut found = std::fs::read_dir(self.data.path().join("acme")).unwrap();
        found.next().unwrap().unwrap().path()
    }
}

impl Server {
    /// Waits until so many certificates of each kind have come since the tests began.
    pub(crate) fn obtains(&self, times: usize) {
        for kind in ["ecdsa", "rsa"] {
            let line = format!("a new {kind} certificate for {} by ACME is served", self.name);
            tokio::task::block_in_place(|| Lines::log().wait(&[&line], times));
        }
    }

    /// Waits until so many orders of each kind have failed.
    pub(crate) fn fails(&self, times: usize) {
        for kind in ["ecdsa", "rsa"] {
            let line = format!("no {kind} certificate for {} by ACME", self.name);
            tokio::task::block_in_place(|| Lines::log().wait(&[&line], times));
        }
    }

    /// Steps the clock to so many days and seconds after the true time.
    pub(crate) fn step(&self, days: i64, seconds: i64) -> Timestamp {
        let time = SystemClock.now().plus_days(days).plus_seconds(seconds);
        self.clock.set(time);
        time
    }

    /// The fault that health tells of ACME.
    pub(crate) async fn fault(&self) -> Option<String> {
        let answer = ask(self.doors.admin.unwrap(), "GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n").await;
        let body: serde_json::Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        let fault = body["faults"].as_array().unwrap().iter().find(|fault| fault["what"] == "acme")?;
        Some(fault["why"].as_str().unwrap().to_owned())
    }

    /// What metrics show.
    pub(crate) async fn metrics(&self) -> String {
        ask(self.doors.admin.unwrap(), "GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n").await
    }

    pub(crate) async fn stop(self) {
        self.signals.send(Signal::Stop).await.unwrap();
        assert_eq!(self.task.await.unwrap(), Ending::Stopped);
    }
}

/// Sends a request and reads until the server closes.
pub(crate) async fn ask(to: std::net::SocketAddr, request: &str) -> String {
    let mut socket = TcpStream::connect(to).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}
