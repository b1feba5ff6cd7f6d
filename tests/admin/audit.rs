//! The audit: what it keeps, and that nobody alters it unseen.

use offhook::{
    admin::actions::{Actor, KeyToSet, SipPassword, Verdict},
    domain::{KeyKind, LineNumber, Role, ServiceKind},
    storage::Role as StoreRole,
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, failed, text},
};

on_both_engines![
    a_change_is_kept_with_who_from_where_and_what_before,
    what_was_before_and_after_is_kept_of_every_change,
    what_is_altered_removed_or_put_in_is_found,
    what_retention_removes_leaves_a_chain_that_can_be_verified,
    entries_of_older_releases_are_chained,
    many_at_once_make_one_chain,
];

async fn verdict(office: &Office) -> Verdict {
    office.actions.verify_audit(Some(&office.acme)).await.unwrap().pop().unwrap().verdict
}

/// An office with some entries about acme.
async fn busy(bench: Bench) -> Office {
    let office = Office::licensed(bench, 9).await;
    for number in ["101", "102", "103"] {
        office.extend(number).await.unwrap();
    }
    office
}

async fn a_change_is_kept_with_who_from_where_and_what_before(bench: Bench) {
    let office = busy(bench).await;
    let tenant = office.actions.tenant(&office.acme).await.unwrap().tenant.id;
    let ann = office.actions.on_behalf_of(Actor {
        name: "ann".to_owned(),
        rights: Role::Administrator.rights(),
        operator: false,
        tenant: Some(tenant),
        from: Some([192, 0, 2, 9].into()),
        session: None,
        language: offhook::domain::Language::default(),
    });
    let (kind, name) = (ServiceKind::Extension, "101".parse().unwrap());
    ann.block_service(&office.acme, &kind, &name, true).await.unwrap();
    ann.note_refusal("PUT /tenants/acme/license", "operator_only").await;
    ann.set_sip_password(&office.acme, &name, None).await.unwrap();
    let records = office.actions.audit(Some(&office.acme), None, 3).await.unwrap();
    let [password, refused, blocked] = &records[..] else { panic!("{records:?}") };
    assert_eq!((blocked.entry.actor.as_str(), blocked.entry.origin.as_deref()), ("ann", Some("192.0.2.9")));
    assert_eq!(blocked.entry.before.as_deref(), Some("{\"blocked\":false}"));
    assert_eq!(blocked.entry.after.as_deref(), Some("{\"blocked\":true,\"by_operator\":false}"));
    assert!(refused.entry.refused && refused.entry.detail.ends_with("operator_only"));
    assert_eq!(password.entry.action, "extension.password-changed");
    let secret = ann.extension(&office.acme, &"101".parse().unwrap(), false).await.unwrap();
    assert!(!format!("{records:?}").contains(secret.extension.sip_password.expose()));
    assert!(matches!(verdict(&office).await, Verdict::Whole { first: 1, .. }));
    // another tenant's administrator sees none of it
    office.add_tenant("zebra").await;
    let zebra = office.actions.tenant(&crate::office::slug("zebra")).await.unwrap().tenant.id;
    let stranger = office.actions.on_behalf_of(Actor { tenant: Some(zebra), ..ann.actor.clone() });
    assert_eq!(failed(stranger.audit(Some(&office.acme), None, 9).await).0, "tenant_not_found");
    assert_eq!(failed(stranger.audit(None, None, 9).await).0, "operator_only");
}

