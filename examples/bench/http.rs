//! Plain HTTP over kept connections, driven by wrk.

use std::net::SocketAddr;
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::ROUNDS;
use crate::anchors::Anchor;
use crate::office::{Office, Wish};
use crate::process::Process;
use crate::server::Server;
use crate::table::{Table, Target};
use crate::web;

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let office = Office::make(1)?;
    let wish = office.wish(0);
    let server = Server::start(&office, &[])?;
    let nginx = Anchor::nginx(&[(wish.path.clone(), web::fetch(server.http, &wish)?)], None)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(micros_per_request(&server.process, server.http, &wish)?);
        theirs.push(micros_per_request(&nginx.process, nginx.address, &wish)?);
    }
    table.compare(
        "HTTP, connections kept, against nginx: CPU per request",
        Target::AtMost(1.5, 1.0),
        &ours,
        &theirs,
        "µs",
    );
    Ok(())
}

fn micros_per_request(process: &Process, to: SocketAddr, wish: &Wish) -> anyhow::Result<f64> {
    let before = process.cpu();
    let output = Command::new("wrk")
        .args(["-t1", "-c32", "-d3s", "-H", &format!("User-Agent: {}", wish.user_agent)])
        .arg(format!("http://{to}{}", wish.path))
        .output()
        .context("wrk")?;
    let cpu = process.cpu() - before;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(!text.contains("Non-2xx") && !text.contains("Socket errors"), "wrk says: {text}");
    let requests = text.lines().find_map(|line| line.trim().split_once(" requests in "));
    let requests: f64 = requests.with_context(|| format!("wrk says: {text}"))?.0.parse()?;
    Ok(cpu * 1e6 / requests)
}
