//! Watching until when the certificates hold that phones meet.

use std::time::Duration;

use super::opening::Certificates;
use crate::{domain::Clock, observability::health::Health};

/// How often it is looked at. Certificates may be exchanged at any time.
const CHECK: Duration = Duration::from_secs(10);
/// What health calls it.
const WHAT: &str = "expiry of certificates";

/// Tells `health` while a certificate that is served is about to end; never ends.
pub(super) async fn watch(certificates: Option<&Certificates>, health: &Health, clock: &dyn Clock) {
    let Some(certificates) = certificates else { return std::future::pending().await };
    let mut pause = tokio::time::interval(CHECK);
    loop {
        pause.tick().await;
        let now = clock.now().millis().div_euclid(1000);
        let alarms: Vec<String> =
            certificates.identity.expiries().iter().filter_map(|expiry| expiry.alarm(now)).collect();
        if alarms.is_empty() {
            health.mended(WHAT);
        } else {
            health.fault(WHAT, alarms.join("; "));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        domain::{SteppedClock, Timestamp},
        net::{authority, identity::Identity},
    };

    // 2038-01-01T00:00:00Z, a day after the certificates of our own authority end
    const END: i64 = 2_145_916_800;

    #[tokio::test(start_paused = true)]
    async fn health_tells_of_a_certificate_that_ends_and_of_its_renewal() {
        let folder = tempfile::tempdir().unwrap();
        let issued = authority::ensure(folder.path(), &["localhost".parse().unwrap()]).unwrap();
        let identity = Arc::new(Identity::load(&issued.leaves).unwrap());
        let certificates = Certificates { files: issued.leaves, identity };
        let clock = Arc::new(SteppedClock::at(Timestamp::from_seconds(END)));
        let health = Health::new(Arc::clone(&clock) as Arc<dyn Clock>);
        let watched = async |now: i64| {
            clock.set(Timestamp::from_seconds(now));
            let watching = watch(Some(&certificates), &health, &*clock);
            let _ = tokio::time::timeout(Duration::from_secs(25), watching).await;
            health.json()["faults"][0]["why"].as_str().unwrap_or_default().to_owned()
        };
        assert_eq!(watched(END - 33 * 86_400).await, "");
        let soon = "the ECDSA certificate expires within 30 days; the RSA certificate expires within 30 days";
        assert_eq!(watched(END - 20 * 86_400).await, soon);
        assert!(watched(END).await.starts_with("the ECDSA certificate has expired"));
        assert_eq!(watched(END - 33 * 86_400).await, "", "a newer one, or a clock that was wrong");
    }
}
