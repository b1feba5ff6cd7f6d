//! Phones that boot over TFTP, against servers that send the same bytes from a file.

use std::time::Duration;

use crate::ROUNDS;
use crate::anchors::Anchor;
use crate::office::{self, Office};
use crate::process::Process;
use crate::server::{self, Server};
use crate::table::{Table, Target, median, number};
use crate::tftp::Client;
use crate::web;

const PHONES: u32 = 200;
/// Transfers in one round.
const TRANSFERS: usize = 3200;
/// The block size that fits an Ethernet frame, and a usual window.
const LARGE_OPTIONS: (usize, u16) = (1428, 16);

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let office = Office::make(PHONES)?;
    let server = Server::start(&office, &[])?;
    let names: Vec<String> = (0..PHONES).map(office::file).collect();
    let bytes = web::fetch(server.http, &office.wish(0))?;
    let length = bytes.len();
    let files: Vec<_> = names.iter().map(|name| (name.clone(), bytes.clone())).collect();
    let dnsmasq = Anchor::dnsmasq(&files)?;
    let bed = Bed { server: &server, names: &names, length };
    bed.compare(table, "tftpd-hpa", &Anchor::tftpd_hpa(&files)?, Target::AtMost(0.2, 0.1))?;
    bed.compare(table, "atftpd", &Anchor::atftpd(&files)?, Target::AtMost(0.5, 0.3))?;
    bed.compare(table, "dnsmasq", &dnsmasq, Target::AtMost(1.5, 1.0))?;
    bed.under_loss(table, &dnsmasq)?;
    drop(dnsmasq);
    large(table)
}

struct Bed<'a> {
    server: &'a Server,
    names: &'a [String],
    length: usize,
}

impl Bed<'_> {
    fn compare(&self, table: &mut Table, name: &str, anchor: &Anchor, must: Target) -> anyhow::Result<()> {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(self.round(&self.server.process, Client::plain(self.server.tftp))?);
            theirs.push(self.round(&anchor.process, Client::plain(anchor.address))?);
        }
        let what =
            format!("TFTP, {} bytes, 32 at once, blksize 512, against {name}: CPU per transfer", self.length);
        table.compare(what, must, &ours, &theirs, "ms");
        Ok(())
    }

    /// Milliseconds of processor time per transfer.
    fn round(&self, process: &Process, client: Client) -> anyhow::Result<f64> {
        let before = process.cpu();
        client.storm(self.names, self.length, 32, TRANSFERS)?;
        // what is left of the last transfers, and of the journal
        std::thread::sleep(Duration::from_millis(1300));
        Ok((process.cpu() - before) * 1e3 / number(TRANSFERS))
    }

    fn under_loss(&self, table: &mut Table, dnsmasq: &Anchor) -> anyhow::Result<()> {
        const AT_ONCE: usize = 256;
        let (mut ours, mut theirs, mut slowest) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let times =
                |to| Client::plain(to).with_loss(20).storm(self.names, self.length, AT_ONCE, 2 * AT_ONCE);
            let (our, their) = (times(self.server.tftp)?, times(dnsmasq.address)?);
            let p99 = |times: &[Duration]| times[times.len() * 99 / 100].as_secs_f64() * 1e3;
            ours.push(p99(&our));
            theirs.push(p99(&their));
            slowest.extend(our.last().map(Duration::as_secs_f64));
        }
        let what = "TFTP, 2 % loss, 256 at once, against dnsmasq: p99";
        table.compare(what, Target::AtMost(0.5, 0.1), &ours, &theirs, "ms");
        let worst = slowest.iter().copied().fold(0.0, f64::max);
        let absolute = format!("median of the rounds {:.2} s", median(&slowest));
        table.add(
            "TFTP, 2 % loss, 256 at once: the slowest of all",
            Target::AtMost(1.0, 1.0),
            worst,
            " s",
            absolute,
        );
        Ok(())
    }
}

/// No phone asks for 64 MB; what is measured is the transport under a handler of the benchmark's own.
fn large(table: &mut Table) -> anyhow::Result<()> {
    let name = "large.bin".to_owned();
    let (_ours, address) = server::start_large()?;
    let atftpd = Anchor::atftpd(&[(name.clone(), vec![0x55; server::LARGE])])?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (to, rates) in [(address, &mut ours), (atftpd.address, &mut theirs)] {
            let client = Client::plain(to).with_options(LARGE_OPTIONS.0, LARGE_OPTIONS.1);
            let times = client.storm(std::slice::from_ref(&name), server::LARGE, 1, 1)?;
            rates.push(number(server::LARGE) / 1e6 / times[0].as_secs_f64());
        }
    }
    let what = "TFTP, 64 MB, blksize 1428, windowsize 16, against atftpd: MB/s";
    table.compare(what, Target::AtLeast(0.8, 1.2), &ours, &theirs, "MB/s");
    Ok(())
}
