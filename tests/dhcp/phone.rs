//! A DHCP client (ISC dhclient) that says that it is a phone, and shows what it was told byte by byte.

use std::{collections::BTreeMap, os::unix::fs::PermissionsExt as _};

use crate::{
    lan::{Host, INTERFACE, Lan},
    office::Office,
};

/// The options that are looked at.
pub(crate) const ASKED: [u8; 5] = [42, 43, 66, 150, 160];

/// Asks for an address as a device of this vendor class that says which options it reads: those of [`ASKED`] that came,
/// with their bytes.
pub(crate) fn told(lan: &Lan, office: &Office, vendor_class: &str, reads: &[u8]) -> BTreeMap<u8, Vec<u8>> {
    let [conf, script, leases, answer] =
        ["dhclient.conf", "bound", "dhclient.leases", "answer"].map(|name| office.path(name));
    let options =
        ASKED.map(|code| format!("option bytes-{code} code {code} = array of unsigned integer 8;\n"));
    let names = reads.iter().map(|code| format!(", bytes-{code}")).collect::<Vec<_>>().concat();
    let text = format!(
        "{}timeout 20;\ninitial-interval 1;\nsend vendor-class-identifier \"{vendor_class}\";\nrequest subnet-mask{names};\n",
        options.concat()
    );
    std::fs::write(&conf, text).unwrap();
    // it ends the client once there is an answer; until then the client asks again by itself
    let told =
        format!("#!/bin/sh\nif [ \"$reason\" = BOUND ]; then env >{}; kill \"$pid\"; fi\n", answer.display());
    std::fs::write(&script, told).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    for old in [&leases, &answer] {
        let _ = std::fs::remove_file(old);
    }
    let mut client = lan.command(Host::Client, "timeout");
    client
        .args(["60", "dhclient", "-4", "-1", "-d", "--no-pid"])
        .arg("-cf")
        .arg(&conf)
        .arg("-lf")
        .arg(&leases);
    let ended = client.arg("-sf").arg(&script).arg(INTERFACE).output().unwrap();
    let answer = std::fs::read_to_string(&answer)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&ended.stderr)));
    let bytes = |code: u8| {
        let name = format!("new_bytes_{code}=");
        let value = answer.lines().find_map(|line| line.strip_prefix(&name))?;
        Some((code, value.split(' ').map(|byte| byte.parse().unwrap()).collect()))
    };
    ASKED.into_iter().filter_map(bytes).collect()
}
