//! What is done: a service is made, changed, blocked or removed, a line assigned, a seat kept, a license replaced.

use offhook::{
    admin::actions::{
        ActionError, Actions, Actor, AddOnToSet, AttendantToAdd, PlanChange, SipPassword, TrunkToAdd,
    },
    domain::{
        Grants, LineNumber, ProductKind, Quantity, Role, ServiceKind, ServiceName, TrunkPeer,
        attendant::{WrittenAction, WrittenSchedule},
        license::Claims,
    },
};
use proptest::prelude::*;

use crate::office::{Office, claims, device, extension, product, slug, text};

/// Main products, then add-ons.
pub(super) const PRODUCTS: [&str; 7] =
    ["essentials", "pro", "attendant", "trunk", "voicemail", "recording", "channels"];
pub(super) const MAINS: usize = 4;

/// An extension, an auto-attendant or a SIP trunk, by its kind and what it is called. The number 104 is wanted by two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Called {
    Extension(&'static str),
    Attendant(&'static str),
    Trunk(&'static str),
}

impl Called {
    const ALL: [Self; 8] = [
        Self::Extension("101"),
        Self::Extension("102"),
        Self::Extension("103"),
        Self::Extension("104"),
        Self::Attendant("104"),
        Self::Attendant("200"),
        Self::Trunk("Carrier"),
        Self::Trunk("Gateway"),
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Extension(name) | Self::Attendant(name) | Self::Trunk(name) => name,
        }
    }

    const fn kind(self) -> ServiceKind {
        match self {
            Self::Extension(_) => ServiceKind::Extension,
            Self::Attendant(_) => ServiceKind::AutoAttendant,
            Self::Trunk(_) => ServiceKind::Trunk,
        }
    }

    /// Whether the product is for such services.
    pub(super) fn fits(self, product: usize) -> bool {
        match self {
            Self::Extension(_) => [0, 1, 4, 5].contains(&product),
            Self::Attendant(_) => product == 2,
            Self::Trunk(_) => [3, 6].contains(&product),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Add(Called, usize),
    Plan(Called, usize),
    /// So many seats of an add-on.
    AddOn(Called, usize, u32),
    DropAddOn(Called, usize),
    /// Blocks or unblocks, as the operator or as the tenant's administrator.
    Block(Called, bool, bool),
    Remove(Called),
    Assign(usize, u16, &'static str),
    Release(usize, u16),
    /// A phone is removed with its lines, and added again.
    ComeAndGo(usize),
    /// Puts seats of a product first.
    Keep(usize, Vec<Called>),
    /// Seats of each product.
    License([u32; 7]),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let called = || prop::sample::select(&Called::ALL[..]);
    // mostly a product that fits
    let fitting = |products: std::ops::Range<usize>| {
        let all = products.clone();
        (called(), all, 0..8_u8, any::<prop::sample::Index>()).prop_map(move |(called, any, odd, index)| {
            let fitting: Vec<_> = products.clone().filter(|product| called.fits(*product)).collect();
            let product = if odd == 0 || fitting.is_empty() { any } else { *index.get(&fitting) };
            (called, product)
        })
    };
    let number = prop::sample::select(&["101", "102", "103", "104"][..]);
    let mains = || fitting(0..MAINS);
    let addons = || fitting(MAINS..PRODUCTS.len());
    prop_oneof![
        5 => mains().prop_map(|(called, main)| Step::Add(called, main)),
        2 => mains().prop_map(|(called, main)| Step::Plan(called, main)),
        6 => (addons(), 1..5_u32).prop_map(|((called, addon), seats)| {
            Step::AddOn(called, addon, if called.fits(6) { seats } else { seats / 4 + 1 })
        }),
        2 => addons().prop_map(|(called, addon)| Step::DropAddOn(called, addon)),
        4 => (called(), any::<bool>(), any::<bool>())
            .prop_map(|(called, blocked, operator)| Step::Block(called, blocked, operator)),
        1 => called().prop_map(Step::Remove),
        2 => (0..2_usize, 1..3_u16, number).prop_map(|(mac, line, number)| Step::Assign(mac, line, number)),
        1 => (0..2_usize, 1..3_u16).prop_map(|(mac, line)| Step::Release(mac, line)),
        1 => (0..2_usize).prop_map(Step::ComeAndGo),
        3 => keep(),
        1 => [0..4_u32, 0..3_u32, 0..3_u32, 0..3_u32, 0..3_u32, 0..3_u32, 0..7_u32].prop_map(Step::License),
    ]
}

/// Mostly of services that can have the product.
fn keep() -> impl Strategy<Value = Step> {
    let any = prop::collection::vec(any::<prop::sample::Index>(), 1..4);
    (0..PRODUCTS.len(), 0..8_u8, any).prop_map(|(product, odd, picked)| {
        let fitting: Vec<_> =
            Called::ALL.into_iter().filter(|called| odd == 0 || called.fits(product)).collect();
        Step::Keep(product, picked.iter().map(|index| *index.get(&fitting)).collect())
    })
}

/// Where a step is done.
pub(super) struct Place<'a> {
    pub(super) tenant: &'a str,
    pub(super) macs: &'a [String; 2],
    pub(super) serial: u64,
}

fn code<T>(result: Result<T, impl ActionError>) -> Result<(), &'static str> {
    result.map(drop).map_err(|error| error.code())
}

impl Step {
    /// What every tenant begins with, so that most of what follows finds something to change.
    pub(super) fn opening() -> Vec<Self> {
        let begin = [
            (Called::Extension("101"), 0),
            (Called::Extension("102"), 1),
            (Called::Attendant("200"), 2),
            (Called::Trunk("Carrier"), 3),
            (Called::Trunk("Gateway"), 3),
        ];
        let added = begin.map(|(called, main)| Self::Add(called, main));
        let besides = [(begin[0].0, 4), (begin[1].0, 5), (begin[3].0, 6), (begin[4].0, 6)];
        let besides = besides.map(|(called, addon)| Self::AddOn(called, addon, 1));
        [Self::License([3, 2, 1, 2, 1, 2, 5])].into_iter().chain(added).chain(besides).collect()
    }

    /// Does it; nothing, or the code of its refusal.
    pub(super) async fn act(
        &self,
        desk: &Actions,
        office: &Office,
        place: &Place<'_>,
    ) -> Result<(), &'static str> {
        let acme = slug(place.tenant);
        let line = |line: u16| LineNumber::new(line).unwrap();
        let service = |called: Called| (called.kind(), called.name().parse::<ServiceName>().unwrap());
        let plan = async |called: Called, plan: PlanChange| {
            let (kind, name) = service(called);
            code(desk.change_plan(&acme, &kind, &name, &plan).await)
        };
        match self {
            Self::Add(called, main) => add(desk, place.tenant, *called, PRODUCTS[*main]).await,
            Self::Plan(called, main) => {
                let product = Some(PRODUCTS[*main].parse().unwrap());
                plan(*called, PlanChange { product, ..PlanChange::default() }).await
            }
            Self::AddOn(called, addon, seats) => {
                let addon = AddOnToSet { product: PRODUCTS[*addon].parse().unwrap(), seats: *seats };
                plan(*called, PlanChange { add: vec![addon], ..PlanChange::default() }).await
            }
            Self::DropAddOn(called, addon) => {
                let remove = vec![PRODUCTS[*addon].parse().unwrap()];
                plan(*called, PlanChange { remove, ..PlanChange::default() }).await
            }
            Self::Block(called, blocked, operator) => {
                let (kind, name) = service(*called);
                let desk = if *operator { desk.clone() } else { as_administrator(desk, place.tenant).await };
                code(desk.block_service(&acme, &kind, &name, *blocked).await)
            }
            Self::Remove(called) => {
                let (kind, name) = service(*called);
                code(desk.remove_service(&acme, &kind, &name).await)
            }
            Self::Assign(mac, at, number) => {
                let number = number.parse().unwrap();
                code(desk.assign_line(place.macs[*mac].parse().unwrap(), line(*at), &number).await)
            }
            Self::Release(mac, at) => code(
                desk.release_line(place.macs[*mac].parse().unwrap(), line(*at), SipPassword::Renewed).await,
            ),
            Self::ComeAndGo(mac) => {
                let (text, mac) = (&place.macs[*mac], place.macs[*mac].parse().unwrap());
                desk.remove_device(mac, Some(SipPassword::Renewed)).await.unwrap();
                code(desk.add_device(&acme, device(text, Some("Yealink SIP-T31P"))).await)
            }
            Self::Keep(product, called) => {
                let names: Vec<ServiceName> =
                    called.iter().map(|called| called.name().parse().unwrap()).collect();
                code(desk.keep_seats(&acme, &PRODUCTS[*product].parse().unwrap(), &names).await)
            }
            Self::License(limits) => {
                let jws = office.sign(license(place.tenant, place.serial, *limits));
                code(desk.install_license(&acme, &jws, false).await)
            }
        }
    }
}

/// The same desk with the tenant's administrator at it.
async fn as_administrator(desk: &Actions, tenant: &str) -> Actions {
    let tenant = desk.tenant(&slug(tenant)).await.unwrap().tenant.id;
    desk.on_behalf_of(Actor {
        name: "pat".to_owned(),
        rights: Role::Administrator.rights(),
        operator: false,
        tenant: Some(tenant),
        from: None,
        session: None,
        language: offhook::domain::Language::default(),
    })
}

async fn add(desk: &Actions, tenant: &str, called: Called, product: &str) -> Result<(), &'static str> {
    let (acme, id) = (slug(tenant), product.parse().unwrap());
    match called {
        Called::Extension(number) => code(desk.add_extension(&acme, extension(number, product)).await),
        Called::Attendant(number) => {
            let hang_up = WrittenAction { transfer: Some("hang-up".to_owned()), ..WrittenAction::default() };
            let schedule = WrittenSchedule {
                time_zone: "Europe/Berlin".to_owned(),
                hours: vec!["mon-fri 08:00-17:00".to_owned()],
                open: hang_up.clone(),
                closed: hang_up,
                holidays: Vec::new(),
            };
            let (number, name) = (number.parse().unwrap(), text("Reception"));
            let new = AttendantToAdd { number, name, product: id, schedule, dids: Vec::new() };
            code(desk.add_attendant(&acme, new).await)
        }
        Called::Trunk(name) => {
            let peer = TrunkPeer::Addresses(vec!["192.0.2.7".parse().unwrap()]);
            code(desk.add_trunk(&acme, TrunkToAdd { name: text(name), product: id, peer }).await)
        }
    }
}

/// Pro lets two lines carry an extension, a trunk has two channels and two more of each seat of channels.
fn license(tenant: &str, serial: u64, limits: [u32; 7]) -> Claims {
    let kind = |index: usize| match index {
        2 => ServiceKind::AutoAttendant,
        3 | 6 => ServiceKind::Trunk,
        _ => ServiceKind::Extension,
    };
    let products = PRODUCTS.iter().zip(limits).enumerate().map(|(index, (id, limit))| {
        let main = if index < MAINS { ProductKind::Main } else { ProductKind::Addon };
        let mut product = product(id, id, main, &[kind(index)]);
        product.quantity = Quantity::Limited(limit);
        product.grants = match index {
            1 => Grants { lines: Some(2), ..Grants::default() },
            3 | 6 => Grants { channels: Some(2), ..Grants::default() },
            _ => Grants::default(),
        };
        product
    });
    Claims { tenant: tenant.to_owned(), products: products.collect(), ..claims(serial, 1) }
}
