//! A server's process in a control group of its own: its processor time, its memory, and its end.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;

/// Puts the shell into the group named first and becomes the program named next: nothing it does escapes the group.
const JOIN: &str = r#"echo $$ >"$0/cgroup.procs" && exec "$@""#;

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A running server, stopped when dropped.
pub(crate) struct Process {
    pub(crate) child: Child,
    group: PathBuf,
}

impl Process {
    /// Starts a program as `configure` says.
    pub(crate) fn start(program: &str, configure: impl FnOnce(&mut Command)) -> anyhow::Result<Self> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let group = groups()?.join(format!("offhook-bench-{}-{number}", std::process::id()));
        fs::create_dir(&group).with_context(|| group.display().to_string())?;
        let mut command = Command::new("sh");
        configure(command.args(["-c", JOIN]).arg(&group).arg(program));
        let child = command.spawn().with_context(|| format!("cannot start {program}"))?;
        Ok(Self { child, group })
    }

    /// Seconds of processor time so far, of all processes and threads that it has ever had. `/proc/PID/stat` would miss
    /// the children of tftpd-hpa, which nobody waits for.
    pub(crate) fn cpu(&self) -> f64 {
        let stat = fs::read_to_string(self.group.join("cpu.stat")).unwrap_or_default();
        let micros = stat.lines().find_map(|line| line.strip_prefix("usage_usec "));
        micros.and_then(|micros| micros.parse::<f64>().ok()).map_or(f64::NAN, |micros| micros / 1e6)
    }

    /// Megabytes of memory in use.
    pub(crate) fn resident(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
        kilobytes * 1024.0 / 1e6
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGTERM lets a master stop its workers
        if let Some(id) = rustix::process::Pid::from_raw(self.child.id().cast_signed()) {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
        // fails while a worker is still ending, and then leaves an empty group behind
        let _ = fs::remove_dir(&self.group);
    }
}

/// Where control groups (version 2) are.
fn groups() -> anyhow::Result<PathBuf> {
    let mounts = fs::read_to_string("/proc/mounts")?;
    let fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let place = fields.into_iter().find(|fields| fields.get(2) == Some(&"cgroup2"));
    Ok(place.context("no cgroup2 file system is mounted; processor time is read from one")?[1].into())
}
