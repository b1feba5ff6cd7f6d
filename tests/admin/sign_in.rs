//! Signing in: links, sessions, networks, the second factor, and how guessing is slowed down.

use std::{net::IpAddr, process::Command};

use offhook::{
    admin::actions::{SignIn, UserChange, UserToAdd, setup_path},
    domain::{Role, Secret},
    storage::DatabaseUrl,
};

use crate::{
    bench::{Bench, now, on_both_engines},
    office::{Office, failed},
    users::{HOME, PASSWORD, actor, as_user, code_of, name, settled, sign_in, stranger, user, with_ann},
};

on_both_engines![
    a_link_lets_a_user_choose_a_password_once,
    nobody_learns_what_was_wrong_and_the_audit_knows,
    a_session_ends_by_age_by_rest_and_by_hand,
    a_store_that_takes_nothing_more_lets_sessions_look,
    networks_hold_at_the_door_and_afterwards,
    a_code_is_demanded_and_good_once,
    an_open_session_alone_changes_no_password_and_no_code,
    guessing_from_one_address_is_slowed_down,
    guessing_one_name_from_everywhere_is_slowed_down_and_nobody_is_kept_out,
    many_guesses_at_once_are_many,
];

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

async fn a_store_that_takes_nothing_more_lets_sessions_look(bench: Bench) {
    const SQLITE: &str =
        "CREATE TRIGGER full_disk BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'full'); END";
    const POSTGRES: &str = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN RAISE EXCEPTION 'full'; END $$; \
        CREATE TRIGGER full_disk BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION full_disk()";
    let office = with_ann(bench).await;
    let (session, _) = as_user(&office, "ann").await;
    let sqlite = matches!(office.bench.url, DatabaseUrl::Sqlite(_));
    office.bench.sql(if sqlite { SQLITE } else { POSTGRES }).await.unwrap();
    office.clock.set(now().plus_seconds(90));
    assert!(actor(&office, &session, HOME).await.is_some());
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
