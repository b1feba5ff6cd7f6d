//! Operations on licenses: what a tenant may use and what it uses, and who keeps a seat.

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::{
    call::{Answer, Call},
    field::{Fields, GivenService},
    problem::Problem,
    shown::judged,
    table::{Method, Operation, operation},
};
use crate::{
    admin::actions::{HeldSeat, LicenseOverview, ProductUse},
    domain::{
        PricePer, ProductKind, Quantity,
        license::{License, MAX_BYTES, Standing},
    },
};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::Get,
            "/tenants/{tenant}/license",
            "showLicense",
            "Shows the license beside what is used of it, product by product.",
            show,
        )
        .answers::<LicenseShown>(),
        operation(Method::Put, "/tenants/{tenant}/license", "installLicense", "Verifies a license and installs it. Operators only.", install)
            .takes::<NewLicense>()
            .answers::<LicenseShown>(),
        operation(
            Method::Get,
            "/tenants/{tenant}/license/seats/{product}",
            "listSeats",
            "Lists the seats of a product in the order in which they are kept.",
            seats,
        )
        .answers_list::<SeatShown>(),
        operation(
            Method::Put,
            "/tenants/{tenant}/license/seats/{product}",
            "keepSeats",
            "Puts the seats of these services first: where more are used than the license has, they are kept.",
            keep,
        )
        .takes::<Keep>()
        .answers_list::<SeatShown>(),
    ]
}

/// A license beside what is used of it.
#[derive(serde::Serialize, ToSchema)]
struct LicenseShown {
    /// The license that counts; null when none was installed.
    license: Option<LicenseTerms>,
    /// `not-yet-valid`, `valid`, `grace` or `expired`.
    standing: Option<&'static str>,
    /// Whole days until that changes.
    days_left: Option<i64>,
    /// Why nothing can be decided, where that is so.
    undecidable: Option<String>,
    /// Each product of the license, then those that are used without being in it.
    products: Vec<ProductShown>,
    /// Licenses that will take over.
    waiting: Vec<LicenseTerms>,
}

/// What a license says.
#[derive(serde::Serialize, ToSchema)]
struct LicenseTerms {
    /// Its id, chosen by the issuer.
    id: String,
    /// Its place in the order of the tenant's licenses.
    serial: u64,
    /// Who issued it.
    issuer: String,
    /// When it begins.
    not_before: String,
    /// When it expires.
    expires: String,
    /// When grace is over.
    grace_ends: String,
    /// The terms in words, by language.
    terms: BTreeMap<String, String>,
}

impl LicenseTerms {
    fn of(license: &License) -> Self {
        Self {
            id: license.id().to_owned(),
            serial: license.serial(),
            issuer: license.issuer().to_owned(),
            not_before: license.not_before().to_string(),
            expires: license.expires().to_string(),
            grace_ends: license.grace_ends().to_string(),
            terms: license.terms().clone(),
        }
    }
}

/// A product beside what is used of it.
#[derive(serde::Serialize, ToSchema)]
struct ProductShown {
    /// Its id.
    id: String,
    /// Its name, by language.
    names: BTreeMap<String, String>,
    /// `main` or `addon`; null when it is used but not in the license.
    kind: Option<&'static str>,
    /// What it is for: `extension`, `auto-attendant`, `trunk`.
    services: Vec<String>,
    /// Its used seats.
    used: u64,
    /// The seats that there are; null: no limit.
    limit: Option<u32>,
    /// Whether there is no limit.
    unlimited: bool,
    /// The used seats past the limit, whose services are withheld.
    withheld: u64,
    /// What it costs.
    price: Option<PriceShown>,
    /// What it grants.
    grants: Option<GrantsShown>,
}

/// What a product costs.
#[derive(serde::Serialize, ToSchema)]
struct PriceShown {
    /// The amount as written in the license.
    amount: String,
    /// ISO 4217.
    currency: String,
    /// `month`, `year` or `once`.
    period: String,
    /// `seat` or `bundle`.
    per: &'static str,
}

/// What a product grants.
#[derive(serde::Serialize, ToSchema)]
struct GrantsShown {
    /// A voicemail box.
    voicemail: bool,
    /// Keypad lock and PIN.
    pin_protection: bool,
    /// Recording of calls.
    call_recording: bool,
    /// Channels of a SIP trunk.
    channels: Option<u32>,
    /// Device lines that may carry one extension.
    lines: Option<u32>,
}

