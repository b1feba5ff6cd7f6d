//! Random interleavings of what administrators do, on two desks, beside a model of the rules: store and model never
//! differ, and no product is ever oversold.

use std::collections::{BTreeMap, BTreeSet};

use offhook::{
    admin::actions::{ActionError, Actions, PlanChange},
    domain::{
        Admission, ExtensionNumber, LineNumber, ProductKind, Quantity, ServiceKind, Withheld, license::Claims,
    },
    storage::Role,
};
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, claims, device, extension, product, slug},
};

on_both_engines![the_store_follows_the_rules_whatever_is_done_in_whatever_order];

/// What is done in each sequence.
const STEPS: usize = 60;
const NUMBERS: [&str; 5] = ["101", "102", "103", "104", "105"];
const MAINS: [&str; 2] = ["essentials", "pro"];
const ADDONS: [&str; 2] = ["voicemail", "recording"];
const MACS: [&str; 2] = ["001565aabb01", "001565aabb02"];

fn products() -> [&'static str; 4] {
    [MAINS[0], MAINS[1], ADDONS[0], ADDONS[1]]
}

#[derive(Clone, Debug)]
enum Step {
    Add(usize, usize),
    Plan(usize, usize),
    AddOn(usize, usize),
    DropAddOn(usize, usize),
    Block(usize, bool),
    Remove(usize),
    Assign(usize, u16, usize),
    Release(usize, u16),
    Keep(usize, usize),
    /// Seats of Essentials, Pro, voicemail and recording.
    License([u32; 4]),
}

fn step() -> impl Strategy<Value = Step> {
    let number = 0..NUMBERS.len();
    prop_oneof![
        4 => (number.clone(), 0..2_usize).prop_map(|(number, main)| Step::Add(number, main)),
        2 => (number.clone(), 0..2_usize).prop_map(|(number, main)| Step::Plan(number, main)),
        4 => (number.clone(), 0..2_usize).prop_map(|(number, addon)| Step::AddOn(number, addon)),
        2 => (number.clone(), 0..2_usize).prop_map(|(number, addon)| Step::DropAddOn(number, addon)),
        1 => (number.clone(), any::<bool>()).prop_map(|(number, blocked)| Step::Block(number, blocked)),
        1 => number.clone().prop_map(Step::Remove),
        2 => (0..2_usize, 1..3_u16, number).prop_map(|(mac, line, number)| Step::Assign(mac, line, number)),
        1 => (0..2_usize, 1..3_u16).prop_map(|(mac, line)| Step::Release(mac, line)),
        1 => (0..4_usize, 0..NUMBERS.len()).prop_map(|(product, number)| Step::Keep(product, number)),
        1 => [0..4_u32, 0..3_u32, 0..3_u32, 0..3_u32].prop_map(Step::License),
    ]
}

/// The rules, as a person would tell them.
#[derive(Clone, Debug, Default)]
struct Model {
    limits: BTreeMap<&'static str, u32>,
    /// Who has a seat of what, in the order in which the seats were taken.
    seats: Vec<(usize, &'static str)>,
    extensions: BTreeMap<usize, &'static str>,
    blocked: BTreeSet<usize>,
    lines: BTreeMap<(usize, u16), usize>,
}

impl Model {
    fn used(&self, product: &str) -> u32 {
        self.seats.iter().filter(|(_, taken)| *taken == product).count().try_into().unwrap()
    }

    fn full(&self, product: &str) -> bool {
        self.used(product) >= self.limits[product]
    }

    fn kept(&self, number: usize, product: &str) -> bool {
        let mut seats = self.seats.iter().filter(|(_, taken)| *taken == product);
        let place = seats.position(|(holder, _)| *holder == number).unwrap();
        place < self.limits[product] as usize
    }

    fn has(&self, number: usize, product: &str) -> bool {
        self.seats.contains(&(number, ADDONS.into_iter().find(|addon| *addon == product).unwrap()))
    }

    fn carried(&self, number: usize) -> usize {
        self.lines.values().filter(|carried| **carried == number).count()
    }

