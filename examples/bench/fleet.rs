//! What a large fleet costs: the same requests with few and with many devices, the start, the memory.

use crate::ROUNDS;
use crate::https::Rounds;
use crate::office::{Office, Wish};
use crate::server::Server;
use crate::table::{Table, Target, figure};
use crate::web::{self, Speech};

const FEW: u32 = 100;
const MANY: u32 = 100_000;
const VERY_MANY: u32 = 1_000_000;
/// Requests in one round, by phones all over the fleet.
const REQUESTS: u32 = 6000;

pub(crate) fn measure(table: &mut Table, full: bool) -> anyhow::Result<()> {
    let few = Office::make(FEW)?;
    let many = Office::make(MANY)?;
    start(table, &many)?;
    compare(table, &few, &many, Target::AtMost(1.1, 1.0))?;
    drop(many);
    if full {
        compare(table, &few, &Office::make(VERY_MANY)?, Target::AtMost(1.3, 1.1))?;
    }
    Ok(())
}

fn start(table: &mut Table, office: &Office) -> anyhow::Result<()> {
    let mut ready = Vec::new();
    let mut resident = Vec::new();
    for _ in 0..ROUNDS {
        let server = Server::start(office, &[])?;
        ready.push(server.ready_after.as_secs_f64());
        resident.push(server.process.resident());
    }
    let phones = office.phones;
    let name = format!("{phones} devices: ready");
    table.add(
        name,
        Target::AtMost(2.0, 0.5),
        crate::table::median(&ready),
        " s",
        "from exec to the first document",
    );
    let server = Server::start(office, &[])?;
    let before = server.process.cpu();
    web::run(server.https, Speech::Kept, &office.wishes(phones))?;
    let first = (server.process.cpu() - before) * 1e6 / f64::from(phones);
    table.add(
        format!("{phones} devices: resident, after every phone has booted"),
        Target::AtMost(300.0, 100.0),
        server.process.resident(),
        " MB",
        format!("{} MB when ready", figure(crate::table::median(&resident))),
    );
    let absolute = "read from the database and made, connections kept";
    table.add(
        format!("{phones} devices: CPU of a phone's first request"),
        Target::None,
        first,
        " µs",
        absolute,
    );
    Ok(())
}

fn compare(table: &mut Table, few: &Office, many: &Office, must: Target) -> anyhow::Result<()> {
    let each_anew = ["--limits-ready-documents-mb", "0", "--tls-resumption", "off"];
    let name = format!("CPU per request with {} devices against {}", many.phones, few.phones);
    for (what, flags, must, speech) in [
        (
            format!("{name}: HTTPS, connections kept, each document made anew"),
            &each_anew[..],
            must,
            Speech::Kept,
        ),
        (
            format!("{name}: HTTPS boots, each document made anew"),
            &each_anew[..],
            Target::None,
            Speech::Tls13,
        ),
        (format!("{name}: HTTPS boots (as configured by default)"), &[], Target::None, Speech::Tls13),
    ] {
        let servers = [(few, Server::start(few, flags)?), (many, Server::start(many, flags)?)];
        for (office, server) in &servers {
            web::run(server.https, Speech::Kept, &office.wishes(office.phones))?;
        }
        let mut rounds = [Rounds::default(), Rounds::default()];
        for number in 0..ROUNDS {
            for ((office, server), rounds) in servers.iter().zip(&mut rounds) {
                rounds.round(&server.process, server.https, speech, &scattered(office, number))?;
            }
        }
        let [few, many] = &rounds;
        table.compare(what, must, &many.cpu, &few.cpu, "ms");
    }
    Ok(())
}

/// Phones all over the fleet, others in each round.
fn scattered(office: &Office, round: usize) -> Vec<Wish> {
    let start = u32::try_from(round).unwrap_or_default() * REQUESTS;
    (start..start + REQUESTS)
        .map(|step| office.wish(step.wrapping_mul(2_654_435_761) % office.phones))
        .collect()
}
