//! Enrollment: the window, its releases, the first use of a device's own scope, and what freezes it.

use std::{collections::BTreeSet, sync::Arc};

use offhook::{
    domain::{Alarm, Closed, DeviceState, Mac},
    provisioning::{Document, Refusal, RefusalClass, Request, Transport},
    storage::{DatabaseUrl, Tenant},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    site::{INSIDE, OUTSIDE, Site, provisioner},
};

const MAC: &str = "001565aabbcc";
const FILE: &str = "001565aabbcc.cfg";
/// Another address that nobody trusts.
const SECOND: &str = "192.0.2.66";

/// A tenant in no allowed network with one phone, whose window is open for 24 hours.
async fn site(bench: Bench) -> (Site, Tenant) {
    let site = Site::new(bench);
    let corner = site.tenant("corner", 3).await;
    let extension = site.extension(&corner, "101").await;
    site.phone(&corner, MAC, &[&extension]).await;
    (site, corner)
}

impl Site {
    async fn state(&self) -> DeviceState {
        let mut session = self.bench.store.read().await.unwrap();
        let device = session.device_by_mac(Mac::parse(MAC).unwrap()).await.unwrap().unwrap();
        drop(session);
        self.bench.store.device_state(&device.id).await.unwrap()
    }

    /// Another epoch with an open window; the scope that ended with it.
    async fn next_epoch(&self, tenant: &Tenant) {
        let mut change = self.bench.store.change(&tenant.id, now()).await.unwrap();
        let device = change.device_by_mac(Mac::parse(MAC).unwrap()).await.unwrap().unwrap();
        change.raise_epoch(&device.id).await.unwrap();
        change.open_window(&device.id, now().plus_hours(24)).await.unwrap();
        change.commit().await.unwrap();
    }

    async fn by_tenant(&self, tenant: &Tenant, source: &str) -> Result<Document, Refusal> {
        let path = self.path(tenant, FILE).await;
        self.ask(Transport::Https, source, &path).await
    }

    async fn by_device(&self, source: &str) -> Result<Document, Refusal> {
        let path = self.own_path(MAC, FILE).await.unwrap();
        self.ask(Transport::Https, source, &path).await
    }
}

/// The URL that the document hands over, as the path below it.
fn handed(document: &Document) -> String {
    let text = String::from_utf8(document.bytes.to_vec()).unwrap();
    let (_, url) = text.split_once("https://phones.example.org").expect("a URL");
    let scope = url.split('/').nth(2).unwrap();
    format!("/p/{scope}/{FILE}")
}

async fn a_phone_enrolls_and_its_first_use_of_its_own_scope_closes_the_window(bench: Bench) {
    let (site, corner) = site(bench).await;
    let released = site.by_tenant(&corner, OUTSIDE).await.unwrap();
    let again = site.by_tenant(&corner, OUTSIDE).await.unwrap();
    assert_eq!(released.bytes, again.bytes, "the same fetch gives the same bytes");
    let own = handed(&released);
    assert_eq!(Some(&own), site.own_path(MAC, FILE).await.as_ref());
    assert_eq!(site.state().await.releases, 2);
    let enrolled = site.ask(Transport::Https, SECOND, &own).await.unwrap();
    assert_eq!(enrolled.bytes, released.bytes, "the door changes no byte");
    assert_eq!(site.by_tenant(&corner, OUTSIDE).await.unwrap_err(), Refusal::Closed(Closed::Window));
    assert!(site.by_device(OUTSIDE).await.is_ok());
}

async fn a_window_ends_by_itself(bench: Bench) {
    let (site, corner) = site(bench).await;
    site.clock.set(now().plus_hours(24).plus_seconds(-1));
    assert!(site.by_tenant(&corner, OUTSIDE).await.is_ok());
    site.clock.set(now().plus_hours(24));
    let refused = site.by_tenant(&corner, OUTSIDE).await.unwrap_err();
    assert_eq!(refused, Refusal::Closed(Closed::Window));
    assert_eq!(refused.class(), RefusalClass::NotFound);
    assert!(site.by_device(OUTSIDE).await.is_ok(), "its own scope has no end");
    site.next_epoch(&corner).await;
    site.clock.set(now());
    assert!(site.by_tenant(&corner, OUTSIDE).await.is_ok(), "opened again");
}

