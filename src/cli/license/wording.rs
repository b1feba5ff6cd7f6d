//! A product in words: what it is used for, how many there are and what they cost.

use crate::domain::{Grants, PricePer, Product, ProductKind, Quantity, ServiceKind};

/// How many and at what price: "up to 10 for 30 USD/month", "unlimited, 5 USD/month each".
#[must_use]
pub fn price(product: &Product) -> String {
    let quantity = match product.quantity {
        Quantity::Unlimited => "unlimited".to_owned(),
        Quantity::Limited(limit) => format!("up to {limit}"),
    };
    let Some(price) = &product.price else { return quantity };
    let often = if price.period == "once" { " once".to_owned() } else { format!("/{}", price.period) };
    let amount = format!("{} {}{often}", price.amount, price.currency);
    match price.per {
        PricePer::Bundle => format!("{quantity} for {amount}"),
        PricePer::Seat => format!("{quantity}, {amount} each"),
    }
}

/// What it is used for: "main product for extensions", "add-on for extensions and auto-attendants".
#[must_use]
pub fn used_for(product: &Product) -> String {
    let kind = match product.kind {
        ProductKind::Main => "main product",
        ProductKind::Addon => "add-on",
    };
    format!("{kind} for {}", join(&product.services.iter().map(ServiceKind::many).collect::<Vec<_>>()))
}

/// What it grants: "voicemail and 4 channels"; nothing to say gives `None`.
pub(super) fn granted(grants: &Grants) -> Option<String> {
    let switches = [
        (grants.voicemail, "voicemail"),
        (grants.pin_protection, "PIN protection"),
        (grants.call_recording, "call recording"),
    ];
    let switches = switches.into_iter().filter(|(granted, _)| *granted).map(|(_, name)| name.to_owned());
    let counts = [("channels", grants.channels), ("device lines", grants.lines)];
    let counts = counts.into_iter().filter_map(|(name, count)| count.map(|count| format!("{count} {name}")));
    let all: Vec<String> = switches.chain(counts).collect();
    (!all.is_empty()).then(|| join(&all))
}

fn join(words: &[String]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}
