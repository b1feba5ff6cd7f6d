//! Extensions: names that are taken, passwords, what is shown.

use offhook::domain::{Secret, ServiceKind, SipUser};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, extension, failed, slug},
};

on_both_engines![
    a_taken_number_or_sip_user_is_named_with_who_has_it,
    a_password_is_made_or_taken_and_showing_it_is_audited,
    what_is_not_there_is_named,
    removing_an_extension_frees_its_lines,
];

async fn a_taken_number_or_sip_user_is_named_with_who_has_it(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.extend("101").await.unwrap();
    let refused = failed(office.extend("101").await);
    assert_eq!(refused, ("number_taken", "number 101 is taken by \"Ann\"".to_owned()));
    let mut same = extension("102", "essentials");
    same.sip_user = Some(SipUser::parse("101").unwrap());
    let refused = failed(office.actions.add_extension(&office.acme, same).await);
    assert_eq!(refused, ("sip_user_taken", "SIP user \"101\" is taken by extension 101".to_owned()));
    assert_eq!(office.actions.extensions(&office.acme).await.unwrap().len(), 1);
}

async fn a_password_is_made_or_taken_and_showing_it_is_audited(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    let made = office.extend("101").await.unwrap().extension.sip_password;
    assert!(made.expose().len() >= 20);
    let mut given = extension("102", "essentials");
    given.sip_password = Some(Secret::parse_sip_password("hunter2 & co").unwrap());
    office.actions.add_extension(&office.acme, given).await.unwrap();
    let number = "102".parse().unwrap();
    let shown = office.actions.extension(&office.acme, &number, true).await.unwrap();
    assert_eq!(shown.extension.sip_password.expose(), "hunter2 & co");
    let audited = office.audited().await;
    assert!(audited.contains(&"password.shown extension 102".to_owned()), "{audited:?}");
    assert!(!audited.concat().contains("hunter2") && !format!("{shown:?}").contains("hunter2"));
}

async fn what_is_not_there_is_named(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    let (acme, number) = (&office.acme, "101".parse().unwrap());
    let missing = failed(office.actions.extension(acme, &number, false).await);
    assert_eq!(missing, ("extension_not_found", "the tenant has no extension 101".to_owned()));
    assert_eq!(
        failed(office.actions.remove_service(acme, &ServiceKind::Extension, &number.clone().into()).await).0,
        "extension_not_found"
    );
    let nobody = office.actions.extensions(&slug("nobody")).await;
    assert_eq!(failed(nobody), ("tenant_not_found", "there is no tenant \"nobody\"".to_owned()));
}

async fn removing_an_extension_frees_its_lines(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.extend("101").await.unwrap();
    office.add_device("001565aabbcc", None).await;
    office.assign("001565aabbcc", 2, "101").await.unwrap();
    let freed = office
        .actions
        .remove_service(&office.acme, &ServiceKind::Extension, &"101".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(freed.iter().map(ToString::to_string).collect::<Vec<_>>(), ["00:15:65:aa:bb:cc line 2"]);
    let device = office.actions.device("001565aabbcc".parse().unwrap()).await.unwrap();
    assert!(device.lines.is_empty());
}
