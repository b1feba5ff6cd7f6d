//! When a phone loses a line: what it knew is worth nothing any more, unless somebody says otherwise.

use offhook::{
    admin::actions::{Released, SipPassword, TrunkToAdd},
    domain::{LineNumber, Mac, ProductKind, Secret, ServiceKind, ServiceName, SipUser, TrunkPeer},
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, claims, device, extension, failed, product, slug, text},
};

on_both_engines![
    a_released_extension_gets_another_password_and_its_pbx_is_told,
    a_password_is_kept_on_demand,
    a_removed_phone_renews_each_extension_once_whatever_its_lines,
    a_released_trunk_gets_another_password_as_well,
    lines_that_a_removed_extension_frees_are_told,
    a_former_device_is_its_tenants_to_see_until_its_mac_is_a_devices_again,
];

const MAC: &str = "001565aabbcc";
const OTHER: &str = "001565aabbdd";

fn mac(text: &str) -> Mac {
    text.parse().unwrap()
}

fn line(number: u16) -> LineNumber {
    LineNumber::new(number).unwrap()
}

async fn password(office: &Office, number: &str) -> String {
    let details = office.actions.extension(&office.acme, &number.parse().unwrap(), false).await.unwrap();
    details.extension.sip_password.expose().to_owned()
}

fn names(names: &[&str]) -> Vec<ServiceName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

async fn a_released_extension_gets_another_password_and_its_pbx_is_told(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.extend("101").await.unwrap();
    office.extend("102").await.unwrap();
    office.add_device(MAC, None).await;
    office.assign(MAC, 1, "101").await.unwrap();
    office.assign(MAC, 2, "102").await.unwrap();
    let (old, kept) = (password(&office, "101").await, password(&office, "102").await);
    let since = office.actions.accounts(&office.acme, None).await.unwrap().as_of;
    let released = office.actions.release_line(mac(MAC), line(1), SipPassword::Renewed).await.unwrap();
    assert_eq!(released, Released { carried: names(&["101"]), renewed: names(&["101"]) });
    let new = password(&office, "101").await;
    assert_ne!(new, old);
    assert_eq!(password(&office, "102").await, kept);
    let changed = office.actions.accounts(&office.acme, Some(since)).await.unwrap().accounts;
    let changed: Vec<_> = changed
        .into_iter()
        .map(|account| (account.service.to_string(), account.password.unwrap().expose().to_owned()))
        .collect();
    assert_eq!(changed, [("101".to_owned(), new)]);
    let audited = office.audited().await;
    assert_eq!(
        audited[1..3],
        ["line.released 001565aabbcc line 1 carried 101", "extension.password-changed 101"]
    );
    let freed = office.actions.device(mac(MAC)).await.unwrap().freed;
    assert_eq!((freed.len(), freed[0].line, freed[0].taken_at), (1, line(1), None));
    assert_eq!(freed[0].carried, "101".parse().unwrap());
    assert_eq!(freed[0].at, office.clock_now());
    // a line that carries something again is not free
    office.assign(MAC, 1, "101").await.unwrap();
    assert!(office.actions.device(mac(MAC)).await.unwrap().freed.is_empty());
}

async fn a_password_is_kept_on_demand(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.extend("101").await.unwrap();
    office.add_device(MAC, None).await;
    let old = password(&office, "101").await;
    let kept = Released { carried: names(&["101"]), renewed: Vec::new() };
    office.assign(MAC, 1, "101").await.unwrap();
    let released = office.actions.release_line(mac(MAC), line(1), SipPassword::Kept).await.unwrap();
    assert_eq!(released, kept);
    office.assign(MAC, 1, "101").await.unwrap();
    assert_eq!(office.actions.replace_device(mac(MAC), mac(OTHER), SipPassword::Kept).await.unwrap(), kept);
    assert_eq!(office.actions.remove_device(mac(OTHER), Some(SipPassword::Kept)).await.unwrap(), kept);
    assert_eq!(password(&office, "101").await, old);
    let audited = office.audited().await;
    assert!(!audited.iter().any(|entry| entry.contains("password-changed")), "{audited:?}");
}

