//! A registrant: a service that a device can register, which is what a line carries.

use super::{Pin, Secret, Service, ServiceKind, ServiceName, SipUser};

/// An extension, or a SIP trunk whose peer registers, with what it registers with.
#[derive(Clone, Debug)]
pub struct Registrant {
    /// The extension or SIP trunk.
    pub service: Service,
    /// The user part of its SIP address, also the name it authenticates with.
    pub sip_user: SipUser,
    /// Its SIP password.
    pub sip_password: Secret,
    /// What unlocks the keypad of an extension's phone, while a product of it protects the keypad.
    pub pin: Option<Pin>,
}

impl Registrant {
    /// What people call it.
    #[must_use]
    pub fn called(&self) -> ServiceName {
        self.service.called()
    }

    /// Whether it is a SIP trunk.
    #[must_use]
    pub fn is_trunk(&self) -> bool {
        self.service.kind == ServiceKind::Trunk
    }
}
