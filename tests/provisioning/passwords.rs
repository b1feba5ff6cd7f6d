//! The password that a tenant demands: who answers rightly, who is refused, and what a refused request learns.

use std::{collections::BTreeSet, net::IpAddr, sync::Arc};

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use md5::{Digest as _, Md5};
use offhook::{
    catalog::Catalog,
    domain::{Clock, Mac, PasswordId, Secret, SystemRandom},
    provisioning::{
        Challenge, Credential, DigestAlgorithm, DigestAnswer, Document, NoPassword, Provisioner, REALM,
        Refusal, RefusalClass, Request, Transport, journal,
    },
    storage::{Role, Tenant, TenantPassword},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    site::{INSIDE, OUTSIDE, Site, policy},
};

on_both_engines!(
    only_the_right_answer_to_this_request_gets_the_file,
    every_refusal_is_the_same_demand,
    a_demand_changes_with_time_and_tenant_alone,
    a_nonce_of_one_node_is_taken_by_another,
    an_old_nonce_is_told_from_a_wrong_password,
    an_answer_is_taken_once,
    trusted_networks_and_plain_transports_are_asked_for_nothing,
    phones_learn_a_password_before_it_is_demanded,
    a_new_password_goes_on_beside_the_former_one,
);

const MAC: &str = "001565aabbcc";
const USER: &str = "acme";
const PASSWORD: &str = "314159265358979323846264";

/// Two tenants with a phone each, of which the first demands a password.
struct Demanding {
    site: Site,
    acme: Tenant,
    path: String,
}

impl Demanding {
    async fn new(bench: Bench) -> Self {
        let site = Site::new(bench);
        let (acme, other) = (site.tenant("acme", 3).await, site.tenant("other", 3).await);
        let (mine, theirs) = (site.extension(&acme, "101").await, site.extension(&other, "101").await);
        site.phone(&acme, MAC, &[&mine]).await;
        site.phone(&other, "001565bbbbbb", &[&theirs]).await;
        set(&site, &acme, PASSWORD, 0).await;
        set(&site, &other, "271828182845904523536028", 0).await;
        site.provisioner.refresh().await.unwrap();
        let path = site.path(&acme, &format!("{MAC}.cfg")).await;
        Self { site, acme, path }
    }

    async fn ask(&self, path: &str, credential: Option<Credential>) -> Result<Document, Refusal> {
        self.site.ask_with(Transport::Https, address(OUTSIDE), path, credential).await
    }

    /// What a request without an answer is asked for.
    async fn challenge(&self) -> Challenge {
        challenge(self.ask(&self.path, None).await)
    }

