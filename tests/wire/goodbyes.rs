//! How phones are said goodbye to: a line that is released, a phone that is removed or replaced, as phones that remember
//! see it. On both engines.

use std::time::Duration;

use offhook::{
    admin::actions::{DeviceToAdd, ExtensionToAdd, SipPassword},
    domain::{LineNumber, Mac, PlainText, ProductId, TenantSlug, Timestamp},
    simulator::{Account, Memory},
};

use crate::{
    lives::{boots, factory_phone},
    running::{NOW, Running},
};

macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::running::Running::start(None, None).await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let database = crate::postgres::cluster().database().await;
                super::$name(crate::running::Running::start(None, Some(&database)).await).await;
            })+
        }
    };
}

on_both_engines![
    a_released_line_leaves_its_phone_and_what_the_phone_knew_is_worth_nothing,
    a_removed_phone_is_blanked_for_90_days_and_then_nobody_knows_it,
    a_replaced_phone_is_blank_and_its_successor_has_other_passwords,
    a_phone_that_goes_to_another_tenant_is_that_tenants,
];

/// A phone of each vendor, and the MAC of another of the same model.
const PHONES: [(&str, &str, &str); 4] = [
    ("Yealink SIP-T46U", "805ec0000101", "805ec0000201"),
    ("Snom D785", "000413000102", "000413000202"),
    ("Grandstream HT802", "c074ad000103", "c074ad000203"),
    ("Linphone", "020000000104", "020000000204"),
];
/// Far more than the journal waits before it writes.
const PATIENCE: Duration = Duration::from_secs(30);

fn mac(text: &str) -> Mac {
    Mac::parse(text).unwrap()
}

fn line(number: u16) -> LineNumber {
    LineNumber::new(number).unwrap()
}

/// Makes an extension that two device lines may carry.
async fn extend(server: &Running, tenant: &TenantSlug, number: &str) {
    let new = ExtensionToAdd {
        number: number.parse().unwrap(),
        name: PlainText::parse("name", &format!("User {number}")).unwrap(),
        product: ProductId::parse("two-lines").unwrap(),
        sip_user: None,
        sip_password: None,
    };
    server.actions.add_extension(tenant, new).await.unwrap();
}

/// Makes a phone whose lines carry these extensions.
async fn add(server: &Running, tenant: &TenantSlug, (model, at): (&str, &str), numbers: &[&str]) {
    let new = DeviceToAdd { mac: mac(at), model: Some(model.to_owned()), name: None };
    server.actions.add_device(tenant, new).await.unwrap();
    for (index, number) in numbers.iter().enumerate() {
        let at = (mac(at), line(u16::try_from(index + 1).unwrap()));
        server.actions.assign_line(at.0, at.1, &number.parse().unwrap()).await.unwrap();
    }
}

async fn password(server: &Running, tenant: &TenantSlug, number: &str) -> String {
    let details = server.actions.extension(tenant, &number.parse().unwrap(), false).await.unwrap();
    details.extension.sip_password.expose().to_owned()
}

/// Boots a phone with the tenant's URL, which must give it what it needs; the lines that register then.
async fn registering(server: &Running, tenant: &TenantSlug, phone: &mut Memory) -> Vec<u16> {
    server.hears().await;
    let booted = boots(server, phone, &server.url(tenant).await).await;
    assert!(booted.first_fault().is_none(), "{:?}", booted.files);
    phone.accounts().iter().filter(|account| account.registers()).map(|account| account.line).collect()
}

/// The passwords with which the PBX would let the tenant's extensions register.
async fn accepted(server: &Running, tenant: &TenantSlug) -> Vec<String> {
    let accounts = server.actions.accounts(tenant, None).await.unwrap().accounts;
    accounts.into_iter().filter_map(|account| Some(account.password?.expose().to_owned())).collect()
}

/// Asks until the journal has it: it is written beside.
async fn noted<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    let asking = async {
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("not noted: {what}"))
}

/// When the phone took that a line of it was freed.
async fn freed(server: &Running, at: &str) -> Option<Timestamp> {
    let freed = server.actions.device(mac(at)).await.unwrap().freed;
    assert_eq!(freed.len(), 1);
    freed[0].taken_at
}

/// When a phone that is no device any more got a blank document.
async fn blanked(server: &Running, tenant: &TenantSlug, at: &str) -> Option<Timestamp> {
    let formers = server.actions.former_devices(tenant).await.unwrap();
    let former = formers.into_iter().find(|details| details.former.device.mac == mac(at));
    former.unwrap_or_else(|| panic!("{at} is no former device")).taken_at
}

