//! What only one may have.

use offhook::{
    domain::{ProfileId, Scope, ScopeId, SystemRandom, TenantId},
    storage::{Conflict, StorageError, Tenant},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    made::{add_device, add_extension, change, extension, farewell, line, successor, text},
};

on_both_engines![
    a_short_name_belongs_to_one_tenant,
    a_number_and_a_sip_user_belong_to_one_extension_of_a_tenant,
    a_mac_belongs_to_one_device_of_all_tenants,
    a_line_carries_one_extension,
    a_profile_has_its_name_alone,
];

fn conflict<T: std::fmt::Debug>(result: Result<T, StorageError>) -> Conflict {
    match result {
        Err(StorageError::Conflict(conflict)) => conflict,
        other => panic!("no conflict but {other:?}"),
    }
}

async fn a_short_name_belongs_to_one_tenant(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let again = Tenant { id: TenantId::generate(&SystemRandom), ..acme };
    let scope = Scope::generate_for_tenant(&SystemRandom);
    let id = ScopeId::generate(&SystemRandom);
    let refused = bench.store.add_tenant(&again, &id, &scope, now()).await;
    assert_eq!(conflict(refused), Conflict::TenantSlug);
    assert_eq!(bench.store.read().await.unwrap().tenants().await.unwrap().len(), 1);
}

async fn a_number_and_a_sip_user_belong_to_one_extension_of_a_tenant(bench: Bench) {
    let (acme, other) = (bench.tenant("acme").await, bench.tenant("other").await);
    add_extension(&bench.store, &acme, "101").await.unwrap();
    assert_eq!(conflict(add_extension(&bench.store, &acme, "101").await), Conflict::Number);
    let mut same_user = extension("102");
    same_user.sip_user = extension("101").sip_user;
    let refused = change(&bench.store, &acme).await.add_extension(&same_user).await;
    assert_eq!(conflict(refused), Conflict::SipUser);
    add_extension(&bench.store, &other, "101").await.unwrap();
    assert_eq!(bench.store.read().await.unwrap().extensions(&acme.id).await.unwrap().len(), 1);
}

async fn a_mac_belongs_to_one_device_of_all_tenants(bench: Bench) {
    let (acme, other) = (bench.tenant("acme").await, bench.tenant("other").await);
    add_device(&bench.store, &acme, "001565aabbcc").await.unwrap();
    add_device(&bench.store, &other, "001565aabbdd").await.unwrap();
    let mac = "001565aabbdd".parse().unwrap();
    let device = bench.store.read().await.unwrap().device_by_mac(mac).await.unwrap().unwrap();
    assert_eq!(conflict(add_device(&bench.store, &other, "001565aabbcc").await), Conflict::Mac);
    let (mut change, new) = (change(&bench.store, &other).await, successor("001565aabbcc"));
    let refused = change.replace_mac(&device, &new, &farewell()).await;
    assert_eq!(conflict(refused), Conflict::Mac);
}

async fn a_line_carries_one_extension(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let first = add_extension(&bench.store, &acme, "101").await.unwrap();
    let second = add_extension(&bench.store, &acme, "102").await.unwrap();
    let device = add_device(&bench.store, &acme, "001565aabbcc").await.unwrap();
    let mut assignment = change(&bench.store, &acme).await;
    assignment.assign_line(&device, line(1), &first).await.unwrap();
    assert_eq!(conflict(assignment.assign_line(&device, line(1), &second).await), Conflict::Line);
}

async fn a_profile_has_its_name_alone(bench: Bench) {
    let (acme, other) = (bench.tenant("acme").await, bench.tenant("other").await);
    for tenant in [&acme, &other] {
        let mut adding = change(&bench.store, tenant).await;
        adding.add_profile(&ProfileId::generate(&SystemRandom), &text("Reception")).await.unwrap();
        adding.commit().await.unwrap();
    }
    let mut adding = change(&bench.store, &acme).await;
    let refused = adding.add_profile(&ProfileId::generate(&SystemRandom), &text("Reception")).await;
    assert_eq!(conflict(refused), Conflict::ProfileName);
}
