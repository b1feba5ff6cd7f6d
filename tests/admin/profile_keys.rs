//! Keys of profiles: held by who follows, fit for every follower, audited, and nobody else's business.

use offhook::{
    admin::actions::{Actor, CsvKind, CsvOptions, KeyToSet},
    domain::{Component, KeyKind, Layer, Level, LineNumber, Mac, Role},
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, failed, slug, text},
};

on_both_engines![
    a_device_holds_its_profiles_keys_where_it_has_none_of_its_own,
    a_key_that_a_follower_cannot_have_is_refused,
    a_profile_that_a_device_cannot_have_is_not_followed,
    a_programmed_key_is_audited_with_what_it_was,
    keys_of_a_profile_need_its_tenant_and_the_right,
];

const MAC: &str = "001565aabbcc";

fn mac() -> Mac {
    MAC.parse().unwrap()
}

fn key(position: u16, line: u16, number: &str) -> KeyToSet {
    KeyToSet {
        position,
        kind: KeyKind::Blf,
        line: LineNumber::new(line).unwrap(),
        value: Some(number.to_owned()),
        label: None,
    }
}

/// An office with a profile, and a phone of `model` that does not follow it yet.
async fn with_profile(bench: Bench, model: Option<&str>) -> Office {
    let office = Office::new(bench).await;
    office.actions.add_profile(&office.acme, &text("Reception")).await.unwrap();
    office.add_device(MAC, model).await;
    office
}

async fn a_device_holds_its_profiles_keys_where_it_has_none_of_its_own(bench: Bench) {
    let office = with_profile(bench, Some("Yealink SIP-T46U")).await;
    let (actions, acme, name) = (&office.actions, &office.acme, text("Reception"));
    actions.set_profile(mac(), Some(&name)).await.unwrap();
    actions.set_profile_key(acme, &name, key(2, 1, "202")).await.unwrap();
    actions.set_profile_key(acme, &name, key(3, 1, "203")).await.unwrap();
    actions.set_key(mac(), key(3, 1, "103")).await.unwrap();
    let held = async || {
        let held = actions.held_keys(mac()).await.unwrap().into_iter();
        held.map(|held| (held.key.position, held.key.value.unwrap(), held.layer)).collect::<Vec<_>>()
    };
    let (own, followed) = ((3, "103".to_owned(), Layer::Device), (2, "202".to_owned(), Layer::Profile));
    assert_eq!(held().await, [followed.clone(), own]);
    actions.unset_key(mac(), 3).await.unwrap();
    assert_eq!(held().await, [followed, (3, "203".to_owned(), Layer::Profile)]);
    assert_eq!(actions.profile_keys(acme, &name).await.unwrap().len(), 2);
    actions.unset_profile_key(acme, &name, 2).await.unwrap();
    let (code, why) = failed(actions.unset_profile_key(acme, &name, 2).await);
    assert_eq!((code, why.as_str()), ("key_not_set", "key 2 of profile \"Reception\" is not programmed"));
    actions.set_profile(mac(), None).await.unwrap();
    assert!(held().await.is_empty());
    actions.remove_profile(acme, &name).await.unwrap();
    actions.add_profile(acme, &name).await.unwrap();
    assert!(actions.profile_keys(acme, &name).await.unwrap().is_empty(), "removed with the profile");
}

async fn a_key_that_a_follower_cannot_have_is_refused(bench: Bench) {
    let office = with_profile(bench, Some("Yealink SIP-T31P")).await;
    let (actions, acme, name) = (&office.actions, &office.acme, text("Reception"));
    actions.set_profile_key(acme, &name, key(1, 1, "101")).await.unwrap();
    actions.set_profile(mac(), Some(&name)).await.unwrap();
    for (wrong, code, why) in [
        (key(3, 1, "103"), "key_beyond_model", "key 3 is not there: Yealink SIP-T31P has keys 1 to 2"),
        (key(2, 3, "103"), "line_beyond_model", "line 3 is not there: Yealink SIP-T31P has 2 lines"),
    ] {
        let refused = failed(actions.set_profile_key(acme, &name, wrong).await);
        assert_eq!(refused, (code, format!("00:15:65:aa:bb:cc follows the profile: {why}")));
    }
    assert_eq!(failed(actions.set_profile_key(acme, &name, key(0, 1, "103")).await).0, "key_beyond_model");
    let empty = KeyToSet { value: None, ..key(1, 1, "") };
    assert_eq!(failed(actions.set_profile_key(acme, &name, empty).await).0, "key_wrong");
    assert_eq!(actions.profile_keys(acme, &name).await.unwrap().len(), 1);
    // nobody knows yet what a phone of an unknown model has, nor one that follows nothing
    actions.set_model(mac(), None).await.unwrap();
    actions.set_profile_key(acme, &name, key(3, 1, "103")).await.unwrap();
    assert_eq!(failed(actions.set_model(mac(), Some("Yealink SIP-T31P")).await).0, "key_in_use");
    actions.set_model(mac(), Some("Yealink SIP-T46U")).await.unwrap();
}