async fn a_removed_phone_renews_each_extension_once_whatever_its_lines(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.actions.add_extension(&office.acme, extension("101", "pro")).await.unwrap();
    office.extend("102").await.unwrap();
    office.add_device(MAC, None).await;
    for (at, number) in [(1, "101"), (2, "101"), (3, "102")] {
        office.assign(MAC, at, number).await.unwrap();
    }
    let old = [password(&office, "101").await, password(&office, "102").await];
    assert_eq!(failed(office.actions.remove_device(mac(MAC), None).await).0, "device_in_use");
    assert_eq!([password(&office, "101").await, password(&office, "102").await], old);
    let released = office.actions.remove_device(mac(MAC), Some(SipPassword::Renewed)).await.unwrap();
    assert_eq!(released, Released { carried: names(&["101", "102"]), renewed: names(&["101", "102"]) });
    assert_ne!(password(&office, "101").await, old[0]);
    assert_ne!(password(&office, "102").await, old[1]);
    let audited = office.audited().await;
    let renewed = audited.iter().filter(|entry| *entry == "extension.password-changed 101").count();
    assert_eq!(renewed, 1, "{audited:?}");
    let formers = office.actions.former_devices(&office.acme).await.unwrap();
    assert_eq!((formers.len(), formers[0].former.device.mac, formers[0].taken_at), (1, mac(MAC), None));
    // what carries nothing goes without being asked twice, and leaves a former device as well
    office.add_device(OTHER, None).await;
    assert_eq!(office.actions.remove_device(mac(OTHER), None).await.unwrap(), Released::default());
    assert_eq!(office.actions.former_devices(&office.acme).await.unwrap().len(), 2);
}

async fn a_released_trunk_gets_another_password_as_well(bench: Bench) {
    let office = Office::new(bench).await;
    let mut claims = claims(1, 9);
    claims.products.push(product("trunk", "Trunk", ProductKind::Main, &[ServiceKind::Trunk]));
    office.install(claims).await.unwrap();
    let peer = TrunkPeer::Credentials {
        user: SipUser::parse("fax").unwrap(),
        password: Secret::new("password of the fax"),
    };
    let new = TrunkToAdd { name: text("Fax"), product: "trunk".parse().unwrap(), peer };
    office.actions.add_trunk(&office.acme, new).await.unwrap();
    office.add_device(MAC, Some("Grandstream HT802")).await;
    office.assign(MAC, 1, "Fax").await.unwrap();
    let released = office.actions.release_line(mac(MAC), line(1), SipPassword::Renewed).await.unwrap();
    assert_eq!(released.renewed, [ServiceName::Trunk(text("Fax"))]);
    let accounts = office.actions.accounts(&office.acme, None).await.unwrap().accounts;
    assert_ne!(accounts[0].password.as_ref().unwrap().expose(), "password of the fax");
    assert!(office.audited().await.contains(&"trunk.password-changed Fax".to_owned()));
    let freed = office.actions.device(mac(MAC)).await.unwrap().freed;
    assert_eq!(freed[0].carried, ServiceName::Trunk(text("Fax")));
}

async fn lines_that_a_removed_extension_frees_are_told(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.extend("101").await.unwrap();
    office.add_device(MAC, None).await;
    office.assign(MAC, 4, "101").await.unwrap();
    let name = "101".parse().unwrap();
    office.actions.remove_service(&office.acme, &ServiceKind::Extension, &name).await.unwrap();
    let freed = office.actions.device(mac(MAC)).await.unwrap().freed;
    assert_eq!((freed.len(), freed[0].line, &freed[0].carried), (1, line(4), &name));
    assert_eq!(office.actions.devices(&office.acme).await.unwrap()[0].freed.len(), 1);
}

async fn a_former_device_is_its_tenants_to_see_until_its_mac_is_a_devices_again(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.add_tenant("other").await;
    let (acme, other) = (office.acme.clone(), slug("other"));
    let formers = async |tenant| office.actions.former_devices(tenant).await.unwrap().len();
    office.add_device(MAC, None).await;
    office.actions.remove_device(mac(MAC), None).await.unwrap();
    assert_eq!([formers(&acme).await, formers(&other).await], [1, 0]);
    assert_eq!(failed(office.actions.device(mac(MAC)).await).0, "device_not_found");
    office.actions.add_device(&other, device(MAC, None)).await.unwrap();
    assert_eq!([formers(&acme).await, formers(&other).await], [0, 0]);
    office.actions.remove_device(mac(MAC), None).await.unwrap();
    assert_eq!([formers(&acme).await, formers(&other).await], [0, 1]);
    // in the place of another
    office.add_device(OTHER, None).await;
    office.actions.replace_device(mac(OTHER), mac(MAC), SipPassword::Renewed).await.unwrap();
    assert_eq!([formers(&acme).await, formers(&other).await], [1, 0]);
    let replaced = &office.actions.former_devices(&acme).await.unwrap()[0].former;
    assert_eq!((replaced.device.mac, replaced.replaced_by), (mac(OTHER), Some(mac(MAC))));
    // from a file
    let csv = format!("Action,Name,Device model,MAC\nadd,Back again,auto,{OTHER}\n");
    let options = offhook::admin::actions::CsvOptions::default();
    let kind = offhook::admin::actions::CsvKind::Devices;
    office.actions.import_csv(&acme, kind, csv.as_bytes(), options, &|_, _| {}).await.unwrap();
    assert_eq!(formers(&acme).await, 0);
    office.clock.set(office.clock_now().plus_days(1));
    office.actions.remove_device(mac(OTHER), None).await.unwrap();
    office.clock.set(office.clock_now().plus_days(90));
    assert_eq!(formers(&acme).await, 0);
}