async fn what_was_before_and_after_is_kept_of_every_change(bench: Bench) {
    let office = busy(bench).await;
    let (desk, acme, mac) = (&office.actions, &office.acme, "001565aabbcc".parse().unwrap());
    let key = |value: &str| KeyToSet {
        position: 2,
        kind: KeyKind::Blf,
        line: LineNumber::new(1).unwrap(),
        value: Some(value.to_owned()),
        label: None,
    };
    let numbers = ["+4930123456".parse().unwrap()];
    office.add_device("001565aabbcc", Some("Yealink SIP-T46U")).await;
    office.assign("001565aabbcc", 1, "101").await.unwrap();
    desk.set_key(mac, key("102")).await.unwrap();
    desk.set_key(mac, key("103")).await.unwrap();
    desk.unset_key(mac, 2).await.unwrap();
    desk.add_profile(acme, &text("Lobby")).await.unwrap();
    desk.set_profile(mac, Some(&text("Lobby"))).await.unwrap();
    desk.set_profile(mac, None).await.unwrap();
    desk.add_dids(acme, &numbers).await.unwrap();
    desk.assign_did(acme, &numbers[0], &"101".parse().unwrap()).await.unwrap();
    desk.release_did(acme, &numbers[0]).await.unwrap();
    desk.release_line(mac, LineNumber::new(1).unwrap(), SipPassword::Renewed).await.unwrap();
    desk.remove_device(mac, None).await.unwrap();
    desk.remove_service(acme, &ServiceKind::Extension, &"101".parse().unwrap()).await.unwrap();
    let records = desk.audit(Some(acme), None, 99).await.unwrap();
    let kept: Vec<_> = records
        .iter()
        .rev()
        .skip_while(|record| record.entry.action != "device.added")
        .map(|record| {
            let state = |state: &Option<String>| state.clone().unwrap_or_default();
            (record.entry.action.as_str(), state(&record.entry.before), state(&record.entry.after))
        })
        .collect();
    let blf = |value: &str| format!("{{\"kind\":\"blf\",\"label\":null,\"line\":1,\"value\":\"{value}\"}}");
    let (was, is) = ("{\"profile\":null}", "{\"profile\":\"Lobby\"}");
    let device = kept[0].2.clone();
    let expected = [
        ("device.added", "null", device.as_str()),
        ("line.assigned", "{\"number\":null}", "{\"number\":\"101\"}"),
        ("key.set", "null", &blf("102")),
        ("key.set", &blf("102"), &blf("103")),
        ("key.unset", &blf("103"), "null"),
        ("profile.added", "null", "{\"name\":\"Lobby\"}"),
        ("device.profile-set", was, is),
        ("device.profile-set", is, was),
        ("did.added", "null", "{\"numbers\":[\"+4930123456\"]}"),
        ("did.assigned", "{\"service\":null}", "{\"service\":\"101\"}"),
        ("did.released", "{\"service\":\"101\"}", "{\"service\":null}"),
        ("extension.password-changed", "{\"password\":\"set\"}", "{\"password\":\"changed\"}"),
        ("line.released", "{\"number\":\"101\"}", "{\"number\":null}"),
        ("device.removed", device.as_str(), "null"),
        ("extension.removed", "{\"blocked\":false,\"name\":\"Ann\",\"product\":\"essentials\"}", "null"),
    ];
    assert!(device.contains("\"model\":\"Yealink SIP-T46U\""), "{device}");
    assert_eq!(kept, expected.map(|(action, before, after)| (action, before.to_owned(), after.to_owned())));
}

async fn what_is_altered_removed_or_put_in_is_found(bench: Bench) {
    let office = busy(bench).await;
    let Verdict::Whole { last, .. } = verdict(&office).await else { panic!("it is whole") };
    let tamper = async |statement: &str, back: &str, seq: i64, why: &str| {
        office.bench.sql(statement).await.unwrap();
        assert_eq!(verdict(&office).await, Verdict::Broken { seq, why: leaked(why) }, "{statement}");
        office.bench.sql(back).await.unwrap();
        assert!(matches!(verdict(&office).await, Verdict::Whole { .. }), "{back}");
    };
    let acme = "chain <> ''";
    for (column, altered) in [
        ("actor", "'eve' || actor"),
        ("at", "at + 1"),
        ("detail", "detail || ' '"),
        ("action", "action || 's'"),
        ("origin", "'192.0.2.1'"),
    ] {
        let statement = format!("UPDATE audit_log SET {column} = {altered} WHERE {acme} AND seq = 2");
        let back = match column {
            "actor" => "substr(actor, 4)".to_owned(),
            "at" => "at - 1".to_owned(),
            "origin" => "NULL".to_owned(),
            text => format!("substr({text}, 1, length({text}) - 1)"),
        };
        let back = format!("UPDATE audit_log SET {column} = {back} WHERE {acme} AND seq = 2");
        tamper(&statement, &back, 2, "the entry was altered").await;
    }
    let hide = |seq: i64| format!("UPDATE audit_log SET chain = 'hidden' WHERE {acme} AND seq = {seq}");
    let show =
        "UPDATE audit_log SET chain = (SELECT id FROM tenants WHERE slug = 'acme') WHERE chain = 'hidden'";
    tamper(&hide(2), show, 2, "the entry is missing").await;
    tamper(&hide(last), show, last, "entries at the end are missing").await;
    let cut = "UPDATE audit_heads SET base_seq = 2, base_mac = (SELECT mac FROM audit_log WHERE chain <> '' AND seq = 2) WHERE chain <> ''";
    let back = "UPDATE audit_heads SET base_seq = 0, base_mac = '' WHERE chain <> ''";
    tamper(cut, back, 2, "the chain was cut off before it, and not by retention").await;
}

