//! Random interleavings of what administrators and the operator do, on two desks, beside a model of the rules: store and
//! model never differ, and no product is ever oversold.
//!
//! | file | its job |
//! |---|---|
//! | `step` | what is done, and doing it |
//! | `model` | the rules, as a person would tell them |

mod model;
mod step;

use std::collections::BTreeMap;

use offhook::{
    admin::actions::{Actions, AddOnDetails},
    domain::{Admission, Extension, Withheld},
    storage::Role,
};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, device, slug},
};
use model::Model;
use step::{PRODUCTS, Place, Step, step};

on_both_engines![the_store_follows_the_rules_whatever_is_done_in_whatever_order];

/// What is done in each sequence.
const STEPS: usize = 60;
const MACS: [&str; 2] = ["001565aabb01", "001565aabb02"];

fn state(admission: Option<Admission>, by_operator: bool) -> &'static str {
    match admission.unwrap() {
        Admission::Admitted => "admitted",
        Admission::Withheld(Withheld::Blocked) if by_operator => "blocked by the operator",
        Admission::Withheld(Withheld::Blocked) => "blocked",
        Admission::Withheld(Withheld::SeatsExceeded) => "exceeded",
        Admission::Withheld(other) => panic!("{other}"),
    }
}

fn addons(addons: &[AddOnDetails]) -> String {
    let mut shown: Vec<_> = addons
        .iter()
        .map(|addon| {
            let named = format!("{} {}", addon.seats, addon.product);
            if addon.admission.unwrap() == Admission::Admitted { named } else { format!("({named})") }
        })
        .collect();
    shown.sort_unstable_by_key(|shown| shown.trim_start_matches('(').to_owned());
    shown.join(", ")
}

/// What the store has, in the words of [`Model::services`].
async fn found(desk: &Actions, tenant: &str) -> Vec<String> {
    let (slug, mut found) = (slug(tenant), Vec::new());
    for details in desk.extensions(&slug).await.unwrap() {
        let state = state(details.admission, details.blocked_by_operator);
        let (name, product) = (&details.extension.number, &details.extension.product);
        let lines = details.carriers.len();
        found.push(format!("{name} {product} {state} [{}] lines {lines}", addons(&details.addons)));
    }
    let attendants = desk.attendants(&slug).await.unwrap().into_iter().map(|found| (found.service, None));
    let trunks = desk.trunks(&slug).await.unwrap().into_iter().map(|found| (found.service, found.channels));
    for (details, channels) in attendants.chain(trunks) {
        let state = state(details.admission, details.blocked_by_operator);
        let (name, product) = (details.service.called(), &details.service.product);
        let channels = channels.map(|channels| format!(" channels {channels}")).unwrap_or_default();
        found.push(format!("{name} {product} {state} [{}]{channels}", addons(&details.addons)));
    }
    found.sort();
    found
}

/// The SIP password of each extension.
async fn passwords(desk: &Actions, tenant: &str) -> BTreeMap<String, String> {
    let extensions = desk.extensions(&slug(tenant)).await.unwrap().into_iter();
    let told =
        |extension: Extension| (extension.number.to_string(), extension.sip_password.expose().to_owned());
    extensions.map(|details| told(details.extension)).collect()
}

/// Who has seats of a product, in the order in which they are kept, in the words of [`Model::order`].
async fn order(desk: &Actions, tenant: &str, product: &str) -> Vec<String> {
    let held = desk.seat_order(&slug(tenant), &product.parse().unwrap()).await.unwrap();
    held.iter().map(|seat| format!("{} {}", seat.service, seat.seats)).collect()
}

async fn the_store_follows_the_rules_whatever_is_done_in_whatever_order(bench: Bench) {
    let office = Office::new(bench).await;
    let elsewhere = office.bench.open(Role::Admin, &office.bench.key).await.unwrap();
    let desks = [office.actions_on(elsewhere), office.actions_on(office.bench.store.clone())];
    let config = Config::default();
    // a sequence counts as 32 cases of a property: 8 of them, and with `tests/run --full` 256
    let sequences = config.cases.div_ceil(32);
    let mut runner = TestRunner::new(config);
    for sequence in 0..sequences {
        let tenant = format!("tenant-{sequence}");
        office.add_tenant(&tenant).await;
        let macs = MACS.map(|mac| format!("{}{sequence:03x}{}", &mac[..8], &mac[11..]));
        let steps = proptest::collection::vec(step(), STEPS).new_tree(&mut runner).unwrap().current();
        let steps: Vec<_> = Step::opening().into_iter().chain(steps).collect();
        for mac in &macs {
            desks[0].add_device(&slug(&tenant), device(mac, Some("Yealink SIP-T31P"))).await.unwrap();
        }
        let mut model = Model::default();
        for (index, step) in steps.iter().enumerate() {
            let (desk, serial) = (&desks[index % 2], index as u64 + 1);
            let place = Place { tenant: &tenant, macs: &macs, serial };
            let (before, known) = (model.clone(), passwords(desk, &tenant).await);
            let expected = model.take(step);
            let came = step.act(desk, &office, &place).await;
            let told = || format!("{step:?} after {:?}\nmodel before: {before:?}", &steps[..index]);
            assert_eq!(came, expected, "{}", told());
            if expected.is_err() {
                assert_eq!(model, before, "{}", told());
            }
            assert_eq!(found(desk, &tenant).await, model.services(), "{}", told());
            let renewed = passwords(desk, &tenant).await.into_iter();
            let renewed = renewed.filter(|(name, now)| known.get(name).is_some_and(|then| then != now));
            let renewed: Vec<_> = renewed.map(|(name, _)| name).collect();
            assert_eq!(renewed, before.loses(step), "{}", told());
            let overview = desk.license_overview(&slug(&tenant)).await.unwrap();
            for product in &overview.products {
                let used = model.used(product.id.as_str());
                assert_eq!(product.used, u64::from(used), "{}: {}", product.id, told());
                // what is oversold was sold while there were more
                assert!(
                    used <= before.used(product.id.as_str()).max(model.limit(product.id.as_str())),
                    "{}",
                    told()
                );
            }
            if matches!(step, Step::Keep(..) | Step::AddOn(..)) {
                for product in PRODUCTS {
                    assert_eq!(order(desk, &tenant, product).await, model.order(product), "{}", told());
                }
            }
        }
    }
}
