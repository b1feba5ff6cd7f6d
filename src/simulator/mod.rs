//! A phone in software: boots as its pack says and remembers what a phone remembers.
//!
//! [`boot()`] walks the files of a [`PhoneModel`] and takes each into the phone's [`Memory`], whose accounts and keys can
//! then be looked at. What a vendor's phones do with a missing, an empty or a special value stands in `phone/`, and how
//! they read a file in `parse/`; neither shares anything with the templates that made the file. [`Storm`] lets many
//! phones boot at once.

mod boot;
mod ear;
mod fetch;
mod memory;
mod memory_file;
mod model;
mod parse;
mod phone;
mod pnp;
mod storm;
mod url;
mod view;

pub use boot::{Boot, FileAsked, Outcome, boot};
pub use ear::Ear;
pub use fetch::{FactoryCertificate, FetchError, Login, Network, Step, TftpError, TftpPatience, Trust};
pub use memory::Memory;
pub use memory_file::MemoryError;
pub use model::{NotSimulated, PhoneModel, Vendor};
pub use parse::Malformed;
pub use pnp::{PnpError, look_for_url};
pub use storm::{Phones, Storm, StormResult, TooManyPhones};
pub use url::{InvalidUrl, ProvisioningUrl, Scheme};
pub use view::{Account, KeyAction, KeyView, KeypadLock, Transport};
