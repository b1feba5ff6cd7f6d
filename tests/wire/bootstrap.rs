//! A phone that trusts nobody and believes that it is 1970 comes to its lines by itself, where its vendor lets it.

use std::{sync::Arc, time::Duration};

use offhook::{
    domain::Mac,
    simulator::{Account, Boot, Memory, Network, Outcome, PhoneModel, ProvisioningUrl, boot},
};

use crate::running::Running;

/// A phone of each vendor whose phones can be told whom to trust.
const PHONES: [(&str, &str, &str); 3] = [
    ("101", "Yealink SIP-T46U", "805ec0000101"),
    ("102", "Snom D785", "000413000102"),
    ("103", "Grandstream HT802", "000b82000103"),
];

/// A simulated phone out of its box.
pub(crate) fn factory_phone(model: &str, mac: &str) -> Memory {
    let catalog = offhook::catalog::Catalog::embedded().unwrap();
    let model = catalog.model(model).unwrap();
    let manifest = catalog.manifest_of(model).clone();
    let entry = manifest.model.iter().find(|entry| entry.name == model.name).unwrap().clone();
    Memory::factory(PhoneModel::new(Arc::new(manifest), entry).unwrap(), Mac::parse(mac).unwrap())
}

/// Boots `phone`, which trusts whom it was told to trust and nobody else.
async fn boots(phone: &mut Memory, url: &str) -> Boot {
    let url = ProvisioningUrl::parse(url).unwrap();
    boot(phone, &url, &Network::new(None).unwrap(), Duration::from_secs(20)).await
}

/// Whether a boot ended at a certificate that the phone does not believe.
fn distrusts(boot: &Boot) -> bool {
    boot.files.iter().any(|asked| asked.outcome.word() == "failed in tls")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_trusts_nobody_in_1970_is_told_whom_and_has_its_line_at_the_next_boot() {
    let server = Running::start(None, None).await;
    let acme = server.tenant("acme", 3).await;
    for (number, model, mac) in PHONES {
        server.phone(&acme, number, model, mac).await;
    }
    server.hears().await;
    let scope = server.scope(&acme).await;
    let secure = server.url(&acme).await;
    for door in [
        format!("http://localhost:{}/p/{scope}/", server.doors.http.unwrap().port()),
        format!("tftp://127.0.0.1:{}/p/{scope}/", server.doors.tftp.unwrap().port()),
    ] {
        for (_, model, mac) in PHONES {
            let mut phone = factory_phone(model, mac);
            let refused = boots(&mut phone, &secure).await;
            assert!(matches!(refused.files[0].outcome, Outcome::Failed(_)), "{model}: {:?}", refused.files);
            assert!(!refused.got_something());
            let told = boots(&mut phone, &door).await;
            assert!(told.first_fault().is_none(), "{model}: {:?}", told.files);
            assert!(phone.knows_time(), "{model}");
            assert_eq!(phone.authorities().len(), 1, "{model}");
            assert_eq!(phone.remaining_secrets(), Vec::<String>::new(), "{model}");
            assert!(phone.accounts().iter().all(Account::is_blank), "{model}");
            let next = phone.next_url().unwrap();
            assert_eq!(next.expose(), secure, "{model}: the tenant's URL, over HTTPS");
            let trusting = boots(&mut phone, next.expose()).await;
            assert!(trusting.first_fault().is_none(), "{model}: {:?}", trusting.files);
            assert!(phone.accounts().iter().any(Account::registers), "{model}");
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_servers_authority_or_no_time_is_not_enough() {
    let (server, stranger) = (Running::start(None, None).await, Running::start(None, None).await);
    let acme = server.tenant("acme", 3).await;
    let theirs = stranger.tenant("acme", 3).await;
    let (_, model, mac) = PHONES[0];
    server.phone(&acme, "101", model, mac).await;
    server.hears().await;
    stranger.hears().await;
    let door = |server: &Running, scope: String| {
        format!("http://localhost:{}/p/{scope}/", server.doors.http.unwrap().port())
    };
    let secure = server.url(&acme).await;
    let mut misled = factory_phone(model, mac);
    boots(&mut misled, &door(&stranger, stranger.scope(&theirs).await)).await;
    assert_eq!(misled.authorities().len(), 1);
    assert!(distrusts(&boots(&mut misled, &secure).await));
    let mut timeless = factory_phone(model, mac);
    boots(&mut timeless, &door(&server, server.scope(&acme).await)).await;
    timeless.user_sets("local_time.ntp_server1", "");
    assert!(distrusts(&boots(&mut timeless, &secure).await), "in 1970 no certificate is valid yet");
    timeless.user_sets("local_time.ntp_server1", "pool.ntp.org");
    assert!(boots(&mut timeless, &secure).await.got_something());
    server.stop().await;
    stranger.stop().await;
}
