//! A gateway with two SIP trunks: its document carries their credentials as long as the license and no block says no.

use offhook::{
    domain::{
        Admission, PlainText, ProductId, Secret, ServiceId, ServiceKind, SipUser, SystemRandom, TrunkPeer,
        Withheld, license::PublicKeys,
    },
    provisioning::{Refusal, Transport, preview},
    storage::{NewService, Tenant},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    site::{INSIDE, OUTSIDE, Site, policy},
};

on_both_engines![
    a_gateway_gets_the_credentials_of_its_trunks,
    a_trunk_beyond_the_license_is_switched_off_and_blank,
    a_blocked_trunk_is_switched_off_and_blank,
    a_trunk_that_is_removed_leaves_its_line_blank,
    a_gateway_gets_its_file_over_what_may_carry_secrets,
    the_preview_tells_of_trunks_and_of_no_voicemail_for_them,
];

const MAC: &str = "c074ad000001";

/// Makes a trunk that registers, past the license.
async fn trunk(site: &Site, tenant: &Tenant, name: &str) -> ServiceId {
    let id = ServiceId::generate(&SystemRandom);
    let new = NewService {
        id: id.clone(),
        kind: ServiceKind::Trunk,
        number: None,
        name: PlainText::parse("name", name).unwrap(),
        product: ProductId::parse("trunk").unwrap(),
    };
    let user = SipUser::parse(&name.to_lowercase()).unwrap();
    let peer = TrunkPeer::Credentials { user, password: Secret::new(format!("password-of-{name}")) };
    let mut change = site.bench.store.change(&tenant.id, now()).await.unwrap();
    change.add_trunk(&new, &peer).await.unwrap();
    change.commit().await.unwrap();
    id
}

/// A tenant with `seats` seats of trunks, and a gateway that carries two.
async fn two_trunks(site: &Site, seats: u32) -> (Tenant, [ServiceId; 2]) {
    let acme = site.tenant("acme", seats).await;
    let trunks = [trunk(site, &acme, "Fax").await, trunk(site, &acme, "Lift").await];
    site.device(&acme, (MAC, "Grandstream HT802"), &[&trunks[0], &trunks[1]]).await;
    (acme, trunks)
}

/// The value of each parameter: whether it is on, the user, the password, the name.
async fn ports(site: &Site, tenant: &Tenant) -> [[String; 4]; 2] {
    let _ = tenant;
    let path = site.own_path(MAC, &format!("cfg{MAC}.xml")).await.unwrap();
    let document = site.ask(Transport::Https, OUTSIDE, &path).await.unwrap();
    let text = String::from_utf8(document.bytes.to_vec()).unwrap();
    let value = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("{name} is written"));
        rest.split_once('<').unwrap().0.to_owned()
    };
    [["P271", "P35", "P34", "P3"].map(value), ["P401", "P735", "P734", "P703"].map(value)]
}

const FAX: [&str; 4] = ["1", "fax", "password-of-Fax", "Fax"];
const LIFT: [&str; 4] = ["1", "lift", "password-of-Lift", "Lift"];
const BLANK: [&str; 4] = ["0", "", "", ""];

async fn a_gateway_gets_the_credentials_of_its_trunks(bench: Bench) {
    let site = Site::new(bench);
    let (acme, _) = two_trunks(&site, 2).await;
    assert_eq!(ports(&site, &acme).await, [FAX, LIFT]);
}

async fn a_trunk_beyond_the_license_is_switched_off_and_blank(bench: Bench) {
    let site = Site::new(bench);
    let (acme, _) = two_trunks(&site, 2).await;
    for (serial, seats, expected) in [(2, 1, [FAX, BLANK]), (3, 0, [BLANK, BLANK]), (4, 2, [FAX, LIFT])] {
        site.license(&acme, serial, seats, now(), now().plus_days(365)).await;
        assert_eq!(ports(&site, &acme).await, expected, "{seats} seats");
    }
    site.clock.set(now().plus_days(365 + 10));
    assert_eq!(ports(&site, &acme).await, [BLANK, BLANK], "after the grace");
}

async fn a_blocked_trunk_is_switched_off_and_blank(bench: Bench) {
    let site = Site::new(bench);
    let (acme, trunks) = two_trunks(&site, 2).await;
    for (blocked, expected) in [(true, [FAX, BLANK]), (false, [FAX, LIFT])] {
        let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
        change.block_service(&trunks[1], blocked, false).await.unwrap();
        change.commit().await.unwrap();
        assert_eq!(ports(&site, &acme).await, expected, "blocked: {blocked}");
    }
}

async fn a_trunk_that_is_removed_leaves_its_line_blank(bench: Bench) {
    let site = Site::new(bench);
    let (acme, trunks) = two_trunks(&site, 2).await;
    assert_eq!(ports(&site, &acme).await, [FAX, LIFT]);
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    change.remove_service(&trunks[0], now()).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(ports(&site, &acme).await, [BLANK, LIFT]);
}

async fn a_gateway_gets_its_file_over_what_may_carry_secrets(bench: Bench) {
    let site = Site::new(bench);
    let (acme, _) = two_trunks(&site, 2).await;
    let bare = format!("/cfg{MAC}.xml");
    let scoped = site.path(&acme, &format!("cfg{MAC}.xml")).await;
    for (transport, source, path, expected) in [
        (Transport::Https, OUTSIDE, &scoped, None),
        (Transport::Http, INSIDE, &bare, None),
        (Transport::Tftp, INSIDE, &bare, None),
        (Transport::Http, OUTSIDE, &scoped, Some(Refusal::NotConfidential("http"))),
        (Transport::Tftp, OUTSIDE, &bare, Some(Refusal::NoScope)),
    ] {
        let got = site.ask(transport, source, path).await;
        assert_eq!(got.as_ref().err(), expected.as_ref(), "{transport:?} from {source}");
        let served =
            got.is_ok_and(|document| document.bytes.windows(15).any(|part| part == b"password-of-Fax"));
        assert_eq!(served, expected.is_none(), "{transport:?} from {source}");
    }
    let absent = site.ask(Transport::Tftp, INSIDE, &format!("/cfg{MAC}")).await;
    assert_eq!(absent.unwrap_err(), Refusal::Absent);
}

async fn the_preview_tells_of_trunks_and_of_no_voicemail_for_them(bench: Bench) {
    let site = Site::new(bench);
    let (acme, trunks) = two_trunks(&site, 2).await;
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    change.block_service(&trunks[1], true, false).await.unwrap();
    let name = offhook::domain::SettingName::parse("voicemail.number").unwrap();
    let value = offhook::domain::SettingValue::parse(name, "*97").unwrap();
    let owner = offhook::storage::SettingOwner::Tenant;
    change.set_setting(&offhook::storage::StoredSetting { owner, name, value }).await.unwrap();
    change.commit().await.unwrap();
    let catalog = offhook::catalog::Catalog::embedded().unwrap();
    let policy = policy(PublicKeys::from_pem(&site.signing.public_pem()).unwrap());
    let mac = MAC.parse().unwrap();
    let shown = preview(&site.bench.store, &catalog, &policy, mac, None, now()).await.unwrap();
    let admissions: Vec<_> = shown.verdicts.iter().map(|verdict| verdict.admission).collect();
    assert_eq!(admissions, [Admission::Admitted, Admission::Withheld(Withheld::Blocked)]);
    let text = shown.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    assert!(text.contains("<P35>fax</P35>") && !text.contains("password-of"), "{text}");
    assert_eq!(shown.without_voicemail, []);
}