async fn a_released_line_leaves_its_phone_and_what_the_phone_knew_is_worth_nothing(server: Running) {
    let acme = server.tenant("acme", 9).await;
    for (index, (model, at, home)) in PHONES.into_iter().enumerate() {
        let (stays, goes) = (format!("71{index}1"), format!("71{index}2"));
        extend(&server, &acme, &stays).await;
        extend(&server, &acme, &goes).await;
        add(&server, &acme, (model, at), &[&stays, &goes]).await;
        add(&server, &acme, (model, home), &[&goes]).await;
        let (mut desk, mut phone) = (factory_phone(model, home), factory_phone(model, at));
        assert_eq!(registering(&server, &acme, &mut phone).await, [1, 2], "{model}");
        assert_eq!(registering(&server, &acme, &mut desk).await, [1], "{model}");
        let (kept, old) = (password(&server, &acme, &stays).await, password(&server, &acme, &goes).await);
        assert!(!phone.holding(&old).is_empty() && !desk.holding(&old).is_empty(), "{model}");

        let released = server.actions.release_line(mac(at), line(2), SipPassword::Renewed).await.unwrap();
        assert_eq!(released.renewed, [goes.parse().unwrap()]);
        let new = password(&server, &acme, &goes).await;
        assert_eq!(freed(&server, at).await, None, "{model}");
        assert!(!accepted(&server, &acme).await.contains(&old), "{model}");
        assert!(accepted(&server, &acme).await.contains(&new), "{model}");
        assert_eq!(password(&server, &acme, &stays).await, kept, "{model}");

        assert_eq!(registering(&server, &acme, &mut phone).await, [1], "{model}");
        assert_eq!(registering(&server, &acme, &mut desk).await, [1], "{model}");
        for former in [&old, &goes] {
            assert_eq!(phone.holding(former), [""; 0], "{model}: {former}");
        }
        assert_eq!(phone.holding(&new), [""; 0], "{model}");
        assert!(desk.holding(&old).is_empty() && !desk.holding(&new).is_empty(), "{model}");
        let taken = noted(model, || freed(&server, at)).await;
        assert_eq!(taken, NOW, "{model}");
    }
    server.stop().await;
}

async fn a_removed_phone_is_blanked_for_90_days_and_then_nobody_knows_it(server: Running) {
    let acme = server.tenant("acme", 9).await;
    let mut phones = Vec::new();
    for (index, (model, at, _)) in PHONES.into_iter().enumerate() {
        let number = format!("10{index}");
        extend(&server, &acme, &number).await;
        add(&server, &acme, (model, at), &[&number]).await;
        let mut phone = factory_phone(model, at);
        assert_eq!(registering(&server, &acme, &mut phone).await, [1], "{model}");
        let old = password(&server, &acme, &number).await;
        let refused = server.actions.remove_device(mac(at), None).await.unwrap_err();
        assert!(refused.to_string().contains(&format!("line 1 carries {number}")), "{refused}");
        server.actions.remove_device(mac(at), Some(SipPassword::Renewed)).await.unwrap();
        assert_eq!(blanked(&server, &acme, at).await, None, "{model}");

        assert_eq!(registering(&server, &acme, &mut phone).await, [0; 0], "{model}");
        assert!(phone.accounts().iter().all(Account::is_blank), "{model}: {:?}", phone.accounts());
        assert_eq!(phone.remaining_secrets(), [""; 0], "{model}");
        assert_eq!(phone.holding(&old), [""; 0], "{model}");
        assert!(!accepted(&server, &acme).await.contains(&old), "{model}");
        assert_eq!(noted(model, || blanked(&server, &acme, at)).await, NOW, "{model}");
        phones.push((model, at, phone));
    }
    let until = NOW.plus_days(90);
    for (time, known) in [(Timestamp::from_millis(until.millis() - 1), true), (until, false)] {
        server.clock.set(time);
        server.hears().await;
        for (model, at, phone) in &mut phones {
            let booted = boots(&server, phone, &server.url(&acme).await).await;
            assert_eq!(booted.first_fault().is_none(), known, "{model} at {time}: {:?}", booted.files);
            let formers = server.actions.former_devices(&acme).await.unwrap();
            assert_eq!(formers.iter().any(|details| details.former.device.mac == mac(at)), known, "{model}");
        }
    }
    let kept = || async {
        let mut session = server.actions.store.read().await.unwrap();
        session.former_device_by_mac(mac(PHONES[0].1)).await.unwrap()
    };
    assert!(kept().await.is_some());
    server.actions.store.remember_time(until).await.unwrap();
    assert!(kept().await.is_none());
    server.stop().await;
}

