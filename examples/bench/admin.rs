//! What administrators do, beside plain SQL that puts the same rows into the same SQLite database.

use std::{sync::Arc, time::Instant};

use anyhow::{Context as _, ensure};
use offhook::{
    admin::actions::{
        Actions, Actor, AddExtensionError, Conditions, CsvKind, CsvOptions, ExtensionToAdd, SeatRefusal,
        TenantToAdd,
    },
    catalog::Catalog,
    domain::{
        Clock as _, Grants, PlainText, Product, ProductId, ProductKind, Quantity, ServiceKind, SipDomain,
        SystemClock, SystemRandom, TenantSlug, Timestamp,
        license::{Claims, License, PublicKeys, SigningKey, sign},
    },
    storage::{DatabaseUrl, MasterKey, Role, Sealer, Store},
};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    ROUNDS,
    office::{MODEL, runtime},
    table::{Table, Target},
};

const ROWS: usize = 10_000;
const ASKING: usize = 1_000;
const SEATS: u32 = 100;
/// Overviews in a round: one is too quick to be timed.
const OVERVIEWS: u32 = 50;

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("offhook.db");
        let desk = desk(DatabaseUrl::Sqlite(path.clone())).await?;
        let options = SqliteConnectOptions::new().filename(&path).foreign_keys(true);
        let mut plain = SqliteConnection::connect_with(&options).await?;
        let acme = TenantSlug::parse("acme")?;
        let numbers = (0..ROWS).map(|index| format!("{:05},Ann,line\n", 10_000 + index));
        let extensions: String = std::iter::once("Number,Name,Product\n".to_owned()).chain(numbers).collect();
        import(&desk, &acme, CsvKind::Extensions, &extensions).await?;
        overviews(table, &desk, &acme, &mut plain).await?;
        devices(table, &desk, &acme, &mut plain).await?;
        seats(table, &desk, &acme, &mut plain).await
    })
}

async fn desk(url: DatabaseUrl) -> anyhow::Result<Actions> {
    let sealer = Arc::new(Sealer::new(&MasterKey::generate(&SystemRandom), Arc::new(SystemRandom)));
    let signing = SigningKey::generate(&SystemRandom);
    let desk = Actions {
        store: Store::open(&url, Role::Admin, sealer).await?,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        license_keys: PublicKeys::from_pem(&signing.public_pem())?,
        installation: None,
        models: Arc::new(Catalog::embedded()?),
        actor: Actor::operator("bench"),
        conditions: Conditions::default(),
    };
    let slug = TenantSlug::parse("acme")?;
    let (name, sip_domain) = (PlainText::parse("name", "Acme")?, SipDomain::parse("pbx.example.org")?);
    desk.add_tenant(TenantToAdd { slug: slug.clone(), name, sip_domain }).await?;
    let product = |id: &str, quantity| {
        anyhow::Ok(Product {
            id: ProductId::parse(id)?,
            names: [("en".to_owned(), id.to_owned())].into(),
            kind: ProductKind::Main,
            services: vec![ServiceKind::Extension],
            quantity,
            price: None,
            grants: Grants::default(),
        })
    };
    let now = Timestamp::from_seconds(SystemClock.now().seconds());
    let claims = Claims {
        tenant: "acme".to_owned(),
        id: "bench".to_owned(),
        serial: 1,
        issuer: "bench".to_owned(),
        audience: None,
        not_before: now.plus_days(-1),
        expires: now.plus_days(1),
        grace_days: 0,
        terms: [].into(),
        products: vec![product("line", Quantity::Unlimited)?, product("few", Quantity::Limited(SEATS))?],
    };
    desk.install_license(&slug, &sign(&License::new(claims)?, &signing)?, false).await?;
    Ok(desk)
}

async fn import(desk: &Actions, acme: &TenantSlug, kind: CsvKind, csv: &str) -> anyhow::Result<()> {
    let outcome = desk.import_csv(acme, kind, csv.as_bytes(), CsvOptions::default(), &|_, _| ()).await?;
    ensure!(outcome.added == ROWS as u64, "{outcome:?}");
    Ok(())
}

/// The license with what is used of it, beside the counting query alone.
async fn overviews(
    table: &mut Table,
    desk: &Actions,
    acme: &TenantSlug,
    plain: &mut SqliteConnection,
) -> anyhow::Result<()> {
    const COUNT: &str = "SELECT product, SUM(seats) FROM (SELECT product, COUNT(*) AS seats FROM services \
                         WHERE tenant_id = (SELECT id FROM tenants) GROUP BY product \
                         UNION ALL SELECT product, seats FROM addons) AS taken GROUP BY product";
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..OVERVIEWS {
            desk.license_overview(acme).await?;
        }
        ours.push(millis(start) / f64::from(OVERVIEWS));
        let start = Instant::now();
        for _ in 0..OVERVIEWS {
            sqlx::query(COUNT).fetch_all(&mut *plain).await?;
        }
        theirs.push(millis(start) / f64::from(OVERVIEWS));
    }
    let what = "overview of a tenant with 10,000 extensions against its own counting query";
    table.compare(what, Target::AtMost(3.0, 2.0), &ours, &theirs, "ms");
    Ok(())
}

