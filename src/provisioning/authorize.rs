//! The third step: may this request have this device's secrets?

use super::{
    policy::Policy,
    provisioner::Resolved,
    refusal::Refusal,
    request::{Request, Transport},
    view::TenantView,
};

/// The tenant's scope over HTTPS, or a trusted network of the device's tenant over anything. Where scope and network
/// disagree the scope decides. `named` is the tenant that the scope names, `password` whether the request has what that
/// tenant demands; a trusted network needs none.
pub(super) fn authorize(
    request: &Request,
    named: Option<&TenantView>,
    policy: &Policy,
    resolved: Result<Resolved, Refusal>,
    password: Result<(), Refusal>,
) -> Result<Resolved, Refusal> {
    let resolved = resolved?;
    let tenant = &resolved.tenant.tenant;
    if named.is_some_and(|named| named.tenant.id != tenant.id) {
        return Err(Refusal::OtherTenant);
    }
    let trusted = !request.forwarded && policy.trusts(request.source, &tenant.slug);
    let by_scope = named.is_some() && request.transport == Transport::Https;
    if !trusted && !by_scope {
        return Err(match named {
            None => Refusal::NoScope,
            Some(_) => Refusal::NotConfidential(request.transport.as_str()),
        });
    }
    if !trusted {
        password?;
    }
    if resolved.device.device.blocked { Err(Refusal::Blocked) } else { Ok(resolved) }
}
