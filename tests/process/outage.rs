//! PostgreSQL goes away under a running server, and comes back.

use std::{
    os::unix::fs::MetadataExt as _,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    office::{MAC, Office, wait_for},
    postgres::{Cluster, server_programs},
    server::{PATIENCE, within},
};

/// Runs `pg_ctl` as the owner of the cluster in `folder`.
fn pg_ctl(folder: &Path, arguments: &[&str]) {
    let owner = std::fs::metadata(folder).unwrap().uid();
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={owner}")).args(["--clear-groups", "--"]);
    command
        .arg(server_programs().join("pg_ctl"))
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-w")
        .args(arguments);
    let status = command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.unwrap().success(), "pg_ctl {arguments:?}");
}

#[test]
fn known_phones_are_served_while_postgresql_is_away_and_all_is_back_with_it() {
    let cluster = Cluster::start();
    let url = wait_for(cluster.database());
    let folder = url.split_once("?host=").unwrap().1.to_owned();
    let folder = Path::new(&folder);
    let office = Office::at(Some(url));
    office.acme();
    office.phone("101", MAC);
    office.phone("102", "805ec0000102");
    let (url, known, unknown) = (office.url(), format!("{MAC}.cfg"), "805ec0000102.cfg");
    let server = office.serve(&[]);
    let (status, document) = office.fetch(&url, &known);
    assert_eq!(status, 200);

    pg_ctl(folder, &["-m", "immediate", "stop"]);
    server.says("known phones are served from memory");
    assert_eq!(office.fetch(&url, &known), (200, document.clone()));
    assert_eq!(office.fetch(&url, unknown), (503, String::new()));
    let answer = server.admin("/readyz");
    assert_eq!(answer.status, 200, "a load balancer must not take it out: {answer:?}");
    let health = server.health();
    assert_eq!((&health["status"], &health["faults"][0]["what"]), (&"degraded".into(), &"database".into()));
    assert!(health["faults"][0]["why"].as_str().unwrap().starts_with("the database failed: "), "{health}");
    assert!(server.reload().contains("not reloaded, the old stays"));
    assert_eq!(
        office.fetch(&url, &known),
        (200, document.clone()),
        "a reload forgot what it could not read again"
    );
    let change = office.extension("103");
    assert_eq!(change.code, Some(3), "{change:?}");
    assert!(change.stderr.starts_with("offhook: the database failed: "), "{change:?}");

    pg_ctl(folder, &["-l", "server.log", "start"]);
    server.says("the database is back");
    assert_eq!(office.fetch(&url, &known), (200, document));
    assert_eq!(office.fetch(&url, unknown).0, 200);
    assert!(server.reload().contains("reloaded: "));
    assert_eq!(server.health()["status"], "ready");
    office.done(&["device", "block", MAC]);
    within(PATIENCE, "a change is heard of again", || office.fetch(&url, &known).0 == 404);
    server.stop();
}