    async fn blocks(&self) {
        let mut change = self.site.bench.store.change(&self.acme.id, now()).await.unwrap();
        let device = change.device_by_mac(Mac::parse(MAC).unwrap()).await.unwrap().unwrap();
        change.block_device(&device.id, true).await.unwrap();
        change.commit().await.unwrap();
        self.site.provisioner.refresh().await.unwrap();
    }
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Gives the tenant a password that is demanded at once; the former one goes on for some days.
async fn set(site: &Site, tenant: &Tenant, password: &str, overlap: i64) {
    let mut change = site.bench.store.change(&tenant.id, now()).await.unwrap();
    let new = TenantPassword {
        id: PasswordId::generate(&SystemRandom),
        user: tenant.slug.to_string(),
        password: Secret::new(password),
        demanded_from: now().plus_days(-1),
        expires_at: None,
    };
    change.set_tenant_password(&new, now().plus_days(overlap), now()).await.unwrap();
    change.commit().await.unwrap();
}

fn challenge(answer: Result<Document, Refusal>) -> Challenge {
    match answer.unwrap_err() {
        refusal @ Refusal::Challenged { .. } if refusal.class() != RefusalClass::Unauthorized => {
            panic!("{refusal:?} is no demand to the wire")
        }
        Refusal::Challenged { challenge, .. } => challenge,
        other => panic!("{other:?} asks for nothing"),
    }
}

fn why(answer: Result<Document, Refusal>) -> Refusal {
    match answer.unwrap_err() {
        Refusal::Challenged { why, .. } => *why,
        other => panic!("{other:?} asks for nothing"),
    }
}

fn basic(user: &str, password: &str) -> Credential {
    Credential::Basic { user: Secret::new(user), password: Secret::new(password) }
}

/// A client of its own, as RFC 7616 has it.
fn digest_answer(
    algorithm: DigestAlgorithm,
    path: &str,
    nonce: &str,
    change: impl FnOnce(&mut DigestAnswer),
) -> Credential {
    let mut answer = DigestAnswer {
        algorithm,
        method: "GET",
        user: USER.into(),
        realm: REALM.into(),
        nonce: nonce.into(),
        uri: path.into(),
        target: path.into(),
        cnonce: "0a4f113b".into(),
        count: 1,
        written_count: "00000001".into(),
        response: PASSWORD.into(),
    };
    change(&mut answer);
    let hash = |text: String| match algorithm {
        DigestAlgorithm::Sha256 => HEXLOWER.encode(digest::digest(&digest::SHA256, text.as_bytes()).as_ref()),
        DigestAlgorithm::Md5 => HEXLOWER.encode(&Md5::digest(text.as_bytes())),
    };
    let DigestAnswer { user, realm, nonce, uri, cnonce, written_count, response, method, .. } = &answer;
    let (who, what) = (hash(format!("{user}:{realm}:{response}")), hash(format!("{method}:{uri}")));
    let response = hash(format!("{who}:{nonce}:{written_count}:{cnonce}:auth:{what}"));
    Credential::Digest(Box::new(DigestAnswer { response, ..answer }))
}

async fn only_the_right_answer_to_this_request_gets_the_file(bench: Bench) {
    let bed = Demanding::new(bench).await;
    let nonce = bed.challenge().await.nonce;
    let elsewhere = bed.path.replace(MAC, "001565aabbcd");
    let document = bed.ask(&bed.path, Some(basic(USER, PASSWORD))).await.unwrap();
    assert!(String::from_utf8_lossy(&document.bytes).contains("password-of-acme-101"));
    for (user, password) in
        [(USER, "wrong"), (USER, ""), ("other", PASSWORD), ("", PASSWORD), (USER, "271828182845904523536028")]
    {
        let refused = why(bed.ask(&bed.path, Some(basic(user, password))).await);
        assert_eq!(refused, Refusal::Password(NoPassword::Wrong), "Basic {user}:{password}");
    }
    assert_eq!(why(bed.ask(&bed.path, None).await), Refusal::Password(NoPassword::Missing));
    let unreadable = why(bed.ask(&bed.path, Some(Credential::Unreadable)).await);
    assert_eq!(unreadable, Refusal::Password(NoPassword::Wrong));
    for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Md5] {
        let answer = |change: fn(&mut DigestAnswer)| digest_answer(algorithm, &bed.path, &nonce, change);
        let cnonce = format!("{algorithm:?}");
        let right = digest_answer(algorithm, &bed.path, &nonce, |answer| answer.cnonce.clone_from(&cnonce));
        assert!(bed.ask(&bed.path, Some(right)).await.is_ok(), "{algorithm:?}");
        let others = challenge(bed.ask(&others_path(&bed).await, None).await).nonce;
        let mut wrong = vec![
            ("password", answer(|answer| answer.response = "wrong".into())),
            (
                "the other tenant's password",
                answer(|answer| answer.response = "271828182845904523536028".into()),
            ),
            ("user", answer(|answer| answer.user = "other".into())),
            ("realm", answer(|answer| answer.realm = "elsewhere".into())),
            ("nonce", answer(|answer| answer.nonce = "29000000..00112233445566778899aabbccddeeff".into())),
            ("the other tenant's nonce", digest_answer(algorithm, &bed.path, &others, |_| ())),
            ("another file's answer", digest_answer(algorithm, &elsewhere, &nonce, |_| ())),
        ];
        // hashed for one request and sent with another
        for (name, change) in [
            ("method", (|answer: &mut DigestAnswer| answer.method = "HEAD") as fn(&mut DigestAnswer)),
            ("uri", |answer| answer.uri.push('x')),
            ("count", |answer| answer.written_count = "00000002".into()),
            ("client nonce", |answer| answer.cnonce.push('x')),
        ] {
            let Credential::Digest(mut sent) = answer(|answer| answer.cnonce.push('y')) else {
                unreachable!()
            };
            change(&mut sent);
            wrong.push((name, Credential::Digest(sent)));
        }
        for (name, credential) in wrong {
            let refused = why(bed.ask(&bed.path, Some(credential)).await);
            assert_eq!(refused, Refusal::Password(NoPassword::Wrong), "{algorithm:?}: {name}");
        }
    }
}

