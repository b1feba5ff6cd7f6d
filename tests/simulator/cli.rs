//! The command that shows what phones make of a server.

use clap::Parser;
use offhook::cli::{Report, SimulateArguments, simulate};

use crate::packs::yealink_manifest;
use crate::web::Web;

const DOCUMENT: &str = "#!version:1.0.0.1\naccount.1.enable = 1\naccount.1.user_name = u101\naccount.1.password = geheim\naccount.1.sip_server.1.address = pbx.example\nlinekey.2.type = 16\nlinekey.2.value = 102\nphone_setting.phone_lock.enable = 1\nphone_setting.phone_lock.unlock_pin = 47110815\nphone_setting.phone_lock.lock_time_out = 60\nstatic.auto_provision.server.url = http://next/p/dscope/\n";

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    simulate: SimulateArguments,
}

async fn run(arguments: &[&str]) -> anyhow::Result<Box<dyn Report>> {
    let given = ["simulate", "--model", "Yealink SIP-T46U"].iter().chain(arguments);
    let command = Command::try_parse_from(given)?;
    simulate(&command.simulate, &offhook::domain::SystemRandom, |name| {
        let manifest = yealink_manifest();
        let entry = manifest.model.iter().find(|model| name == format!("Yealink {}", model.name));
        let entry = entry.ok_or_else(|| anyhow::anyhow!("no model \"{name}\""))?.clone();
        Ok((manifest, entry))
    })
    .await
}

fn web() -> Web {
    Web::default().with("/p/t/001565aabbcc.cfg", 200, DOCUMENT).with(
        "/p/t/y000000000108.cfg",
        200,
        "#!version:1.0.0.1\n",
    )
}

#[tokio::test]
async fn one_phone_shows_its_accounts_and_keys_and_no_secret() {
    let (at, _web) = web().serve().await;
    let url = format!("http://{at}/p/t/");
    let report = run(&["--mac", "00:15:65:aa:bb:cc", "--url", &url]).await.unwrap();
    let text = report.text();
    for part in [
        "u101",
        "pbx.example",
        "102",
        "missing, as expected",
        "no certificate proved",
        "keypad locks after 60 s",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(!text.contains("geheim") && !text.contains("dscope") && !text.contains("4711"), "{text}");
    let json = report.json();
    assert_eq!(json["accounts"][0]["registers"], true);
    assert_eq!(json["keys"][1]["kind"], "blf");
    assert_eq!((&json["lock"]["after_s"], &json["lock"]["emergency"][0]), (&60.into(), &"112".into()));
    assert!(!json.to_string().contains("4711"), "{json}");
    assert!(!json.to_string().contains("geheim") && !json.to_string().contains("dscope"), "{json}");
    let report = run(&["--mac", "001565aabbcc", "--url", &url, "--show-secrets"]).await.unwrap();
    assert!(report.text().contains("geheim") && report.text().contains("dscope"));
}

#[tokio::test]
async fn a_memory_file_brings_the_same_phone_back_with_its_next_url() {
    let folder = tempfile::tempdir().unwrap();
    let memory = folder.path().join("phone.json");
    let memory = memory.to_str().unwrap();
    let (second, _) =
        Web::default().with("/again/001565aabbcc.cfg", 200, "#!version:1.0.0.1\n").serve().await;
    let next = DOCUMENT.replace("http://next/p/dscope/", &format!("http://{second}/again/"));
    let (first, _) = Web::default().with("/001565aabbcc.cfg", 200, next).serve().await;
    run(&["--mac", "001565aabbcc", "--url", &format!("http://{first}/"), "--memory", memory]).await.unwrap();
    let report = run(&["--mac", "001565aabbcc", "--memory", memory]).await.unwrap().json();
    assert_eq!(report["server"], format!("http://{second}"));
    assert_eq!(report["accounts"][0]["registers"], true);
}

#[tokio::test]
async fn a_phone_that_gets_nothing_is_an_error_that_names_the_step() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}/p/tscope/");
    let Err(error) = run(&["--mac", "001565aabbcc", "--url", &url]).await else {
        panic!("a report about nothing")
    };
    let message = format!("{error:#}");
    assert!(message.contains("step \"connect\"") && message.contains("refused"), "{message}");
    assert!(!message.contains("tscope"), "{message}");
    let (at, _web) = Web::default().serve().await;
    let Err(error) = run(&["--mac", "001565aabbcc", "--url", &format!("http://{at}/")]).await else {
        panic!()
    };
    assert!(format!("{error:#}").contains("y000000000108.cfg"), "{error:#}");
}

#[tokio::test]
async fn a_list_of_macs_makes_a_storm() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("macs");
    std::fs::write(&list, "# ours\n001565aabbcc\n\n00:15:65:aa:bb:cd\n").unwrap();
    let (at, _web) = web().serve().await;
    let url = format!("http://{at}/p/t/");
    let report = run(&["--list", list.to_str().unwrap(), "--url", &url]).await.unwrap();
    assert_eq!(report.json()["phones"], 2);
    assert_eq!(report.json()["succeeded"], 1);
    assert!(report.text().contains("1 × missing"), "{}", report.text());
    std::fs::write(&list, "001565aabbcc\nnonsense\n").unwrap();
    let Err(error) = run(&["--list", list.to_str().unwrap(), "--url", &url]).await else { panic!() };
    assert!(format!("{error:#}").contains("line 2"), "{error:#}");
}

#[tokio::test]
async fn a_storm_in_which_no_phone_boots_is_an_error_that_names_the_faults() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}/p/tscope/");
    let Err(error) = run(&["--mac", "001565aabbcc", "--phones", "3", "--url", &url]).await else { panic!() };
    assert_eq!(error.to_string(), "none of 3 phones booted: 3 × failed in connect");
}
