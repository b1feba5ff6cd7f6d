//! Tenants with their scopes and licenses, the audit, and the newest time stored.

use offhook::{
    domain::{LicenseId, RELEASED, Scope, ScopeId, SystemRandom, TenantSlug},
    storage::{AuditEntry, StorageError},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    made::{add_device, add_extension, change},
};

on_both_engines![
    a_tenant_is_found_by_name_id_and_scope,
    a_rotated_scope_ends_at_its_time_and_the_new_one_stays,
    a_removed_tenant_leaves_nothing_and_can_be_changed_no_more,
    licenses_stand_in_the_order_of_their_installation,
    an_audited_action_is_kept_with_its_change_only,
    the_newest_time_moves_forward_and_never_to_a_doubtful_one,
];

async fn a_tenant_is_found_by_name_id_and_scope(bench: Bench) {
    let acme = bench.tenant("acme").await;
    bench.tenant("zebra").await;
    let mut read = bench.store.read().await.unwrap();
    let found = read.tenant_by_slug(&acme.slug).await.unwrap().unwrap();
    assert_eq!((&found.id, found.name.as_str(), found.revision), (&acme.id, "Acme Ltd", 1));
    assert_eq!(found.sip_domain, acme.sip_domain);
    assert_eq!(read.tenant(&acme.id).await.unwrap().unwrap().slug, acme.slug);
    let slugs: Vec<_> =
        read.tenants().await.unwrap().into_iter().map(|tenant| tenant.slug.to_string()).collect();
    assert_eq!(slugs, ["acme", "zebra"]);
    assert!(read.tenant_by_slug(&TenantSlug::parse("none").unwrap()).await.unwrap().is_none());

    let scopes = read.scopes(&acme.id).await.unwrap();
    let by_scope = read.tenant_of_scope(&scopes[0].scope).await.unwrap().unwrap();
    assert_eq!((scopes.len(), by_scope.tenant, by_scope.expires_at), (1, acme.id, None));
    let unknown = Scope::generate_for_tenant(&SystemRandom);
    assert!(read.tenant_of_scope(&unknown).await.unwrap().is_none());
}

async fn a_rotated_scope_ends_at_its_time_and_the_new_one_stays(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let first = bench.store.read().await.unwrap().scopes(&acme.id).await.unwrap().remove(0);
    let new = Scope::generate_for_tenant(&SystemRandom);
    let mut rotation = change(&bench.store, &acme).await;
    let id = ScopeId::generate(&SystemRandom);
    rotation.rotate_scope(&id, &new, now().plus_days(7), now()).await.unwrap();
    let revision = rotation.commit().await.unwrap();

    let mut read = bench.store.read().await.unwrap();
    let scopes = read.scopes(&acme.id).await.unwrap();
    assert_eq!((&scopes[0].scope, scopes[0].expires_at), (&new, None));
    assert_eq!((&scopes[1].scope, scopes[1].expires_at), (&first.scope, Some(now().plus_days(7))));
    assert_eq!(read.revisions().await.unwrap(), [(acme.id, revision, revision)]);
}

async fn a_removed_tenant_leaves_nothing_and_can_be_changed_no_more(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let other = bench.tenant("other").await;
    let extension = add_extension(&bench.store, &acme, "101").await.unwrap();
    let device = add_device(&bench.store, &acme, "001565aabbcc").await.unwrap();
    add_extension(&bench.store, &other, "101").await.unwrap();
    let mut assignment = change(&bench.store, &acme).await;
    assignment.assign_line(&device, crate::made::line(1), &extension).await.unwrap();
    assignment.commit().await.unwrap();
    let sizes = async |id| bench.store.read().await.unwrap().sizes(id).await.unwrap();
    assert_eq!((sizes(&acme.id).await, sizes(&other.id).await), ((1, 1), (1, 0)));

    let mut removal = change(&bench.store, &acme).await;
    removal.remove_tenant().await.unwrap();
    removal.commit().await.unwrap();

    let mut read = bench.store.read().await.unwrap();
    assert!(read.tenant(&acme.id).await.unwrap().is_none());
    assert!(read.devices(&acme.id).await.unwrap().is_empty());
    assert!(read.extensions(&acme.id).await.unwrap().is_empty());
    assert!(read.scopes(&acme.id).await.unwrap().is_empty());
    assert_eq!(read.extensions(&other.id).await.unwrap().len(), 1);
    drop(read);
    let refused = bench.store.change(&acme.id, now()).await;
    assert!(matches!(refused, Err(StorageError::TenantGone)));
}

