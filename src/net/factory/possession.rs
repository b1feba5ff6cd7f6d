//! Asking for a certificate, and whether the client holds its key: a handshake goes on whatever comes.
//!
//! rustls gives a verifier no hand on its connection, and remembers the certificates of a session without remembering
//! whether they were believed. A handshake runs inside the poll of one future, so what it finds out is kept beside that
//! future ([`watched`]), and a session whose client proved nothing is not kept at all: it could be resumed with
//! somebody else's certificate in it. A resumed session is therefore one whose client has proved its key.

use std::cell::Cell;
use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ProducesTickets, StoresServerSessions};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use super::signature::{self, Protocol};

/// A session with more in it is not kept: with a chain of three certificates it has about 4 kB.
const LARGEST_SESSION: usize = 8192;

tokio::task_local! {
    static HANDSHAKE: Handshake;
}

struct Handshake {
    asks: bool,
    possession: Cell<Possession>,
}

/// Whether the client holds the key of the certificate that it showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::net) enum Possession {
    /// It showed no certificate in this handshake.
    NotShown,
    /// It signed the handshake with it.
    Proven,
    /// It did not, or by an algorithm that cannot be checked.
    Unproven,
}

/// Runs a handshake, which asks for a certificate if it is to, and tells what the client proved.
pub(in crate::net) async fn watched<F: Future>(asks: bool, handshake: F) -> (F::Output, Possession) {
    let state = Handshake { asks, possession: Cell::new(Possession::NotShown) };
    let watching = async {
        let ended = handshake.await;
        (ended, HANDSHAKE.with(|handshake| handshake.possession.get()))
    };
    HANDSHAKE.scope(state, watching).await
}

/// Takes every certificate; asks for one only in a handshake that is [`watched`].
#[derive(Debug)]
pub(in crate::net) struct TakesAny;

impl TakesAny {
    fn note(
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
        protocol: Protocol,
    ) -> HandshakeSignatureValid {
        let proven = signature::proves(certificate, signed.scheme, protocol, message, signed.signature());
        let possession = if proven { Possession::Proven } else { Possession::Unproven };
        // outside of a watched handshake nobody is asked, so nobody answers
        let _ = HANDSHAKE.try_with(|handshake| handshake.possession.set(possession));
        HandshakeSignatureValid::assertion()
    }
}

impl ClientCertVerifier for TakesAny {
    fn offer_client_auth(&self) -> bool {
        HANDSHAKE.try_with(|handshake| handshake.asks).unwrap_or(false)
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    /// None are named: a phone whose chain ends below or beside what we know would keep its certificate to itself.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(Self::note(message, certificate, signed, Protocol::Tls12))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(Self::note(message, certificate, signed, Protocol::Tls13))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        signature::SCHEMES.to_vec()
    }
}

/// Keeps sessions, but none whose client showed a certificate without proving that it holds the key.
#[derive(Debug)]
pub(in crate::net) struct OnlyProven<T>(pub(in crate::net) Arc<T>)
where
    T: ?Sized;

fn may_be_kept(session: &[u8]) -> bool {
    let proven = HANDSHAKE.try_with(|handshake| handshake.possession.get() != Possession::Unproven);
    proven.unwrap_or(true) && session.len() <= LARGEST_SESSION
}

impl ProducesTickets for OnlyProven<dyn ProducesTickets> {
    fn enabled(&self) -> bool {
        self.0.enabled()
    }

    fn lifetime(&self) -> u32 {
        self.0.lifetime()
    }

    fn encrypt(&self, session: &[u8]) -> Option<Vec<u8>> {
        may_be_kept(session).then(|| self.0.encrypt(session))?
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        self.0.decrypt(ticket)
    }
}

impl StoresServerSessions for OnlyProven<dyn StoresServerSessions> {
    fn put(&self, id: Vec<u8>, session: Vec<u8>) -> bool {
        may_be_kept(&session) && self.0.put(id, session)
    }

    fn get(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.0.get(id)
    }

    fn take(&self, id: &[u8]) -> Option<Vec<u8>> {
        self.0.take(id)
    }

    fn can_cache(&self) -> bool {
        self.0.can_cache()
    }
}
