//! Users: who may make, change and take over whom; signing in, its second factor, and how guessing is slowed down.

use std::{net::IpAddr, process::Command};

use offhook::{
    admin::actions::{
        Actions, Actor, SignIn, SignInError, SignedIn, UserChange, UserError, UserToAdd, setup_path,
    },
    domain::{Component, Level, Role, Secret, TenantSlug, UserName},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    office::{Office, failed, slug},
};

on_both_engines![
    a_link_lets_a_user_choose_a_password_once,
    nobody_learns_what_was_wrong_and_the_audit_knows,
    a_session_ends_by_age_by_rest_and_by_hand,
    a_blocked_reset_or_removed_user_is_out_at_once,
    what_a_user_may_changes_in_open_sessions,
    networks_hold_at_the_door_and_afterwards,
    a_code_is_demanded_and_good_once,
    an_open_session_alone_changes_no_password_and_no_code,
    guessing_from_one_address_is_slowed_down,
    guessing_one_name_from_everywhere_is_slowed_down_and_nobody_is_kept_out,
    many_guesses_at_once_are_many,
    nobody_makes_or_takes_over_who_may_more,
    a_tenant_has_no_operator_and_sees_no_other_users,
    nobody_shuts_oneself_out,
    a_change_of_what_was_changed_is_refused,
    the_first_operator_is_invited_until_somebody_can_sign_in,
];

const PASSWORD: &str = "correct horse battery";
const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 9));

fn name(text: &str) -> UserName {
    UserName::parse(text).unwrap()
}

fn user(text: &str, role: Role) -> UserToAdd {
    UserToAdd { name: name(text), role, exceptions: "".parse().unwrap(), networks: Vec::new() }
}

/// The actions of somebody from there whom nobody knows yet.
fn stranger(office: &Office, from: IpAddr) -> Actions {
    office.actions.on_behalf_of(Actor { from: Some(from), ..Actor::nobody() })
}

async fn sign_in(
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
async fn settled(office: &Office, tenant: Option<&TenantSlug>, new: UserToAdd) {
    let (_, link) = office.actions.add_user(tenant, new).await.unwrap();
    stranger(office, HOME).set_up(&link.secret, PASSWORD).await.unwrap();
}

/// An office with ann, who administers acme.
async fn with_ann(bench: Bench) -> Office {
    let office = Office::licensed(bench, 3).await;
    settled(&office, Some(&office.acme), user("ann", Role::Administrator)).await;
    office
}

/// Who acts with this session now.
async fn actor(office: &Office, session: &SignedIn, from: IpAddr) -> Option<Actor> {
    let at = office.clock_now();
    Actor::of_session(&office.bench.store, &session.secret, at, Some(from)).await.unwrap()
}

/// The actions of ann, who signs in for them.
async fn as_user(office: &Office, who: &str) -> (SignedIn, Actions) {
    let session = sign_in(office, HOME, who, PASSWORD, None).await.unwrap();
    let actor = actor(office, &session, HOME).await.unwrap();
    (session, office.actions.on_behalf_of(actor))
}

fn code_of<T: std::fmt::Debug>(result: Result<T, SignInError>) -> &'static str {
    failed(result).0
}

/// The code that an authenticator shows at the time of the office's clock.
fn oathtool(office: &Office, key: &Secret) -> String {
    let at = format!("@{}", office.clock_now().seconds());
    let shown = Command::new("oathtool")
        .args(["--totp", "--base32", "--now", &at, key.expose()])
        .output()
        .expect("these tests need oathtool: apt-get install oathtool");
    assert!(shown.status.success(), "{shown:?}");
    String::from_utf8(shown.stdout).unwrap().trim().to_owned()
}

async fn a_link_lets_a_user_choose_a_password_once(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    let (ann, link) =
        office.actions.add_user(Some(&office.acme), user("ann", Role::Administrator)).await.unwrap();
    assert!(setup_path(&link).starts_with("/setup#") && !ann.has_password);
    assert_eq!(code_of(sign_in(&office, HOME, "ann", "", None).await), "sign_in_refused");
    let door = stranger(&office, HOME);
    assert_eq!(code_of(door.set_up(&link.secret, "short").await), "password_refused");
    assert_eq!(code_of(door.set_up(&Secret::new("guessed"), PASSWORD).await), "setup_link_spent");
    assert_eq!(door.set_up(&link.secret, PASSWORD).await.unwrap().name, name("ann"));
    assert_eq!(code_of(door.set_up(&link.secret, "another good password").await), "setup_link_spent");
    let session = sign_in(&office, HOME, "ann", PASSWORD, None).await.unwrap();
    let actor = actor(&office, &session, HOME).await.unwrap();
    assert_eq!((actor.name.as_str(), actor.operator), ("ann", false));
    assert_eq!(actor.rights, Role::Administrator.rights());
    // a link that nobody used in time
    let (_, late) = office.actions.reset_user(Some(&office.acme), &name("ann")).await.unwrap();
    office.clock.set(late.expires_at);
    assert_eq!(code_of(door.set_up(&late.secret, PASSWORD).await), "setup_link_spent");
}

