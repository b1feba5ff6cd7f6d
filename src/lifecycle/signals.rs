//! What the operator asks of a running process: SIGTERM and SIGINT stop it, SIGHUP reloads it.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// A wish of the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Stop; asked again, stop at once.
    Stop,
    /// Read configuration, certificates and catalog again.
    Reload,
}

/// Takes over the process's signals. From here on none of them ends the process by itself.
pub fn receive() -> io::Result<mpsc::Receiver<Signal>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let (sender, receiver) = mpsc::channel(8);
    tokio::spawn(async move {
        loop {
            let wish = tokio::select! {
                Some(()) = terminate.recv() => Signal::Stop,
                Some(()) = interrupt.recv() => Signal::Stop,
                Some(()) = hangup.recv() => Signal::Reload,
                () = sender.closed() => return,
            };
            if sender.send(wish).await.is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}
