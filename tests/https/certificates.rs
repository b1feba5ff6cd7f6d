//! Certificates change under way: nobody is cut off, and a bad one changes nothing.

use std::path::Path;
use std::sync::Arc;

use offhook::net::authority::{Issued, ensure};
use offhook::net::identity::{CertificateFiles, Identity};
use offhook::net::limits::Limits;
use offhook::net::tls::Resumption;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::bed::{Bed, NAME, in_time, names};

async fn connect(bed: &Bed, ca: &Path) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let socket = TcpStream::connect(bed.address).await.unwrap();
    let name = ServerName::try_from(NAME).unwrap();
    in_time(TlsConnector::from(Arc::new(config)).connect(name, socket)).await.unwrap()
}

fn leaf(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

async fn ask(stream: &mut TlsStream<TcpStream>) {
    stream.write_all(b"GET /missing HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        assert_ne!(in_time(stream.read_buf(&mut answer)).await.unwrap(), 0, "the connection was dropped");
    }
    assert!(answer.starts_with(b"HTTP/1.1 404 "));
}

fn served_first(issued: &Issued) -> Vec<u8> {
    CertificateDer::from_pem_file(&issued.leaves[0].chain).unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn new_certificates_serve_new_connections_and_leave_old_ones_alone() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [old, new] = dirs.each_ref().map(|dir| ensure(dir.path(), &names(&[NAME])).unwrap());
    let identity = Arc::new(Identity::load(&old.leaves).unwrap());
    let bed = Bed::secure(Limits::default(), &identity, Resumption::On).await;
    let mut live = connect(&bed, &old.ca).await;
    assert_eq!(leaf(&live), served_first(&old));
    ask(&mut live).await;

    identity.reload(&new.leaves).unwrap();
    ask(&mut live).await;
    assert_eq!(leaf(&connect(&bed, &new.ca).await), served_first(&new));

    let crossed = CertificateFiles { chain: new.leaves[0].chain.clone(), key: new.leaves[1].key.clone() };
    assert!(identity.reload(&[crossed]).is_err());
    assert_eq!(leaf(&connect(&bed, &new.ca).await), served_first(&new));
    ask(&mut live).await;
    drop(live);
    bed.drained().await;
}

#[test]
fn certificates_that_cannot_be_served_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let issued = ensure(dir.path(), &names(&[NAME])).unwrap();
    let [ecdsa, rsa] = issued.leaves.as_slice() else { panic!("two leaves") };
    let gone = CertificateFiles { chain: dir.path().join("gone.crt"), key: rsa.key.clone() };
    let swapped = CertificateFiles { chain: ecdsa.key.clone(), key: ecdsa.chain.clone() };
    let crossed = CertificateFiles { chain: ecdsa.chain.clone(), key: rsa.key.clone() };
    for (files, says) in [
        (vec![], "no certificate is configured"),
        (vec![gone], "gone.crt"),
        (vec![swapped], "server-ecdsa.key holds no PEM certificate"),
        (vec![crossed], "server-ecdsa.crt and"),
        (vec![rsa.clone(), rsa.clone()], "second RSA certificate"),
    ] {
        let error = Identity::load(&files).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    for single in issued.leaves {
        assert!(Identity::load(&[single]).is_ok());
    }
}
