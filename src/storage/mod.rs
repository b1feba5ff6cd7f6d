//! Where it is kept: SQLite or PostgreSQL behind one [`Store`].
//!
//! Reads that need several statements run in one [`Session`], a snapshot. Every change to a tenant runs in a
//! [`Change`], which first raises the tenant's revision: that statement is the lock and the change feed.
//! One file per aggregate implements both.

mod addon;
mod attendant;
mod audit;
mod backup;
mod creation;
mod device;
mod did;
mod engine;
mod error;
mod extension;
mod feed;
mod inventory;
mod journal;
mod key_file;
mod license;
mod master_key;
mod migrate;
mod open;
mod ownership;
mod phones_role;
mod pin;
mod profile;
mod profile_key;
mod purpose_key;
mod reseal;
mod seal;
mod seat;
mod service;
mod session;
mod setting;
mod sign_in;
mod tables;
mod tenant;
mod token;
mod tombstone;
mod trunk;
mod user;

pub use audit::{AuditEntry, AuditRecord, Verdict};
pub use backup::{BackupError, BackupSummary, key_of_backup};
pub use creation::Repeat;
pub use device::{CarriedLine, NewDevice};
pub use did::Did;
pub use error::{Conflict, StorageError};
pub use extension::NewExtension;
pub use feed::Feed;
pub use journal::{DeviceNote, JournalBatch, SeenPhone};
pub use key_file::{KeySource, load_or_create_master_keys};
pub use license::InstalledLicense;
pub use master_key::{MasterKey, MasterKeys};
pub use open::{DatabaseUrl, Role, Store};
pub use ownership::adopt;
pub use phones_role::{DatabaseRole, GrantError, InvalidDatabaseRole, PhonesMay, phones_access};
pub use profile::Profile;
pub use seal::Sealer;
pub use seat::SeatCount;
pub use service::NewService;
pub use session::{Change, Session};
pub use setting::{SettingOwner, StoredSetting};
pub use sign_in::UserSession;
pub use tenant::{Tenant, TenantScope};
pub use token::Token;
pub use user::{Credentials, SetupLink, User};
