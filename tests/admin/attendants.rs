//! Auto-attendants: what their schedules refuse, and what happens to a call at a time.

use offhook::{
    admin::actions::{AttendantToAdd, CallStep},
    domain::{
        Admission, ServiceKind, Withheld,
        attendant::{When, WrittenSchedule},
    },
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, claims, failed, text},
};

on_both_engines![
    an_auto_attendant_takes_a_seat_and_answers_public_numbers,
    what_a_schedule_names_must_be_there,
    callers_are_never_passed_round_in_circles,
    a_call_is_followed_from_one_to_the_next,
    a_target_cannot_be_removed,
];

fn schedule(toml: &str) -> WrittenSchedule {
    toml::from_str(toml).unwrap()
}

/// Open from 8 to 17 on working days: passes to `open`, otherwise to `closed`.
fn office_hours(open: &str, closed: &str) -> WrittenSchedule {
    schedule(&format!(
        "time_zone = \"Europe/Berlin\"\nhours = [\"mon-fri 08:00-17:00\"]\n\
         [open]\ntransfer = \"{open}\"\n[closed]\ntransfer = \"{closed}\"\n"
    ))
}

fn attendant(number: &str, schedule: WrittenSchedule) -> AttendantToAdd {
    AttendantToAdd {
        number: number.parse().unwrap(),
        name: text("Reception"),
        product: "attendant".parse().unwrap(),
        schedule,
        dids: Vec::new(),
    }
}

async fn an_auto_attendant_takes_a_seat_and_answers_public_numbers(bench: Bench) {
    let office = Office::new(bench).await;
    let mut limited = claims(1, 5);
    limited.products[2].quantity = offhook::domain::Quantity::Limited(1);
    office.install(limited).await.unwrap();
    let acme = &office.acme;
    let dids = ["+4930123456", "+4930123457"].map(|number| number.parse().unwrap());
    office.actions.add_dids(acme, &dids).await.unwrap();

    let with = |number: &str, dids: &[_]| AttendantToAdd {
        dids: dids.to_vec(),
        ..attendant(number, office_hours("hang-up", "hang-up"))
    };
    let unknown = office.actions.add_attendant(acme, with("200", &["+4930999999".parse().unwrap()])).await;
    assert_eq!(failed(unknown).0, "did_not_found");
    let added = office.actions.add_attendant(acme, with("200", &dids)).await.unwrap();
    assert_eq!(added.service.dids, dids);
    assert_eq!(added.service.admission, Some(Admission::Admitted));

    let (code, why) = failed(office.actions.add_attendant(acme, with("201", &[])).await);
    assert_eq!((code, why.as_str()), ("no_seat_left", "Receptionist: 1 of 1 seats used"));
    let wrong = AttendantToAdd { product: "essentials".parse().unwrap(), ..with("201", &[]) };
    let (code, why) = failed(office.actions.add_attendant(acme, wrong).await);
    assert_eq!(code, "product_for_other_service");
    assert_eq!(
        why,
        "product \"essentials\" is not for auto-attendants but for extensions; for auto-attendants there is attendant"
    );
    assert_eq!(failed(office.actions.add_attendant(acme, with("200", &[])).await).0, "number_taken");

    let (kind, name) = (ServiceKind::AutoAttendant, "200".parse().unwrap());
    assert!(office.actions.block_service(acme, &kind, &name, true).await.unwrap());
    let number = "200".parse().unwrap();
    let blocked = office.actions.attendant(acme, &number).await.unwrap();
    assert_eq!(blocked.service.admission, Some(Admission::Withheld(Withheld::Blocked)));
    let as_extension = office.actions.block_service(acme, &ServiceKind::Extension, &name, true).await;
    assert_eq!(failed(as_extension).1, "200 is an auto-attendant, not an extension");
    office.actions.remove_service(acme, &kind, &name).await.unwrap();
    assert!(office.actions.dids(acme).await.unwrap().iter().all(|did| did.service.is_none()));
    office.actions.add_attendant(acme, with("201", &dids[..1])).await.unwrap();
}

