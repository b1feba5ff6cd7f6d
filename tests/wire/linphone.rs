//! A real Linphone takes its account from us by DNS name, and refuses a server whose authority it does not trust.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use crate::running::Running;

const MAC: &str = "020000000103";

/// Starts Linphone with `home` as its home, lets it go on until it says `until`, and quits it; its configuration then.
fn boot(home: &Path, ca: &Path, url: &str, until: &str) -> String {
    fs::create_dir_all(home.join(".local/share/linphone")).unwrap();
    let settings = home.join("linphonerc");
    let given = format!("[sip]\nroot_ca={}\n[misc]\nconfig-uri={url}\n", ca.display());
    fs::write(&settings, given).unwrap();
    let mut client = Command::new("timeout")
        .args(["30", "sh", "-c", "exec linphonec -d 6 -c \"$1\" 2>&1", "sh"])
        .arg(&settings)
        .env("HOME", home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = client.stdin.take().unwrap();
    let mut said = Vec::new();
    let mut lines = BufReader::new(client.stdout.take().unwrap()).split(b'\n');
    let reached = loop {
        let Some(line) = lines.next() else { break false };
        let line = String::from_utf8_lossy(&line.unwrap()).into_owned();
        let there = line.contains(until);
        said.push(line);
        if there {
            break true;
        }
    };
    assert!(
        reached,
        "this test needs linphonec of the Debian package linphone-cli; it never said {until:?}: {}",
        said.join("\n")
    );
    // the account is written when Linphone ends
    writeln!(input, "quit").unwrap();
    for line in lines {
        drop(line);
    }
    client.wait().unwrap();
    fs::read_to_string(&settings).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_linphone_takes_its_account_from_a_server_that_it_trusts_and_from_no_other() {
    let server = Running::start(None, None).await;
    let stranger = Running::start(None, None).await;
    let acme = server.tenant("acme", 3).await;
    server.phone(&acme, "103", "Linphone", MAC).await;
    server.hears().await;
    let url = format!("{}linphone-{MAC}.xml", server.url(&acme).await);
    let (ours, theirs) = (server.ca(), stranger.ca());
    let (trusting, doubting) = (server.path("trusting"), server.path("doubting"));
    let (account, none) = tokio::task::spawn_blocking(move || {
        (
            boot(&trusting, &ours, &url, "Set misc|config-uri"),
            boot(&doubting, &theirs, &url, "SSL handshake failed"),
        )
    })
    .await
    .unwrap();
    for line in [
        "reg_identity=\"Alice Weber\" <sip:103@pbx.example.org>",
        "reg_proxy=<sip:pbx.example.org;transport=udp>",
        "username=103",
    ] {
        assert!(account.contains(line), "{line} is missing in\n{account}");
    }
    assert!(!account.contains("mime=speex"), "the client has added a codec to the list:\n{account}");
    assert!(!none.contains("pbx.example.org"), "{none}");
    server.stop().await;
    stranger.stop().await;
}
