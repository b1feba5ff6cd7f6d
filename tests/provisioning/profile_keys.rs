//! Keys of profiles: on every phone that follows, where it has none of its own.

use std::sync::atomic::Ordering;

use offhook::{
    catalog::Catalog,
    domain::{Key, KeyKind, Layer, LineNumber, PlainText, ProfileId, SystemRandom, license::PublicKeys},
    provisioning::preview,
    storage::{Change, Tenant},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    site::{Site, policy},
};

const MAC: &str = "001565aabbcc";
const FOLLOWER: &str = "001565aabbcd";

on_both_engines![
    a_phone_has_its_profiles_keys_where_it_has_none_of_its_own,
    a_changed_key_reaches_every_phone_that_follows,
    a_key_on_a_line_that_is_not_admitted_stays_clear,
    a_key_that_the_model_has_not_is_told,
];

fn blf(position: u16, line: u16, number: &str) -> Key {
    let line = LineNumber::new(line).unwrap();
    Key::new(position, KeyKind::Blf, line, Some(number.to_owned()), None).unwrap()
}

async fn change(site: &Site, tenant: &Tenant) -> Change {
    site.bench.store.change(&tenant.id, now()).await.unwrap()
}

/// A tenant with two phones, of which both follow a profile with keys 2 and 3 and the first has a key 3 of its own.
async fn followed(site: &Site) -> (Tenant, ProfileId) {
    let acme = site.tenant("acme", 3).await;
    let (first, second) = (site.extension(&acme, "101").await, site.extension(&acme, "102").await);
    let device = site.phone(&acme, MAC, &[&first]).await;
    let follower = site.phone(&acme, FOLLOWER, &[&second]).await;
    let profile = ProfileId::generate(&SystemRandom);
    let mut following = change(site, &acme).await;
    following.add_profile(&profile, &PlainText::parse("name", "Reception").unwrap()).await.unwrap();
    for key in [blf(2, 1, "202"), blf(3, 1, "203")] {
        following.set_profile_key(&profile, &key).await.unwrap();
    }
    following.set_key(&device, &blf(3, 1, "103")).await.unwrap();
    for device in [&device, &follower] {
        following.set_profile(device, Some(&profile)).await.unwrap();
    }
    following.commit().await.unwrap();
    (acme, profile)
}

/// What key `position` of a phone dials; the vendor's word for nothing where it is clear.
async fn value(site: &Site, tenant: &Tenant, mac: &str, position: u16) -> String {
    let document = site.document(tenant, mac).await.unwrap();
    let name = format!("linekey.{position}.value = ");
    document.lines().find_map(|line| line.strip_prefix(&name)).unwrap().to_owned()
}

async fn a_phone_has_its_profiles_keys_where_it_has_none_of_its_own(bench: Bench) {
    let site = Site::new(bench);
    let (acme, profile) = followed(&site).await;
    assert_eq!(value(&site, &acme, MAC, 2).await, "202");
    assert_eq!(value(&site, &acme, MAC, 3).await, "103", "its own wins");
    assert_eq!(value(&site, &acme, FOLLOWER, 3).await, "203");
    let clear = value(&site, &acme, FOLLOWER, 4).await;

    let mut leaving = change(&site, &acme).await;
    for device in leaving.devices(&acme.id).await.unwrap() {
        leaving.set_profile(&device.id, None).await.unwrap();
    }
    leaving.remove_profile(&profile).await.unwrap();
    leaving.commit().await.unwrap();
    assert_eq!(value(&site, &acme, MAC, 3).await, "103");
    for (mac, position) in [(MAC, 2), (FOLLOWER, 2), (FOLLOWER, 3)] {
        assert_eq!(value(&site, &acme, mac, position).await, clear);
    }
}

async fn a_changed_key_reaches_every_phone_that_follows(bench: Bench) {
    let site = Site::new(bench);
    let (acme, profile) = followed(&site).await;
    for mac in [MAC, FOLLOWER] {
        assert_eq!(value(&site, &acme, mac, 2).await, "202");
    }
    let made = site.provisioner.outcomes().rendered.load(Ordering::Relaxed);
    let mut changing = change(&site, &acme).await;
    changing.set_profile_key(&profile, &blf(2, 1, "302")).await.unwrap();
    changing.commit().await.unwrap();
    for mac in [MAC, FOLLOWER] {
        assert_eq!(value(&site, &acme, mac, 2).await, "302");
    }
    assert_eq!(site.provisioner.outcomes().rendered.load(Ordering::Relaxed), made + 2);
    let mut clearing = change(&site, &acme).await;
    assert!(clearing.unset_profile_key(&profile, 2).await.unwrap());
    clearing.commit().await.unwrap();
    for mac in [MAC, FOLLOWER] {
        assert_ne!(value(&site, &acme, mac, 2).await, "302");
    }
}

async fn a_key_on_a_line_that_is_not_admitted_stays_clear(bench: Bench) {
    let site = Site::new(bench);
    let (acme, profile) = followed(&site).await;
    let clear = value(&site, &acme, FOLLOWER, 4).await;
    let mut programming = change(&site, &acme).await;
    programming.set_profile_key(&profile, &blf(4, 2, "204")).await.unwrap();
    programming.commit().await.unwrap();
    for mac in [MAC, FOLLOWER] {
        assert_eq!(value(&site, &acme, mac, 4).await, clear);
    }
}

async fn a_key_that_the_model_has_not_is_told(bench: Bench) {
    let site = Site::new(bench);
    let (acme, profile) = followed(&site).await;
    // past the actions, which refuse it where they know the model
    let mut programming = change(&site, &acme).await;
    programming.set_profile_key(&profile, &blf(900, 1, "204")).await.unwrap();
    programming.set_profile_key(&profile, &blf(2, 17, "205")).await.unwrap();
    programming.set_profile_key(&profile, &blf(5, 16, "206")).await.unwrap();
    programming.commit().await.unwrap();
    let policy = policy(PublicKeys::from_pem(&site.signing.public_pem()).unwrap());
    let (catalog, mac) = (Catalog::embedded().unwrap(), FOLLOWER.parse().unwrap());
    let shown = preview(&site.bench.store, &catalog, &policy, mac, None, now()).await.unwrap();
    let beyond: Vec<_> =
        shown.beyond.iter().map(|held| (held.key.position, held.key.line.get(), held.layer)).collect();
    assert_eq!(beyond, [(2, 17, Layer::Profile), (900, 1, Layer::Profile)], "the model has 16 lines");
}
