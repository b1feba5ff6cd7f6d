//! OpenSSL reads our keys, we read its keys, and it verifies our signature.

use std::path::Path;
use std::process::{Command, Output};

use data_encoding::BASE64URL_NOPAD;
use offhook::domain::SystemRandom;
use offhook::domain::license::{KeyError, License, PublicKeys, SigningKey, sign, verify};

use super::forge::claims;

fn openssl(directory: &Path, arguments: &str) -> Output {
    let mut command = Command::new("openssl");
    command.current_dir(directory).args(arguments.split_whitespace());
    command.output().expect("this test needs the package openssl: the program \"openssl\" cannot be started")
}

fn run(directory: &Path, arguments: &str) -> String {
    let output = openssl(directory, arguments);
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn openssl_verifies_our_signature_with_our_public_key() {
    let directory = tempfile::tempdir().unwrap();
    let key = SigningKey::generate(&SystemRandom);
    let token = sign(&License::new(claims()).unwrap(), &key).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(directory.path().join(name), bytes).unwrap();
    write("public.pem", key.public_pem().as_bytes());
    write("private.pem", key.to_pem().expose().as_bytes());
    write("signed", signed.as_bytes());
    write("signature", &BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap());
    let verify = "pkeyutl -verify -rawin -pubin -inkey public.pem -in signed -sigfile signature";
    run(directory.path(), verify);
    assert_eq!(run(directory.path(), "pkey -in private.pem -pubout"), key.public_pem());
    write("signed", format!("{signed}x").as_bytes());
    assert!(!openssl(directory.path(), verify).status.success());
}

#[test]
fn keys_made_by_openssl_sign_and_verify() {
    let directory = tempfile::tempdir().unwrap();
    let private = run(directory.path(), "genpkey -algorithm ed25519 -out private.pem");
    assert!(private.is_empty());
    let private = std::fs::read_to_string(directory.path().join("private.pem")).unwrap();
    let public = run(directory.path(), "pkey -in private.pem -pubout");
    let (key, keys) = (SigningKey::from_pem(&private).unwrap(), PublicKeys::from_pem(&public).unwrap());
    assert_eq!(keys.ids().collect::<Vec<_>>(), [&key.id()]);
    let license = License::new(claims()).unwrap();
    assert_eq!(verify(&sign(&license, &key).unwrap(), &keys), Ok(license));
}

#[test]
fn other_keys_are_refused_with_the_reason() {
    let directory = tempfile::tempdir().unwrap();
    let read = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
    run(directory.path(), "genpkey -algorithm ed25519 -out ed.pem");
    run(directory.path(), "genpkey -algorithm ed448 -out ed448.pem");
    run(directory.path(), "genpkey -algorithm x25519 -out x25519.pem");
    run(directory.path(), "pkey -in x25519.pem -pubout -out x25519.pub");
    run(directory.path(), "pkey -in ed.pem -aes256 -passout pass:x -out locked.pem");
    run(directory.path(), "pkey -in ed448.pem -pubout -out ed448.pub");
    run(directory.path(), "req -x509 -new -key ed.pem -subj /CN=x -out cert.pem");
    assert_eq!(PublicKeys::from_pem(&read("ed.pem")), Err(KeyError::Private));
    assert_eq!(PublicKeys::from_pem(&read("locked.pem")), Err(KeyError::Private));
    assert_eq!(PublicKeys::from_pem(&read("ed448.pub")), Err(KeyError::NotEd25519));
    // As long as ours, told apart by its object identifier only.
    assert_eq!(PublicKeys::from_pem(&read("x25519.pub")), Err(KeyError::NotEd25519));
    assert!(matches!(PublicKeys::from_pem(&read("cert.pem")), Err(KeyError::Label { .. })));
    assert!(matches!(PublicKeys::from_pem("key"), Err(KeyError::Pem(_))));
    let private = |text: &str| SigningKey::from_pem(text).map(drop);
    assert_eq!(private(&read("locked.pem")), Err(KeyError::Encrypted));
    assert_eq!(private(&read("ed448.pem")), Err(KeyError::NotEd25519));
    assert_eq!(private(&read("x25519.pem")), Err(KeyError::NotEd25519));
    assert_eq!(private(&format!("{0}{0}", read("ed.pem"))), Err(KeyError::NotOne { found: 2 }));
    assert!(matches!(private(&read("cert.pem")), Err(KeyError::Label { .. })));
}

#[test]
fn a_signing_key_shows_its_id_only() {
    let key = SigningKey::generate(&SystemRandom);
    assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.id()));
    assert_eq!(SigningKey::from_pem(key.to_pem().expose()).unwrap().id(), key.id());
}
