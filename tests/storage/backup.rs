//! Backups between the engines.

use offhook::{
    domain::{
        Inventory, Key, KeyKind, LicenseId, Pin, ProfileId, Role, Secret, ServiceId, ServiceKind, SessionId,
        SettingName, SettingValue, SystemRandom, TenantId, TokenId, TrunkPeer, UserId, UserName,
        attendant::{WrittenAction, WrittenSchedule},
    },
    storage::{
        AuditEntry, BackupError, Change, MasterKey, NewService, SettingOwner, SetupLink, StorageError, Store,
        StoredSetting, Tenant, Token, User, UserSession, key_of_backup,
    },
};

use crate::{
    bench::{Bench, now, on_both_engines},
    made::{BACK_TO_THE_FIRST_SCHEMA, add_device, add_extension, change, extension, line, product, text},
};

on_both_engines![
    a_backup_is_whole_private_and_never_overwrites_by_chance,
    a_backup_shows_one_moment_although_changes_go_on,
    a_store_that_is_not_empty_is_replaced_by_force_only,
    a_backup_of_an_older_schema_is_restored,
    a_backup_of_another_key_or_release_is_refused,
    a_damaged_backup_is_refused_and_changes_nothing,
];

/// Something in every table.
async fn fill(bench: &Bench) -> Tenant {
    let acme = bench.tenant("acme").await;
    let extension = add_extension(&bench.store, &acme, "101").await.unwrap();
    let device = add_device(&bench.store, &acme, "001565aabbcc").await.unwrap();
    let name = SettingName::parse("sip.port").unwrap();
    let value = SettingValue::parse(name, "5080").unwrap();
    let profile = ProfileId::generate(&SystemRandom);
    let mut filling = change(&bench.store, &acme).await;
    filling.install_license(&LicenseId::generate(&SystemRandom), 1, "jws", now()).await.unwrap();
    filling.add_profile(&profile, &text("Réception ✆")).await.unwrap();
    filling.set_profile(&device, Some(&profile)).await.unwrap();
    filling.assign_line(&device, line(1), &extension).await.unwrap();
    filling.add_addon(&extension, &product("voicemail"), 1).await.unwrap();
    filling.set_key(&device, &Key::new(1, KeyKind::Line, line(1), None, None).unwrap()).await.unwrap();
    filling.set_setting(&StoredSetting { owner: SettingOwner::Tenant, name, value }).await.unwrap();
    filling.commit().await.unwrap();
    acme
}

/// Something in the tables that came later, too.
async fn fill_all(bench: &Bench) {
    let acme = fill(bench).await;
    let device = bench.store.read().await.unwrap().devices(&acme.id).await.unwrap().remove(0).id;
    let carried = bench.store.read().await.unwrap().extensions(&acme.id).await.unwrap().remove(0).id;
    let removed = add_extension(&bench.store, &acme, "109").await.unwrap();
    let mut filling = change(&bench.store, &acme).await;
    fill_services(&mut filling).await;
    filling.set_pin(&carried, &Pin::parse("47110815").unwrap()).await.unwrap();
    let profile = filling.profiles(&acme.id).await.unwrap().remove(0).id;
    filling.set_profile_key(&profile, &key()).await.unwrap();
    let inventory = Inventory { ascii_key: Some(Secret::new("web password")), ..Inventory::default() };
    filling.set_inventory(&device, &inventory).await.unwrap();
    filling.remember_creation("root", "key", "hash", now()).await.unwrap();
    filling.remove_service(&removed, now()).await.unwrap();
    filling.audit(&AuditEntry::new(None, now(), "root", "x", "")).await.unwrap();
    filling.commit().await.unwrap();
    // what was removed long ago is forgotten, and that is remembered
    let removed = add_extension(&bench.store, &acme, "108").await.unwrap();
    let mut later = change(&bench.store, &acme).await;
    later.remove_service(&removed, now().plus_days(100)).await.unwrap();
    later.commit().await.unwrap();
    let token = Token {
        id: TokenId::generate(&SystemRandom),
        tenant: Some(acme.id.clone()),
        name: text("Portal"),
        rights: Role::ReadOnly.rights(),
        created_by: "root".to_owned(),
        created_at: now(),
        expires_at: None,
    };
    let entry = AuditEntry::new(Some(acme.id.clone()), now(), "root", "token.added", "");
    bench.store.add_token(&token, &Secret::new("password of 101"), &entry).await.unwrap();
    fill_users(&bench.store, &acme.id).await;
}

