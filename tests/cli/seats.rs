//! Seats between processes.

use crate::desk::{Desk, Ended, on_both_engines};

on_both_engines![fifty_processes_at_once_get_exactly_three_seats];

async fn fifty_processes_at_once_get_exactly_three_seats(desk: Desk) {
    desk.license("3");
    let adding: Vec<_> = (100..150)
        .map(|number: u32| {
            let number = number.to_string();
            let arguments =
                ["extension", "add", "acme", &number, "--name", "Ann", "--product", "essentials", "--json"];
            let mut command = desk.command(&arguments);
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let ended: Vec<Ended> =
        adding.into_iter().map(|process| process.wait_with_output().unwrap().into()).collect();
    let (added, refused): (Vec<_>, Vec<_>) = ended.iter().partition(|ended| ended.code == Some(0));
    assert_eq!(added.len(), 3, "{ended:?}");
    for ended in refused {
        assert_eq!((ended.code, ended.failure().as_str()), (Some(1), "no_seat_left"), "{ended:?}");
    }
    let shown = desk.done(&["license", "show", "acme", "--json"]).json();
    assert_eq!((&shown["products"][0]["used"], &shown["products"][0]["limit"]), (&3.into(), &3.into()));
    assert_eq!(desk.done(&["extension", "list", "acme", "--json"]).json().as_array().unwrap().len(), 3);
}