async fn nobody_learns_what_was_wrong_and_the_audit_knows(bench: Bench) {
    let office = with_ann(bench).await;
    let told = failed(sign_in(&office, HOME, "ann", "wrong wrong wrong", None).await);
    assert_eq!(told, failed(sign_in(&office, HOME, "nobody", PASSWORD, None).await));
    let block = UserChange { blocked: Some(true), ..UserChange::default() };
    office.actions.change_user(Some(&office.acme), &name("ann"), &block).await.unwrap();
    assert_eq!(told, failed(sign_in(&office, HOME, "ann", PASSWORD, None).await));
    let audited = office.audited().await;
    for told in ["ann: a wrong password", "somebody: an unknown name", "ann: blocked"] {
        let entry = format!("user.sign-in-refused {told}");
        assert!(audited.contains(&entry), "{entry} in {audited:?}");
    }
    let all = format!("{audited:?}");
    assert!(!all.contains(PASSWORD) && !all.contains("wrong wrong") && !all.contains("nobody:"), "{all}");
    // refusals about ann stand where acme's administrators can read them
    let own = office.actions.audit(Some(&office.acme), None, 9).await.unwrap();
    assert!(
        own.iter().any(|record| record.entry.refused && record.entry.origin.as_deref() == Some("192.0.2.9"))
    );
}

