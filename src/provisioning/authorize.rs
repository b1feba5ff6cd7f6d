//! The third step: may this request have this device's secrets?

use super::{
    named::Named,
    policy::Policy,
    provisioner::Resolved,
    refusal::Refusal,
    request::{Request, Transport},
};

/// By what a request may have a device's secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// A trusted network of the device's tenant: not counted, opens and closes nothing.
    Network,
    /// The device's own scope of an epoch, if that still counts; from a trusted network also if not.
    DeviceScope { epoch: i64, trusted: bool },
    /// The tenant's scope, while the device may enroll.
    TenantScope,
}

/// A request, whom its scope names, and whether it has the password that the tenant demands.
pub(super) struct Asked<'a> {
    pub(super) request: &'a Request,
    pub(super) named: &'a Named,
    pub(super) password: Result<(), Refusal>,
}

/// What the request shows, against the tenant and device that were found. `vendor` is that of the wanted file, `chosen`
/// that of the model which an administrator chose. Where scope and network disagree the scope decides; a trusted network
/// needs no password.
pub(super) fn authorize(
    Asked { request, named, password }: Asked<'_>,
    policy: &Policy,
    resolved: Result<Resolved, Refusal>,
    (vendor, chosen): (&str, impl FnOnce(&Resolved) -> Option<String>),
) -> Result<(Resolved, Access), Refusal> {
    let resolved = resolved?;
    let tenant = &resolved.tenant.tenant;
    if named.tenant().is_some_and(|named| named.tenant.id != tenant.id) {
        return Err(Refusal::OtherTenant);
    }
    let trusted = !request.forwarded && policy.trusts(request.source, &tenant.slug);
    let confidential = request.transport == Transport::Https;
    let access = match named {
        Named::Device(_, epoch) if confidential => Access::DeviceScope { epoch: *epoch, trusted },
        // the network alone would do, and the scope says the same
        _ if trusted => Access::Network,
        Named::Tenant(_) if confidential => Access::TenantScope,
        Named::Nobody => return Err(Refusal::NoScope),
        Named::Tenant(_) | Named::Device(..) => {
            return Err(Refusal::NotConfidential(request.transport.as_str()));
        }
    };
    if resolved.device.device.blocked {
        return Err(Refusal::Blocked);
    }
    if !trusted {
        password?;
    }
    if access == Access::TenantScope {
        if !policy.enrolls_from((!request.forwarded).then_some(request.source), &tenant.slug) {
            return Err(Refusal::OtherNetwork);
        }
        if chosen(&resolved).is_some_and(|chosen| chosen != vendor) {
            return Err(Refusal::OtherVendor);
        }
    }
    Ok((resolved, access))
}
