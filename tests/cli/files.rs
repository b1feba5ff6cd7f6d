//! Who owns what a command leaves behind.

use std::{
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::Path,
};

use crate::desk::{Desk, Ended};

#[test]
fn a_command_of_root_leaves_nothing_that_the_owner_of_the_data_cannot_use() {
    assert!(
        rustix::process::geteuid().is_root(),
        "this test runs commands as root and as \"nobody\"; run it as root"
    );
    let desk = Desk::sqlite();
    let nobody = nobody();
    std::fs::create_dir(desk.data()).unwrap();
    chown(desk.data(), Some(nobody), None).unwrap();
    desk.license("3");
    assert_eq!(desk.extend("101").code, Some(0));
    let backup = desk.data().join("backup.db");
    desk.done(&["backup", backup.to_str().unwrap()]);

    // what the test itself copied is not the program's
    let keys = desk.data().join("license-keys");
    for path in all_below(&desk.data()).into_iter().filter(|path| !path.starts_with(&keys)) {
        let found = std::fs::metadata(&path).unwrap();
        let mode = found.permissions().mode() & 0o777;
        let wanted = if found.is_dir() { 0o700 } else { 0o600 };
        assert_eq!((found.uid(), mode & wanted), (nobody, wanted), "{}", path.display());
        assert!(found.is_dir() || mode == 0o600, "{} is open to others: {mode:o}", path.display());
    }

    std::fs::set_permissions(desk.folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = desk.path("offhook");
    std::fs::copy(env!("CARGO_BIN_EXE_offhook"), &program).unwrap();
    let as_nobody = |arguments: &[&str]| -> Ended {
        let mut all = vec![format!("--reuid={nobody}"), "--clear-groups".to_owned(), "--".to_owned()];
        all.push(program.to_str().unwrap().to_owned());
        all.extend(arguments.iter().map(|&argument| argument.to_owned()));
        let all: Vec<_> = all.iter().map(String::as_str).collect();
        desk.command_of(Path::new("/usr/bin/setpriv"), &all).output().unwrap().into()
    };
    let added = as_nobody(&["extension", "add", "acme", "102", "--name", "Ann", "--product", "essentials"]);
    assert_eq!(added.code, Some(0), "{added:?}");
    assert_eq!(desk.extend("103").code, Some(0));
    let listed = as_nobody(&["extension", "list", "acme", "--json"]);
    assert_eq!(listed.json().as_array().unwrap().len(), 3, "{listed:?}");
}

#[test]
fn a_new_data_directory_is_open_to_nobody_else() {
    let desk = Desk::sqlite();
    desk.done(&["tenant", "list"]);
    for path in all_below(&desk.data()).iter().chain([&desk.data()]) {
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}

fn nobody() -> u32 {
    let id = std::process::Command::new("id").args(["-u", "nobody"]).output().unwrap();
    String::from_utf8(id.stdout).unwrap().trim().parse().unwrap()
}

fn all_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        found.push(entry.path());
        if entry.path().is_dir() {
            found.extend(all_below(&entry.path()));
        }
    }
    found
}
