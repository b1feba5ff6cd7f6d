//! A tenant that demands a password: real clients answer it, and what a stranger hears is the same for every MAC.

use std::process::Command;

use offhook::domain::Secret;

use crate::{clients::client, postgres::cluster, refusals::raw, running::Running};

const MAC: &str = "805ec0000101";

/// The value of a header's line, if it is that header.
fn named<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (found, value) = line.split_once(": ")?;
    found.eq_ignore_ascii_case(name).then_some(value)
}

async fn clients_answer(database: Option<&str>) {
    let server = Running::start(None, database).await;
    let acme = server.tenant("acme", 3).await;
    let other = server.tenant("other", 3).await;
    server.phone(&acme, "101", "Yealink SIP-T46U", MAC).await;
    server.phone(&acme, "102", "Yealink SIP-T46U", "805ec0000102").await;
    server.phone(&other, "101", "Yealink SIP-T46U", "805ec0000201").await;
    server.actions.block_device("805ec0000102".parse().unwrap(), true).await.unwrap();
    let set = server.actions.set_tenant_password(&acme, 0).await.unwrap();
    let password: Secret = set.0[0].password.clone();
    server.hears().await;
    let (url, scope, ca) = (server.url(&acme).await, server.scope(&acme).await, server.ca());
    let https = server.doors.https.unwrap();
    let folder = server.path("asked");
    std::fs::create_dir(&folder).unwrap();
    tokio::task::spawn_blocking(move || {
        let (ca, file) = (ca.display().to_string(), format!("{url}{MAC}.cfg"));
        let right = format!("acme:{}", password.expose());
        let status = |way: &str, user: &str, more: &[&str]| {
            let mut arguments = vec!["-sS", "--cacert", &ca, way, "-u", user, "-o", "/dev/null", "-w"];
            arguments.push("%{http_code}");
            arguments.extend(more);
            arguments.push(&file);
            String::from_utf8(client("curl", "curl", &arguments, b"")).unwrap()
        };
        for way in ["--basic", "--digest", "--anyauth"] {
            assert_eq!(status(way, &right, &[]), "200", "curl {way}");
            assert_eq!(status(way, &right, &["--head"]), "200", "curl {way} --head");
            assert_eq!(status(way, "acme:wrong", &[]), "401", "curl {way} with a wrong password");
            assert_eq!(status(way, "other:wrong", &[]), "401", "curl {way} with another user");
        }
        for (extra, name) in [(&["--auth-no-challenge"][..], "Basic"), (&[][..], "what it chooses")] {
            let fetched = folder.join("wget").display().to_string();
            let password = format!("--password={}", password.expose());
            let mut arguments = vec!["-q", "--ca-certificate", &ca, "--user=acme", &password, "-O", &fetched];
            arguments.extend(extra);
            arguments.push(&file);
            client("wget", "wget", &arguments, b"");
            assert!(std::fs::read(&fetched).unwrap().starts_with(b"#!version"), "wget with {name}");
        }
        // a document that the phone has is not sent again, but only to who knows the password
        let headers = client("curl", "curl", &["-sSI", "--cacert", &ca, "-u", &right, &file], b"");
        let headers = String::from_utf8(headers).unwrap();
        let tag = headers.lines().find_map(|line| named(line, "etag")).expect("an ETag").trim();
        let with_tag = format!("If-None-Match: {tag}");
        assert_eq!(status("--basic", &right, &["-H", &with_tag]), "304");
        assert_eq!(status("--basic", "acme:wrong", &["-H", &with_tag]), "401");

        let asked = ["805ec0000101", "805ec0000102", "805ec0000201", "805ec0000999"]
            .map(|mac| raw(https, &format!("/p/{scope}/{mac}.cfg")));
        let first = String::from_utf8_lossy(&asked[0]);
        assert!(first.starts_with("HTTP/1.1 401"), "{first}");
        let ways: Vec<_> = first.lines().filter_map(|line| named(line, "www-authenticate")).collect();
        assert!(
            ways[0].contains("algorithm=SHA-256") && ways[1].contains("algorithm=MD5"),
            "the better one first: {first}"
        );
        assert_eq!((ways.len(), ways[2]), (3, "Basic realm=\"Offhook\""));
        for answer in &asked {
            assert_eq!(String::from_utf8_lossy(answer), first);
        }
    })
    .await
    .unwrap();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_answer_a_demand_from_sqlite() {
    clients_answer(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_answer_a_demand_from_postgresql() {
    let url = cluster().database().await;
    clients_answer(Some(&url)).await;
}

/// Boots a phone in software that remembers; what the command said and whether it succeeded.
fn simulate(ca: &str, memory: &str, more: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
    command.args(["simulate", "--ca", ca, "--memory", memory]).args(more);
    let ended = command.output().unwrap();
    let told = [ended.stdout, ended.stderr].concat();
    (ended.status.success(), String::from_utf8(told).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_answer_with_what_a_document_taught_them() {
    let server = Running::start(None, None).await;
    let acme = server.tenant("acme", 4).await;
    let set = server.actions.set_tenant_password(&acme, 0).await.unwrap();
    for (number, model, mac, file) in [
        ("101", "Yealink SIP-T46U", MAC, ""),
        ("102", "Snom D785", "000413aabb01", ""),
        ("103", "Grandstream HT802", "000b82aabb01", ""),
        ("104", "Linphone Linphone", "020000aabb01", "linphone-020000aabb01.xml"),
    ] {
        server.phone(&acme, number, model, mac).await;
        server.hears().await;
        let password = server.path("password");
        std::fs::write(&password, format!("{}\n", set.0[0].password.expose())).unwrap();
        let url = format!("{}{file}", server.url(&acme).await);
        let (ca, memory) = (server.ca(), server.path(number));
        let told = tokio::task::spawn_blocking(move || {
            let (ca, memory) = (ca.display().to_string(), memory.display().to_string());
            let (password, boots) = (password.display().to_string(), &["--model", model, "--mac", mac][..]);
            let run = |more: &[&str]| simulate(&ca, &memory, &[boots, more].concat());
            let (done, told) = run(&["--url", &url]);
            assert!(!done && told.contains("refused 401"), "{model}: {told}");
            let (done, told) = run(&["--url", &url, "--user", "acme", "--password-file", &password]);
            assert!(done, "{model}: {told}");
            // its memory has URL, user name and password now
            run(&[])
        });
        let (done, told) = told.await.unwrap();
        assert!(done, "{model}: {told}");
    }
    server.stop().await;
}
