//! `backup` and `restore` between installations.

use crate::desk::Desk;

fn moves(from: &Desk, to: &Desk) {
    from.license("3");
    assert_eq!(from.extend("101").code, Some(0));
    let password = |desk: &Desk| {
        desk.done(&["extension", "show", "acme", "101", "--show-password", "--json"]).json()["sip_password"]
            .clone()
    };
    let file = from.path("backup.db");
    let file = file.to_str().unwrap();
    let made = from.done(&["backup", file]);
    assert!(made.stdout.contains("the master key is not in it"), "{made:?}");
    let again = from.run(&["backup", file, "--json"]);
    assert_eq!((again.code, again.failure().as_str()), (Some(1), "file_exists"), "{again:?}");
    from.done(&["backup", file, "--force"]);

    let early = to.run(&["restore", file, "--json"]);
    assert_eq!((early.code, early.failure().as_str()), (Some(1), "master_key_missing"), "{early:?}");
    assert!(!to.data().exists(), "a refused restore made a new installation");
    std::fs::create_dir_all(to.data().join("keys")).unwrap();
    std::fs::copy(from.data().join("keys/master.key"), to.data().join("keys/master.key")).unwrap();
    to.done(&["restore", file]);
    assert_eq!(password(to), password(from));
    let url =
        |desk: &Desk| desk.done(&["tenant", "show", "acme", "--json"]).json()["provisioning_urls"].clone();
    assert_eq!(url(to), url(from));

    let full = to.run(&["restore", file, "--json"]);
    assert_eq!((full.code, full.failure().as_str()), (Some(1), "store_not_empty"), "{full:?}");
    to.done(&["restore", file, "--force"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_moves_from_sqlite_to_postgresql() {
    moves(&Desk::sqlite(), &Desk::postgres().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_moves_from_postgresql_to_sqlite() {
    moves(&Desk::postgres().await, &Desk::sqlite());
}
