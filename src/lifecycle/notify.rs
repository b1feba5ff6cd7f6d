//! What the service manager hears (`sd_notify(3)`); without one, nothing is sent.

use std::time::Duration;

use sd_notify::NotifyState;

/// The process serves, with a line for `systemctl status`.
pub(super) fn ready(status: &str) {
    send(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// The process reads its configuration again. systemd wants to know since when, to match it with its own request.
pub(super) fn reloading() {
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        send(&[NotifyState::Reloading, now, NotifyState::Status("reloading")]);
    }
}

/// The process takes no new work.
pub(super) fn stopping() {
    send(&[NotifyState::Stopping, NotifyState::Status("finishing what runs")]);
}

/// The process turns.
pub(super) fn alive() {
    send(&[NotifyState::Watchdog]);
}

/// How often the service manager wants to hear that, if at all: twice in the time after which it would act.
pub(super) fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 2).filter(|interval| !interval.is_zero())
}

fn send(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!("the service manager cannot be reached: {error}");
    }
}
