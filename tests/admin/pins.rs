//! PINs: set and cleared with the right for credentials, audited without being shown.

use offhook::{
    admin::actions::Actor,
    domain::{Component, ExtensionNumber, Level, Pin, Rights},
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, failed, slug},
};

on_both_engines![
    a_pin_is_set_and_cleared_and_the_audit_keeps_no_digit_of_it,
    a_pin_takes_the_right_for_credentials_and_an_extension_of_the_own_tenant,
];

fn number(text: &str) -> ExtensionNumber {
    text.parse().unwrap()
}

fn pin(digits: &str) -> Pin {
    Pin::parse(digits).unwrap()
}

async fn a_pin_is_set_and_cleared_and_the_audit_keeps_no_digit_of_it(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    let (actions, acme) = (&office.actions, &office.acme);
    let made = office.extend("101").await.unwrap().extension;
    assert_eq!(made.pin, None);
    let none = failed(actions.clear_pin(acme, &number("101")).await);
    assert_eq!(none, ("pin_not_set", "extension 101 has no PIN".to_owned()));
    let mut revision = made.revision;
    for digits in ["47110815", "1234"] {
        actions.set_pin(acme, &number("101"), &pin(digits)).await.unwrap();
        let shown = actions.extension(acme, &number("101"), false).await.unwrap();
        assert_eq!(shown.extension.pin, Some(pin(digits)));
        assert!(shown.extension.revision > revision, "whoever changed it before is told");
        revision = shown.extension.revision;
        assert!(!format!("{shown:?}").contains(digits), "{shown:?}");
    }
    actions.clear_pin(acme, &number("101")).await.unwrap();
    assert_eq!(actions.extension(acme, &number("101"), false).await.unwrap().extension.pin, None);

    let records = actions.audit(Some(acme), None, 3).await.unwrap();
    let told: Vec<_> = records
        .iter()
        .map(|record| {
            let entry = &record.entry;
            (entry.action.as_str(), entry.before.as_deref().unwrap(), entry.after.as_deref().unwrap())
        })
        .collect();
    let (set, changed, null) = (r#"{"pin":"set"}"#, r#"{"pin":"changed"}"#, r#"{"pin":null}"#);
    assert_eq!(
        told,
        [
            ("extension.pin-cleared", set, null),
            ("extension.pin-changed", set, changed),
            ("extension.pin-changed", null, changed)
        ]
    );
    assert!(!format!("{records:?}").contains("4711"), "{records:?}");
    assert!(!format!("{records:?}").contains("1234"), "{records:?}");
}

async fn a_pin_takes_the_right_for_credentials_and_an_extension_of_the_own_tenant(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    office.extend("101").await.unwrap();
    office.add_tenant("zebra").await;
    let tenant = office.actions.tenant(&office.acme).await.unwrap().tenant.id;
    let who = |level: Level| Actor {
        rights: Rights::of(move |component| match component {
            Component::Credentials => level,
            _ => Level::Change,
        }),
        operator: false,
        tenant: Some(tenant.clone()),
        ..Actor::operator("ann")
    };
    let viewer = office.actions.on_behalf_of(who(Level::View));
    for refused in [
        failed(viewer.set_pin(&office.acme, &number("101"), &pin("4711")).await),
        failed(viewer.clear_pin(&office.acme, &number("101")).await),
    ] {
        assert_eq!(refused, ("forbidden", "this needs the right credentials:change".to_owned()));
    }
    let ann = office.actions.on_behalf_of(who(Level::Change));
    ann.set_pin(&office.acme, &number("101"), &pin("4711")).await.unwrap();
    assert_eq!(
        failed(ann.set_pin(&office.acme, &number("999"), &pin("4711")).await).0,
        "extension_not_found"
    );
    assert_eq!(failed(ann.set_pin(&slug("zebra"), &number("101"), &pin("4711")).await).0, "tenant_not_found");
    let mut late = ann.clone();
    late.conditions.revision = Some(1);
    assert_eq!(failed(late.set_pin(&office.acme, &number("101"), &pin("0815")).await).0, "changed_meanwhile");
    assert_eq!(failed(late.clear_pin(&office.acme, &number("101")).await).0, "changed_meanwhile");
}
