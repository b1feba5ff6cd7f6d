//! Which source wins, and what counts when none says anything.

use std::path::{Path, PathBuf};

use offhook::config::{Config, Flags, Limits, LogFormat, Role};

use super::{Start, file, key};

#[test]
fn flags_win_over_the_environment_over_the_file() {
    let start = || file("[server]\ndata = \"/file\"\n[log]\nlevel = \"warn\"");
    assert_eq!(start().load().unwrap().server.data, Path::new("/file"));
    let start = || start().variable("OFFHOOK_DATA", "/environment");
    assert_eq!(start().load().unwrap().server.data, Path::new("/environment"));
    let start = || start().flag("server.data", "/flag");
    let config = start().load().unwrap();
    assert_eq!(config.server.data, Path::new("/flag"));
    assert_eq!(config.log.level, "warn");
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let config = file("[server]\ndata = \"/file\"").variable("OFFHOOK_DATA", "").load().unwrap();
    assert_eq!(config.server.data, Path::new("/file"));
}

#[test]
fn everything_but_the_data_directory_has_a_default() {
    let config = Start::default().flag("server.data", "/srv/offhook").load().unwrap();
    assert_eq!(config.server.role, Role::All);
    assert_eq!(config.listen.https, Some(([0, 0, 0, 0], 443).into()));
    assert_eq!(config.listen.http, None);
    assert_eq!(config.listen.tftp, Some(([0, 0, 0, 0], 69).into()));
    assert_eq!(config.listen.pnp, None);
    assert_eq!(config.listen.admin, Some(([127, 0, 0, 1], 8080).into()));
    assert_eq!(config.database.url.expose(), "sqlite:/srv/offhook/offhook.db");
    assert_eq!(config.keys.master, Path::new("/srv/offhook/keys/master.key"));
    assert_eq!(config.license.public_keys, [PathBuf::from("/srv/offhook/license-keys")]);
    assert_eq!(config.tls.authority, Path::new("/srv/offhook/tls"));
    assert_eq!(config.limits, Limits::default());
    assert_eq!((config.log.format, config.log.level.as_str()), (LogFormat::Human, "info"));
    assert!(
        config.trust.is_empty()
            && config.allow.is_empty()
            && config.tls.ecdsa.is_none()
            && config.catalog.directory.is_none()
    );
}

#[test]
fn paths_in_the_file_start_from_its_folder_and_others_from_the_working_directory() {
    let config = file("[server]\ndata = \"data\"").load().unwrap();
    assert_eq!(config.server.data, Path::new("@/data"));
    let config = file("").variable("OFFHOOK_DATA", "data").load().unwrap();
    assert_eq!(config.server.data, Path::new("data"));
}

#[test]
fn lists_repeat_as_flags_and_take_commas_in_the_environment() {
    let networks = |config: &Config| -> Vec<String> {
        config.trust.iter().map(|trust| format!("{} {}", trust.network, trust.tenant)).collect()
    };
    let start = || {
        file(
            "[server]\ndata = \"/d\"\n[[trust]]\nnetwork = \"10.1.0.0/16\"\ntenant = \"acme\"\n\
             [[trust]]\nnetwork = \"10.2.0.0/16\"\ntenant = \"other\"",
        )
    };
    assert_eq!(networks(&start().load().unwrap()), ["10.1.0.0/16 acme", "10.2.0.0/16 other"]);
    let start = || start().variable("OFFHOOK_TRUST", "10.3.0.0/16=acme, 2001:db8::/48=acme");
    assert_eq!(networks(&start().load().unwrap()), ["10.3.0.0/16 acme", "2001:db8::/48 acme"]);
    let start = || start().flag("trust", "10.4.0.1=acme").flag("trust", "10.5.0.0/16=acme");
    assert_eq!(networks(&start().load().unwrap()), ["10.4.0.1/32 acme", "10.5.0.0/16 acme"]);
}

#[test]
fn a_file_that_is_named_must_exist() {
    let missing = Flags::new(Some("/nowhere/offhook.toml".into()));
    let error = Config::load(&missing, &|_| None).unwrap_err().to_string();
    assert!(error.starts_with("--config: cannot read /nowhere/offhook.toml: "), "{error}");
    let by_variable = |name: &str| (name == "OFFHOOK_CONFIG").then(|| "/nowhere/else.toml".to_owned());
    let error = Config::load(&Flags::default(), &by_variable).unwrap_err().to_string();
    assert!(error.starts_with("OFFHOOK_CONFIG: cannot read /nowhere/else.toml: "), "{error}");
}

#[test]
fn a_name_is_asked_for_only_to_serve() {
    let config = Start::default().flag("server.data", "/d").load().unwrap();
    let error = config.name_to_serve().unwrap_err().to_string();
    assert!(error.starts_with("server.name: is missing") && error.contains("--name"), "{error}");
    let config = Start::default().flag("server.data", "/d").flag("server.name", "Phones.Example.org").load();
    assert_eq!(config.unwrap().name_to_serve().unwrap().as_str(), "phones.example.org");
}

#[test]
fn debug_of_flags_and_config_shows_no_password() {
    let mut flags = Flags::default();
    flags.give(key("server.data"), "/d");
    flags.give(key("database.url"), "postgres://offhook:hunter2@db/phones");
    assert!(!format!("{flags:?}").contains("hunter2"));
    let config = Config::load(&flags, &|_| None).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    assert!(config.database.url.expose().contains("hunter2"));
}