async fn others_path(bed: &Demanding) -> String {
    let mut session = bed.site.bench.store.read().await.unwrap();
    let other = session.tenant_by_slug(&"other".parse().unwrap()).await.unwrap().unwrap();
    drop(session);
    bed.site.path(&other, "001565bbbbbb.cfg").await
}

async fn every_refusal_is_the_same_demand(bench: Bench) {
    let bed = Demanding::new(bench).await;
    let with = |mac: &str| bed.path.replace(MAC, mac);
    let (unknown, others) = (with("001565000001"), with("001565bbbbbb"));
    let first = bed.challenge().await;
    assert!(!first.stale);
    let right = || Some(basic(USER, PASSWORD));
    let (wrong, unreadable) = (Some(basic(USER, "wrong")), Some(Credential::Unreadable));
    let mut refusals = vec![
        (Refusal::UnknownDevice, bed.ask(&unknown, None).await),
        (Refusal::UnknownDevice, bed.ask(&unknown, right()).await),
        (Refusal::UnknownDevice, bed.ask(&unknown, wrong.clone()).await),
        (Refusal::OtherTenant, bed.ask(&others, None).await),
        (Refusal::OtherTenant, bed.ask(&others, right()).await),
        (Refusal::Password(NoPassword::Wrong), bed.ask(&bed.path, wrong).await),
        (Refusal::Password(NoPassword::Wrong), bed.ask(&bed.path, unreadable).await),
        (Refusal::Password(NoPassword::Missing), bed.ask(&bed.path, None).await),
    ];
    for (user_agent, credential) in [
        ("Yealink SIP-T46U 108.86.0.20 00:15:65:aa:bb:cd", right()),
        ("snomD785-SIP 10.1.64.14", right()),
        ("snomD785-SIP 10.1.64.14", None),
    ] {
        let asked = Request {
            transport: Transport::Https,
            source: address(OUTSIDE),
            forwarded: false,
            path: bed.path.clone(),
            user_agent: Some(user_agent.into()),
            certificate: None,
            credential,
        };
        refusals.push((Refusal::Disagreement, bed.site.provisioner.serve(&asked).await));
    }
    bed.blocks().await;
    refusals.push((Refusal::Blocked, bed.ask(&bed.path, right()).await));
    for (expected, refused) in refusals {
        let got = challenge(refused.clone());
        assert_eq!(got, first, "{expected:?}");
        assert_eq!(why(refused), expected);
    }
    // a file that no phone asks for, and one that phones expect to be missing, stay missing
    for (file, expected) in [("no-such-file", Refusal::UnknownFile), ("001565aabbcc.boot", Refusal::Absent)] {
        let path = bed.site.path(&bed.acme, file).await;
        assert_eq!(bed.ask(&path, None).await.unwrap_err(), expected);
    }
}

async fn a_demand_changes_with_time_and_tenant_alone(bench: Bench) {
    let bed = Demanding::new(bench).await;
    let mut nonces = BTreeSet::from([bed.challenge().await.nonce]);
    nonces.insert(bed.challenge().await.nonce);
    assert_eq!(nonces.len(), 1, "twice within a minute");
    bed.site.clock.set(now().plus_seconds(61));
    nonces.insert(bed.challenge().await.nonce);
    nonces.insert(challenge(bed.ask(&others_path(&bed).await, None).await).nonce);
    assert_eq!(nonces.len(), 3);
}

