//! The benchmark behind `examples/bench/run`: Offhook beside other servers, both driven by the same clients over loopback.
//!
//! | module | its job |
//! |---|---|
//! | `office` | an installation with any number of phones to serve |
//! | `server` | Offhook as a process of its own |
//! | `anchors` | the servers that it is measured against |
//! | `process` | a server's process, its processor time and memory |
//! | `web`, `tftp` | the clients |
//! | `https`, `flood`, `http`, `transfers`, `fleet`, `inside`, `admin` | the rows of the table |
//! | `table` | targets, medians and the table |

mod admin;
mod anchors;
mod fleet;
mod flood;
mod http;
mod https;
mod inside;
mod office;
mod process;
mod server;
mod table;
mod tftp;
mod transfers;
mod web;

use anyhow::bail;

/// The program's own, so that what is measured inside costs what it costs there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often each thing is measured; the table shows medians.
const ROUNDS: usize = 5;

/// The groups of rows.
const GROUPS: [&str; 7] = ["https", "flood", "http", "tftp", "fleet", "inside", "admin"];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if words == ["serve-large"] {
        return server::serve_large();
    }
    if let Some(unknown) = words.iter().find(|word| **word != "--full" && !GROUPS.contains(word)) {
        bail!("{unknown} is neither --full nor one of {}", GROUPS.join(", "));
    }
    let full = words.contains(&"--full");
    let wanted = |group: &str| words.iter().all(|word| *word == "--full") || words.contains(&group);
    let mut table = table::Table::default();
    if wanted("inside") {
        inside::measure(&mut table)?;
    }
    if wanted("https") {
        https::measure(&mut table)?;
    }
    if wanted("flood") {
        flood::measure(&mut table)?;
    }
    if wanted("http") {
        http::measure(&mut table)?;
    }
    if wanted("tftp") {
        transfers::measure(&mut table)?;
    }
    if wanted("fleet") {
        fleet::measure(&mut table, full)?;
    }
    if wanted("admin") {
        admin::measure(&mut table)?;
    }
    println!("{table}");
    Ok(())
}
