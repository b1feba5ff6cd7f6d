//! Soft stop, hard stop, reload, and tasks that end when they should not.

use std::future::pending;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use offhook::lifecycle::signals::Signal;
use offhook::lifecycle::{Ending, Lifecycle, Reloaded};
use tokio::sync::{mpsc, oneshot};

/// Longer than any test may take, so that a test that passes did not wait for it.
const LONG: Duration = Duration::from_hours(1);

/// A test that waits longer has found what it looks for.
async fn in_time<T>(what: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, what).await.expect("the process should have ended by now")
}

async fn nothing_new() -> Reloaded {
    Ok("nothing new".to_owned())
}

/// Counts down when dropped, as a task that is cut drops what it holds.
struct Held(Arc<AtomicUsize>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

#[tokio::test]
async fn a_soft_stop_waits_for_what_runs() {
    let mut life = Lifecycle::new(LONG);
    let stop = life.stop();
    let (told, is_told) = oneshot::channel();
    let (done, is_done) = oneshot::channel::<()>();
    life.spawn("worker", async move {
        stop.requested().await;
        told.send(()).unwrap();
        is_done.await.unwrap();
    });
    let (signals, received) = mpsc::channel(1);
    let running = tokio::spawn(life.run(received, nothing_new));
    signals.send(Signal::Stop).await.unwrap();
    in_time(is_told).await.unwrap();
    tokio::task::yield_now().await;
    assert!(!running.is_finished(), "it did not wait for the worker");
    done.send(()).unwrap();
    assert_eq!(in_time(running).await.unwrap(), Ending::Stopped);
}

#[tokio::test]
async fn what_takes_longer_than_the_drain_is_cut() {
    let held = Arc::new(AtomicUsize::new(1));
    let mut life = Lifecycle::new(Duration::from_millis(20));
    let guard = Held(Arc::clone(&held));
    life.spawn("stubborn", async move {
        let _guard = guard;
        pending::<()>().await;
    });
    let (signals, received) = mpsc::channel(1);
    signals.send(Signal::Stop).await.unwrap();
    assert_eq!(in_time(life.run(received, nothing_new)).await, Ending::Cut);
    assert_eq!(held.load(Relaxed), 0, "what was cut still holds something");
}

#[tokio::test]
async fn a_second_stop_cuts_at_once() {
    let mut life = Lifecycle::new(LONG);
    life.spawn("stubborn", pending::<()>());
    let (signals, received) = mpsc::channel(2);
    signals.send(Signal::Stop).await.unwrap();
    signals.send(Signal::Stop).await.unwrap();
    assert_eq!(in_time(life.run(received, nothing_new)).await, Ending::Cut);
}

#[tokio::test]
async fn a_panic_stops_the_others_softly_and_is_a_failure() {
    let mut life = Lifecycle::new(LONG);
    let stop = life.stop();
    let (finished, is_finished) = oneshot::channel();
    life.spawn("worker", async move {
        stop.requested().await;
        finished.send(()).unwrap();
    });
    life.spawn::<Pin<Box<dyn Future<Output = ()> + Send>>>("fragile", Box::pin(async { panic!("a bug") }));
    let (_signals, received) = mpsc::channel(1);
    let ending = in_time(life.run(received, nothing_new)).await;
    assert_eq!(ending, Ending::Failed("fragile"));
    is_finished.await.unwrap();
    assert_eq!(format!("{:?}", ExitCode::from(ending)), format!("{:?}", ExitCode::FAILURE));
}

#[tokio::test]
async fn a_task_that_ends_by_itself_is_a_failure() {
    let mut life = Lifecycle::new(LONG);
    let stop = life.stop();
    life.spawn("worker", stop.requested());
    life.spawn("short", async {});
    let (_signals, received) = mpsc::channel(1);
    assert_eq!(in_time(life.run(received, nothing_new)).await, Ending::Failed("short"));
}

#[tokio::test]
async fn a_task_that_fails_on_its_way_out_is_a_failure() {
    let mut life = Lifecycle::new(LONG);
    let stop = life.stop();
    life.spawn("writer", async move {
        stop.requested().await;
        Err::<(), _>(std::io::Error::other("the disk is full"))
    });
    let (signals, received) = mpsc::channel(1);
    signals.send(Signal::Stop).await.unwrap();
    assert_eq!(in_time(life.run(received, nothing_new)).await, Ending::Failed("writer"));
}

#[tokio::test]
async fn one_reload_runs_at_a_time_beside_the_tasks() {
    let mut life = Lifecycle::new(LONG);
    life.spawn("worker", life.stop().requested());
    let (signals, received) = mpsc::channel(1);
    let (started, mut is_started) = mpsc::channel(8);
    let reload = move || {
        started.try_send(()).unwrap();
        pending()
    };
    let running = tokio::spawn(life.run(received, reload));
    signals.send(Signal::Reload).await.unwrap();
    is_started.recv().await.unwrap();
    signals.send(Signal::Reload).await.unwrap();
    signals.send(Signal::Stop).await.unwrap();
    assert_eq!(in_time(running).await.unwrap(), Ending::Stopped);
    assert!(is_started.recv().await.is_none(), "a second reload ran beside the first");
}