async fn a_session_ends_by_age_by_rest_and_by_hand(bench: Bench) {
    let office = with_ann(bench).await;
    let (resting, _) = as_user(&office, "ann").await;
    let (busy, _) = as_user(&office, "ann").await;
    office.clock.set(now().plus_seconds(2 * 3600 - 1));
    assert!(actor(&office, &busy, HOME).await.is_some());
    office.clock.set(now().plus_hours(2));
    assert!(actor(&office, &resting, HOME).await.is_none(), "it rested for two hours");
    for hour in 3..12 {
        office.clock.set(now().plus_hours(hour));
        assert!(actor(&office, &busy, HOME).await.is_some(), "{hour}");
    }
    office.clock.set(now().plus_hours(12));
    assert!(actor(&office, &busy, HOME).await.is_none(), "it is twelve hours old");
    let (first, ann) = as_user(&office, "ann").await;
    let (second, _) = as_user(&office, "ann").await;
    assert_eq!(ann.own_sessions().await.unwrap().1.len(), 2);
    assert!(ann.end_own_session(&second.session.id).await.unwrap());
    assert!(!ann.end_own_session(&second.session.id).await.unwrap());
    assert!(actor(&office, &second, HOME).await.is_none());
    ann.sign_out().await.unwrap();
    assert!(actor(&office, &first, HOME).await.is_none());
    let (third, _) = as_user(&office, "ann").await;
    let users = &office.actions;
    users.end_user_session(Some(&office.acme), &name("ann"), &third.session.id).await.unwrap();
    assert!(actor(&office, &third, HOME).await.is_none());
    let again = users.end_user_session(Some(&office.acme), &name("ann"), &third.session.id).await;
    assert_eq!(failed(again).0, "session_not_found");
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

async fn networks_hold_at_the_door_and_afterwards(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    let networks = vec!["192.0.2.0/24".parse().unwrap(), "2001:db8::/48".parse().unwrap()];
    let new = UserToAdd { networks, ..user("ann", Role::Administrator) };
    settled(&office, Some(&office.acme), new).await;
    let away: IpAddr = [198, 51, 100, 1].into();
    assert_eq!(code_of(sign_in(&office, away, "ann", PASSWORD, None).await), "sign_in_refused");
    let session = sign_in(&office, "2001:db8::7".parse().unwrap(), "ann", PASSWORD, None).await.unwrap();
    assert!(actor(&office, &session, HOME).await.is_some());
    assert!(actor(&office, &session, away).await.is_none(), "a stolen session is good at home only");
}

async fn a_code_is_demanded_and_good_once(bench: Bench) {
    let office = with_ann(bench).await;
    let (_, ann) = as_user(&office, "ann").await;
    let offered = ann.offer_code_key().await.unwrap();
    assert!(offered.uri.expose().contains(offered.key.expose()));
    let current = Secret::new(PASSWORD);
    let wrong = ann.set_code_key(&current, &offered.key, &Secret::new("000000")).await;
    assert_eq!(code_of(wrong), "code_refused");
    let short = ann.set_code_key(&current, &Secret::new("MFRGG"), &Secret::new("000000")).await;
    assert_eq!(code_of(short), "code_refused");
    let code = oathtool(&office, &offered.key);
    ann.set_code_key(&current, &offered.key, &Secret::new(code.as_str())).await.unwrap();
    assert_eq!(ann.own_code().await.unwrap(), Some(true));
    assert_eq!(code_of(sign_in(&office, HOME, "ann", PASSWORD, None).await), "code_needed");
    assert_eq!(code_of(sign_in(&office, HOME, "ann", PASSWORD, Some(&code)).await), "sign_in_refused");
    office.clock.set(now().plus_seconds(60));
    let next = oathtool(&office, &offered.key);
    assert_eq!(
        code_of(sign_in(&office, HOME, "ann", "wrong wrong wrong", Some(&next)).await),
        "sign_in_refused"
    );
    assert_eq!(code_of(sign_in(&office, HOME, "ann", PASSWORD, Some("000000")).await), "sign_in_refused");
    sign_in(&office, HOME, "ann", PASSWORD, Some(&next)).await.unwrap();
    assert_eq!(code_of(sign_in(&office, HOME, "ann", PASSWORD, Some(&next)).await), "sign_in_refused");
    // whoever lost the phone is let in by a reset
    let (_, link) = office.actions.reset_user(Some(&office.acme), &name("ann")).await.unwrap();
    stranger(&office, HOME).set_up(&link.secret, PASSWORD).await.unwrap();
    sign_in(&office, HOME, "ann", PASSWORD, None).await.unwrap();
}

async fn an_open_session_alone_changes_no_password_and_no_code(bench: Bench) {
    let office = with_ann(bench).await;
    let (here, ann) = as_user(&office, "ann").await;
    let (there, _) = as_user(&office, "ann").await;
    let (guess, current) = (Secret::new("wrong wrong wrong"), Secret::new(PASSWORD));
    assert_eq!(code_of(ann.change_own_password(&guess, "another good password").await), "sign_in_refused");
    assert_eq!(code_of(ann.remove_code_key(&guess).await), "sign_in_refused");
    let key = ann.offer_code_key().await.unwrap().key;
    let code = Secret::new(oathtool(&office, &key));
    assert_eq!(code_of(ann.set_code_key(&guess, &key, &code).await), "sign_in_refused");
    assert_eq!(code_of(ann.change_own_password(&current, "short").await), "password_refused");
    ann.change_own_password(&current, "another good password").await.unwrap();
    assert!(actor(&office, &here, HOME).await.is_some());
    assert!(actor(&office, &there, HOME).await.is_none(), "other sessions end with the old password");
    assert_eq!(code_of(sign_in(&office, HOME, "ann", PASSWORD, None).await), "sign_in_refused");
    sign_in(&office, HOME, "ann", "another good password", None).await.unwrap();
    assert_eq!(code_of(office.actions.remove_code_key(&current).await), "users_only");
}

async fn guessing_from_one_address_is_slowed_down(bench: Bench) {
    let office = with_ann(bench).await;
    for guess in 0..10 {
        let who = format!("guess{guess}");
        assert_eq!(code_of(sign_in(&office, HOME, &who, PASSWORD, None).await), "sign_in_refused");
    }
    let told = failed(sign_in(&office, HOME, "ann", PASSWORD, None).await);
    assert_eq!(told, ("too_many_attempts", "too many attempts failed; try again in 2 s".to_owned()));
    // the neighbours are not meant
    sign_in(&office, [192, 0, 2, 10].into(), "ann", PASSWORD, None).await.unwrap();
    office.clock.set(now().plus_seconds(2));
    sign_in(&office, HOME, "ann", PASSWORD, None).await.unwrap();
    // signing in oneself forgives nothing that was guessed before
    assert_eq!(code_of(sign_in(&office, HOME, "bob", PASSWORD, None).await), "too_many_attempts");
}

async fn guessing_one_name_from_everywhere_is_slowed_down_and_nobody_is_kept_out(bench: Bench) {
    let office = with_ann(bench).await;
    for host in 0..20 {
        let from: IpAddr = [198, 51, 100, host].into();
        assert_eq!(
            code_of(sign_in(&office, from, "ann", "wrong wrong wrong", None).await),
            "sign_in_refused"
        );
    }
    assert_eq!(code_of(sign_in(&office, HOME, "ann", PASSWORD, None).await), "too_many_attempts");
    office.clock.set(now().plus_seconds(60));
    sign_in(&office, HOME, "ann", PASSWORD, None).await.unwrap();
}

async fn many_guesses_at_once_are_many(bench: Bench) {
    let office = with_ann(bench).await;
    let guesses = (0..24).map(|_| {
        let door = stranger(&office, HOME);
        tokio::spawn(async move {
            let given = SignIn {
                name: name("ann"),
                password: Secret::new("wrong wrong wrong"),
                code: None,
                agent: String::new(),
            };
            failed(door.sign_in(given).await).0
        })
    });
    let mut looked = 0;
    for guess in guesses.collect::<Vec<_>>() {
        looked += usize::from(guess.await.unwrap() == "sign_in_refused");
    }
    assert_eq!(looked, 10, "so many passwords were compared");
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
