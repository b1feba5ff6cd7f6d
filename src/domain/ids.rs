//! A type for each id, so that a device's cannot be passed for a tenant's.

use super::random::{Random, draw};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// A new id: 16 characters, 80 random bits.
            #[must_use]
            pub fn generate(random: &(impl Random + ?Sized)) -> Self {
                Self(draw(random, ALPHABET, 16).into())
            }

            /// An id read back from the store.
            #[must_use]
            pub fn stored(text: &str) -> Self {
                Self(text.into())
            }

            /// The id's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// Names a tenant.
    TenantId
);
id!(
    /// Names a service: an extension, an auto-attendant or a SIP trunk.
    ServiceId
);
id!(
    /// Names a device.
    DeviceId
);
id!(
    /// Names an API token without showing it.
    TokenId
);
id!(
    /// Names a user.
    UserId
);
id!(
    /// Names a session of a user without showing it.
    SessionId
);
id!(
    /// Names a profile.
    ProfileId
);
id!(
    /// Names an installed license.
    LicenseId
);
id!(
    /// Names a tenant's scope without showing it.
    ScopeId
);
id!(
    /// Names a provisioning password of a tenant without showing it.
    PasswordId
);