async fn a_replaced_phone_is_blank_and_its_successor_has_other_passwords(server: Running) {
    let acme = server.tenant("acme", 9).await;
    for (index, (model, broken, new)) in PHONES.into_iter().enumerate() {
        let numbers = [format!("1{index}1"), format!("1{index}2")];
        for number in &numbers {
            extend(&server, &acme, number).await;
        }
        add(&server, &acme, (model, broken), &[&numbers[0], &numbers[1]]).await;
        let (mut phone, mut successor) = (factory_phone(model, broken), factory_phone(model, new));
        assert_eq!(registering(&server, &acme, &mut phone).await, [1, 2], "{model}");
        let web = server.actions.device(mac(broken)).await.unwrap().device.web_password;
        let mut old = Vec::new();
        for number in &numbers {
            old.push(password(&server, &acme, number).await);
        }
        server.actions.replace_device(mac(broken), mac(new), SipPassword::Renewed).await.unwrap();
        assert_eq!(registering(&server, &acme, &mut successor).await, [1, 2], "{model}");
        assert_eq!(registering(&server, &acme, &mut phone).await, [0; 0], "{model}");
        assert!(phone.accounts().iter().all(Account::is_blank), "{model}");
        assert_eq!(phone.remaining_secrets(), [""; 0], "{model}");
        for old in &old {
            assert!(phone.holding(old).is_empty() && successor.holding(old).is_empty(), "{model}");
            assert!(!accepted(&server, &acme).await.contains(old), "{model}");
        }
        for number in &numbers {
            let now = password(&server, &acme, number).await;
            assert!(phone.holding(&now).is_empty() && !successor.holding(&now).is_empty(), "{model}");
        }
        assert_eq!(successor.holding(web.expose()), [""; 0], "{model}");
        assert_eq!(noted(model, || blanked(&server, &acme, broken)).await, NOW, "{model}");
        // it is mended, and takes the place of the other
        server.actions.replace_device(mac(new), mac(broken), SipPassword::Renewed).await.unwrap();
        assert_eq!(registering(&server, &acme, &mut phone).await, [1, 2], "{model}");
        assert_eq!(registering(&server, &acme, &mut successor).await, [0; 0], "{model}");
    }
    server.stop().await;
}

async fn a_phone_that_goes_to_another_tenant_is_that_tenants(server: Running) {
    let (acme, other) = (server.tenant("acme", 9).await, server.tenant("other", 9).await);
    for (index, (model, at, _)) in PHONES.into_iter().enumerate() {
        let (number, theirs) = (format!("10{index}"), format!("20{index}"));
        extend(&server, &acme, &number).await;
        extend(&server, &other, &theirs).await;
        add(&server, &acme, (model, at), &[&number]).await;
        let mut phone = factory_phone(model, at);
        assert_eq!(registering(&server, &acme, &mut phone).await, [1], "{model}");
        let old = password(&server, &acme, &number).await;
        server.actions.remove_device(mac(at), Some(SipPassword::Kept)).await.unwrap();
        server.hears().await;
        // with the other tenant's URL it is a phone that nobody has
        let url = server.url(&other).await;
        assert!(boots(&server, &mut factory_phone(model, at), &url).await.first_fault().is_some(), "{model}");
        let stranger = || async {
            let unknown = server.actions.seen(&other).await.unwrap().unknown;
            unknown.into_iter().find(|(seen, phone)| *seen == mac(at) && phone.vendor.is_some())
        };
        noted(model, stranger).await;
        assert!(server.actions.former_devices(&other).await.unwrap().is_empty());
        assert_eq!(blanked(&server, &acme, at).await, None, "{model}: others' requests are not its");

        add(&server, &other, (model, at), &[&theirs]).await;
        assert!(server.actions.former_devices(&acme).await.unwrap().is_empty(), "{model}");
        server.hears().await;
        let mut with_old_url = factory_phone(model, at);
        let refused = boots(&server, &mut with_old_url, &server.url(&acme).await).await;
        assert!(refused.first_fault().is_some(), "{model}: {:?}", refused.files);
        assert_eq!(registering(&server, &other, &mut phone).await, [1], "{model}");
        assert_eq!(phone.holding(&old), [""; 0], "{model}");
        let its = password(&server, &other, &theirs).await;
        assert!(!phone.holding(&its).is_empty(), "{model}");
    }
    server.stop().await;
}
