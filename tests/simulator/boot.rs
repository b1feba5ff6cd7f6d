//! Booting over HTTP.

use std::time::Duration;

use offhook::simulator::{Boot, Memory, Network, Outcome, ProvisioningUrl, boot};

use crate::packs::{factory, linphone, registering, snom, yealink};
use crate::web::Web;

const LONG: Duration = Duration::from_secs(20);
const CONFIGURED: &str = "#!version:1.0.0.1\naccount.1.enable = 1\naccount.1.user_name = u\naccount.1.password = geheim\naccount.1.sip_server.1.address = h\n";

async fn boots(memory: &mut Memory, url: String) -> Boot {
    let network = Network::new(None).unwrap();
    boot(memory, &ProvisioningUrl::parse(&url).unwrap(), &network, LONG).await
}

fn words(boot: &Boot) -> Vec<String> {
    boot.files.iter().map(|asked| asked.outcome.word()).collect()
}

#[tokio::test]
async fn a_phone_asks_for_its_files_in_order_on_one_connection() {
    let (at, web) = Web::default()
        .with("/p/t/y000000000108.cfg", 200, "#!version:1.0.0.1\nlang.gui = German\n")
        .with("/p/t/001565aabbcc.cfg", 200, CONFIGURED)
        .serve()
        .await;
    let mut memory = factory(yealink());
    let boot = boots(&mut memory, format!("http://{at}/p/t/")).await;
    assert_eq!(words(&boot), ["missing", "missing", "taken", "taken"]);
    assert!(boot.first_fault().is_none(), "{boot:?}");
    assert_eq!(registering(&memory), [1]);
    let asked = web.asked.lock().unwrap();
    let paths: Vec<_> = asked.iter().map(|asked| asked.path.as_str()).collect();
    let wanted = [
        "/p/t/001565aabbcc.boot",
        "/p/t/y000000000000.boot",
        "/p/t/y000000000108.cfg",
        "/p/t/001565aabbcc.cfg",
    ];
    assert_eq!(paths, wanted);
    assert!(asked.iter().all(|asked| asked.connection == 0));
    assert!(asked.iter().all(|asked| asked.user_agent == "Yealink SIP-T46U 108.86.0.15 00:15:65:aa:bb:cc"));
}

#[tokio::test]
async fn a_server_that_closes_after_each_answer_is_asked_on_new_connections() {
    let (at, web) = Web::default().with("/001565aabbcc.cfg", 200, CONFIGURED).closing().serve().await;
    let boot = boots(&mut factory(yealink()), format!("http://{at}/")).await;
    assert_eq!(words(&boot), ["missing", "missing", "missing", "taken"]);
    assert_eq!(boot.first_fault().unwrap().file, "y000000000108.cfg");
    assert_eq!(web.asked.lock().unwrap().last().unwrap().connection, 3);
}

#[tokio::test]
async fn a_boot_file_names_what_is_fetched_instead() {
    let listed = "#!version:1.0.0.1\ninclude:config \"sub/a.cfg\"\n[T48U]include:config \"b.cfg\"\n";
    let (at, web) = Web::default()
        .with("/001565aabbcc.boot", 200, listed)
        .with("/sub/a.cfg", 200, CONFIGURED)
        .serve()
        .await;
    let mut memory = factory(yealink());
    assert_eq!(words(&boots(&mut memory, format!("http://{at}/")).await), ["listed", "taken"]);
    assert_eq!(web.paths(), ["/001565aabbcc.boot", "/sub/a.cfg"]);
    assert_eq!(registering(&memory), [1]);
}

#[tokio::test]
async fn setting_files_are_fetched_before_the_next_file_of_the_pack() {
    let listed = r#"<setting-files><file url="{mac}.xml"/></setting-files>"#;
    let settings = r"<settings><phone-settings><language>Deutsch</language></phone-settings></settings>";
    let (at, web) = Web::default()
        .with("/snomD785.htm", 200, listed)
        .with("/001565AABBCC.xml", 200, settings)
        .with("/snomD785-001565AABBCC.htm", 200, settings)
        .serve()
        .await;
    let boot = boots(&mut factory(snom()), format!("http://{at}/")).await;
    assert_eq!(words(&boot), ["listed", "taken", "taken"]);
    assert_eq!(web.paths(), ["/snomD785.htm", "/001565AABBCC.xml", "/snomD785-001565AABBCC.htm"]);
}

#[tokio::test]
async fn a_url_that_names_a_file_is_asked_as_it_is() {
    let document = r#"<config><section name="net"><entry name="mtu">1300</entry></section></config>"#;
    let (at, web) = Web::default().with("/p/dscope?x=1", 200, document).serve().await;
    let boot = boots(&mut factory(linphone()), format!("http://{at}/p/dscope?x=1")).await;
    assert_eq!(words(&boot), ["taken"]);
    assert!(!boot.files[0].file.contains("dscope"));
    assert!(web.asked.lock().unwrap()[0].linphone);
}

#[tokio::test]
async fn whatever_else_the_server_says_the_phone_keeps_what_it_has() {
    let mut memory = factory(yealink());
    memory.takes("a.cfg", CONFIGURED.as_bytes()).unwrap();
    for (status, body, word) in [
        (404, "", "missing"),
        (503, "", "undecidable"),
        (401, "", "refused 401"),
        (301, "", "refused 301"),
        (500, "", "refused 500"),
        (200, "<html>not found</html>", "discarded"),
        (200, "", "discarded"),
    ] {
        let (at, _web) = Web::default().with("/001565aabbcc.cfg", status, body).serve().await;
        let boot = boots(&mut memory, format!("http://{at}/")).await;
        assert_eq!(words(&boot)[3], word);
        assert!(!boot.got_something());
        assert_eq!(registering(&memory), [1], "{status}");
    }
}

#[tokio::test]
async fn an_unreachable_server_ends_the_boot_in_the_step_connect() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let boot = boots(&mut factory(yealink()), format!("http://{free}/p/tscope/")).await;
    assert_eq!(words(&boot), ["failed in connect"]);
    let Outcome::Failed(error) = &boot.files[0].outcome else { panic!("{boot:?}") };
    assert_eq!(error.to_string(), format!("http://{free} cannot be reached"));
}

#[tokio::test]
async fn a_server_that_never_answers_is_left_at_the_deadline() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = ProvisioningUrl::parse(&format!("http://{}/", silent.local_addr().unwrap())).unwrap();
    let network = Network::new(None).unwrap();
    let boot = boot(&mut factory(yealink()), &url, &network, Duration::from_millis(50)).await;
    assert_eq!(words(&boot), ["deadline in request"]);
}

#[tokio::test]
async fn a_document_that_no_phone_has_room_for_is_not_taken() {
    let huge = vec![b'#'; (4 << 20) + 1];
    let (at, _web) = Web::default().with("/001565aabbcc.cfg", 200, huge).serve().await;
    let boot = boots(&mut factory(yealink()), format!("http://{at}/")).await;
    let Outcome::Failed(error) = &boot.files[3].outcome else { panic!("{boot:?}") };
    assert!(error.to_string().contains("more than 4194304 bytes"), "{error}");
}
