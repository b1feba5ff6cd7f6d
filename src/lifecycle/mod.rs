//! How the process lives: tracked tasks, a stop in two steps, reload on request, and what the service manager hears.
//!
//! Every task that serves is spawned here and runs until the process stops. The first stop signal is soft: listeners
//! close, what runs may finish. A second one, or the end of the time for it, cuts what is left. A task that panics or
//! ends by itself takes the process down, softly, with a failure: a server with one door shut is worse than one that
//! the service manager starts again.
//!
//! | module | its question |
//! |---|---|
//! | [`signals`] | what does the operator want |
//! | [`sockets`] | which sockets were passed to us, and which do we open |
//! | `notify` | what does the service manager hear |

use std::collections::HashMap;
use std::fmt::Display;
use std::future::{Future, pending};
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout_at};

mod notify;
pub mod signals;
pub mod sockets;

use signals::Signal;

/// How long tasks that were cut have to drop what they hold.
const CUT: Duration = Duration::from_secs(1);

/// The tasks of a process until its end.
#[derive(Debug)]
pub struct Lifecycle {
    tasks: JoinSet<Result<(), String>>,
    names: HashMap<Id, &'static str>,
    stop: watch::Sender<bool>,
    drain: Duration,
}

/// Tells a task that the process wants to stop.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

/// How the process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// As asked, with all work done.
    Stopped,
    /// As asked, with work cut off.
    Cut,
    /// Because this task ended or panicked.
    Failed(&'static str),
}

/// How a task ended: well, or with an error.
pub trait Finished: Send + 'static {
    /// The error in full, for the log.
    fn finished(self) -> Result<(), String>;
}

/// What came of a reload: what is new, or why the old stays.
pub type Reloaded = Result<String, String>;

impl Lifecycle {
    /// No tasks yet. A soft stop takes no longer than `drain`.
    #[must_use]
    pub fn new(drain: Duration) -> Self {
        Self { tasks: JoinSet::new(), names: HashMap::new(), stop: watch::Sender::new(false), drain }
    }

    /// What tells a task to stop.
    #[must_use]
    pub fn stop(&self) -> Stop {
        Stop(self.stop.subscribe())
    }

    /// Runs `task` in the background. It must go on until its [`Stop`] says so.
    pub fn spawn<T>(&mut self, name: &'static str, task: T)
    where
        T: Future<Output: Finished> + Send + 'static,
    {
        let handle = self.tasks.spawn(async { task.await.finished() });
        self.names.insert(handle.id(), name);
    }

    /// Tells the service manager that the process serves, then follows `signals` until all tasks have ended.
    ///
    /// `reload` makes the new beside the old and swaps them at its end; one reload runs at a time.
    pub async fn run<R, F>(mut self, mut signals: mpsc::Receiver<Signal>, mut reload: R) -> Ending
    where
        R: FnMut() -> F,
        F: Future<Output = Reloaded> + Send + 'static,
    {
        let mut watchdog = notify::watchdog_interval().map(ticks);
        let mut reloading: Option<Pin<Box<dyn Future<Output = Reloaded> + Send>>> = None;
        let mut deadline: Option<Instant> = None;
        let mut failed = None;
        notify::ready("serving");
        while !self.tasks.is_empty() {
            tokio::select! {
                biased;
                Some(signal) = signals.recv() => match signal {
                    Signal::Stop if deadline.is_some() => {
                        tracing::warn!("asked again to stop: cutting what still runs");
                        return self.cut(failed).await;
                    }
                    Signal::Stop => deadline = Some(self.begin_stop()),
                    Signal::Reload if deadline.is_some() || reloading.is_some() => {
                        tracing::info!("not reloading: busy with the last signal");
                    }
                    Signal::Reload => {
                        notify::reloading();
                        reloading = Some(Box::pin(reload()));
                    }
                },
                Some(ended) = self.tasks.join_next_with_id() => {
                    let stopping = deadline.is_some();
                    if let Some(name) = self.judge(&ended, stopping) {
                        failed = failed.or(Some(name));
                        deadline = deadline.or_else(|| Some(self.begin_stop()));
                    }
                }
                reloaded = maybe(reloading.as_mut()) => {
                    reloading = None;
                    report(&reloaded);
                }
                () = past(deadline) => {
                    tracing::warn!("not done after {:?}: cutting what still runs", self.drain);
                    return self.cut(failed).await;
                }
                () = tick(&mut watchdog) => notify::alive(),
            }
        }
        failed.map_or(Ending::Stopped, Ending::Failed)
    }

    fn begin_stop(&self) -> Instant {
        tracing::info!("stopping: what runs may finish within {:?}", self.drain);
        notify::stopping();
        self.stop.send_replace(true);
        Instant::now() + self.drain
    }

    /// The name of a task that should not have ended.
    fn judge(
        &mut self,
        ended: &Result<(Id, Result<(), String>), JoinError>,
        stopping: bool,
    ) -> Option<&'static str> {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let name = self.names.remove(&id).unwrap_or("a task");
        match ended {
            Ok((_, Ok(()))) if stopping => {
                tracing::debug!("{name} has ended");
                None
            }
            Ok((_, Err(error))) => {
                tracing::error!("{name} has failed: {error}");
                Some(name)
            }
            Ok(_) => {
                tracing::error!("{name} has ended by itself");
                Some(name)
            }
            // the panic hook has said where and why
            Err(_) => {
                tracing::error!("{name} has panicked");
                Some(name)
            }
        }
    }

    async fn cut(mut self, failed: Option<&'static str>) -> Ending {
        self.tasks.abort_all();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if timeout_at(Instant::now() + CUT, all).await.is_err() {
            tracing::warn!("a task does not let itself be cut");
        }
        failed.map_or(Ending::Cut, Ending::Failed)
    }
}

impl Finished for () {
    fn finished(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: Display + Send + 'static> Finished for Result<(), E> {
    fn finished(self) -> Result<(), String> {
        // with the causes, where the error has them in its long form
        self.map_err(|error| format!("{error:#}"))
    }
}

impl Stop {
    /// Resolves once the process wants to stop.
    pub async fn requested(mut self) {
        // an error means that the process is past stopping
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}

impl From<Ending> for ExitCode {
    /// Failure only where a task failed: work that was cut off was cut off on request.
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Stopped | Ending::Cut => Self::SUCCESS,
            Ending::Failed(_) => Self::FAILURE,
        }
    }
}

fn report(reloaded: &Reloaded) {
    match reloaded {
        Ok(what) => {
            tracing::info!("reloaded: {what}");
            notify::ready("serving");
        }
        Err(why) => {
            tracing::error!("not reloaded, the old stays: {why}");
            notify::ready("serving; the last reload failed, see the log");
        }
    }
}

/// Waits for `future`, for ever where there is none.
async fn maybe<F: Future + Unpin>(future: Option<F>) -> F::Output {
    match future {
        Some(future) => future.await,
        None => pending().await,
    }
}

async fn past(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn tick(ticks: &mut Option<Interval>) {
    match ticks {
        Some(ticks) => {
            ticks.tick().await;
        }
        None => pending().await,
    }
}
