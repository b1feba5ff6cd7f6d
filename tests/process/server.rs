//! A running `offhook` process: what it says, where it stands, how it ends.

use std::{
    io::{BufRead as _, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::clients::{Answer, get};

/// Longer than anything here takes; a test that waits so long has found what it looks for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running process that does not outlive its test.
pub(crate) struct Server {
    child: Child,
    said: Arc<Said>,
}

/// Everything that a process has written, both streams line by line.
#[derive(Default)]
struct Said {
    state: Mutex<(Vec<String>, u8)>,
    more: Condvar,
}

impl Said {
    fn listen(self: &Arc<Self>, stream: impl Read + Send + 'static) {
        let said = Arc::clone(self);
        std::thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                said.state.lock().unwrap().0.push(String::from_utf8_lossy(&line).into_owned());
                said.more.notify_all();
            }
            said.state.lock().unwrap().1 += 1;
            said.more.notify_all();
        });
    }

    /// Waits until `found` finds something in what was written; it is also told whether both streams have ended.
    fn wait<T>(&self, what: &str, mut found: impl FnMut(&[String], bool) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        let mut state = self.state.lock().unwrap();
        loop {
            let ended = state.1 == 2;
            if let Some(found) = found(&state.0, ended) {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!ended && !left.is_zero(), "no {what} in:\n{}", state.0.join("\n"));
            state = self.more.wait_timeout(state, left).unwrap().0;
        }
    }
}

impl Server {
    /// Starts a server and waits until its last door, the admin's, is open.
    pub(crate) fn start(command: Command) -> Self {
        let server = Self::spawn(command);
        server.says("listening for admin");
        server
    }

    /// Starts any process.
    pub(crate) fn spawn(mut command: Command) -> Self {
        Self::attend(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Listens to a process that was started already.
    pub(crate) fn attend(mut child: Child) -> Self {
        let said = Arc::new(Said::default());
        match child.stdout.take() {
            Some(stdout) => said.listen(stdout),
            None => said.state.lock().unwrap().1 += 1,
        }
        said.listen(child.stderr.take().unwrap());
        Self { child, said }
    }

    /// Waits for a line with `part` in it; the line.
    pub(crate) fn says(&self, part: &str) -> String {
        self.said.wait(part, |lines, _| lines.iter().find(|line| line.contains(part)).cloned())
    }

    /// Everything that it has written so far.
    pub(crate) fn log(&self) -> String {
        self.said.state.lock().unwrap().0.join("\n")
    }

    /// Where a door stands, as the log says.
    pub(crate) fn door(&self, name: &str) -> SocketAddr {
        let line = self.says(&format!("listening for {name} at"));
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["door"], name);
        line["address"].as_str().unwrap().parse().unwrap()
    }

    /// Asks the admin door.
    pub(crate) fn admin(&self, path: &str) -> Answer {
        get(self.door("admin"), path)
    }

    /// What `/readyz` says.
    pub(crate) fn health(&self) -> serde_json::Value {
        serde_json::from_str(&self.admin("/readyz").body).unwrap()
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Asks for a reload and waits for its end: what the log says of it.
    pub(crate) fn reload(&self) -> String {
        let ends = |lines: &[String]| -> Vec<String> {
            let ends =
                lines.iter().filter(|line| line.contains("reloaded: ") || line.contains("not reloaded, "));
            ends.cloned().collect()
        };
        let before = ends(&self.said.state.lock().unwrap().0).len();
        self.signal(Signal::HUP);
        self.said.wait("end of the reload", |lines, _| ends(lines).get(before).cloned())
    }

    /// Waits for its end: how, and everything that it has written.
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        let log = self.said.wait("end", |lines, ended| ended.then(|| lines.join("\n")));
        (self.child.wait().unwrap(), log)
    }

    /// Stops it as a service manager does. It must end well, with nothing panicked.
    pub(crate) fn stop(self) -> String {
        self.signal(Signal::TERM);
        let (status, log) = self.ended();
        assert!(status.success(), "{status}:\n{log}");
        assert!(!log.contains("panicked"), "{log}");
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks until `holds`, for no longer than `limit`. For what nobody announces.
pub(crate) fn within(limit: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + limit;
    while !holds() {
        assert!(Instant::now() < until, "not within {limit:?}: {what}");
    }
}