/// A CSV file of devices, each with a line, beside the same rows in one transaction.
async fn devices(
    table: &mut Table,
    desk: &Actions,
    acme: &TenantSlug,
    plain: &mut SqliteConnection,
) -> anyhow::Result<()> {
    let rows =
        (0..ROWS).map(|index| format!("add,Phone,{MODEL},805ec0{index:06x},1={:05}\n", 10_000 + index));
    let csv: String =
        std::iter::once("Action,Name,Device model,MAC,Lines\n".to_owned()).chain(rows).collect();
    let services: Vec<(String,)> =
        sqlx::query_as("SELECT id FROM services ORDER BY number").fetch_all(&mut *plain).await?;
    let tenant: (String,) = sqlx::query_as("SELECT id FROM tenants").fetch_one(&mut *plain).await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        import(desk, acme, CsvKind::Devices, &csv).await?;
        ours.push(millis(start));
        sqlx::query("DELETE FROM devices").execute(&mut *plain).await?;
        let start = Instant::now();
        let mut transaction = plain.begin().await?;
        for (index, (service,)) in services.iter().enumerate() {
            let id = format!("device-{index:09}");
            sqlx::query(
                "INSERT INTO devices (id, tenant_id, mac, name, model, blocked, epoch, handle, scope_key, web_password, revision) \
                 VALUES ($1, $2, $3, 'Phone', $4, FALSE, 2, $5, '01234567', $6, 5)",
            )
            .bind(&id)
            .bind(&tenant.0)
            .bind(format!("805ec0{index:06x}"))
            .bind(MODEL)
            .bind(format!("{index:08}"))
            .bind("01234567.MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEy")
            .execute(&mut *transaction)
            .await?;
            sqlx::query("INSERT INTO device_lines (device_id, line, service_id) VALUES ($1, 1, $2)")
                .bind(&id)
                .bind(service)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        theirs.push(millis(start));
        sqlx::query("DELETE FROM devices").execute(&mut *plain).await?;
    }
    let what = "CSV of 10,000 devices with lines against plain SQL in one transaction";
    table.compare(what, Target::AtMost(5.0, 3.0), &ours, &theirs, "ms");
    Ok(())
}

/// A thousand who ask at once for a hundred seats, beside a thousand plain inserts, each a transaction of its own.
async fn seats(
    table: &mut Table,
    desk: &Actions,
    acme: &TenantSlug,
    plain: &mut SqliteConnection,
) -> anyhow::Result<()> {
    let tenant: (String,) = sqlx::query_as("SELECT id FROM tenants").fetch_one(&mut *plain).await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let asking: Vec<_> = (0..ASKING)
            .map(|index| {
                let (desk, acme) = (desk.clone(), acme.clone());
                tokio::spawn(async move {
                    let new = ExtensionToAdd {
                        number: format!("{index:04}").parse()?,
                        name: PlainText::parse("name", "Ann")?,
                        product: ProductId::parse("few")?,
                        sip_user: None,
                        sip_password: None,
                    };
                    match desk.add_extension(&acme, new).await {
                        Ok(_) => anyhow::Ok(1),
                        Err(AddExtensionError::Seat(SeatRefusal::NoSeatLeft { .. })) => Ok(0),
                        Err(error) => Err(error.into()),
                    }
                })
            })
            .collect();
        let mut made = 0;
        for asked in asking {
            made += asked.await.context("a task")??;
        }
        ours.push(millis(start));
        ensure!(made == SEATS, "{made} seats of {SEATS} were sold");
        sqlx::query("DELETE FROM services WHERE product = 'few'").execute(&mut *plain).await?;
        let start = Instant::now();
        for index in 0..ASKING {
            sqlx::query(
                "INSERT INTO services (id, tenant_id, kind, number, name, product, seat_revision, seat_row, blocked, revision) \
                 VALUES ($1, $2, 'extension', $3, 'Ann', 'few', 5, 0, FALSE, 5)",
            )
            .bind(format!("service-{index:08}"))
            .bind(&tenant.0)
            .bind(format!("{index:04}"))
            .execute(&mut *plain)
            .await?;
        }
        theirs.push(millis(start));
        sqlx::query("DELETE FROM services WHERE product = 'few'").execute(&mut *plain).await?;
    }
    let what = "1,000 adds at once on a limit of 100 (exactly 100) against 1,000 plain inserts";
    table.compare(what, Target::AtMost(5.0, 2.0), &ours, &theirs, "ms");
    Ok(())
}

fn millis(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