async fn a_profile_that_a_device_cannot_have_is_not_followed(bench: Bench) {
    let office = with_profile(bench, Some("Yealink SIP-T31P")).await;
    let (actions, acme, name) = (&office.actions, &office.acme, text("Reception"));
    actions.set_profile_key(acme, &name, key(27, 1, "103")).await.unwrap();
    let (code, why) = failed(actions.set_profile(mac(), Some(&name)).await);
    assert_eq!(code, "key_beyond_model");
    assert_eq!(
        why,
        "profile \"Reception\" does not fit: key 27 is not there: Yealink SIP-T31P has keys 1 to 2"
    );
    assert_eq!(actions.profiles(acme).await.unwrap()[0].devices, 0);
    let import = async |model: &str| {
        let file = format!("Action,Name,Device model,CPE profile,MAC\nadd,,{model},Reception,001565aabbdd\n");
        actions
            .import_csv(acme, CsvKind::Devices, file.as_bytes(), CsvOptions::default(), &|_, _| ())
            .await
            .map(|outcome| outcome.added)
            .map_err(|error| error.to_string())
    };
    let refused = import("Yealink SIP-T31P").await.unwrap_err();
    assert!(refused.contains("row 2, CPE profile: does not fit: key 27 is not there"), "{refused}");
    assert_eq!(import("Yealink SIP-T46U").await, Ok(1));
}

async fn a_programmed_key_is_audited_with_what_it_was(bench: Bench) {
    let office = with_profile(bench, None).await;
    let (actions, acme, name) = (&office.actions, &office.acme, text("Reception"));
    actions.set_profile_key(acme, &name, key(2, 1, "202")).await.unwrap();
    actions
        .set_profile_key(acme, &name, KeyToSet { label: Some(text("Ann")), ..key(2, 1, "203") })
        .await
        .unwrap();
    actions.unset_profile_key(acme, &name, 2).await.unwrap();
    let entries = actions.audit(Some(acme), None, 3).await.unwrap();
    let told: Vec<_> = entries
        .iter()
        .map(|record| {
            let entry = &record.entry;
            (
                entry.action.as_str(),
                entry.detail.as_str(),
                entry.before.as_deref().unwrap(),
                entry.after.as_deref().unwrap(),
            )
        })
        .collect();
    let first = "{\"kind\":\"blf\",\"label\":null,\"line\":1,\"value\":\"202\"}";
    let second = "{\"kind\":\"blf\",\"label\":\"Ann\",\"line\":1,\"value\":\"203\"}";
    assert_eq!(
        told,
        [
            ("profile.key-unset", "profile Reception key 2", second, "null"),
            ("profile.key-set", "profile Reception key 2 is blf", first, second),
            ("profile.key-set", "profile Reception key 2 is blf", "null", first),
        ]
    );
}

async fn keys_of_a_profile_need_its_tenant_and_the_right(bench: Bench) {
    let office = with_profile(bench, None).await;
    let (actions, acme, name) = (&office.actions, &office.acme, text("Reception"));
    office.add_tenant("zebra").await;
    let zebra = actions.tenant(&slug("zebra")).await.unwrap().tenant.id;
    let rights = Role::Administrator.rights();
    let actor =
        Actor { operator: false, tenant: Some(zebra), rights: rights.clone(), ..actions.actor.clone() };
    let stranger = actions.on_behalf_of(actor.clone());
    assert_eq!(failed(stranger.set_profile_key(acme, &name, key(2, 1, "202")).await).0, "tenant_not_found");
    assert_eq!(failed(stranger.profile_keys(acme, &name).await).0, "tenant_not_found");
    let own = failed(stranger.set_profile_key(&slug("zebra"), &name, key(2, 1, "202")).await);
    assert_eq!(own.0, "profile_not_found");
    let rights = rights.with(Component::Settings, Level::View);
    let reader = actions.on_behalf_of(Actor { tenant: None, rights, ..actor });
    assert!(reader.profile_keys(acme, &name).await.unwrap().is_empty());
    assert_eq!(failed(reader.set_profile_key(acme, &name, key(2, 1, "202")).await).0, "forbidden");
    assert_eq!(failed(reader.unset_profile_key(acme, &name, 2).await).0, "forbidden");
}
