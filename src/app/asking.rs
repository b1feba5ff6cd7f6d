//! What asks phones to fetch again, put together and run.

use std::sync::Arc;

use super::shown;
use crate::{
    config::{Config, Notify, Role},
    domain::{Clock, Random},
    fleet::{Fleet, Pace, Standing},
    lifecycle::Lifecycle,
    observability::{health::Health, metrics::Metrics},
    provisioning::Provisioner,
    sip::Timers,
    storage::Store,
    transport::notify::Notifier,
};

/// So many phones that do not follow are worth a look; fewer are switched off, or in somebody's drawer.
const MANY: i64 = 10;

/// What it is made of.
pub(super) struct Parts<'a> {
    pub(super) provisioner: &'a Arc<Provisioner>,
    pub(super) store: &'a Store,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) random: &'a Arc<dyn Random>,
}

impl Parts<'_> {
    /// Asks phones while the server runs, where this role does and the operator wants it.
    pub(super) fn spawn(
        self,
        config: &Config,
        metrics: &Metrics,
        health: &Health,
        lifecycle: &mut Lifecycle,
    ) {
        if config.server.role == Role::Admin || !config.notify.phones {
            return;
        }
        let (fleet, notifier) = self.assemble(&config.notify);
        shown::fleet(metrics, &fleet.counters(), &notifier.counters());
        let (stop, health) = (lifecycle.stop(), health.clone());
        lifecycle.spawn("asking phones to fetch again", async move {
            tokio::select! {
                () = run(fleet, notifier, &health) => {}
                () = stop.requested() => {}
            }
        });
    }

    fn assemble(self, notify: &Notify) -> (Fleet, Notifier) {
        let pace = Pace { per_second: notify.per_second, ..Pace::default() };
        let fleet = Fleet::new(
            Arc::clone(self.provisioner),
            self.store.clone(),
            Arc::clone(self.clock),
            Arc::clone(self.random),
            pace,
        );
        let notifier = Notifier::new(notify.proxy, Timers::default(), Arc::clone(self.random));
        (fleet.through_proxy(notify.proxy.is_some()), notifier)
    }
}

/// Asks phones for ever, and tells `health` while many do not follow.
async fn run(fleet: Fleet, notifier: Notifier, health: &Health) {
    let told = |standing: Standing| {
        if standing.behind >= MANY {
            let why = format!(
                "{} phones have not fetched what they should, see \"offhook device list\"",
                standing.behind
            );
            health.fault("phones", why);
        } else {
            health.mended("phones");
        }
    };
    fleet.run(notifier, told).await;
}
