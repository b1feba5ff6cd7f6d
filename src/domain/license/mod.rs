//! The license as a signed document: what it says, how it is signed and checked, and what it gives at a time.
//!
//! On the wire a license is a compact JWS (RFC 7515) with the one algorithm `EdDSA` over Ed25519 (RFC 8037). The
//! operator signs it offline with a [`SigningKey`]; a server holds [`PublicKeys`] only. The way of a license:
//!
//! 1. [`verify`] turns a token into a [`License`], or says why not ([`LicenseError`]),
//! 2. [`License::check_for`] asks whether it belongs to this tenant and installation, and is no older one,
//! 3. [`governing`] picks, of all installed ones, the license that counts at a time,
//! 4. [`License::effective`] says how many seats of a product it gives at that time, and [`withheld`] whether a seat that
//!    was taken is among those it keeps.

mod admission;
mod check;
mod claims;
mod error;
mod jws;
mod keys;
mod pem;
mod standing;
mod unique;

pub use admission::withheld;
pub use check::{ClaimMistake, ClaimMistakes, MAX_GRACE_DAYS, MAX_PRODUCTS, MAX_QUANTITY};
pub use claims::{Claims, License};
pub use error::{LicenseError, Part};
pub use jws::{MAX_BYTES, read_unverified, sign, verify};
pub use keys::{KeyError, KeyId, PublicKeys, SigningKey};
pub use pem::PemError;
pub use standing::{Effective, Standing, governing};
