//! A tenant's first page: what its license gives and what is used, what it has, and the phones that boot now.

use fluent_bundle::FluentArgs;
use minijinja::{Value, context};

use super::{
    door::{Place, page},
    failure::Failure,
    format,
    page::Answer,
    visit::Visit,
};
use crate::{
    admin::actions::{LicenseOverview, ProductUse},
    domain::{Component, Level, PricePer, Product, ProductKind, Quantity, license::Standing},
};

pub(super) fn pages() -> Vec<Place> {
    vec![page("/t/{tenant}", show), page("/t/{tenant}/booting", booting)]
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    let slug = visit.slug()?;
    let overview = visit.actions.overview(slug, &visit.portal.tallies).await?;
    let license = visit.actions.license_overview(slug).await?;
    let tally = overview.tally;
    let phones = phones(&visit).await?;
    let context = context! {
        license => license_shown(&visit, &license),
        extensions => context! { all => tally.extensions, part => tally.extensions_with_phones },
        dids => context! { all => tally.dids, part => tally.dids_assigned },
        devices => context! {
            all => tally.devices, part => tally.devices_in_use,
            waiting => overview.waiting, left_behind => overview.left_behind,
        },
        phones,
    };
    visit.page("overview.html", context)
}

/// The part of the page that is asked for again and again.
async fn booting(visit: Visit) -> Result<Answer, Failure> {
    let phones = phones(&visit).await?;
    visit.page("booting.html", context! { phones })
}

async fn phones(visit: &Visit) -> Result<Option<Vec<Value>>, Failure> {
    if !visit.may(Component::Devices, Level::View) {
        return Ok(None);
    }
    let phones = visit.actions.booting(visit.slug()?).await?;
    let shown = phones.iter().map(|phone| {
        let outcome = phone.note.outcome.as_str();
        context! {
            mac => phone.mac.colons(),
            name => phone.name.as_str(),
            model => phone.note.seen.model.as_deref(),
            at => visit.when(phone.note.seen.at),
            outcome => outcome_key(outcome),
        }
    });
    Ok(Some(shown.collect()))
}

/// What came of a request, in a few words.
pub(super) const fn outcome_key(outcome: &str) -> &'static str {
    match outcome.as_bytes() {
        b"served" => "served",
        b"unchanged" => "unchanged",
        _ => "refused",
    }
}

/// The license panel.
pub(super) fn license_shown(visit: &Visit, overview: &LicenseOverview) -> Value {
    let day = |time| format::day(visit.language, &visit.zone, time);
    let standing = overview.standing.map(|standing| {
        let (key, time) = match standing {
            Standing::NotYet { from } => ("not-yet", from),
            Standing::Valid { until } => ("valid", until),
            Standing::Grace { until } => ("grace", until),
            Standing::Expired { since } => ("expired", since),
        };
        context! { key, day => day(time) }
    });
    let terms = overview
        .governing
        .as_ref()
        .and_then(|license| license.terms().get(visit.language.tag()).or_else(|| license.terms().get("en")));
    let waiting = overview.waiting.iter().map(|license| day(license.not_before())).collect::<Vec<_>>();
    context! {
        standing,
        terms,
        waiting,
        days_left => overview.days_left,
        undecidable => overview.undecidable.is_some(),
        products => overview.products.iter().map(|used| product_shown(visit, used)).collect::<Vec<_>>(),
    }
}

/// A product beside what is used of it.
pub(super) fn product_shown(visit: &Visit, used: &ProductUse) -> Value {
    let language = visit.language;
    let count = |count: u64| format::number(language, i64::try_from(count).unwrap_or(i64::MAX));
    let (limit, unlimited) = match used.limit {
        Quantity::Limited(limit) => (u64::from(limit), false),
        Quantity::Unlimited => (0, true),
    };
    let state = match used.limit {
        Quantity::Unlimited => "unlimited",
        Quantity::Limited(limit) if used.used > u64::from(limit) => "over",
        Quantity::Limited(limit) if used.used == u64::from(limit) => "full",
        Quantity::Limited(_) => "free",
    };
    context! {
        id => used.id.as_str(),
        name => used.product.as_ref().map_or(used.id.as_str(), |product| product.name(language.tag())),
        main => used.product.as_ref().is_some_and(|product| product.kind == ProductKind::Main),
        licensed => used.product.is_some(),
        used => used.used,
        limit,
        unlimited,
        shown_used => count(used.used),
        shown_limit => count(limit),
        state,
        withheld => used.withheld,
        price => used.product.as_ref().and_then(|product| price(visit, product)),
    }
}

/// How many at what price: "up to 10 for $30/month", "unlimited, $5/month each".
fn price(visit: &Visit, product: &Product) -> Option<String> {
    let price = product.price.as_ref()?;
    let mut values = FluentArgs::new();
    values.set("amount", format::money(visit.language, &price.amount, &price.currency));
    let period = match price.period.as_str() {
        "month" => "month",
        "year" => "year",
        _ => "once",
    };
    let amount = visit.text_with(&format!("price-{period}"), &values);
    values.set("amount", amount);
    let per = match price.per {
        PricePer::Seat => "each",
        PricePer::Bundle => "together",
    };
    Some(match product.quantity {
        Quantity::Unlimited => visit.text_with(&format!("terms-unlimited-{per}"), &values),
        Quantity::Limited(limit) => {
            values.set("count", i64::from(limit));
            visit.text_with(&format!("terms-limited-{per}"), &values)
        }
    })
}