async fn a_nonce_of_one_node_is_taken_by_another(bench: Bench) {
    let bed = Demanding::new(bench).await;
    let store = bed.site.bench.open(Role::Admin, &bed.site.bench.key).await.unwrap();
    let (journal, writer) = journal(store.clone());
    tokio::spawn(writer.run());
    let clock = Arc::clone(&bed.site.clock) as Arc<dyn Clock>;
    let keys = bed.site.provisioner.policy().license_keys.clone();
    let second = Provisioner::new(store, Catalog::embedded().unwrap(), policy(keys), clock, journal);
    second.refresh().await.unwrap();
    let nonce = bed.challenge().await.nonce;
    let credential = Some(digest_answer(DigestAlgorithm::Sha256, &bed.path, &nonce, |_| ()));
    let (source, path) = (address(OUTSIDE), bed.path.clone());
    let asked = Request {
        transport: Transport::Https,
        source,
        forwarded: false,
        path,
        user_agent: None,
        certificate: None,
        credential,
    };
    assert!(second.serve(&asked).await.is_ok());
    // each node remembers on its own which answers it has seen
    assert!(bed.site.provisioner.serve(&asked).await.is_ok());
    assert_eq!(why(second.serve(&asked).await), Refusal::Password(NoPassword::Repeated));
}

async fn an_old_nonce_is_told_from_a_wrong_password(bench: Bench) {
    let bed = Demanding::new(bench).await;
    let nonce = bed.challenge().await.nonce;
    let answer = |password: &'static str, cnonce: &'static str| {
        Some(digest_answer(DigestAlgorithm::Sha256, &bed.path, &nonce, |answer| {
            answer.response = password.into();
            answer.cnonce = cnonce.into();
        }))
    };
    bed.site.clock.set(now().plus_seconds(300));
    assert!(bed.ask(&bed.path, answer(PASSWORD, "a")).await.is_ok(), "five minutes later");
    bed.site.clock.set(now().plus_seconds(-60));
    assert!(bed.ask(&bed.path, answer(PASSWORD, "b")).await.is_ok(), "from a node whose clock is ahead");
    for later in [361, -121, 86_400] {
        bed.site.clock.set(now().plus_seconds(later));
        let old = bed.ask(&bed.path, answer(PASSWORD, "c")).await;
        assert_eq!(why(old.clone()), Refusal::Password(NoPassword::Old), "{later} s later");
        assert!(challenge(old).stale);
        // for an unknown phone as well: it shows the password to be right, and nothing of the phone
        let unknown = bed.path.replace(MAC, "001565000001");
        let Some(Credential::Digest(sent)) = answer(PASSWORD, "c") else { unreachable!() };
        let elsewhere = digest_answer(DigestAlgorithm::Sha256, &unknown, &sent.nonce, |_| ());
        assert!(challenge(bed.ask(&unknown, Some(elsewhere)).await).stale);
        assert!(!challenge(bed.ask(&bed.path, answer("wrong", "c")).await).stale);
    }
}

async fn an_answer_is_taken_once(bench: Bench) {
    let bed = Demanding::new(bench).await;
    let nonce = bed.challenge().await.nonce;
    let answer = |nonce: &str, count: u32, cnonce: &str| {
        Some(digest_answer(DigestAlgorithm::Sha256, &bed.path, nonce, |answer| {
            (answer.count, answer.written_count) = (count, format!("{count:08x}"));
            answer.cnonce = cnonce.into();
        }))
    };
    for (count, cnonce) in [(1, "a"), (1, "b"), (2, "a"), (9, "a")] {
        assert!(bed.ask(&bed.path, answer(&nonce, count, cnonce)).await.is_ok(), "{count} of {cnonce}");
    }
    for (count, cnonce) in [(9, "a"), (3, "a"), (1, "b"), (0, "c")] {
        let again = bed.ask(&bed.path, answer(&nonce, count, cnonce)).await;
        assert_eq!(why(again.clone()), Refusal::Password(NoPassword::Repeated), "{count} of {cnonce}");
        // whoever knows the password gets in with the nonce that is given instead
        let offered = challenge(again);
        assert!(offered.stale && offered.nonce != nonce);
        assert!(bed.ask(&bed.path, answer(&offered.nonce, 1, cnonce)).await.is_ok(), "{count} of {cnonce}");
    }
}