/// One of the sentences that a verdict can hold.
fn leaked(why: &str) -> &'static str {
    const ALL: [&str; 5] = [
        "the entry was altered",
        "the entry is missing",
        "entries at the end are missing",
        "the chain was cut off before it, and not by retention",
        "the head of the chain is missing",
    ];
    ALL.into_iter().find(|one| *one == why).unwrap()
}

async fn what_retention_removes_leaves_a_chain_that_can_be_verified(bench: Bench) {
    let office = busy(bench).await;
    let early = verdict(&office).await;
    assert_eq!(failed(office.actions.prune_audit(Some(&office.acme), 29).await).0, "audit_too_young");
    office.clock.set(crate::bench::now().plus_days(40));
    office.extend("104").await.unwrap();
    let removed = office.actions.prune_audit(Some(&office.acme), 30).await.unwrap();
    let Verdict::Whole { last, .. } = early else { panic!("{early:?}") };
    assert_eq!(i64::try_from(removed).unwrap(), last);
    let Verdict::Whole { first, .. } = verdict(&office).await else { panic!("it is whole") };
    assert_eq!(first, last + 1);
    assert_eq!(office.actions.prune_audit(Some(&office.acme), 30).await.unwrap(), 0);
    office
        .bench
        .sql("UPDATE audit_log SET detail = 'x' WHERE chain <> '' AND action = 'extension.added'")
        .await
        .unwrap();
    assert!(matches!(verdict(&office).await, Verdict::Broken { .. }));
}

async fn entries_of_older_releases_are_chained(bench: Bench) {
    let office = busy(bench).await;
    let old = "INSERT INTO audit (id, tenant_id, at, actor, action, detail) \
               SELECT 'old' || id, id, 5, 'root', 'tenant.old', 'x' FROM tenants";
    office.bench.sql(old).await.unwrap();
    office.bench.open(StoreRole::Admin, &office.bench.key).await.unwrap();
    let newest = office.actions.audit(Some(&office.acme), None, 1).await.unwrap();
    assert_eq!(newest[0].entry.action, "tenant.old");
    assert!(matches!(verdict(&office).await, Verdict::Whole { .. }));
    // once
    office.bench.open(StoreRole::Admin, &office.bench.key).await.unwrap();
    assert_eq!(office.actions.audit(Some(&office.acme), None, 1).await.unwrap(), newest);
}

async fn many_at_once_make_one_chain(bench: Bench) {
    let office = busy(bench).await;
    let Verdict::Whole { last: before, .. } = verdict(&office).await else { panic!("it is whole") };
    let other = office.actions_on(office.bench.open(StoreRole::Admin, &office.bench.key).await.unwrap());
    let tenant = office.actions.tenant(&office.acme).await.unwrap().tenant.id;
    let noting: Vec<_> = (0..40)
        .map(|index| {
            let desk = if index % 2 == 0 { office.actions.clone() } else { other.clone() };
            let actor = Actor { tenant: Some(tenant.clone()), ..desk.actor.clone() };
            let desk = desk.on_behalf_of(actor);
            tokio::spawn(async move { desk.note_refusal("x", "y").await })
        })
        .collect();
    for noted in noting {
        noted.await.unwrap();
    }
    let Verdict::Whole { last, .. } = verdict(&office).await else { panic!("it is whole") };
    assert_eq!(last, before + 40);
}