    /// What comes of a step: nothing, or the code of its refusal.
    fn take(&mut self, step: &Step) -> Result<(), &'static str> {
        let lines_of = |main: &str| if main == "pro" { 2 } else { 1 };
        if let Step::Plan(number, _)
        | Step::AddOn(number, _)
        | Step::DropAddOn(number, _)
        | Step::Block(number, _)
        | Step::Remove(number)
        | Step::Keep(_, number)
        | Step::Assign(_, _, number) = step
            && !self.extensions.contains_key(number)
        {
            // of any kind may be who is to keep a seat
            let any = matches!(step, Step::Keep(..));
            return Err(if any { "service_not_found" } else { "extension_not_found" });
        }
        match *step {
            Step::Add(number, _) if self.extensions.contains_key(&number) => return Err("number_taken"),
            Step::Add(number, main) => {
                let main = MAINS[main];
                if self.full(main) {
                    return Err("no_seat_left");
                }
                self.extensions.insert(number, main);
                self.seats.push((number, main));
            }
            Step::Plan(number, main) => {
                let (old, new) = (self.extensions[&number], MAINS[main]);
                if old == new {
                    return Ok(());
                }
                if self.full(new) {
                    return Err("no_seat_left");
                }
                if self.carried(number) > lines_of(new) {
                    return Err("too_many_lines");
                }
                self.seats.retain(|seat| *seat != (number, old));
                self.seats.push((number, new));
                self.extensions.insert(number, new);
            }
            Step::AddOn(number, addon) => {
                let addon = ADDONS[addon];
                if self.has(number, addon) {
                    return Ok(());
                }
                if self.full(addon) {
                    return Err("no_seat_left");
                }
                self.seats.push((number, addon));
            }
            Step::DropAddOn(number, addon) => {
                if !self.has(number, ADDONS[addon]) {
                    return Err("addon_not_found");
                }
                self.seats.retain(|seat| *seat != (number, ADDONS[addon]));
            }
            Step::Block(number, true) => drop(self.blocked.insert(number)),
            Step::Block(number, false) => drop(self.blocked.remove(&number)),
            Step::Remove(number) => {
                self.extensions.remove(&number);
                self.blocked.remove(&number);
                self.seats.retain(|(holder, _)| *holder != number);
                self.lines.retain(|_, carried| *carried != number);
            }
            Step::Assign(mac, line, number) => {
                if self.lines.contains_key(&(mac, line)) {
                    return Err("line_taken");
                }
                if self.carried(number) >= lines_of(self.extensions[&number]) {
                    return Err("extension_already_carried");
                }
                self.lines.insert((mac, line), number);
            }
            Step::Release(mac, line) => {
                self.lines.remove(&(mac, line)).ok_or("line_free")?;
            }
            Step::Keep(product, number) => {
                let seat = (number, products()[product]);
                let held = self.seats.iter().position(|held| *held == seat).ok_or("seat_not_found")?;
                self.seats.remove(held);
                let first = self.seats.iter().position(|(_, product)| *product == seat.1);
                self.seats.insert(first.unwrap_or(held), seat);
            }
            Step::License(limits) => {
                self.limits = products().into_iter().zip(limits).collect();
            }
        }
        Ok(())
    }

    /// Each extension: number, product, state, add-ons (in brackets when withheld), and how many lines carry it.
    fn extensions(&self) -> Vec<String> {
        let shown = |(number, main): (&usize, &&'static str)| {
            let state = match () {
                () if self.blocked.contains(number) => "blocked",
                () if !self.kept(*number, main) => "exceeded",
                () => "admitted",
            };
            let mut addons: Vec<_> = ADDONS.into_iter().filter(|addon| self.has(*number, addon)).collect();
            addons.sort_unstable();
            let addon = |addon: &&str| {
                if self.kept(*number, addon) { (*addon).to_owned() } else { format!("({addon})") }
            };
            let addons = addons.iter().map(addon).collect::<Vec<_>>().join(" ");
            format!("{} {main} {state} [{addons}] {}", NUMBERS[*number], self.carried(*number))
        };
        self.extensions.iter().map(shown).collect()
    }
}

fn license(tenant: &str, serial: u64, limits: [u32; 4]) -> Claims {
    let main = |id| product(id, id, ProductKind::Main, &[ServiceKind::Extension]);
    let addon = |id| product(id, id, ProductKind::Addon, &[ServiceKind::Extension]);
    let mut products = vec![main(MAINS[0]), main(MAINS[1]), addon(ADDONS[0]), addon(ADDONS[1])];
    products[1].grants.lines = Some(2);
    for (product, limit) in products.iter_mut().zip(limits) {
        product.quantity = Quantity::Limited(limit);
    }
    Claims { tenant: tenant.to_owned(), products, ..claims(serial, 1) }
}