impl ProductShown {
    fn of(used: &ProductUse) -> Self {
        let product = used.product.as_ref();
        Self {
            id: used.id.to_string(),
            names: product.map(|product| product.names.clone()).unwrap_or_default(),
            kind: product.map(|product| match product.kind {
                ProductKind::Main => "main",
                ProductKind::Addon => "addon",
            }),
            services: product
                .map(|product| product.services.iter().map(|service| service.as_str().to_owned()).collect())
                .unwrap_or_default(),
            used: used.used,
            limit: match used.limit {
                Quantity::Limited(limit) => Some(limit),
                Quantity::Unlimited => None,
            },
            unlimited: used.limit == Quantity::Unlimited,
            withheld: used.withheld,
            price: product.and_then(|product| product.price.as_ref()).map(|price| PriceShown {
                amount: price.amount.clone(),
                currency: price.currency.clone(),
                period: price.period.clone(),
                per: match price.per {
                    PricePer::Seat => "seat",
                    PricePer::Bundle => "bundle",
                },
            }),
            grants: product.map(|product| GrantsShown {
                voicemail: product.grants.voicemail,
                pin_protection: product.grants.pin_protection,
                call_recording: product.grants.call_recording,
                channels: product.grants.channels,
                lines: product.grants.lines,
            }),
        }
    }
}

/// A signed license.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLicense {
    /// The license: a compact JWS, as the operator's tool issued it.
    #[schema(max_length = 65536)]
    license: String,
    /// Whether it is installed although its serial is older, or it has expired.
    #[serde(default)]
    force: bool,
}

/// Who comes first.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Keep {
    /// The services whose seats come first, in this order: numbers, or names of SIP trunks.
    #[schema(min_items = 1, max_items = 1000)]
    services: Vec<GivenService>,
}

/// The seats that a service has of a product.
#[derive(serde::Serialize, ToSchema)]
struct SeatShown {
    /// What the service is called: its number, or the name of a SIP trunk.
    service: String,
    /// `extension`, `auto-attendant` or `trunk`.
    kind: String,
    /// Whose it is.
    name: String,
    /// How many.
    seats: u32,
    /// Whether they count; null while that is undecidable.
    admitted: Option<bool>,
    /// Why they do not.
    withheld: Option<String>,
}

impl SeatShown {
    fn of(seat: &HeldSeat) -> Self {
        let (admitted, withheld) = judged(seat.admission);
        let (service, kind) = (seat.service.to_string(), seat.kind.as_str().to_owned());
        Self { service, kind, name: seat.name.to_string(), seats: seat.seats, admitted, withheld }
    }
}

async fn show(call: Call) -> Result<Answer, Problem> {
    let overview = call.actions.license_overview(&call.path("tenant")?).await?;
    Ok(Answer::of(&shown(&overview)))
}

fn shown(overview: &LicenseOverview) -> LicenseShown {
    LicenseShown {
        license: overview.governing.as_ref().map(LicenseTerms::of),
        standing: overview.standing.map(|standing| match standing {
            Standing::NotYet { .. } => "not-yet-valid",
            Standing::Valid { .. } => "valid",
            Standing::Grace { .. } => "grace",
            Standing::Expired { .. } => "expired",
        }),
        days_left: overview.days_left,
        undecidable: overview.undecidable.as_ref().map(ToString::to_string),
        products: overview.products.iter().map(ProductShown::of).collect(),
        waiting: overview.waiting.iter().map(LicenseTerms::of).collect(),
    }
}

async fn install(call: Call) -> Result<Answer, Problem> {
    let body: NewLicense = call.body()?;
    if body.license.len() > MAX_BYTES {
        return Err(Problem::mistake("body", "/license", format!("is longer than {MAX_BYTES} bytes")));
    }
    let slug = call.path("tenant")?;
    call.actions.install_license(&slug, &body.license, body.force).await?;
    Ok(Answer::of(&shown(&call.actions.license_overview(&slug).await?)))
}

async fn seats(call: Call) -> Result<Answer, Problem> {
    let order = call.actions.seat_order(&call.path("tenant")?, &call.path("product")?).await?;
    Ok(Answer::of(&order.iter().map(SeatShown::of).collect::<Vec<_>>()))
}

async fn keep(call: Call) -> Result<Answer, Problem> {
    let body: Keep = call.body()?;
    let mut fields = Fields::default();
    let count = body.services.len();
    let services = fields.list("/services", body.services);
    if !(1..=1000).contains(&count) {
        fields.wrong("/services", "holds 1 to 1000 services");
    }
    fields.finish(Some(()))?;
    let order = call.actions.keep_seats(&call.path("tenant")?, &call.path("product")?, &services).await?;
    Ok(Answer::of(&order.iter().map(SeatShown::of).collect::<Vec<_>>()))
}