async fn twenty_at_once_get_exactly_five_releases(bench: Bench) {
    let (site, corner) = site(bench).await;
    let site = Arc::new(site);
    let path = site.path(&corner, FILE).await;
    site.provisioner.refresh().await.unwrap();
    let asked = (0..20).map(|_| {
        let (site, path) = (Arc::clone(&site), path.clone());
        tokio::spawn(async move { site.ask_unrefreshed(Transport::Https, OUTSIDE, &path).await })
    });
    let mut released = 0;
    for asked in asked.collect::<Vec<_>>() {
        match asked.await.unwrap() {
            Ok(_) => released += 1,
            Err(refusal) => assert_eq!(refusal, Refusal::Closed(Closed::ReleasesUsedUp)),
        }
    }
    assert_eq!((released, site.state().await.releases), (5, 5));
}

async fn a_second_address_freezes_the_window(bench: Bench) {
    let (site, corner) = site(bench).await;
    let released = site.by_tenant(&corner, OUTSIDE).await.unwrap();
    let mapped = site.by_tenant(&corner, &format!("::ffff:{OUTSIDE}")).await;
    assert!(mapped.is_ok(), "the same address seen through IPv6");
    assert_eq!(site.by_tenant(&corner, SECOND).await.unwrap_err(), Refusal::Closed(Closed::Frozen));
    assert_eq!(site.by_tenant(&corner, OUTSIDE).await.unwrap_err(), Refusal::Closed(Closed::Frozen));
    let by_scope = site.ask(Transport::Https, SECOND, &handed(&released)).await;
    assert_eq!(by_scope.unwrap_err(), Refusal::Closed(Closed::Frozen), "whose it is, is not known");
    let freeze = site.state().await.freeze.unwrap();
    assert_eq!((freeze.why, freeze.by.as_str()), (Alarm::SecondAddress, SECOND));
    assert_eq!(site.provisioner.outcomes().alarms.load(std::sync::atomic::Ordering::Relaxed), 1);
    site.next_epoch(&corner).await;
    assert!(site.by_tenant(&corner, SECOND).await.is_ok(), "an administrator answered");
}

async fn an_old_scope_after_the_new_one_freezes_and_the_scope_in_use_goes_on(bench: Bench) {
    let (site, corner) = site(bench).await;
    let old = site.own_path(MAC, FILE).await.unwrap();
    site.by_device(OUTSIDE).await.unwrap();
    site.next_epoch(&corner).await;
    let still = site.ask(Transport::Https, OUTSIDE, &old).await.unwrap();
    let new = handed(&still);
    assert_ne!(old, new);
    site.ask(Transport::Https, OUTSIDE, &new).await.unwrap();
    assert_eq!(
        site.ask(Transport::Https, SECOND, &old).await.unwrap_err(),
        Refusal::Closed(Closed::OldScope)
    );
    assert_eq!(site.state().await.freeze.unwrap().why, Alarm::OldScope);
    assert!(site.ask(Transport::Https, OUTSIDE, &new).await.is_ok(), "in use");
}

async fn an_ordinary_boot_writes_nothing(bench: Bench) {
    let (site, _) = site(bench).await;
    site.by_device(OUTSIDE).await.unwrap();
    let before = site.state().await;
    assert_eq!(before.version, 1);
    for _ in 0..20 {
        site.by_device(OUTSIDE).await.unwrap();
    }
    assert_eq!(site.state().await, before);
    // nor does it read: the table could be gone
    rename(&site, "device_state", "gone").await;
    assert!(site.by_device(OUTSIDE).await.is_ok());
}

async fn without_a_place_to_write_enrolled_phones_boot_and_no_other_enrolls(bench: Bench) {
    let (site, corner) = site(bench).await;
    rename(&site, "device_state", "gone").await;
    assert_eq!(site.by_tenant(&corner, OUTSIDE).await.unwrap_err(), Refusal::NotRecorded);
    let own = site.own_path(MAC, FILE).await.unwrap();
    assert!(site.by_device(OUTSIDE).await.is_ok(), "its scope is proof");
    rename(&site, "gone", "device_state").await;
    assert_eq!(site.state().await, DeviceState::default());
    site.by_device(OUTSIDE).await.unwrap();
    assert_eq!(site.state().await.used_epoch, 2, "written when it is used again");
    site.next_epoch(&corner).await;
    rename(&site, "device_state", "gone").await;
    assert!(site.ask(Transport::Https, OUTSIDE, &own).await.is_ok(), "the scope in use");
    assert_eq!(site.by_tenant(&corner, OUTSIDE).await.unwrap_err(), Refusal::NotRecorded);
}

/// SQLite keeps the table in the journal's file.
async fn rename(site: &Site, from: &str, to: &str) {
    let sql = format!("ALTER TABLE {from} RENAME TO {to}");
    let url = match &site.bench.url {
        DatabaseUrl::Sqlite(path) => DatabaseUrl::Sqlite(path.with_extension("journal.db")),
        postgres @ DatabaseUrl::Postgres(_) => postgres.clone(),
    };
    site.bench.sql_at(&url, &sql).await.unwrap();
}

