//! Users: who may make, change and take over whom, and that it holds in open sessions.

use std::net::IpAddr;

use offhook::{
    admin::actions::{Actions, Actor, SignIn, SignInError, SignedIn, UserChange, UserError, UserToAdd},
    domain::{Component, Level, Role, Secret, TenantSlug, UserName},
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, failed, slug},
};

on_both_engines![
    a_blocked_reset_or_removed_user_is_out_at_once,
    what_a_user_may_changes_in_open_sessions,
    nobody_makes_or_takes_over_who_may_more,
    a_tenant_has_no_operator_and_sees_no_other_users,
    nobody_shuts_oneself_out,
    a_change_of_what_was_changed_is_refused,
    the_first_operator_is_invited_until_somebody_can_sign_in,
];

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 9));

pub(crate) fn name(text: &str) -> UserName {
    UserName::parse(text).unwrap()
}

pub(crate) fn user(text: &str, role: Role) -> UserToAdd {
    UserToAdd { name: name(text), role, exceptions: "".parse().unwrap(), networks: Vec::new() }
}

/// The actions of somebody from there whom nobody knows yet.
pub(crate) fn stranger(office: &Office, from: IpAddr) -> Actions {
    office.actions.on_behalf_of(Actor { from: Some(from), ..Actor::nobody() })
}

pub(crate) async fn sign_in(
    office: &Office,
    from: IpAddr,
    who: &str,
    password: &str,
    code: Option<&str>,
) -> Result<SignedIn, SignInError> {
    let given = SignIn {
        name: name(who),
        password: Secret::new(password),
        code: code.map(Secret::new),
        agent: "a test".to_owned(),
    };
    stranger(office, from).sign_in(given).await
}

/// A user of acme (or of the operator) with the password.
pub(crate) async fn settled(office: &Office, tenant: Option<&TenantSlug>, new: UserToAdd) {
    let (_, link) = office.actions.add_user(tenant, new).await.unwrap();
    stranger(office, HOME).set_up(&link.secret, PASSWORD).await.unwrap();
}

/// An office with ann, who administers acme.
pub(crate) async fn with_ann(bench: Bench) -> Office {
    let office = Office::licensed(bench, 3).await;
    settled(&office, Some(&office.acme), user("ann", Role::Administrator)).await;
    office
}

/// Who acts with this session now.
pub(crate) async fn actor(office: &Office, session: &SignedIn, from: IpAddr) -> Option<Actor> {
    let at = office.clock_now();
    Actor::of_session(&office.bench.store, &session.secret, at, Some(from)).await.unwrap()
}

/// The actions of ann, who signs in for them.
pub(crate) async fn as_user(office: &Office, who: &str) -> (SignedIn, Actions) {
    let session = sign_in(office, HOME, who, PASSWORD, None).await.unwrap();
    let actor = actor(office, &session, HOME).await.unwrap();
    (session, office.actions.on_behalf_of(actor))
}

pub(crate) fn code_of<T: std::fmt::Debug>(result: Result<T, SignInError>) -> &'static str {
    failed(result).0
}

async fn a_blocked_reset_or_removed_user_is_out_at_once(bench: Bench) {
    let office = with_ann(bench).await;
    let (acme, ann) = (Some(&office.acme), name("ann"));
    let blocked = |blocked| UserChange { blocked: Some(blocked), ..UserChange::default() };
    let (session, _) = as_user(&office, "ann").await;
    office.actions.change_user(acme, &ann, &blocked(true)).await.unwrap();
    assert!(actor(&office, &session, HOME).await.is_none());
    office.actions.change_user(acme, &ann, &blocked(false)).await.unwrap();
    assert!(actor(&office, &session, HOME).await.is_none(), "a session does not come back");
    let (session, _) = as_user(&office, "ann").await;
    let (_, link) = office.actions.reset_user(acme, &ann).await.unwrap();
    assert!(actor(&office, &session, HOME).await.is_none());
    assert_eq!(code_of(sign_in(&office, HOME, "ann", PASSWORD, None).await), "sign_in_refused");
    stranger(&office, HOME).set_up(&link.secret, PASSWORD).await.unwrap();
    let (session, _) = as_user(&office, "ann").await;
    office.actions.remove_user(acme, &ann).await.unwrap();
    assert!(actor(&office, &session, HOME).await.is_none());
    assert_eq!(failed(office.actions.user(acme, &ann).await).0, "user_not_found");
}

async fn what_a_user_may_changes_in_open_sessions(bench: Bench) {
    let office = with_ann(bench).await;
    let (session, ann) = as_user(&office, "ann").await;
    assert!(ann.extensions(&office.acme).await.is_ok());
    let lesser = UserChange {
        exceptions: Some("extensions:none audit:view".parse().unwrap()),
        ..UserChange::default()
    };
    office.actions.change_user(Some(&office.acme), &name("ann"), &lesser).await.unwrap();
    let rights = actor(&office, &session, HOME).await.unwrap().rights;
    assert_eq!(
        [Component::Extensions, Component::Audit, Component::Devices].map(|one| rights.level(one)),
        [Level::None, Level::View, Level::Change]
    );
    let record = office.actions.audit(Some(&office.acme), None, 1).await.unwrap().remove(0).entry;
    assert!(record.before.unwrap().contains("\"exceptions\":\"\""));
    assert!(record.after.unwrap().contains("extensions:none"));
}

