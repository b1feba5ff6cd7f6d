//! Tenants, their scopes, and what was seen of their phones.

use offhook::{
    admin::actions::Actor,
    domain::{Component, Level, Mac, Rights, TenantSlug},
    storage::{DeviceNote, JournalBatch, SeenPhone},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    office::{Office, failed, slug, text},
};

on_both_engines![
    a_tenant_has_its_short_name_alone,
    an_old_scope_is_shown_until_it_ends,
    what_dhcp_tells_is_for_who_may_see_the_tenants_url,
    a_removed_tenant_is_gone_and_audited,
    phones_that_were_seen_are_told_from_devices,
];

fn new(name: TenantSlug) -> offhook::admin::actions::TenantToAdd {
    let sip_domain = "pbx.example.org".parse().unwrap();
    offhook::admin::actions::TenantToAdd { slug: name, name: text("Acme"), sip_domain }
}

async fn a_tenant_has_its_short_name_alone(bench: Bench) {
    let office = Office::new(bench).await;
    let refused = failed(office.actions.add_tenant(new(slug("acme"))).await);
    assert_eq!(refused.0, "tenant_exists");
    office.actions.add_tenant(new(slug("bravo"))).await.unwrap();
    assert_eq!(office.actions.tenants().await.unwrap().len(), 2);
    let details = office.actions.tenant(&office.acme).await.unwrap();
    assert_eq!((details.scopes.len(), details.extensions, details.devices), (1, 0, 0));
}

async fn an_old_scope_is_shown_until_it_ends(bench: Bench) {
    let office = Office::new(bench).await;
    let first = office.actions.tenant(&office.acme).await.unwrap().scopes.remove(0);
    let (second, until) = office.actions.rotate_scope(&office.acme, 7).await.unwrap();
    assert_eq!(until, now().plus_days(7));
    let scopes = office.actions.tenant(&office.acme).await.unwrap().scopes;
    assert_eq!([&scopes[0].scope, &scopes[1].scope], [&second.scope, &first.scope]);
    office.clock.set(now().plus_days(7));
    assert_eq!(office.actions.tenant(&office.acme).await.unwrap().scopes.len(), 1);
    assert_eq!(failed(office.actions.rotate_scope(&office.acme, 367).await).0, "overlap_too_long");
    let audited = office.audited().await.concat();
    assert!(audited.contains("scope.rotated") && !audited.contains(&second.scope.expose()));
}

async fn what_dhcp_tells_is_for_who_may_see_the_tenants_url(bench: Bench) {
    let office = Office::new(bench).await;
    office.add_tenant("zebra").await;
    let tenant = office.actions.tenant(&office.acme).await.unwrap();
    let who = |allowed: Component| {
        let rights =
            Rights::of(move |component| if component == allowed { Level::View } else { Level::None });
        let actor = Actor { rights, operator: false, ..Actor::operator("ann") };
        office.actions.on_behalf_of(Actor { tenant: Some(tenant.tenant.id.clone()), ..actor })
    };
    let refused = failed(who(Component::Settings).dhcp_facts(&office.acme).await);
    assert_eq!(refused, ("forbidden", "this needs the right tenants:view".to_owned()));
    let ann = who(Component::Tenants);
    assert_eq!(failed(ann.dhcp_facts(&slug("zebra")).await).0, "tenant_not_found");
    let facts = ann.dhcp_facts(&office.acme).await.unwrap();
    assert_eq!(facts.scope.scope, tenant.scopes[0].scope);
    // the new one from its first moment on
    let (new, _) = office.actions.rotate_scope(&office.acme, 7).await.unwrap();
    assert_eq!(ann.dhcp_facts(&office.acme).await.unwrap().scope.scope, new.scope);
}

async fn a_removed_tenant_is_gone_and_audited(bench: Bench) {
    let office = Office::new(bench).await;
    office.actions.remove_tenant(&office.acme).await.unwrap();
    assert_eq!(failed(office.actions.tenant(&office.acme).await).0, "tenant_not_found");
    assert_eq!(failed(office.actions.remove_tenant(&office.acme).await).0, "tenant_not_found");
    assert_eq!(office.audited().await, ["tenant.removed acme (Acme Ltd)", "tenant.added acme"]);
}

async fn phones_that_were_seen_are_told_from_devices(bench: Bench) {
    let office = Office::new(bench).await;
    office.add_device("001565aabbcc", None).await;
    let device = office.actions.device("001565aabbcc".parse().unwrap()).await.unwrap().device;
    let seen = SeenPhone {
        at: now(),
        address: "192.0.2.7".to_owned(),
        transport: "https".to_owned(),
        vendor: None,
        model: None,
        firmware: None,
        file: "x.cfg".to_owned(),
    };
    let phone = |mac: &str| -> Mac { mac.parse().unwrap() };
    let mine = Some(device.tenant.clone());
    let note = DeviceNote {
        device: device.id,
        tenant: device.tenant,
        seen: seen.clone(),
        outcome: "served".to_owned(),
        taken: None,
    };
    let unknown = vec![
        (phone("001565000001"), mine.clone(), seen.clone(), 1),
        (phone("001565000002"), None, seen.clone(), 1),
        (phone("001565aabbcc"), mine, seen, 1),
    ];
    let batch = JournalBatch { devices: vec![note.clone()], unknown, walks: vec![] };
    office.bench.store.write_journal(&batch).await.unwrap();
    let list = office.actions.seen(&office.acme).await.unwrap();
    assert_eq!(list.devices, [(phone("001565aabbcc"), note)]);
    assert_eq!(list.unknown.iter().map(|(mac, _)| *mac).collect::<Vec<_>>(), [phone("001565000001")]);
}
