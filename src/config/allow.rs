//! `[[allow]]`: networks whose phones are told a tenant's provisioning URL.

use super::networks::{COLUMNS, TenantNetwork};
use super::sources::Sources;
use super::{Key, Origin};

pub(super) static ALLOW: Key = Key {
    section: "",
    name: "allow",
    kind: COLUMNS,
    value: "NETWORK=TENANT",
    help: "network whose phones are told this tenant's URL by SIP PnP; a trusted network is one anyway",
};
pub(super) static KEYS: &[&Key] = &[&ALLOW];

/// Reads all of them. A network that is trusted for one tenant is not another one's.
pub(super) fn read(sources: &mut Sources<'_>, trusted: &[TenantNetwork]) -> Vec<TenantNetwork> {
    let allowed = TenantNetwork::read(sources, &ALLOW);
    for named in &allowed {
        let other = |trust: &&TenantNetwork| trust.network == named.network && trust.tenant != named.tenant;
        if let Some(trust) = trusted.iter().find(other) {
            let problem =
                format!("{} is trusted for {}; a network has one tenant", named.network, trust.tenant);
            sources.wrong(Origin::Nowhere, "allow", problem);
        }
    }
    allowed
}
