//! What somebody has written, line by line, and waiting for more of it.

use std::{
    io::{BufRead as _, BufReader, Read},
    sync::{Arc, Condvar, LazyLock, Mutex},
    time::{Duration, Instant},
};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// What this process logs, at every level, of all tests together.
static LOG: LazyLock<Arc<Lines>> = LazyLock::new(|| {
    let lines = Arc::<Lines>::default();
    let writer = Arc::clone(&lines);
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || Writer(Arc::clone(&writer)))
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    lines
});

/// Lines so far.
#[derive(Default)]
pub(crate) struct Lines {
    all: Mutex<Vec<String>>,
    more: Condvar,
}

struct Writer(Arc<Lines>);

impl std::io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // the subscriber hands over one event at a time
        self.0.add(String::from_utf8_lossy(bytes).trim_end().to_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// What this process logs.
    pub(crate) fn log() -> Arc<Self> {
        Arc::clone(&LOG)
    }

    /// Those of a stream, as they come.
    pub(crate) fn of(stream: impl Read + Send + 'static) -> Arc<Self> {
        let lines = Arc::<Self>::default();
        let listening = Arc::clone(&lines);
        std::thread::spawn(move || {
            BufReader::new(stream).lines().map_while(Result::ok).for_each(|line| listening.add(line));
        });
        lines
    }

    fn add(&self, line: String) {
        self.all.lock().unwrap().push(line);
        self.more.notify_all();
    }

    /// How many lines there are that have all `parts`.
    pub(crate) fn count(&self, parts: &[&str]) -> usize {
        count(&self.all.lock().unwrap(), parts)
    }

    /// Waits until there are so many.
    pub(crate) fn wait(&self, parts: &[&str], wanted: usize) {
        let until = Instant::now() + PATIENCE;
        let mut all = self.all.lock().unwrap();
        while count(&all, parts) < wanted {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                // the others go on writing
                let shown = all.iter().filter(|line| !line.contains("TRACE")).cloned().collect::<Vec<_>>();
                drop(all);
                panic!("not {wanted} times {parts:?} in:\n{}", shown.join("\n"));
            }
            all = self.more.wait_timeout(all, left).unwrap().0;
        }
    }

    pub(crate) fn text(&self) -> String {
        self.all.lock().unwrap().join("\n")
    }
}

fn count(lines: &[String], parts: &[&str]) -> usize {
    lines.iter().filter(|line| parts.iter().all(|part| line.contains(part))).count()
}
