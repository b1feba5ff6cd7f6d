//! A disk without room: what was acknowledged stays, the rest is refused, phones are served.

use std::{
    collections::BTreeSet,
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use crate::office::{MAC, Office};

/// A small file system in memory, gone with its test.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path, size: &str) -> Self {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size},mode=700"), "tmpfs"])
            .arg(at)
            .status();
        let mounted = mounted.is_ok_and(|status| status.success());
        assert!(mounted, "this test mounts a small tmpfs: run it as root, where mount is permitted");
        Self(at.to_owned())
    }

    /// Leaves `bytes` free; the file that takes all the rest.
    fn fill(&self, bytes: usize) -> PathBuf {
        let path = self.0.join("filler");
        let mut file = File::create(&path).unwrap();
        let page = [0; 4096];
        let mut pages = 0_usize;
        while file.write_all(&page).is_ok() {
            pages += 1;
        }
        let length = (pages * page.len()).saturating_sub(bytes);
        file.set_len(length.try_into().unwrap()).unwrap();
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_refuses_changes_keeps_what_was_acknowledged_and_serves_known_phones() {
    let office = Office::sqlite();
    let disk = Disk::mount(&office.data(), "4m");
    office.acme();
    office.phone("101", MAC);
    let (url, file) = (office.url(), format!("{MAC}.cfg"));
    let server = office.serve(&[]);
    let (status, document) = office.fetch(&url, &file);
    assert_eq!(status, 200);

    let filler = disk.fill(64 * 1024);
    let mut acknowledged = BTreeSet::from(["101".to_owned()]);
    let refused = (200..400).map(|number| number.to_string()).find_map(|number| {
        let ended = office.extension(&number);
        if ended.code == Some(0) {
            acknowledged.insert(number);
            return None;
        }
        Some(ended)
    });
    let refused = refused.expect("the disk was never full");
    assert_eq!(refused.code, Some(3), "{refused:?}");
    assert!(refused.stderr.contains("make room on its disk"), "{refused:?}");
    assert_eq!(office.fetch(&url, &file), (200, document.clone()));
    assert_eq!(server.admin("/readyz").status, 200);

    std::fs::remove_file(filler).unwrap();
    let listed = office.done(&["extension", "list", "acme", "--json"]).json();
    let numbers =
        listed.as_array().unwrap().iter().map(|extension| extension["number"].as_str().unwrap().to_owned());
    assert_eq!(numbers.collect::<BTreeSet<_>>(), acknowledged);
    assert_eq!(office.extension("500").code, Some(0));
    assert_eq!(office.fetch(&url, &file), (200, document));
    server.stop();
    office.serve(&[]).stop();
    drop(disk);
}

#[test]
fn a_start_on_a_full_disk_says_so_and_the_next_one_with_room_succeeds() {
    let office = Office::sqlite();
    let disk = Disk::mount(&office.data(), "1m");
    for room in [0, 8 * 1024, 64 * 1024] {
        let filler = disk.fill(room);
        let ended = office.run(&["serve"]);
        assert_eq!(ended.code, Some(3), "with {room} bytes: {ended:?}");
        let said = ["No space left on device", "make room on its disk"]
            .iter()
            .any(|part| ended.stderr.contains(part));
        assert!(said, "with {room} bytes: {ended:?}");
        std::fs::remove_file(filler).unwrap();
    }
    office.serve(&[]).stop();
    drop(disk);
}