async fn what_a_schedule_names_must_be_there(bench: Bench) {
    let office = Office::licensed(bench, 5).await;
    office.extend("101").await.unwrap();
    let wrong = "time_zone = \"Europe/Berlin\"\n[open]\ngreeting = \"Hello\"\n\
                 options = { 1 = \"extension 101\", 2 = \"extension 102\", 3 = \"attendant 101\" }\n\
                 otherwise = \"voicemail 103\"\n[closed]\ntransfer = \"attendant 200\"\n";
    let (code, why) =
        failed(office.actions.add_attendant(&office.acme, attendant("200", schedule(wrong))).await);
    assert_eq!(code, "schedule_wrong");
    let lines: Vec<_> = why.lines().collect();
    assert_eq!(
        lines,
        [
            "open: extension 102: the tenant has no extension 102",
            "open: attendant 101: the tenant has no auto-attendant 101",
            "open: voicemail 103: the tenant has no extension 103",
        ]
    );
    assert!(office.actions.attendants(&office.acme).await.unwrap().is_empty());
}

async fn callers_are_never_passed_round_in_circles(bench: Bench) {
    let office = Office::licensed(bench, 5).await;
    let acme = &office.acme;
    let itself = attendant("200", office_hours("attendant 200", "hang-up"));
    assert_eq!(failed(office.actions.add_attendant(acme, itself).await).0, "schedule_loops");
    for (number, closed) in [("200", "hang-up"), ("201", "attendant 200"), ("202", "attendant 201")] {
        let new = attendant(number, office_hours("hang-up", closed));
        office.actions.add_attendant(acme, new).await.unwrap();
    }
    let number = "200".parse().unwrap();
    let looped = office.actions.set_schedule(acme, &number, office_hours("attendant 202", "hang-up")).await;
    let (code, why) = failed(looped);
    assert_eq!(
        (code, why.as_str()),
        ("schedule_loops", "callers would go round in circles: 200 → 202 → 201 → 200")
    );
    // where callers choose, they may choose to hear it again
    let menu = "time_zone = \"Europe/Berlin\"\n[open]\ngreeting = \"Again: 9\"\noptions = { 9 = \"attendant 202\" }\n\
                [closed]\ntransfer = \"hang-up\"\n";
    assert!(office.actions.set_schedule(acme, &number, schedule(menu)).await.unwrap());
    assert!(!office.actions.set_schedule(acme, &number, schedule(menu)).await.unwrap());
}

async fn a_call_is_followed_from_one_to_the_next(bench: Bench) {
    let office = Office::licensed(bench, 5).await;
    let acme = &office.acme;
    office.extend("101").await.unwrap();
    office
        .actions
        .add_attendant(acme, attendant("201", office_hours("extension 101", "voicemail 101")))
        .await
        .unwrap();
    office
        .actions
        .add_attendant(acme, attendant("200", office_hours("attendant 201", "hang-up")))
        .await
        .unwrap();
    let number = "200".parse().unwrap();
    let at = async |when: &str| {
        let when: When = when.parse().unwrap();
        let steps = office.actions.state_at(acme, &number, when).await.unwrap();
        let told = |step: &CallStep| format!("{} {}: {}", step.number, step.state, step.action);
        (steps.iter().map(told).collect::<Vec<_>>(), steps[0].until.unwrap().to_string())
    };
    // a Tuesday
    let (open, until) = at("2026-11-24 08:00").await;
    assert_eq!(open, ["200 open: transfers to attendant 201", "201 open: transfers to extension 101"]);
    assert_eq!(until, "2026-11-24T16:00:00Z");
    let (closed, until) = at("2026-11-27T17:00:00+01:00").await;
    assert_eq!((closed, until.as_str()), (vec!["200 closed: hangs up".to_owned()], "2026-11-30T07:00:00Z"));
}

async fn a_target_cannot_be_removed(bench: Bench) {
    let office = Office::licensed(bench, 5).await;
    let acme = &office.acme;
    office.extend("101").await.unwrap();
    office
        .actions
        .add_attendant(acme, attendant("200", office_hours("voicemail 101", "hang-up")))
        .await
        .unwrap();
    let (kind, name) = (ServiceKind::Extension, "101".parse().unwrap());
    let (code, why) = failed(office.actions.remove_service(acme, &kind, &name).await);
    assert_eq!(code, "service_is_target");
    assert_eq!(why, "101 is where auto-attendant 200 passes calls; change that first");
    let number = "200".parse().unwrap();
    office.actions.set_schedule(acme, &number, office_hours("hang-up", "hang-up")).await.unwrap();
    office.actions.remove_service(acme, &kind, &name).await.unwrap();
}
