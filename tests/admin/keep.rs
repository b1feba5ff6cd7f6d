//! Choosing who keeps a seat when a license shrinks.

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, claims, failed},
};

on_both_engines![
    the_chosen_are_kept_in_their_order_and_the_others_behind_them,
    who_has_no_seat_of_the_product_cannot_be_kept,
];

/// The numbers in the order in which their seats of Essentials are kept, those in brackets that are withheld.
async fn order(office: &Office) -> Vec<String> {
    let seats = office.actions.seat_order(&office.acme, &"essentials".parse().unwrap()).await.unwrap();
    let shown = |seat: &offhook::admin::actions::HeldSeat| match seat.admission.unwrap() {
        offhook::domain::Admission::Admitted => seat.service.to_string(),
        offhook::domain::Admission::Withheld(_) => format!("({})", seat.service),
    };
    seats.iter().map(shown).collect()
}

async fn keep(office: &Office, product: &str, numbers: &[&str]) -> Result<(), (&'static str, String)> {
    let numbers: Vec<_> = numbers.iter().map(|number| number.parse().unwrap()).collect();
    let kept = office.actions.keep_seats(&office.acme, &product.parse().unwrap(), &numbers).await;
    if kept.is_ok() { Ok(()) } else { Err(failed(kept)) }
}

async fn office(bench: Bench) -> Office {
    let office = Office::licensed(bench, 4).await;
    for number in ["101", "102", "103", "104"] {
        office.extend(number).await.unwrap();
    }
    office.install(claims(2, 2)).await.unwrap();
    office
}

async fn the_chosen_are_kept_in_their_order_and_the_others_behind_them(bench: Bench) {
    let office = office(bench).await;
    assert_eq!(order(&office).await, ["101", "102", "(103)", "(104)"]);
    keep(&office, "essentials", &["104", "102", "104"]).await.unwrap();
    assert_eq!(order(&office).await, ["104", "102", "(101)", "(103)"]);
    keep(&office, "essentials", &["103"]).await.unwrap();
    assert_eq!(order(&office).await, ["103", "104", "(102)", "(101)"]);
    office.install(claims(3, 4)).await.unwrap();
    assert_eq!(order(&office).await, ["103", "104", "102", "101"]);
    office.install(claims(4, 1)).await.unwrap();
    assert_eq!(order(&office).await, ["103", "(104)", "(102)", "(101)"]);
    let audited = office.audited().await;
    assert!(audited.contains(&"license.kept essentials: 103 first".to_owned()), "{audited:?}");
}

async fn who_has_no_seat_of_the_product_cannot_be_kept(bench: Bench) {
    let office = office(bench).await;
    let refused = keep(&office, "pro", &["101", "102"]).await.unwrap_err();
    assert_eq!(refused, ("seat_not_found", "no seat of \"pro\" is taken by 101, 102".to_owned()));
    assert_eq!(keep(&office, "essentials", &["104", "109"]).await.unwrap_err().0, "service_not_found");
    assert_eq!(order(&office).await, ["101", "102", "(103)", "(104)"], "nothing was changed");
}