/// Does a step; nothing, or the code of its refusal.
async fn act(
    desk: &Actions,
    office: &Office,
    (tenant, macs, serial): (&str, &[String; 2], u64),
    step: &Step,
) -> Result<(), &'static str> {
    fn code<T>(result: Result<T, impl ActionError>) -> Result<(), &'static str> {
        result.map(drop).map_err(|error| error.code())
    }
    let acme = slug(tenant);
    let number = |index: usize| NUMBERS[index].parse::<ExtensionNumber>().unwrap();
    let plan = async |index: usize, plan: PlanChange| {
        code(desk.change_plan(&acme, &ServiceKind::Extension, &number(index).into(), &plan).await)
    };
    let line = |line: u16| LineNumber::new(line).unwrap();
    match *step {
        Step::Add(index, main) => {
            code(desk.add_extension(&acme, extension(NUMBERS[index], MAINS[main])).await)
        }
        Step::Plan(index, main) => {
            plan(index, PlanChange { product: Some(MAINS[main].parse().unwrap()), ..PlanChange::default() })
                .await
        }
        Step::AddOn(index, addon) => {
            plan(index, PlanChange { add: vec![ADDONS[addon].parse().unwrap()], ..PlanChange::default() })
                .await
        }
        Step::DropAddOn(index, addon) => {
            plan(index, PlanChange { remove: vec![ADDONS[addon].parse().unwrap()], ..PlanChange::default() })
                .await
        }
        Step::Block(index, blocked) => {
            code(desk.block_service(&acme, &ServiceKind::Extension, &number(index).into(), blocked).await)
        }
        Step::Remove(index) => {
            code(desk.remove_service(&acme, &ServiceKind::Extension, &number(index).into()).await)
        }
        Step::Assign(mac, at, index) => {
            code(desk.assign_line(macs[mac].parse().unwrap(), line(at), &number(index)).await)
        }
        Step::Release(mac, at) => code(desk.release_line(macs[mac].parse().unwrap(), line(at)).await),
        Step::Keep(product, index) => {
            code(desk.keep_seats(&acme, &products()[product].parse().unwrap(), &[number(index).into()]).await)
        }
        Step::License(limits) => {
            let jws = office.sign(license(tenant, serial, limits));
            code(desk.install_license(&acme, &jws, false).await)
        }
    }
}

/// What the store has, in the words of [`Model::extensions`].
async fn found(desk: &Actions, tenant: &str) -> Vec<String> {
    let extensions = desk.extensions(&slug(tenant)).await.unwrap();
    let shown = |details: &offhook::admin::actions::ExtensionDetails| {
        let state = match details.admission.unwrap() {
            Admission::Admitted => "admitted",
            Admission::Withheld(Withheld::Blocked) => "blocked",
            Admission::Withheld(Withheld::SeatsExceeded) => "exceeded",
            Admission::Withheld(other) => panic!("{other}"),
        };
        let addon = |addon: &offhook::admin::actions::AddOnDetails| match addon.admission.unwrap() {
            Admission::Admitted => addon.product.to_string(),
            Admission::Withheld(_) => format!("({})", addon.product),
        };
        let addons = details.addons.iter().map(addon).collect::<Vec<_>>().join(" ");
        let (number, product) = (&details.extension.number, &details.extension.product);
        format!("{number} {product} {state} [{addons}] {}", details.carriers.len())
    };
    extensions.iter().map(shown).collect()
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
        let steps: Vec<_> = [Step::License([3, 2, 2, 1])].into_iter().chain(steps).collect();
        for mac in &macs {
            desks[0].add_device(&slug(&tenant), device(mac, Some("Yealink SIP-T31P"))).await.unwrap();
        }
        let mut model = Model::default();
        for (index, step) in steps.iter().enumerate() {
            let (desk, serial) = (&desks[index % 2], index as u64 + 1);
            let before = model.clone();
            let expected = model.take(step);
            let came = act(desk, &office, (&tenant, &macs, serial), step).await;
            let told = || format!("{step:?} after {:?}\nmodel before: {before:?}", &steps[..index]);
            assert_eq!(came, expected, "{}", told());
            if expected.is_err() {
                assert_eq!(model.extensions(), before.extensions());
            }
            assert_eq!(found(desk, &tenant).await, model.extensions(), "{}", told());
            let overview = desk.license_overview(&slug(&tenant)).await.unwrap();
            for product in &overview.products {
                let used = u64::from(model.used(product.id.as_str()));
                assert_eq!(product.used, used, "{}: {}", product.id, told());
            }
        }
    }
}
