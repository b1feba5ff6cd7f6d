//! The offline commands, from a new key to an inspected license.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use offhook::cli::license::OfflineLicenseCommand;
use offhook::cli::{Report, WrongInput};
use offhook::domain::{SteppedClock, SystemRandom, Timestamp};

use super::forge::BEGINS;

#[derive(clap::Parser)]
struct License {
    #[command(subcommand)]
    command: OfflineLicenseCommand,
}

struct Desk {
    directory: tempfile::TempDir,
    clock: SteppedClock,
}

impl Desk {
    fn new() -> Self {
        let clock = SteppedClock::at(Timestamp::from_seconds(BEGINS).plus_days(1));
        Self { directory: tempfile::tempdir().unwrap(), clock }
    }

    /// Runs a command line; `@name` is a file of this desk.
    fn run(&self, line: &str) -> anyhow::Result<Box<dyn Report>> {
        let word = |word: &str| match word.strip_prefix('@') {
            Some(name) => self.path(name).display().to_string(),
            None => word.to_owned(),
        };
        let words = std::iter::once("license".to_owned()).chain(line.split_whitespace().map(word));
        License::try_parse_from(words).unwrap().command.run(&self.clock, &SystemRandom)
    }

    /// The text of a wrong input.
    fn wrong(&self, line: &str) -> String {
        let error = self.run(line).map(|report| report.text()).unwrap_err();
        error.downcast_ref::<WrongInput>().unwrap_or_else(|| panic!("{error:#}")).to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// A desk with a key pair in `keys`, the example terms and a license issued from them.
    fn with_license() -> Self {
        let desk = Self::new();
        desk.run("keygen --out @keys").unwrap();
        desk.write("terms.toml", include_str!("../../examples/licenses/terms.toml"));
        let issued = desk.run("issue --key @keys/license-signing.key --terms @terms.toml").unwrap();
        desk.write("acme.license", &format!("{}\n", issued.text()));
        assert_eq!(issued.json()["license"], issued.text());
        desk
    }
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn keygen_writes_a_private_and_a_public_file_and_never_overwrites() {
    let desk = Desk::new();
    let report = desk.run("keygen --out @a/b").unwrap();
    let (private, public) = (desk.path("a/b/license-signing.key"), desk.path("a/b/license-public.pem"));
    assert_eq!(mode(&private), 0o600);
    let before = std::fs::read_to_string(&private).unwrap();
    assert!(report.text().contains("offline") && report.text().contains("every server"));
    let secret = before.lines().nth(1).unwrap();
    assert!(!report.text().contains(secret) && !report.json().to_string().contains(secret));
    assert!(desk.wrong("keygen --out @a/b").contains("never overwritten"));
    std::fs::remove_file(&public).unwrap();
    assert!(desk.wrong("keygen --out @a/b").contains("license-signing.key exists"));
    assert_eq!(std::fs::read_to_string(&private).unwrap(), before);
    assert!(!public.exists());
}

#[test]
fn the_example_is_issued_and_inspected_in_words() {
    let desk = Desk::with_license();
    let report = desk.run("inspect @acme.license --public-key @keys/license-public.pem").unwrap();
    let text = report.text();
    for words in [
        "license ACME-2026-11, serial 1, for tenant acme",
        "right, made with key",
        "from 2026-11-01T00:00:00Z until 2031-11-01T00:00:00Z",
        "14 days, until 2031-11-15T00:00:00Z",
        "valid until 2031-11-01T00:00:00Z",
        "Cloud PBX line (cloud-pbx-line)\n  main product for extensions\n  up to 10 for 30 USD/month",
        "add-on for extensions and auto-attendants\n  unlimited, 5 USD/month each\n  grants voicemail",
        "pt-BR: Caixa de correio de voz",
        "terms (de)\n  Cloud PBX mit bis zu 10 Leitungen",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert_eq!(report.json()["signature"], "right");
    assert_eq!(report.json()["products"][1]["quantity"], "unlimited");
}

#[test]
fn the_standing_follows_the_clock() {
    let desk = Desk::with_license();
    for (days, word, words) in [
        (-1, "not-yet-valid", "not yet valid: begins 2026-11-01"),
        (1826, "grace", "in grace until 2031-11-15T00:00:00Z: phones work, no seat can be taken"),
        (1850, "expired", "grace over since 2031-11-15T00:00:00Z: no phone works"),
    ] {
        desk.clock.set(offhook::domain::RELEASED.plus_days(days));
        let report = desk.run("inspect @acme.license").unwrap();
        assert!(report.text().contains(words), "{}", report.text());
        assert_eq!(report.json()["standing"], word);
    }
}

#[test]
fn without_a_key_inspect_says_that_nothing_was_checked() {
    let desk = Desk::with_license();
    let report = desk.run("inspect @acme.license").unwrap();
    assert!(report.text().contains("not checked: no public key given"), "{}", report.text());
    assert_eq!(report.json()["signature"], "not-checked");
}

#[test]
fn wrong_input_is_told_apart_and_names_the_file() {
    let desk = Desk::with_license();
    desk.run("keygen --out @other").unwrap();
    let wrong = desk.wrong("inspect @acme.license --public-key @other/license-public.pem");
    assert!(
        wrong.contains("acme.license") && wrong.contains("not among the operator's public keys"),
        "{wrong}"
    );
    let wrong = desk.wrong("inspect @acme.license --public-key @keys/license-signing.key");
    assert!(wrong.contains("license-signing.key") && wrong.contains("private key"), "{wrong}");
    let wrong = desk.wrong("issue --key @keys/license-public.pem --terms @terms.toml");
    assert!(wrong.contains("\"PUBLIC KEY\" where \"PRIVATE KEY\" belongs"), "{wrong}");
    assert!(desk.wrong("inspect @nothing").contains("No such file"));
    desk.write("large", &"a".repeat(70_000));
    assert!(desk.wrong("inspect @large").contains("more than 65536 bytes"));
    desk.write("terms.toml", "tenant = 1\nserial = \"x\"\n");
    let wrong = desk.wrong("issue --key @keys/license-signing.key --terms @terms.toml");
    assert!(wrong.contains("terms.toml:1:1: tenant") && wrong.contains("terms.toml:2:1: serial"), "{wrong}");
}
