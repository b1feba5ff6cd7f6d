//! Phones that boot over HTTPS, a handshake each, against nginx with the same bytes and the same certificate.

use std::net::SocketAddr;
use std::time::Duration;

use crate::ROUNDS;
use crate::anchors::{Anchor, Tls};
use crate::office::{Office, Wish};
use crate::process::Process;
use crate::server::Server;
use crate::table::{Table, Target, number};
use crate::web::{self, Speech};

const PHONES: u32 = 1000;
/// Boots of each phone in one round.
const BOOTS: usize = 3;
/// After this time the journal of a round is written, so that it counts.
const SETTLED: Duration = Duration::from_millis(1300);

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let office = Office::make(PHONES)?;
    let wishes = office.wishes(PHONES);
    let bed = Bed { office: &office, wishes: &wishes };
    let usual = ("as configured by default", &[][..]);
    let anew = ("each document made anew", &["--limits-ready-documents-mb", "0"][..]);
    let (must12, resumed) = (Target::AtMost(0.75, 0.6), Target::AtMost(0.9, 0.6));
    for ((name, speech, must, rate), (how, flags)) in [
        (FULL, usual),
        (FULL, anew),
        (("TLS 1.2 P-256", Speech::Tls12, must12, Target::None), usual),
        (("TLS 1.2 P-256", Speech::Tls12, must12, Target::None), anew),
        (("TLS 1.3 resumed", Speech::Resumed, resumed, Target::None), usual),
        (("TLS 1.3 resumed", Speech::Resumed, resumed, Target::None), anew),
    ] {
        let tickets: &[_] = if speech == Speech::Resumed { &[] } else { &["--tls-resumption", "off"] };
        bed.compare(table, &format!("HTTPS, {name}, {how}"), speech, &[tickets, flags].concat(), must, rate)?;
    }
    Ok(())
}

/// The row that the others vary.
const FULL: (&str, Speech, Target, Target) =
    ("TLS 1.3 X25519", Speech::Tls13, Target::AtMost(0.75, 0.5), Target::AtLeast(1.2, 1.5));

struct Bed<'a> {
    office: &'a Office,
    wishes: &'a [Wish],
}

impl Bed<'_> {
    fn compare(
        &self,
        table: &mut Table,
        name: &str,
        speech: Speech,
        flags: &[&str],
        cpu: Target,
        rate: Target,
    ) -> anyhow::Result<()> {
        let server = Server::start(self.office, flags)?;
        let files: anyhow::Result<Vec<_>> =
            self.wishes.iter().map(|wish| Ok((wish.path.clone(), web::fetch(server.http, wish)?))).collect();
        let files = files?;
        let tls = Tls {
            certificates: &self.office.certificates(),
            version: if speech == Speech::Tls12 { "TLSv1.2" } else { "TLSv1.3" },
            curve: if speech == Speech::Tls12 { "prime256v1" } else { "X25519" },
            tickets: speech == Speech::Resumed,
        };
        let nginx = Anchor::nginx(&files, Some(tls))?;
        let wishes = [self.wishes; BOOTS].concat();
        web::run(server.https, speech, self.wishes)?;
        web::run(nginx.address, speech, self.wishes)?;
        let (mut ours, mut theirs) = (Rounds::default(), Rounds::default());
        for _ in 0..ROUNDS {
            ours.round(&server.process, server.https, speech, &wishes)?;
            theirs.round(&nginx.process, nginx.address, speech, &wishes)?;
        }
        let size = files.first().map_or(0, |(_, bytes)| bytes.len());
        table.compare(
            format!("{name}, {size} bytes, against nginx: CPU per boot"),
            cpu,
            &ours.cpu,
            &theirs.cpu,
            "ms",
        );
        table.compare(format!("{name}: phones/s"), rate, &ours.rate, &theirs.rate, "/s");
        Ok(())
    }
}

/// What each round showed of one server.
#[derive(Default)]
pub(crate) struct Rounds {
    /// Milliseconds of processor time per request.
    pub(crate) cpu: Vec<f64>,
    /// Requests per second.
    pub(crate) rate: Vec<f64>,
}

impl Rounds {
    pub(crate) fn round(
        &mut self,
        process: &Process,
        to: SocketAddr,
        speech: Speech,
        wishes: &[Wish],
    ) -> anyhow::Result<()> {
        let before = process.cpu();
        let took = web::run(to, speech, wishes)?;
        std::thread::sleep(SETTLED);
        let requests = number(wishes.len());
        self.cpu.push((process.cpu() - before) * 1e3 / requests);
        self.rate.push(requests / took.as_secs_f64());
        Ok(())
    }
}