async fn wherever_power_fails_the_phone_comes_back_without_an_administrator(bench: Bench) {
    let (site, corner) = site(bench).await;
    // what the phone holds in flash: the tenant's URL until it stored another
    let tenants = site.path(&corner, FILE).await;
    let mut flash = tenants.clone();
    let mut boots = 0;
    for epoch in 0..3 {
        // the answer is lost, the answer came and was not stored, it was stored; the server forgets all each time
        for stored in [false, false, true, true] {
            let restarted = provisioner(&site.bench, &site.clock, &site.signing);
            let got = ask(&restarted, &flash).await.unwrap_or_else(|why| panic!("epoch {epoch}: {why}"));
            boots += 1;
            if stored {
                flash = handed(&got);
            }
        }
        assert_ne!(flash, tenants);
        // an administrator assigns twice meanwhile, and the phone misses it
        site.next_epoch(&corner).await;
        site.next_epoch(&corner).await;
    }
    assert_eq!(boots, 12);
    assert_eq!(site.state().await.freeze, None);
}

async fn ask(provisioner: &offhook::provisioning::Provisioner, path: &str) -> Result<Document, Refusal> {
    provisioner.refresh().await.unwrap();
    provisioner
        .serve(&Request {
            transport: Transport::Https,
            source: OUTSIDE.parse().unwrap(),
            forwarded: false,
            path: path.to_owned(),
            user_agent: None,
            certificate: None,
            credential: None,
        })
        .await
}

async fn whatever_disagrees_is_refused(bench: Bench) {
    let site = Site::new(bench);
    let (acme, other) = (site.tenant("acme", 3).await, site.tenant("other", 3).await);
    let macs = [(&acme, MAC), (&acme, "001565aabbdd"), (&other, "001565bbbbbb")];
    let mut scopes: Vec<(Option<&Tenant>, Option<&str>, String)> = vec![(None, None, String::new())];
    for (tenant, mac) in macs {
        site.phone(tenant, mac, &[]).await;
        let own = site.own_path(mac, "").await.unwrap();
        scopes.push((Some(tenant), Some(mac), own));
    }
    for tenant in [&acme, &other] {
        scopes.push((Some(tenant), None, site.path(tenant, "").await));
    }
    site.provisioner.refresh().await.unwrap();
    let agents = [None, Some(MAC), Some("001565aabbdd")];
    let mut outcomes = BTreeSet::new();
    for (of, own, below) in &scopes {
        for (tenant, mac) in macs {
            for agent in agents {
                for transport in [Transport::Https, Transport::Http, Transport::Tftp] {
                    for source in [OUTSIDE, INSIDE] {
                        let colons = |mac: &str| Mac::parse(mac).unwrap().colons();
                        let asked = Request {
                            transport,
                            source: source.parse().unwrap(),
                            forwarded: false,
                            path: format!("{below}/{mac}.cfg"),
                            user_agent: agent
                                .map(|agent| format!("Yealink SIP-T46U 108.86.0.20 {}", colons(agent))),
                            certificate: None,
                            credential: None,
                        };
                        let got = site.provisioner.serve(&asked).await;
                        let trusted = source == INSIDE && tenant.slug == acme.slug;
                        let agrees = agent.is_none_or(|agent| agent == mac)
                            && of.is_none_or(|of| of.slug == tenant.slug)
                            && own.is_none_or(|own| own == mac);
                        let by_own = own.is_some() && transport == Transport::Https;
                        let enrolls = own.is_none() && of.is_some() && transport == Transport::Https;
                        if agrees && (trusted || by_own) {
                            assert!(got.is_ok(), "{asked:?}: {:?}", got.err());
                        } else if !(agrees && enrolls) {
                            let refusal = got.expect_err(&format!("{asked:?}"));
                            assert_eq!(refusal.class(), RefusalClass::NotFound);
                            outcomes.insert(refusal.word());
                        }
                    }
                }
            }
        }
    }
    let seen = ["disagreement", "no-scope", "not-confidential", "other-tenant"];
    assert!(seen.iter().all(|word| outcomes.contains(word)), "{outcomes:?}");
}

on_both_engines!(
    a_phone_enrolls_and_its_first_use_of_its_own_scope_closes_the_window,
    a_window_ends_by_itself,
    twenty_at_once_get_exactly_five_releases,
    a_second_address_freezes_the_window,
    an_old_scope_after_the_new_one_freezes_and_the_scope_in_use_goes_on,
    an_ordinary_boot_writes_nothing,
    without_a_place_to_write_enrolled_phones_boot_and_no_other_enrolls,
    wherever_power_fails_the_phone_comes_back_without_an_administrator,
    whatever_disagrees_is_refused,
);
