//! What a phone gets: one pipeline behind every door.
//!
//! A [`Request`] goes through six steps in [`Provisioner::serve`]: *recognize* what is asked (catalog), *resolve* the
//! tenant and device it names, *authorize* the request, *admit* each line under the license, gather the *facts*, and
//! *render* them. It ends as a [`Document`] or as a [`Refusal`], whose reason goes to the journal and never to the wire.

mod authorize;
mod bootstrap;
mod cache;
mod certificate;
mod credential;
mod discovery;
mod document;
mod enroll;
mod facts;
mod fetches;
mod follow;
mod journal;
mod memory;
mod named;
mod noting;
mod password;
mod policy;
mod preview;
mod provisioner;
mod recognize;
mod refusal;
mod replays;
mod request;
mod sketch;
mod tick;
mod view;
mod walk;
mod wanted;
mod zones;

pub use bootstrap::{AuthorityCertificate, Introduction};
pub use certificate::{CertificateStanding, PhoneCertificate};
pub use credential::{Credential, DigestAlgorithm, DigestAnswer};
pub use discovery::Discovery;
pub use facts::LineVerdict;
pub use fetches::{FetchCounters, FetchWriter};
pub use journal::{Journal, JournalWriter, journal};
pub use password::{Challenge, NoPassword, REALM};
pub use policy::{Policy, TenantNetwork};
pub use preview::{Preview, PreviewError, preview, preview_in};
pub use provisioner::{Outcomes, Provisioner};
pub use refusal::{Refusal, RefusalClass, Undecidable};
pub use request::{Document, Request, Transport, Wanted};
pub use tick::Tick;
pub use wanted::WantedDocuments;
