//! A server's process: its processor time, its memory, and its end.

use std::fs;
use std::process::{Child, Command};

use anyhow::Context as _;

/// Clock ticks per second in `/proc/PID/stat`: fixed for programs (proc(5), `USER_HZ`).
const TICKS: f64 = 100.0;

/// A running server, stopped when dropped.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let child =
            command.spawn().with_context(|| format!("cannot start {}", command.get_program().display()))?;
        Ok(Self(child))
    }

    /// Seconds of processor time so far: its own, its living descendants', and those of descendants that it waited for.
    pub(crate) fn cpu(&self) -> f64 {
        let processes: Vec<(u32, u32, f64)> = processes();
        let mut family = vec![self.0.id()];
        let mut total = 0.0;
        while let Some(member) = family.pop() {
            total += processes.iter().find(|(id, ..)| *id == member).map_or(0.0, |(.., time)| *time);
            family.extend(processes.iter().filter(|(_, parent, _)| *parent == member).map(|(id, ..)| *id));
        }
        total
    }

    /// Megabytes of memory in use.
    pub(crate) fn resident(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
        kilobytes * 1024.0 / 1e6
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGTERM lets a master stop its workers
        if let Some(id) = rustix::process::Pid::from_raw(self.0.id().cast_signed()) {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
        let _ = self.0.wait();
    }
}

/// Every process with its parent and its processor time in seconds.
fn processes() -> Vec<(u32, u32, f64)> {
    let Ok(folder) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = folder.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter_map(|id| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // the name, in parentheses, may hold anything
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<f64>().ok();
        let parent = fields.get(1)?.parse().ok()?;
        Some((id, parent, (number(11)? + number(12)? + number(13)? + number(14)?) / TICKS))
    })
    .collect()
}