/// Somebody who has a link, a session, and failed to sign in.
async fn fill_users(store: &Store, tenant: &TenantId) {
    let user = User {
        id: UserId::generate(&SystemRandom),
        tenant: Some(tenant.clone()),
        name: UserName::parse("ann").unwrap(),
        role: Role::Administrator,
        exceptions: "audit:view".parse().unwrap(),
        networks: vec!["192.0.2.0/24".parse().unwrap()],
        has_password: false,
        has_code: false,
        blocked: false,
        created_by: "root".to_owned(),
        created_at: now(),
        revision: 1,
    };
    let (secret, end) = (|| Secret::new("password of 101"), now().plus_days(3));
    let link = SetupLink { secret: secret(), expires_at: end };
    let entry = AuditEntry::new(Some(tenant.clone()), now(), "root", "user.added", "");
    store.add_user(&user, &link, &entry).await.unwrap();
    store.set_code_key(&user, Some(&secret()), 7, &entry).await.unwrap();
    let session = UserSession {
        id: SessionId::generate(&SystemRandom),
        user: user.id,
        origin: None,
        agent: "a test".to_owned(),
        created_at: now(),
        seen_at: now(),
        expires_at: end,
    };
    store.add_session(&session, &secret(), &entry).await.unwrap();
    store.count_attempt(&[secret()], now(), |_, failures, last| (failures, last)).await.unwrap();
}

/// A key as a profile has it.
fn key() -> Key {
    Key::new(2, KeyKind::Blf, line(1), Some("102".to_owned()), Some(text("Zoë"))).unwrap()
}

/// An auto-attendant that answers a public number and was blocked by the operator, and a trunk.
async fn fill_services(filling: &mut Change) {
    let service = |kind, number: Option<&str>, name| NewService {
        id: ServiceId::generate(&SystemRandom),
        kind,
        number: number.map(|number| number.parse().unwrap()),
        name: text(name),
        product: product("essentials"),
    };
    let action = WrittenAction { transfer: Some("hang-up".to_owned()), ..WrittenAction::default() };
    let written = WrittenSchedule {
        time_zone: "Europe/Berlin".to_owned(),
        hours: vec!["mon-fri 08:00-17:00".to_owned()],
        open: action.clone(),
        closed: action,
        holidays: Vec::new(),
    };
    let attendant = service(ServiceKind::AutoAttendant, Some("200"), "Reception");
    filling.add_attendant(&attendant, &written.check().unwrap()).await.unwrap();
    filling.block_service(&attendant.id, true, true).await.unwrap();
    let number = "+4930123456".parse().unwrap();
    filling.add_did(&number).await.unwrap();
    filling.route_did(&number, Some(&attendant.id)).await.unwrap();
    let peer = TrunkPeer::Addresses(vec!["192.0.2.0/29".parse().unwrap()]);
    filling.add_trunk(&service(ServiceKind::Trunk, None, "Carrier"), &peer).await.unwrap();
}

async fn password_of_101(bench: &Bench, tenant: &Tenant) -> String {
    let mut read = bench.store.read().await.unwrap();
    let found = read.extension_by_number(&tenant.id, &extension("101").number).await.unwrap().unwrap();
    found.sip_password.expose().to_owned()
}

