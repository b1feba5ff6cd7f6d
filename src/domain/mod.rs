//! What things are. Values enter through a `parse` that can fail; nothing here does I/O.

mod addon;
mod clock;
mod device;
mod extension;
mod ids;
mod key;
pub mod license;
mod mac;
mod password;
mod product;
mod random;
mod scope;
mod seat;
mod secret;
mod settings;
mod tenant;
mod text;
mod zone;

pub use addon::AddOn;
pub use clock::{Clock, ClockDoubt, RELEASED, SteppedClock, SystemClock, Timestamp, doubt};
pub use device::{Device, LineNumber, WrongLineNumber};
pub use extension::{Extension, ExtensionNumber, SipUser, WrongExtensionNumber, WrongSipUser};
pub use ids::{DeviceId, LicenseId, ProfileId, ScopeId, ServiceId, TenantId};
pub use key::{Key, KeyKind, KeyPosition, WrongKey};
pub use mac::{InvalidMac, Mac};
pub use password::WrongSipPassword;
pub use product::{
    Grants, Price, PricePer, Product, ProductId, ProductKind, Quantity, ServiceKind, WrongProductId,
};
pub use random::{Random, SystemRandom};
pub use scope::{DeviceHandle, InvalidScope, Scope};
pub use seat::{Admission, Cutoff, SeatPosition, Withheld};
pub use secret::Secret;
pub use settings::{
    DEFINITIONS, Definition, Layer, Setting, SettingKind, SettingName, SettingValue, Settings, WrongSetting,
    definition,
};
pub use tenant::{SipDomain, TenantSlug, WrongSipDomain, WrongTenantSlug};
pub use text::{PlainText, WrongText};
pub use zone::{Daylight, Switch, UnknownZone, ZoneRule};
