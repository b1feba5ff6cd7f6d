//! The rules, as a person would tell them.

use std::collections::BTreeMap;

use super::step::{Called, MAINS, PRODUCTS, Step};

/// Who blocked a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blocked {
    ByAdministrator,
    ByOperator,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Service {
    called: Called,
    main: usize,
    blocked: Option<Blocked>,
}

/// What a tenant has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Model {
    limits: [u32; 7],
    /// Per product who has how many seats of it, in the order in which they are kept.
    seats: [Vec<(&'static str, u32)>; 7],
    /// By name: numbers are shared by extensions and auto-attendants.
    services: BTreeMap<&'static str, Service>,
    lines: BTreeMap<(usize, u16), &'static str>,
}

/// On how many device lines a main product lets an extension be carried.
const fn lines_of(main: usize) -> usize {
    if main == 1 { 2 } else { 1 }
}

fn index(product: &str) -> usize {
    PRODUCTS.iter().position(|known| *known == product).unwrap()
}

impl Model {
    pub(super) fn used(&self, product: &str) -> u32 {
        self.seats[index(product)].iter().map(|(_, seats)| seats).sum()
    }

    pub(super) fn limit(&self, product: &str) -> u32 {
        self.limits[index(product)]
    }

    /// Who has seats of a product, in the order in which they are kept.
    pub(super) fn order(&self, product: &str) -> Vec<String> {
        self.seats[index(product)].iter().map(|(name, seats)| format!("{name} {seats}")).collect()
    }

    fn seats_of(&self, name: &str, product: usize) -> u32 {
        self.seats[product].iter().find(|(holder, _)| *holder == name).map_or(0, |(_, seats)| *seats)
    }

    /// Whether `more` seats of a product may be taken by such a service.
    fn admit(&self, called: Called, product: usize, more: u32) -> Result<(), &'static str> {
        if !called.fits(product) {
            return Err("product_for_other_service");
        }
        let room = self.used(PRODUCTS[product]) + more <= self.limits[product];
        if room { Ok(()) } else { Err("no_seat_left") }
    }

    /// Whether the seats of a service are among those that the license keeps: all that it has, or none.
    fn kept(&self, name: &str, product: usize) -> bool {
        let mut so_far = 0;
        for (holder, seats) in &self.seats[product] {
            so_far += seats;
            if so_far > self.limits[product] {
                return false;
            }
            if *holder == name {
                return true;
            }
        }
        false
    }

    fn free(&mut self, name: &str, product: usize) {
        self.seats[product].retain(|(holder, _)| *holder != name);
    }

    fn carried(&self, name: &str) -> usize {
        self.lines.values().filter(|carried| **carried == name).count()
    }

    /// The service, where it is there and of the kind that is meant.
    fn service(&self, called: Called) -> Result<Service, &'static str> {
        match self.services.get(called.name()) {
            Some(service) if service.called == called => Ok(*service),
            Some(_) => Err("service_of_other_kind"),
            None if matches!(called, Called::Extension(_)) => Err("extension_not_found"),
            None => Err("service_not_found"),
        }
    }

    /// What comes of a step: nothing, or the code of its refusal.
    pub(super) fn take(&mut self, step: &Step) -> Result<(), &'static str> {
        match step {
            Step::Add(called, main) => self.add(*called, *main),
            Step::Plan(called, main) => self.plan(*called, *main),
            Step::AddOn(called, addon, seats) => self.add_on(*called, *addon, *seats),
            Step::DropAddOn(called, addon) => {
                self.service(*called)?;
                if self.seats_of(called.name(), *addon) == 0 {
                    return Err("addon_not_found");
                }
                self.free(called.name(), *addon);
                Ok(())
            }
            Step::Block(called, blocked, operator) => self.block(*called, *blocked, *operator),
            Step::Remove(called) => {
                self.service(*called)?;
                self.services.remove(called.name());
                (0..PRODUCTS.len()).for_each(|product| self.free(called.name(), product));
                self.lines.retain(|_, carried| *carried != called.name());
                Ok(())
            }
            Step::Assign(mac, line, number) => self.assign((*mac, *line), number),
            Step::Release(mac, line) => self.lines.remove(&(*mac, *line)).map(drop).ok_or("line_free"),
            Step::ComeAndGo(mac) => {
                self.lines.retain(|(carrying, _), _| carrying != mac);
                Ok(())
            }
            Step::Keep(product, called) => self.keep(*product, called),
            Step::License(limits) => {
                self.limits = *limits;
                Ok(())
            }
        }
    }

    /// The extensions that a phone loses by a step, each of which gets another SIP password.
    pub(super) fn loses(&self, step: &Step) -> Vec<&'static str> {
        let lost = |at: &(usize, u16)| match step {
            Step::Release(mac, line) => *at == (*mac, *line),
            Step::ComeAndGo(mac) => at.0 == *mac,
            _ => false,
        };
        let mut lost: Vec<_> =
            self.lines.iter().filter(|(at, _)| lost(at)).map(|(_, carried)| *carried).collect();
        lost.sort_unstable();
        lost.dedup();
        lost
    }

    fn add(&mut self, called: Called, main: usize) -> Result<(), &'static str> {
        let taken = self.services.contains_key(called.name());
        if taken && !matches!(called, Called::Trunk(_)) {
            return Err("number_taken");
        }
        self.admit(called, main, 1)?;
        if taken {
            return Err("trunk_exists");
        }
        self.services.insert(called.name(), Service { called, main, blocked: None });
        self.seats[main].push((called.name(), 1));
        Ok(())
    }

    fn plan(&mut self, called: Called, main: usize) -> Result<(), &'static str> {
        let service = self.service(called)?;
        if service.main == main {
            return Ok(());
        }
        self.admit(called, main, 1)?;
        if self.carried(called.name()) > lines_of(main) {
            return Err("too_many_lines");
        }
        self.free(called.name(), service.main);
        self.seats[main].push((called.name(), 1));
        self.services.insert(called.name(), Service { main, ..service });
        Ok(())
    }

    /// More seats are as new as the last of them, fewer keep their place.
    fn add_on(&mut self, called: Called, addon: usize, seats: u32) -> Result<(), &'static str> {
        self.service(called)?;
        let has = self.seats_of(called.name(), addon);
        if seats < has {
            let held = self.seats[addon].iter_mut().find(|(holder, _)| *holder == called.name());
            held.unwrap().1 = seats;
        } else if seats > has {
            self.admit(called, addon, seats - has)?;
            if seats > 1 && PRODUCTS[addon] != "channels" {
                return Err("addon_has_one_seat");
            }
            self.free(called.name(), addon);
            self.seats[addon].push((called.name(), seats));
        }
        Ok(())
    }

    /// What the operator blocked stays blocked until the operator unblocks it.
    fn block(&mut self, called: Called, blocked: bool, operator: bool) -> Result<(), &'static str> {
        let service = self.service(called)?;
        let blocked = match (service.blocked, blocked, operator) {
            (Some(Blocked::ByOperator), false, false) => return Err("blocked_by_operator"),
            (Some(Blocked::ByOperator), true, _) | (_, true, true) => Some(Blocked::ByOperator),
            (_, true, false) => Some(Blocked::ByAdministrator),
            (_, false, _) => None,
        };
        self.services.insert(called.name(), Service { blocked, ..service });
        Ok(())
    }

    fn assign(&mut self, at: (usize, u16), number: &'static str) -> Result<(), &'static str> {
        let service = self.services.get(number).ok_or("extension_not_found")?;
        if !matches!(service.called, Called::Extension(_)) {
            return Err("service_of_other_kind");
        }
        let main = service.main;
        if self.lines.contains_key(&at) {
            return Err("line_taken");
        }
        if self.carried(number) >= lines_of(main) {
            return Err("extension_already_carried");
        }
        self.lines.insert(at, number);
        Ok(())
    }

    fn keep(&mut self, product: usize, called: &[Called]) -> Result<(), &'static str> {
        if called.iter().any(|called| !self.services.contains_key(called.name())) {
            return Err("service_not_found");
        }
        if called.iter().any(|called| self.seats_of(called.name(), product) == 0) {
            return Err("seat_not_found");
        }
        let mut named: Vec<&str> = Vec::new();
        for called in called {
            if !named.contains(&called.name()) {
                named.push(called.name());
            }
        }
        let (mut first, rest): (Vec<_>, Vec<_>) =
            self.seats[product].iter().partition(|(holder, _)| named.contains(holder));
        first.sort_by_key(|(holder, _)| named.iter().position(|name| name == holder));
        self.seats[product] = first.into_iter().chain(rest).collect();
        Ok(())
    }

    /// Each service: name, product, state, add-ons with their seats (in brackets when withheld), and what of an extension
    /// is carried or how many calls a trunk carries.
    pub(super) fn services(&self) -> Vec<String> {
        self.services.values().map(|service| self.shown(service)).collect()
    }

    fn shown(&self, service: &Service) -> String {
        let (name, main) = (service.called.name(), PRODUCTS[service.main]);
        let state = match service.blocked {
            Some(Blocked::ByOperator) => "blocked by the operator",
            Some(Blocked::ByAdministrator) => "blocked",
            None if self.kept(name, service.main) => "admitted",
            None => "exceeded",
        };
        let mut addons: Vec<_> =
            (MAINS..PRODUCTS.len()).filter(|addon| self.seats_of(name, *addon) > 0).collect();
        addons.sort_unstable_by_key(|addon| format!("{} {}", self.seats_of(name, *addon), PRODUCTS[*addon]));
        let told = addons.iter().map(|addon| {
            let told = format!("{} {}", self.seats_of(name, *addon), PRODUCTS[*addon]);
            if self.kept(name, *addon) { told } else { format!("({told})") }
        });
        let told = format!("{name} {main} {state} [{}]", told.collect::<Vec<_>>().join(", "));
        match service.called {
            Called::Extension(_) => format!("{told} lines {}", self.carried(name)),
            Called::Attendant(_) => told,
            Called::Trunk(_) if state == "admitted" => {
                let more = addons.iter().filter(|addon| self.kept(name, **addon));
                let channels: u32 = more.map(|addon| 2 * self.seats_of(name, *addon)).sum();
                format!("{told} channels {}", 2 + channels)
            }
            Called::Trunk(_) => format!("{told} channels 0"),
        }
    }
}
