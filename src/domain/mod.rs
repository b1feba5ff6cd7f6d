//! What things are. Values enter through a `parse` that can fail; nothing here does I/O.

mod addon;
pub mod attendant;
mod clock;
mod definitions;
mod device;
mod did;
mod effect;
mod enrollment;
mod extension;
mod ids;
mod inventory;
mod key;
mod language;
mod legacy_algorithm;
pub mod license;
mod mac;
mod password;
mod pin;
mod product;
mod random;
mod registrant;
mod rights;
mod scope;
mod seat;
mod secret;
mod service;
mod settings;
mod tenant;
mod text;
mod trunk;
mod user;
mod zone;

pub use addon::AddOn;
pub use clock::{Clock, ClockDoubt, RELEASED, SteppedClock, SystemClock, Timestamp, doubt};
pub use definitions::DEFINITIONS;
pub use device::{Device, LineNumber, WrongLineNumber};
pub use did::{DidNumber, WrongDidNumber};
pub use effect::{
    CarriedAt, Effect, Ineffective, WhyIneffective, ineffective_anywhere, ineffective_at, ineffective_on,
};
pub use enrollment::{
    Alarm, Closed, DeviceState, Enrolling, Enrollment, Freeze, LONGEST_WINDOW_HOURS, RELEASES, Ruling,
    WINDOW_HOURS, WINDOW_HOURS_SIGHTED,
};
pub use extension::{Extension, ExtensionNumber, SipUser, WrongExtensionNumber, WrongSipUser};
pub use ids::{
    DeviceId, LicenseId, PasswordId, ProfileId, ScopeId, ServiceId, SessionId, TenantId, TokenId, UserId,
};
pub use inventory::{Edit, Inventory, InventoryEdit};
pub use key::{HeldKey, Key, KeyKind, KeyPosition, WrongKey};
pub use language::Language;
pub use legacy_algorithm::LegacyAlgorithm;
pub use mac::{InvalidMac, Mac};
pub use password::WrongSipPassword;
pub use pin::{Pin, WrongPin};
pub use product::{Grants, Price, PricePer, Product, ProductId, ProductKind, Quantity, WrongProductId};
pub use random::{Random, SystemRandom};
pub use registrant::Registrant;
pub use rights::{Component, Level, Rights, Role, UnknownWord};
pub use scope::{DeviceHandle, InvalidScope, Scope};
pub use seat::{Admission, Cutoff, SeatPosition, Withheld};
pub use secret::Secret;
pub use service::{Service, ServiceKind, ServiceName};
pub use settings::{
    Definition, Layer, Setting, SettingKind, SettingName, SettingValue, Settings, WrongSetting, definition,
};
pub use tenant::{SipDomain, TenantSlug, WrongSipDomain, WrongTenantSlug};
pub(crate) use text::is_visible;
pub use text::{PlainText, WrongText};
pub use trunk::{PeerNetwork, TrunkPeer, WrongPeerNetwork};
pub use user::{Exceptions, SignInNetwork, UserName, WrongUserName, WrongUserPassword};
pub use zone::{Daylight, Switch, UnknownZone, ZoneRule};
