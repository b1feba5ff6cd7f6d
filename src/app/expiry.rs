//! Watching until when the certificates hold that phones meet.

use std::time::Duration;

use super::opening::Certificates;
use crate::{
    domain::{Clock, Timestamp},
    net::identity::Identity,
    observability::health::Health,
};

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
        look(&certificates.identity, health, clock.now());
    }
}

fn look(identity: &Identity, health: &Health, now: Timestamp) {
    let expiries = identity.expiries();
    let alarms: Vec<String> = expiries.iter().filter_map(|expiry| expiry.alarm(now.seconds())).collect();
    if alarms.is_empty() {
        health.mended(WHAT);
    } else {
        health.fault(WHAT, alarms.join("; "));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{domain::SteppedClock, net::authority};

    // 2038-01-01T00:00:00Z, a day after the certificates of our own authority end
    const END: Timestamp = Timestamp::from_seconds(2_145_916_800);

    #[test]
    fn health_tells_of_a_certificate_that_ends_and_of_its_renewal() {
        let folder = tempfile::tempdir().unwrap();
        let issued = authority::ensure(folder.path(), &["localhost".parse().unwrap()]).unwrap();
        let identity = Identity::load(&issued.leaves).unwrap();
        let health = Health::new(Arc::new(SteppedClock::at(END)));
        let told = |now: Timestamp| {
            look(&identity, &health, now);
            health.json()["faults"][0]["why"].as_str().unwrap_or_default().to_owned()
        };
        assert_eq!(told(END.plus_days(-33)), "");
        let soon = "the ECDSA certificate expires within 30 days; the RSA certificate expires within 30 days";
        assert_eq!(told(END.plus_days(-20)), soon);
        assert!(told(END).starts_with("the ECDSA certificate has expired"));
        assert_eq!(told(END.plus_days(-33)), "", "a newer one, or a clock that was wrong");
    }
}
