//! A site with phones that stand at loopback addresses, and a fleet that watches over them.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use offhook::{
    domain::{Clock, DeviceId, Mac, PlainText, Random, ServiceId, SystemRandom},
    fleet::{Fleet, Heard, Pace, Turn},
    provisioning::{FetchWriter, Provisioner, Request, Transport, journal},
    storage::{Ask, FleetFacts, Role, Store, Tenant},
};

use crate::bench::Bench;
use crate::site::{Site, policy};

/// A site, its fleet, and what notes the fetches.
pub(crate) struct Office {
    pub(crate) site: Site,
    pub(crate) acme: Tenant,
    pub(crate) fleet: Fleet,
    pub(crate) heard: Heard,
    pub(crate) fetches: FetchWriter,
}

/// One phone.
#[derive(Clone, Debug)]
pub(crate) struct Phone {
    pub(crate) mac: Mac,
    pub(crate) device: DeviceId,
    pub(crate) service: ServiceId,
    pub(crate) address: IpAddr,
}

/// An address of loopback that nobody else has, of this process or another.
pub(crate) fn address() -> IpAddr {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let [high, low] = u16::try_from(next).unwrap().to_be_bytes();
    let process = u8::try_from(std::process::id() % 200).unwrap() + 20;
    Ipv4Addr::new(127, process, high, low.max(1)).into()
}

/// A fleet of the devices that `provisioner` serves.
pub(crate) fn fleet(site: &Site, provisioner: &Arc<Provisioner>, store: &Store) -> Fleet {
    let clock = Arc::clone(&site.clock) as Arc<dyn Clock>;
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    Fleet::new(
        Arc::clone(provisioner),
        store.clone(),
        clock,
        random,
        Pace { per_second: 100, pauses: vec![60, 300] },
    )
}

impl Office {
    pub(crate) async fn open(bench: Bench) -> Self {
        let site = Site::new(bench);
        let acme = site.tenant("acme", 100).await;
        let fleet = fleet(&site, &site.provisioner, &site.bench.store);
        let fetches = site.provisioner.fetch_writer().unwrap();
        let mut office = Self { site, acme, fleet, heard: Heard::default(), fetches };
        office.look().await;
        office
    }

    /// Makes a phone that carries an extension of its own.
    pub(crate) async fn phone(&self, index: u8, model: &str) -> Phone {
        let service = self.site.extension(&self.acme, &format!("{}", 100 + u32::from(index))).await;
        let oui = match model {
            model if model.starts_with("Snom") => "000413",
            model if model.starts_with("Linphone") => "020000",
            _ => "001565",
        };
        let mac = format!("{oui}0000{index:02x}");
        let device = self.site.device(&self.acme, (&mac, model), &[&service]).await;
        Phone { mac: Mac::parse(&mac).unwrap(), device, service, address: address() }
    }

    /// The phone fetches its document from where it stands.
    pub(crate) async fn boots(&mut self, phone: &Phone) {
        self.site.provisioner.refresh().await.unwrap();
        let file = if phone.mac.to_string().starts_with("02") { "linphone-" } else { "" };
        let ending = if file.is_empty() { "cfg" } else { "xml" };
        let path = self.site.path(&self.acme, &format!("{file}{}.{ending}", phone.mac)).await;
        self.boots_from(&Arc::clone(&self.site.provisioner), phone, path).await;
        self.fetches.catch_up().await;
    }

    /// The phone fetches a file from one node.
    pub(crate) async fn boots_from(&self, provisioner: &Provisioner, phone: &Phone, path: String) {
        let request = Request {
            transport: Transport::Https,
            source: phone.address,
            forwarded: false,
            path,
            user_agent: None,
            certificate: None,
            credential: None,
        };
        let document = provisioner.serve(&request).await.unwrap();
        provisioner.delivered(&document);
        self.seen(phone, 0).await;
    }

    /// The journal has the phone at its address. The journal itself is written once a second, which is too late here.
    pub(crate) async fn seen(&self, phone: &Phone, later: i64) {
        self.note(phone, phone.address, true, later).await;
    }

    /// The journal has somebody at `from` who asked for the phone's files and was refused.
    pub(crate) async fn refused(&self, phone: &Phone, from: IpAddr, later: i64) {
        self.note(phone, from, false, later).await;
    }

    async fn note(&self, phone: &Phone, from: IpAddr, served: bool, later: i64) {
        use offhook::storage::{DeviceNote, JournalBatch, SeenPhone, Taken};
        let at = self.site.clock.now().plus_seconds(later);
        let seen = SeenPhone {
            at,
            address: from.to_string(),
            transport: "https".into(),
            vendor: None,
            model: None,
            firmware: None,
            file: "its file".into(),
        };
        let note = DeviceNote {
            device: phone.device.clone(),
            tenant: self.acme.id.clone(),
            seen,
            outcome: if served { "served" } else { "not-allowed" }.into(),
            taken: served.then_some(Taken { at, revision: 1, from }),
        };
        let batch = JournalBatch { devices: vec![note], ..JournalBatch::default() };
        self.site.bench.store.write_journal(&batch).await.unwrap();
    }

    /// Gives the phone's extension another name, which its display shows.
    pub(crate) async fn rename(&self, phone: &Phone, name: &str) {
        let mut change = self.site.bench.store.change(&self.acme.id, self.site.clock.now()).await.unwrap();
        change.rename_service(&phone.service, &PlainText::parse("name", name).unwrap()).await.unwrap();
        change.commit().await.unwrap();
    }

    /// Lets time pass.
    pub(crate) fn passes(&self, seconds: i64) {
        self.site.clock.set(self.site.clock.now().plus_seconds(seconds));
    }

    pub(crate) async fn look(&mut self) {
        self.fleet.look(&mut self.heard).await.unwrap();
    }

    /// Whose turn it is after changes were looked at and a second went by.
    pub(crate) async fn turns(&mut self) -> Vec<Turn> {
        self.look().await;
        self.passes(1);
        self.fleet.watch().await.unwrap();
        self.fleet.take().await.unwrap()
    }

    pub(crate) async fn facts(&self, phone: &Phone) -> FleetFacts {
        self.site.bench.store.fleet_facts(&phone.device).await.unwrap()
    }

    pub(crate) async fn ask(&self, phone: &Phone) -> Ask {
        self.facts(phone).await.ask.expect("the phone was to be asked")
    }

    /// The same database and packs in another node.
    pub(crate) async fn another_node(&self) -> (Arc<Provisioner>, Store) {
        let bench = &self.site.bench;
        let store = bench.open(Role::Phones, &bench.key).await.unwrap();
        let (journal, writer) = journal(store.clone());
        tokio::spawn(writer.run());
        let keys = offhook::domain::license::PublicKeys::from_pem(&self.site.signing.public_pem()).unwrap();
        let clock = Arc::clone(&self.site.clock) as Arc<dyn Clock>;
        let catalog = offhook::catalog::Catalog::embedded().unwrap();
        let provisioner = Arc::new(Provisioner::new(store.clone(), catalog, policy(keys), clock, journal));
        provisioner.refresh().await.unwrap();
        (provisioner, store)
    }
}
