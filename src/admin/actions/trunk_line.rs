//! Which SIP trunk a line of which device can carry: one that registers, on a gateway.

use std::collections::HashMap;

use super::ModelSize;
use crate::domain::{PlainText, Service, ServiceId, TrunkPeer};

/// Why no line of a device carries a SIP trunk.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrunkRefusal {
    /// There is nothing to register with.
    #[error(
        "SIP trunk \"{0}\" is known by its addresses and has no credentials; a line carries a SIP trunk that registers"
    )]
    ByAddresses(PlainText),
    /// The device is something else.
    #[error("{0} is no gateway: its lines carry extensions, not SIP trunks")]
    NoGateway(String),
    /// Nobody knows what the device is.
    #[error(
        "only a gateway carries a SIP trunk, and the device's model is not known yet; set its model first"
    )]
    ModelUnknown,
}

impl TrunkRefusal {
    /// The word for programs.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::ByAddresses(_) => "trunk_by_addresses",
            Self::NoGateway(_) => "model_is_no_gateway",
            Self::ModelUnknown => "model_unknown",
        }
    }

    /// Refuses a SIP trunk that is known by its addresses; `peers` are those of the tenant's trunks.
    pub(super) fn unless_registering(
        trunk: &Service,
        peers: &HashMap<ServiceId, TrunkPeer>,
    ) -> Result<(), Self> {
        match peers.get(&trunk.id) {
            Some(TrunkPeer::Addresses(_)) => Err(Self::ByAddresses(trunk.name.clone())),
            Some(TrunkPeer::Credentials { .. }) | None => Ok(()),
        }
    }

    /// Refuses every model but a gateway.
    pub(super) fn unless_gateway(model: Option<&ModelSize>) -> Result<(), Self> {
        match model {
            Some(model) if model.gateway => Ok(()),
            Some(model) => Err(Self::NoGateway(model.name.clone())),
            None => Err(Self::ModelUnknown),
        }
    }
}
