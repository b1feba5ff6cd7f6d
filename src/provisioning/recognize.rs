//! The first step: what the request shows of a phone.

use super::{
    certificate::Judged,
    refusal::Refusal,
    request::{Request, Wanted},
};
use crate::{
    catalog::{Catalog, Model, Recognition, Sighting},
    domain::{DeviceId, Mac, TenantId},
};

/// What the journal will want to know of a request, gathered on its way.
#[derive(Default)]
pub(super) struct Trail {
    pub(super) mac: Option<Mac>,
    pub(super) vendor: Option<String>,
    pub(super) model: Option<String>,
    pub(super) firmware: Option<String>,
    pub(super) file: String,
    pub(super) certificate: Option<Judged>,
    pub(super) tenant: Option<TenantId>,
    pub(super) device: Option<(DeviceId, TenantId)>,
    /// As of which revision of its tenant the device is known.
    pub(super) revision: Option<i64>,
}

/// What the request shows of the phone. Where path and User-Agent both show a MAC they must agree.
pub(super) fn recognize<'a>(
    catalog: &'a Catalog,
    request: &Request,
    wanted: &Wanted<'_>,
    trail: &mut Trail,
) -> Result<Sighting<'a>, Refusal> {
    let sighting = match catalog.recognize(&wanted.file, request.user_agent.as_deref()) {
        Recognition::Recognized(sighting) => *sighting,
        Recognition::Disagreement { .. } => return Err(Refusal::Disagreement),
        Recognition::Unrecognized(_) => return Err(Refusal::UnknownFile),
    };
    trail.mac = sighting.mac_in_path.or(sighting.mac_in_user_agent);
    trail.vendor = Some(sighting.vendor.to_owned());
    trail.model = sighting.model.map(Model::full_name);
    trail.firmware.clone_from(&sighting.firmware);
    trail.file.clone_from(&wanted.file);
    match (sighting.mac_in_path, sighting.mac_in_user_agent) {
        (Some(path), Some(user_agent)) if path != user_agent => Err(Refusal::Disagreement),
        _ => Ok(sighting),
    }
}
