//! What a server looks at for ever: changes, what keeps phones from being decided, alarms, and the time.

use std::time::Duration;

use crate::{domain::Clock, observability::health::Health, provisioning::Provisioner, storage::Store};

/// How often the server asks itself whether it could decide what phones should have.
const SELF_CHECK: Duration = Duration::from_secs(10);

/// How often the time is stored.
const REMEMBER_TIME: Duration = Duration::from_hours(1);

/// Stores the time every hour, for ever.
pub(super) async fn remember_time(store: &Store, clock: &dyn Clock) {
    let mut pause = tokio::time::interval(REMEMBER_TIME);
    loop {
        pause.tick().await;
        if let Err(error) = store.remember_time(clock.now()).await {
            tracing::warn!(%error, "could not remember the time");
        }
    }
}

/// Follows changes and tells `health` while something keeps phones from being decided.
pub(super) async fn follow(provisioner: &Provisioner, health: &Health) {
    let outage = |why: Option<String>| match why {
        Some(why) => health.fault("database", why),
        None => health.mended("database"),
    };
    let check = async {
        let mut pause = tokio::time::interval(SELF_CHECK);
        loop {
            tokio::select! {
                _ = pause.tick() => {}
                () = provisioner.walk_begins() => {}
            }
            match provisioner.doubts() {
                Some(why) => health.fault("licenses", why),
                None => health.mended("licenses"),
            }
            match provisioner.walks().join("; ") {
                none if none.is_empty() => health.mended("walks over MACs"),
                walks => health.fault("walks over MACs", walks),
            }
            match provisioner.frozen().await.join("; ") {
                none if none.is_empty() => health.mended("enrollment"),
                frozen => health.fault("enrollment", frozen),
            }
        }
    };
    tokio::join!(provisioner.follow(outage), check);
}
