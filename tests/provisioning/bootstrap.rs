//! What stands under a secret file's path where secrets may not go, and who gets it.

use offhook::{
    domain::license::PublicKeys,
    provisioning::{AuthorityCertificate, Introduction, Policy, Refusal, Request, Transport},
    storage::Tenant,
};

use crate::{
    bench::{Bench, on_both_engines},
    site::{INSIDE, OUTSIDE, Site, policy},
};

const MAC: &str = "001565aabbcc";
const DOORS: [Transport; 2] = [Transport::Http, Transport::Tftp];

/// A site that tells phones whom to trust, with a phone of `acme` and the tenant `other`.
async fn site(bench: Bench) -> (Site, Tenant, Tenant) {
    let site = Site::new(bench);
    let (acme, other) = (site.tenant("acme", 3).await, site.tenant("other", 3).await);
    let extension = site.extension(&acme, "101").await;
    site.phone(&acme, MAC, &[&extension]).await;
    let told = Introduction {
        time_server: "ntp.example.org".to_owned(),
        authority: Some(AuthorityCertificate::new(&[0x30; 700])),
        plain_base: Some("http://phones.example.org/p/".to_owned()),
    };
    let keys = PublicKeys::from_pem(&site.signing.public_pem()).unwrap();
    let policy = Policy { introduction: Some(told), ..policy(keys) };
    site.provisioner.replace_policy(policy).await.unwrap();
    (site, acme, other)
}

async fn text(site: &Site, transport: Transport, source: &str, path: &str) -> Result<String, Refusal> {
    let document = site.ask(transport, source, path).await?;
    Ok(String::from_utf8(document.bytes.to_vec()).unwrap())
}

async fn with_the_tenants_scope_everybody_is_told_the_same_and_no_secret(bench: Bench) {
    let (site, acme, other) = site(bench).await;
    let scope = site.path(&acme, "").await;
    for transport in DOORS {
        let told = text(&site, transport, OUTSIDE, &format!("{scope}{MAC}.cfg")).await.unwrap();
        assert_eq!(text(&site, transport, OUTSIDE, &format!("{scope}001565000001.cfg")).await.unwrap(), told);
        assert!(told.contains("local_time.ntp_server1 = ntp.example.org"), "{told}");
        let next = format!("static.auto_provision.server.url = https://phones.example.org{scope}\n");
        assert!(told.contains(&next), "{told}");
        let authority = format!("static.trusted_certificates.url = http://phones.example.org{scope}ca.pem\n");
        assert!(told.contains(&authority), "{told}");
        assert!(!told.contains("account.") && !told.contains("password"), "{told}");
        // from another tenant's trusted network as well: the scope decides
        let theirs = site.path(&other, &format!("{MAC}.cfg")).await;
        let told = text(&site, transport, INSIDE, &theirs).await.unwrap();
        assert!(
            told.contains(&theirs[..theirs.len() - MAC.len() - 4]) && !told.contains("account."),
            "{told}"
        );
    }
}

async fn who_may_have_secrets_or_has_no_scope_of_a_tenant_is_not_told(bench: Bench) {
    let (site, acme, _) = site(bench).await;
    let scoped = site.path(&acme, &format!("{MAC}.cfg")).await;
    for transport in DOORS {
        let trusted = text(&site, transport, INSIDE, &scoped).await.unwrap();
        assert!(trusted.contains("password-of-acme-101"), "a trusted network has the document itself");
        for (path, refusal) in [
            (format!("/{MAC}.cfg"), Refusal::NoScope),
            (format!("/p/taaaaaaaaaaaaaaaaaaaaaaaaaa/{MAC}.cfg"), Refusal::UnknownScope),
            (format!("/p/daaaaaaaaaaaaaaaaaaaaaaaaaa/{MAC}.cfg"), Refusal::UnknownScope),
            ("/ca.pem".to_owned(), Refusal::NoScope),
            ("/p/taaaaaaaaaaaaaaaaaaaaaaaaaa/ca.der".to_owned(), Refusal::UnknownScope),
        ] {
            assert_eq!(text(&site, transport, OUTSIDE, &path).await, Err(refusal), "{path}");
        }
    }
    let proxied = Request {
        transport: Transport::Http,
        source: INSIDE.parse().unwrap(),
        forwarded: true,
        path: scoped.clone(),
        user_agent: None,
        certificate: None,
        credential: None,
    };
    let told = site.provisioner.serve(&proxied).await.unwrap();
    assert!(!String::from_utf8_lossy(&told.bytes).contains("account."), "a proxy is on no trusted network");
    let secure = text(&site, Transport::Https, OUTSIDE, &scoped).await.unwrap();
    assert!(secure.contains("password-of-acme-101"));
}

async fn the_authority_is_given_to_anybody_in_scope_over_every_door(bench: Bench) {
    let (site, acme, _) = site(bench).await;
    let (pem, der) = (site.path(&acme, "ca.pem").await, site.path(&acme, "ca.der").await);
    for transport in [Transport::Https, Transport::Http, Transport::Tftp] {
        let given = site.ask(transport, OUTSIDE, &der).await.unwrap();
        assert_eq!((&*given.bytes, &*given.content_type), (&[0x30; 700][..], "application/pkix-cert"));
        let given = text(&site, transport, OUTSIDE, &pem).await.unwrap();
        assert!(
            given.starts_with("-----BEGIN CERTIFICATE-----\nMDAw") && given.lines().count() > 10,
            "{given}"
        );
        assert!(given.lines().all(|line| line.len() <= 64), "{given}");
    }
    // without one there is no such file, and phones are told none
    let keys = PublicKeys::from_pem(&site.signing.public_pem()).unwrap();
    let silent = Introduction { time_server: "ntp.example.org".to_owned(), ..Introduction::default() };
    let policy = Policy { introduction: Some(silent), ..policy(keys) };
    site.provisioner.replace_policy(policy).await.unwrap();
    assert_eq!(text(&site, Transport::Http, OUTSIDE, &pem).await, Err(Refusal::UnknownFile));
    let phone = site.path(&acme, &format!("{MAC}.cfg")).await;
    let told = text(&site, Transport::Http, OUTSIDE, &phone).await.unwrap();
    assert!(told.contains("auto_provision.server.url") && !told.contains("trusted_certificates"), "{told}");
}

on_both_engines!(
    with_the_tenants_scope_everybody_is_told_the_same_and_no_secret,
    who_may_have_secrets_or_has_no_scope_of_a_tenant_is_not_told,
    the_authority_is_given_to_anybody_in_scope_over_every_door,
);
