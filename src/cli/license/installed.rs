//! `offhook license install`, `show` and `trust-clock`: what works on an installation.

use std::path::PathBuf;

use serde_json::json;

use super::{
    super::{
        Answer, Desk, Failure,
        answer::{fields, table},
        service::{in_words, judged, word},
    },
    OfflineLicenseCommand,
    inspect::{standing, standing_word},
    read_text,
    wording::{price, used_for},
};
use crate::{
    admin::actions::{HeldSeat, InstallOutcome, LicenseOverview, ProductUse},
    domain::{
        ProductId, ServiceName, TenantSlug,
        license::{License, MAX_BYTES},
    },
};

/// What tenants may use.
#[derive(Debug, clap::Subcommand)]
pub enum LicenseCommand {
    /// What needs no installation.
    #[command(flatten)]
    Offline(OfflineLicenseCommand),
    /// Verify a license and install it for a tenant
    #[command(after_help = "A license that is not yet valid waits beside the one that is.

Example:
  offhook license install acme acme-2027.license")]
    Install {
        /// The tenant's short name
        tenant: TenantSlug,
        /// The license; `-` reads standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Install it although its serial is older, or it has expired; the audit keeps that
        #[arg(long)]
        force: bool,
    },
    /// Show a tenant's license beside what is used of it
    Show {
        /// The tenant's short name
        tenant: TenantSlug,
    },
    /// Choose who keeps a seat where more are used than the license has
    #[command(
        after_help = "Without services it shows the order in which seats are kept: as they were taken, unless it was changed.

Example:
  offhook license keep acme cloud-pbx-line 103 107"
    )]
    Keep {
        /// The tenant's short name
        tenant: TenantSlug,
        /// The product, by its id in the license
        product: ProductId,
        /// The services whose seats come first, in this order: numbers, or names of SIP trunks
        services: Vec<ServiceName>,
    },
    /// Declare the clock right, after license questions were undecidable because it leapt
    TrustClock,
}

impl LicenseCommand {
    pub(in super::super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::Install { tenant, file, force } => {
                let jws = read_text(&file, MAX_BYTES as u64)?;
                Ok(installed(&desk.actions.install_license(&tenant, &jws, force).await?))
            }
            Self::Show { tenant } => Ok(overview(&desk.actions.license_overview(&tenant).await?)),
            Self::Keep { tenant, product, services } => {
                let order = if services.is_empty() {
                    desk.actions.seat_order(&tenant, &product).await?
                } else {
                    desk.actions.keep_seats(&tenant, &product, &services).await?
                };
                Ok(seats(&order, &product))
            }
            Self::TrustClock => {
                let now = desk.actions.trust_clock().await?;
                let text = format!("the clock is trusted: {now}");
                Ok(Answer::new(text, json!({ "now": now.to_string() })))
            }
            Self::Offline(offline) => {
                let report = offline.run(&*desk.actions.clock, &*desk.actions.random)?;
                Ok(Answer::new(report.text(), report.json()))
            }
        }
    }
}

fn installed(outcome: &InstallOutcome) -> Answer {
    let license = &outcome.license;
    let what = if outcome.unchanged { "was installed already" } else { "is installed" };
    let text = format!(
        "license {} (serial {}) {what}: {}",
        license.id(),
        license.serial(),
        standing(outcome.standing)
    );
    let json = json!({
        "license": license.id(),
        "serial": license.serial(),
        "standing": standing_word(outcome.standing),
        "unchanged": outcome.unchanged,
    });
    Answer::new(text, json)
}

fn seats(order: &[HeldSeat], product: &ProductId) -> Answer {
    let row = |seat: &HeldSeat| {
        let service = format!("{} {}", word(&seat.kind), seat.service);
        vec![service, seat.name.to_string(), seat.seats.to_string(), in_words(seat.admission)]
    };
    let rows = order.iter().map(row).collect();
    let text = table(&["service", "name", "seats", "state"], rows, &format!("no seat of {product} is taken"));
    let json = order.iter().map(|seat| {
        let (admitted, withheld) = judged(seat.admission);
        json!({
            "service": seat.service,
            "kind": seat.kind,
            "name": seat.name,
            "seats": seat.seats,
            "admitted": admitted,
            "withheld": withheld,
        })
    });
    Answer::new(text, json.collect())
}

fn overview(overview: &LicenseOverview) -> Answer {
    let mut parts = Vec::new();
    if let Some(license) = &overview.governing {
        let mut lines = vec![("license", format!("{}, serial {}", license.id(), license.serial()))];
        lines.push(("issuer", license.issuer().to_owned()));
        lines.extend(overview.standing.map(|now| ("standing", standing(now))));
        lines.extend(overview.days_left.map(|days| ("days left", days.to_string())));
        lines.extend(license.terms().get("en").map(|terms| ("terms", terms.trim().to_owned())));
        parts.push(fields(&lines));
    } else {
        parts.push("no license is installed".to_owned());
    }
    if let Some(undecidable) = &overview.undecidable {
        parts.push(format!("UNDECIDABLE: {undecidable}\nnothing can be added; phones keep what they have"));
    }
    let rows: Vec<_> = overview.products.iter().map(product_row).collect();
    if !rows.is_empty() {
        let headers = ["product", "name", "used", "limit", "withheld", "is", "price"];
        parts.push(table(&headers, rows, ""));
    }
    parts.extend(overview.waiting.iter().map(|license| {
        format!("license {} (serial {}) takes over {}", license.id(), license.serial(), license.not_before())
    }));
    Answer::new(parts.join("\n\n"), overview_json(overview))
}

fn product_row(used: &ProductUse) -> Vec<String> {
    let (name, is, cost) = match &used.product {
        Some(product) => (product.name("en").to_owned(), used_for(product), price(product)),
        None => ("-".to_owned(), "not in the license".to_owned(), "-".to_owned()),
    };
    let counts = [used.used.to_string(), used.limit.to_string(), used.withheld.to_string()];
    [used.id.to_string(), name].into_iter().chain(counts).chain([is, cost]).collect()
}

fn overview_json(overview: &LicenseOverview) -> serde_json::Value {
    let described = |license: &License| {
        json!({
            "id": license.id(),
            "serial": license.serial(),
            "issuer": license.issuer(),
            "not_before": license.not_before().to_string(),
            "expires": license.expires().to_string(),
            "grace_ends": license.grace_ends().to_string(),
            "terms": license.terms(),
        })
    };
    let products = overview.products.iter().map(|used| {
        json!({
            "id": used.id,
            "used": used.used,
            "limit": used.limit,
            "withheld": used.withheld,
            "kind": used.product.as_ref().map(|product| product.kind),
            "names": used.product.as_ref().map(|product| &product.names),
            "services": used.product.as_ref().map(|product| &product.services),
            "grants": used.product.as_ref().map(|product| &product.grants),
            "price": used.product.as_ref().map(|product| &product.price),
            "price_in_words": used.product.as_ref().map(price),
        })
    });
    json!({
        "license": overview.governing.as_ref().map(described),
        "standing": overview.standing.map(standing_word),
        "days_left": overview.days_left,
        "undecidable": overview.undecidable.as_ref().map(ToString::to_string),
        "products": products.collect::<Vec<_>>(),
        "waiting": overview.waiting.iter().map(described).collect::<Vec<_>>(),
    })
}