async fn a_backup_is_whole_private_and_never_overwrites_by_chance(bench: Bench) {
    use std::os::unix::fs::PermissionsExt as _;
    fill_all(&bench).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let made = bench.store.back_up(&file, false).await.unwrap();
    assert_eq!(made.rows.len(), 30, "{:?}", made.rows);
    assert_eq!(made.key_id, bench.key.id());
    assert_eq!(key_of_backup(&file).await.unwrap(), bench.key.id());
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = std::fs::read(&file).unwrap();
    let again = bench.store.back_up(&file, false).await;
    assert!(matches!(again, Err(BackupError::Exists(_))), "{again:?}");
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
    assert_eq!(bench.store.back_up(&file, true).await.unwrap(), made);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    for secret in ["password of 101", "web password", "47110815", &*bench.key.to_hex()] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

async fn a_backup_shows_one_moment_although_changes_go_on(bench: Bench) {
    let acme = fill(&bench).await;
    let (store, tenant) = (bench.store.clone(), acme.clone());
    let changes = tokio::spawn(async move {
        for number in 200..260 {
            let mut both = change(&store, &tenant).await;
            both.add_extension(&extension(&number.to_string())).await.unwrap();
            both.add_extension(&extension(&(number + 1000).to_string())).await.unwrap();
            both.commit().await.unwrap();
        }
    });
    let folder = tempfile::tempdir().unwrap();
    for number in 0..5 {
        let made = bench.store.back_up(&folder.path().join(number.to_string()), false).await.unwrap();
        let rows = |table| made.rows.iter().find(|(name, _)| *name == table).unwrap().1;
        assert_eq!(rows("services") % 2, 1, "half a change");
        assert_eq!(rows("services"), rows("extensions"));
    }
    changes.await.unwrap();
}

async fn a_store_that_is_not_empty_is_replaced_by_force_only(bench: Bench) {
    let acme = fill(&bench).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let made = bench.store.back_up(&file, false).await.unwrap();
    add_extension(&bench.store, &acme, "102").await.unwrap();
    bench.tenant("bravo").await;
    let before = bench.store.read().await.unwrap().tenant(&acme.id).await.unwrap().unwrap();
    let refused = bench.store.restore(&file, false).await;
    assert!(matches!(refused, Err(BackupError::NotEmpty { tenants: 2 })), "{refused:?}");
    assert_eq!(bench.store.read().await.unwrap().extensions(&acme.id).await.unwrap().len(), 2);

    assert_eq!(bench.store.restore(&file, true).await.unwrap(), made);
    let mut read = bench.store.read().await.unwrap();
    assert_eq!(read.extensions(&acme.id).await.unwrap().len(), 1);
    let tenants = read.tenants().await.unwrap();
    assert_eq!(tenants.len(), 1);
    assert!(tenants[0].revision > before.revision && tenants[0].facts_revision > before.revision);
    drop(read);
    assert_eq!(password_of_101(&bench, &acme).await, "password of 101");
    add_extension(&bench.store, &acme, "103").await.unwrap();
}

async fn a_backup_of_an_older_schema_is_restored(mut bench: Bench) {
    bench.as_an_older_release_made_it().await;
    let acme = fill(&bench).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let extension = bench.store.read().await.unwrap().extensions(&acme.id).await.unwrap().remove(0);
    let (voicemail, mut without) = (product("voicemail"), change(&bench.store, &acme).await);
    assert!(without.remove_addon(&extension.id, &voicemail).await.unwrap());
    without.commit().await.unwrap();
    // that release had no keys in the database
    bench.sql("DELETE FROM sealed_keys").await.unwrap();
    let made = bench.store.back_up(&file, false).await.unwrap();
    edit(&file, BACK_TO_THE_FIRST_SCHEMA).await;
    let mut with = change(&bench.store, &acme).await;
    with.add_addon(&extension.id, &voicemail, 1).await.unwrap();
    with.commit().await.unwrap();
    assert_eq!(bench.store.restore(&file, true).await.unwrap(), made);
    let restored = bench.store.read().await.unwrap().extensions(&acme.id).await.unwrap().remove(0);
    assert!(restored.addons.is_empty(), "that release had none");
    assert_eq!(password_of_101(&bench, &acme).await, "password of 101");
}

async fn a_backup_of_another_key_or_release_is_refused(bench: Bench) {
    fill(&bench).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    bench.store.back_up(&file, false).await.unwrap();
    let other = Bench::sqlite_with(MasterKey::generate(&SystemRandom)).await;
    match other.store.restore(&file, false).await {
        Err(BackupError::OtherKey { backup, store }) => {
            assert_eq!((backup, store), (bench.key.id(), other.key.id()));
        }
        restored => panic!("{restored:?}"),
    }
    edit(&file, "UPDATE _sqlx_migrations SET version = 999 WHERE version = 2").await;
    let refused = bench.store.restore(&file, true).await;
    assert!(matches!(refused, Err(BackupError::Schema { found: 999, .. })), "{refused:?}");
}

async fn a_damaged_backup_is_refused_and_changes_nothing(bench: Bench) {
    let acme = fill(&bench).await;
    let folder = tempfile::tempdir().unwrap();
    for (name, damage) in [
        ("changed", "UPDATE services SET product = 'pro'"),
        ("lost", "DELETE FROM device_keys"),
        ("other", "DROP TABLE backup"),
    ] {
        let file = folder.path().join(name);
        bench.store.back_up(&file, false).await.unwrap();
        edit(&file, damage).await;
        let refused = bench.store.restore(&file, true).await;
        assert!(
            matches!(refused, Err(BackupError::Damaged(_) | BackupError::NoBackup { .. })),
            "{name}: {refused:?}"
        );
    }
    let text = folder.path().join("text");
    std::fs::write(&text, "no database at all").unwrap();
    let refused = bench.store.restore(&text, true).await;
    assert!(matches!(refused, Err(BackupError::NoBackup { .. })), "{refused:?}");
    assert_eq!(password_of_101(&bench, &acme).await, "password of 101");
    let nowhere = folder.path().join("no/such/folder/backup.db");
    let refused = bench.store.back_up(&nowhere, false).await;
    assert!(matches!(refused, Err(BackupError::Storage(StorageError::File { .. }))), "{refused:?}");
}

async fn edit(file: &std::path::Path, statement: &str) {
    use sqlx::Connection as _;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn moves(from: Bench, to: Bench) {
    let acme = fill(&from).await;
    let pin = Pin::parse("47110815").unwrap();
    let carried = from.store.read().await.unwrap().extensions(&acme.id).await.unwrap().remove(0).id;
    let mut protecting = change(&from.store, &acme).await;
    protecting.set_pin(&carried, &pin).await.unwrap();
    protecting.commit().await.unwrap();
    let profile = from.store.read().await.unwrap().profiles(&acme.id).await.unwrap().remove(0).id;
    let mut programming = change(&from.store, &acme).await;
    programming.set_profile_key(&profile, &key()).await.unwrap();
    programming.commit().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let made = from.store.back_up(&file, false).await.unwrap();
    assert_eq!(to.store.restore(&file, false).await.unwrap(), made);
    assert_eq!(password_of_101(&to, &acme).await, "password of 101");
    let mut read = to.store.read().await.unwrap();
    let device = read.devices(&acme.id).await.unwrap().remove(0);
    assert_eq!(device.web_password.expose(), "web password of 001565aabbcc");
    let lines = read.lines(&device.id).await.unwrap();
    assert_eq!((lines.len(), lines[0].registrant.pin.as_ref()), (1, Some(&pin)));
    assert_eq!(read.profiles(&acme.id).await.unwrap()[0].name.as_str(), "Réception ✆");
    assert_eq!(read.keys_of_profile(&profile).await.unwrap(), [key()]);
    let scope = read.scopes(&acme.id).await.unwrap().remove(0).scope;
    assert_eq!(read.tenant_of_scope(&scope).await.unwrap().unwrap().tenant, acme.id);
    assert_eq!(read.newest_time().await.unwrap(), Some(now()));
}

#[tokio::test]
async fn a_backup_of_sqlite_is_restored_to_postgresql() {
    let from = Bench::sqlite().await;
    let to = Bench::postgres_with(from.key.clone()).await;
    moves(from, to).await;
}

#[tokio::test]
async fn a_backup_of_postgresql_is_restored_to_sqlite() {
    let from = Bench::postgres().await;
    let to = Bench::sqlite_with(from.key.clone()).await;
    moves(from, to).await;
}