async fn trusted_networks_and_plain_transports_are_asked_for_nothing(bench: Bench) {
    let bed = Demanding::new(bench).await;
    let bare = format!("/{MAC}.cfg");
    for (transport, path) in
        [(Transport::Https, &bed.path), (Transport::Http, &bed.path), (Transport::Tftp, &bare)]
    {
        let served = bed.site.ask_with(transport, address(INSIDE), path, None).await;
        assert!(served.is_ok(), "{transport:?} inside: {served:?}");
    }
    // outside nothing but TLS carries secrets, so no password is asked for in the clear either
    for (transport, word) in [(Transport::Http, "http"), (Transport::Tftp, "tftp")] {
        let answers = [
            None,
            Some(basic(USER, PASSWORD)),
            Some(digest_answer(DigestAlgorithm::Md5, &bed.path, &bed.challenge().await.nonce, |_| ())),
        ];
        for credential in answers {
            let refused = bed.site.ask_with(transport, address(OUTSIDE), &bed.path, credential).await;
            assert_eq!(refused.unwrap_err(), Refusal::NotConfidential(word));
        }
    }
}

async fn phones_learn_a_password_before_it_is_demanded(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    let mine = site.extension(&acme, "101").await;
    site.phone(&acme, MAC, &[&mine]).await;
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    let new = TenantPassword {
        id: PasswordId::generate(&SystemRandom),
        user: USER.into(),
        password: Secret::new(PASSWORD),
        demanded_from: now().plus_days(30),
        expires_at: None,
    };
    change.set_tenant_password(&new, now().plus_days(30), now()).await.unwrap();
    change.commit().await.unwrap();
    let text = site.document(&acme, MAC).await.unwrap();
    for line in [
        format!("static.auto_provision.server.username = {USER}"),
        format!("static.auto_provision.server.password = {PASSWORD}"),
    ] {
        assert!(text.contains(&line), "{text}");
    }
    site.clock.set(now().plus_days(30));
    assert_eq!(
        why(site.document(&acme, MAC).await.map(|text| panic!("{text}"))),
        Refusal::Password(NoPassword::Missing)
    );
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    assert!(change.remove_tenant_passwords().await.unwrap());
    change.commit().await.unwrap();
    let text = site.document(&acme, MAC).await.unwrap();
    assert!(!text.contains(PASSWORD), "{text}");
    assert!(text.contains("static.auto_provision.server.password = %NULL%"), "{text}");
}

async fn a_new_password_goes_on_beside_the_former_one(bench: Bench) {
    let bed = Demanding::new(bench).await;
    set(&bed.site, &bed.acme, "newer", 7).await;
    bed.site.provisioner.refresh().await.unwrap();
    assert!(bed.ask(&bed.path, Some(basic(USER, PASSWORD))).await.is_ok());
    let document = bed.ask(&bed.path, Some(basic(USER, "newer"))).await.unwrap();
    assert!(String::from_utf8_lossy(&document.bytes).contains("server.password = newer"));
    bed.site.clock.set(now().plus_days(7));
    bed.site.provisioner.refresh().await.unwrap();
    let refused = why(bed.ask(&bed.path, Some(basic(USER, PASSWORD))).await);
    assert_eq!(refused, Refusal::Password(NoPassword::Wrong));
    assert!(bed.ask(&bed.path, Some(basic(USER, "newer"))).await.is_ok());
}