async fn nobody_makes_or_takes_over_who_may_more(bench: Bench) {
    let office = with_ann(bench).await;
    let acme = Some(&office.acme);
    let clerk =
        UserToAdd { exceptions: "users:change".parse().unwrap(), ..user("clerk", Role::PhoneManager) };
    settled(&office, acme, clerk).await;
    let (_, clerk) = as_user(&office, "clerk").await;
    let beyond = |result: Result<(), UserError>| assert_eq!(failed(result).0, "rights_beyond_own");
    beyond(clerk.add_user(acme, user("eve", Role::Administrator)).await.map(drop));
    beyond(clerk.reset_user(acme, &name("ann")).await.map(drop));
    beyond(clerk.remove_user(acme, &name("ann")).await);
    let block = UserChange { blocked: Some(true), ..UserChange::default() };
    beyond(clerk.change_user(acme, &name("ann"), &block).await.map(drop));
    let (_, made) = clerk.add_user(acme, user("bob", Role::PhoneManager)).await.unwrap();
    stranger(&office, HOME).set_up(&made.secret, PASSWORD).await.unwrap();
    let promote = UserChange { role: Some(Role::Administrator), ..UserChange::default() };
    beyond(clerk.change_user(acme, &name("bob"), &promote).await.map(drop));
    clerk.remove_user(acme, &name("bob")).await.unwrap();
    let (_, ann) = as_user(&office, "ann").await;
    ann.reset_user(acme, &name("clerk")).await.unwrap();
}

async fn a_tenant_has_no_operator_and_sees_no_other_users(bench: Bench) {
    let office = with_ann(bench).await;
    office.add_tenant("zebra").await;
    let zebra = slug("zebra");
    settled(&office, Some(&zebra), user("zoe", Role::Administrator)).await;
    settled(&office, None, user("root", Role::Operator)).await;
    let refused = office.actions.add_user(Some(&zebra), user("eve", Role::Operator)).await;
    assert_eq!(failed(refused).0, "operator_of_tenant");
    let taken = office.actions.add_user(Some(&zebra), user("ann", Role::ReadOnly)).await;
    assert_eq!(failed(taken).0, "user_exists");
    let (_, ann) = as_user(&office, "ann").await;
    assert_eq!(failed(ann.users(Some(&zebra)).await).0, "tenant_not_found");
    assert_eq!(failed(ann.users(None).await).0, "operator_only");
    for stranger in ["zoe", "root"] {
        assert_eq!(failed(ann.user(Some(&office.acme), &name(stranger)).await).0, "user_not_found");
        assert_eq!(failed(ann.reset_user(Some(&office.acme), &name(stranger)).await).0, "user_not_found");
    }
    let names = |users: Vec<offhook::admin::actions::User>| {
        users.into_iter().map(|user| user.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(ann.users(Some(&office.acme)).await.unwrap()), ["ann"]);
    assert_eq!(names(office.actions.users(None).await.unwrap()), ["root"]);
    let (session, root) = as_user(&office, "root").await;
    assert!(root.actor.operator && root.actor.tenant.is_none());
    root.remove_tenant(&zebra).await.unwrap();
    assert_eq!(code_of(sign_in(&office, HOME, "zoe", PASSWORD, None).await), "sign_in_refused");
    assert!(actor(&office, &session, HOME).await.is_some());
}

async fn nobody_shuts_oneself_out(bench: Bench) {
    let office = with_ann(bench).await;
    let (_, ann) = as_user(&office, "ann").await;
    let acme = Some(&office.acme);
    for change in [
        UserChange { blocked: Some(true), ..UserChange::default() },
        UserChange { role: Some(Role::ReadOnly), ..UserChange::default() },
        UserChange { networks: Some(vec!["203.0.113.0/24".parse().unwrap()]), ..UserChange::default() },
    ] {
        assert_eq!(failed(ann.change_user(acme, &name("ann"), &change).await).0, "own_user");
    }
    assert_eq!(failed(ann.remove_user(acme, &name("ann")).await).0, "own_user");
}

async fn a_change_of_what_was_changed_is_refused(bench: Bench) {
    let office = with_ann(bench).await;
    let acme = Some(&office.acme);
    let seen = office.actions.user(acme, &name("ann")).await.unwrap().revision;
    let mut conditional = office.actions.clone();
    conditional.conditions.revision = Some(seen);
    let change = UserChange { exceptions: Some("audit:none".parse().unwrap()), ..UserChange::default() };
    let changed = conditional.change_user(acme, &name("ann"), &change).await.unwrap();
    assert_eq!(changed.revision, seen + 1);
    assert_eq!(failed(conditional.change_user(acme, &name("ann"), &change).await).0, "changed_meanwhile");
    assert_eq!(failed(conditional.remove_user(acme, &name("ann")).await).0, "changed_meanwhile");
    assert_eq!(office.actions.user(acme, &name("ann")).await.unwrap().revision, changed.revision);
}

async fn the_first_operator_is_invited_until_somebody_can_sign_in(bench: Bench) {
    let office = Office::new(bench).await;
    let (first, link) = office.actions.invite_first_operator().await.unwrap().unwrap();
    assert_eq!((first.name.as_str(), first.role), ("operator", Role::Operator));
    assert!(office.actions.invite_first_operator().await.unwrap().is_none(), "the link is good");
    office.clock.set(link.expires_at);
    let (_, second) = office.actions.invite_first_operator().await.unwrap().unwrap();
    let door = stranger(&office, HOME);
    assert_eq!(code_of(door.set_up(&link.secret, PASSWORD).await), "setup_link_spent");
    door.set_up(&second.secret, PASSWORD).await.unwrap();
    office.clock.set(second.expires_at);
    assert!(office.actions.invite_first_operator().await.unwrap().is_none());
    // a reset is somebody's decision, and the link of it somebody else's to hand over
    office.actions.add_user(None, user("root", Role::Operator)).await.unwrap();
    office.actions.reset_user(None, &name("operator")).await.unwrap();
    assert!(office.actions.invite_first_operator().await.unwrap().is_none());
}
