//! From the SIP PnP door to the pipeline and back.

use super::{Asking, UrlTeller};
use crate::domain::Secret;
use crate::provisioning::{Discovery, Provisioner};

impl UrlTeller for Provisioner {
    fn expects(&self, asking: &Asking) -> bool {
        self.expects(&discovery(asking))
    }

    async fn tell(&self, asking: &Asking) -> Option<Secret> {
        self.tell(&discovery(asking)).await.ok()
    }
}

fn discovery(asking: &Asking) -> Discovery {
    let subscription = asking.subscription.clone();
    Discovery {
        source: asking.source,
        mac: subscription.mac,
        model: subscription.model,
        firmware: subscription.version,
        user_agent: subscription.user_agent,
    }
}