async fn licenses_stand_in_the_order_of_their_installation(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let ids = [LicenseId::generate(&SystemRandom), LicenseId::generate(&SystemRandom)];
    for (id, serial) in ids.iter().zip([7, 3]) {
        let mut installation = change(&bench.store, &acme).await;
        installation.install_license(id, serial, &format!("jws {serial}"), now()).await.unwrap();
        installation.commit().await.unwrap();
    }
    let installed = bench.store.read().await.unwrap().licenses(&acme.id).await.unwrap();
    let seen: Vec<_> = installed.iter().map(|license| (license.serial, license.jws.as_str())).collect();
    assert_eq!(seen, [(7, "jws 7"), (3, "jws 3")]);
    assert_eq!(installed[0].installed_at, now());
    assert!(installed[0].revision < installed[1].revision);

    let mut pruning = change(&bench.store, &acme).await;
    pruning.remove_license(&ids[0]).await.unwrap();
    pruning.commit().await.unwrap();
    let left = bench.store.read().await.unwrap().licenses(&acme.id).await.unwrap();
    assert_eq!(left.iter().map(|license| &license.id).collect::<Vec<_>>(), [&ids[1]]);
}

async fn an_audited_action_is_kept_with_its_change_only(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let entry = |action: &str, days| {
        AuditEntry::new(Some(acme.id.clone()), now().plus_days(days), "root", action, "serial 3")
    };
    let mut dropped = change(&bench.store, &acme).await;
    dropped.audit(&entry("license.dropped", 0)).await.unwrap();
    drop(dropped);
    let mut kept = change(&bench.store, &acme).await;
    kept.audit(&entry("license.kept", 1)).await.unwrap();
    kept.commit().await.unwrap();
    let whole = AuditEntry { tenant: None, ..entry("clock.trusted", 2) };
    bench.store.audit(&whole).await.unwrap();

    let entries = bench.store.read().await.unwrap().audit_entries(10).await.unwrap();
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["clock.trusted", "license.kept"]);
    assert_eq!((&entries[0].tenant, &entries[1].tenant), (&None, &Some(acme.id.clone())));
    assert_eq!(bench.store.read().await.unwrap().audit_entries(1).await.unwrap().len(), 1);
}

async fn the_newest_time_moves_forward_and_never_to_a_doubtful_one(bench: Bench) {
    let newest = async || bench.store.read().await.unwrap().newest_time().await.unwrap();
    assert_eq!(newest().await, None);
    let acme = bench.tenant("acme").await;
    assert_eq!(newest().await, Some(now()));
    for (time, remembered) in [
        (now().plus_days(1), now().plus_days(1)),
        (now(), now().plus_days(1)),
        (now().plus_days(500), now().plus_days(1)),
        (RELEASED.plus_days(-1), now().plus_days(1)),
    ] {
        bench.store.change(&acme.id, time).await.unwrap().commit().await.unwrap();
        assert_eq!(newest().await, Some(remembered), "after a change at {time}");
    }
    for time in [now().plus_days(500), now()] {
        let (actor, action, detail) = ("root".to_owned(), "clock.trusted".to_owned(), String::new());
        let entry = AuditEntry::new(None, time, &actor, &action, detail);
        bench.store.trust_time(&entry).await.unwrap();
        assert_eq!(newest().await, Some(time));
    }
    assert_eq!(bench.store.read().await.unwrap().audit_entries(9).await.unwrap().len(), 2);
}
