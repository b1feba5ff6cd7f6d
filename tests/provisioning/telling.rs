//! Which URL a phone without one may be told, and that it is noted.

use offhook::{
    domain::{DeviceId, SystemRandom},
    provisioning::{Discovery, Refusal},
    storage::Farewell,
};

use crate::{
    bench::{Bench, now, on_both_engines},
    site::{INSIDE, OUTSIDE, Site},
};

const MAC: &str = "001565aabbcc";
/// Within the network of `acme`, a smaller one of `guest`.
const GUEST: &str = "10.1.9.9";

fn asking(source: &str, mac: Option<&str>) -> Discovery {
    Discovery {
        source: source.parse().unwrap(),
        mac: mac.map(str::to_owned),
        model: Some("T46U".to_owned()),
        firmware: Some("108.86.0.15".to_owned()),
        user_agent: Some("Yealink SIP-T46U 108.86.0.15".to_owned()),
    }
}

/// What is told, after the provisioner heard of every change.
async fn told(site: &Site, discovery: &Discovery) -> Result<String, Refusal> {
    site.provisioner.refresh().await.unwrap();
    site.provisioner.tell(discovery).await.map(|url| url.expose().to_owned())
}

async fn the_smallest_network_around_a_phone_says_whose_url_it_is_told(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    let guest = site.tenant("guest", 3).await;
    let url = |path: String| format!("https://phones.example.org{path}");
    let of_acme = url(site.path(&acme, "").await);
    let of_guest = url(site.path(&guest, "").await);
    assert_ne!(of_acme, of_guest);
    // a new phone, which nobody has entered yet, and one that shows no MAC
    for mac in [Some(MAC), None] {
        assert_eq!(told(&site, &asking(INSIDE, mac)).await, Ok(of_acme.clone()));
        assert_eq!(told(&site, &asking(GUEST, mac)).await, Ok(of_guest.clone()));
        assert_eq!(told(&site, &asking(OUTSIDE, mac)).await, Err(Refusal::NotAllowed));
    }
    assert!(site.provisioner.expects(&asking(GUEST, None)));
    assert!(!site.provisioner.expects(&asking(OUTSIDE, Some(MAC))));
    site.phone(&acme, MAC, &[]).await;
    assert_eq!(told(&site, &asking(INSIDE, Some(MAC))).await, Ok(of_acme));
    assert_eq!(told(&site, &asking(GUEST, Some(MAC))).await, Err(Refusal::OtherTenant));
}

async fn a_phone_that_was_another_tenants_is_told_the_url_of_where_it_stands(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    let guest = site.tenant("guest", 3).await;
    site.phone(&acme, MAC, &[]).await;
    assert_eq!(told(&site, &asking(GUEST, Some(MAC))).await, Err(Refusal::OtherTenant));
    let phone = MAC.parse().unwrap();
    let phone = site.bench.store.read().await.unwrap().device_by_mac(phone).await.unwrap().unwrap();
    let farewell = Farewell { id: DeviceId::generate(&SystemRandom), at: now() };
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    change.remove_device(&phone, &farewell).await.unwrap();
    change.commit().await.unwrap();
    for (network, tenant) in [(GUEST, &guest), (INSIDE, &acme)] {
        let url = format!("https://phones.example.org{}", site.path(tenant, "").await);
        assert_eq!(told(&site, &asking(network, Some(MAC))).await, Ok(url));
    }
}

async fn what_shows_two_phones_or_cannot_be_known_is_told_nothing(bench: Bench) {
    let site = Site::new(bench);
    site.tenant("acme", 3).await;
    let snom = asking(INSIDE, Some("000413a10b1c"));
    assert_eq!(told(&site, &snom).await, Err(Refusal::Disagreement), "a Yealink with a MAC of Snom's");
    let user_agent = Some("Yealink SIP-T46U 108.86.0.15 00:15:65:00:00:01".to_owned());
    let two = Discovery { user_agent, ..asking(INSIDE, Some(MAC)) };
    assert_eq!(told(&site, &two).await, Err(Refusal::Disagreement));
    assert_eq!(told(&site, &asking(GUEST, None)).await, Err(Refusal::NotAllowed), "there is no tenant guest");
    site.bench.sql("ALTER TABLE devices RENAME TO gone").await.unwrap();
    let unknown = site.provisioner.tell(&asking(INSIDE, Some(MAC))).await;
    assert!(matches!(unknown, Err(Refusal::Undecidable(_))), "it may be another tenant's");
}

on_both_engines![
    the_smallest_network_around_a_phone_says_whose_url_it_is_told,
    a_phone_that_was_another_tenants_is_told_the_url_of_where_it_stands,
    what_shows_two_phones_or_cannot_be_known_is_told_nothing,
];
