//! What a Grandstream gateway remembers.

use std::time::Duration;

use offhook::simulator::{Malformed, Memory, Network, ProvisioningUrl, Transport, boot};

use crate::packs::{factory, grandstream, registering};
use crate::web::Web;

const ONE: &str = "<P271>1</P271><P47>pbx.example:5070</P47><P35>u1</P35><P36>a1</P36><P34>geheim-1</P34><P3>Zo\u{eb}</P3><P130>2</P130>";
const TWO: &str = "<P401>1</P401><P747>pbx.example</P747><P735>u2</P735><P736></P736><P734>geheim-2</P734>";

fn document(mac: &str, values: &str) -> String {
    format!(
        "<gs_provision version=\"1\"><mac>{mac}</mac><config version=\"1\">{values}</config></gs_provision>"
    )
}

fn takes(memory: &mut Memory, values: &str) {
    memory.takes("cfg001565aabbcc.xml", document("001565aabbcc", values).as_bytes()).unwrap();
}

fn with_both_ports() -> Memory {
    let mut memory = factory(grandstream());
    takes(&mut memory, &format!("{ONE}{TWO}"));
    memory
}

#[test]
fn a_document_becomes_the_accounts_of_both_ports() {
    let memory = with_both_ports();
    let accounts = memory.accounts();
    let (first, second) = (&accounts[0], &accounts[1]);
    assert_eq!(
        (first.display_name.as_str(), first.user.as_str(), first.auth_user.as_str()),
        ("Zo\u{eb}", "u1", "a1")
    );
    assert_eq!(
        (first.registrar.as_str(), first.port, first.transport),
        ("pbx.example", Some(5070), Some(Transport::Tls))
    );
    assert_eq!((second.user.as_str(), second.auth_user.as_str(), second.port), ("u2", "u2", None));
    assert_eq!(second.password.as_ref().unwrap().expose(), "geheim-2");
    assert_eq!(registering(&memory), [1, 2]);
    assert_eq!(memory.remaining_secrets(), ["P34", "P734"]);
}

#[test]
fn what_is_omitted_stays_and_what_is_written_empty_is_empty() {
    let mut memory = with_both_ports();
    takes(&mut memory, "<P271>0</P271><P34></P34>");
    assert_eq!(registering(&memory), [2]);
    assert_eq!((memory.accounts()[0].user.as_str(), memory.accounts()[0].password.is_none()), ("u1", true));
    takes(&mut memory, "<P731>0</P731>");
    assert_eq!(registering(&memory), [0; 0], "a port that does not register is not reached");
    assert_eq!(memory.remaining_secrets(), ["P734"]);
}

#[test]
fn a_file_for_another_device_is_discarded_whole() {
    let mut memory = factory(grandstream());
    for mac in ["001565aabbdd", "", "whoever"] {
        let other = document(mac, ONE);
        assert_eq!(
            memory.takes("cfg001565aabbcc.xml", other.as_bytes()),
            Err(Malformed::OtherDevice),
            "{mac}"
        );
    }
    assert!(memory.holding("geheim").is_empty());
}

#[test]
fn the_next_url_is_made_of_protocol_and_path() {
    let mut memory = factory(grandstream());
    assert!(memory.next_url().is_none());
    for (protocol, scheme) in [("0", "tftp"), ("1", "http"), ("2", "https")] {
        takes(&mut memory, &format!("<P212>{protocol}</P212><P237>phones.example/p/t1</P237>"));
        assert_eq!(memory.next_url().unwrap().expose(), format!("{scheme}://phones.example/p/t1/"));
    }
}

#[tokio::test]
async fn a_gateway_asks_for_the_general_file_only_without_its_own() {
    let network = Network::new(None).unwrap();
    let (at, web) =
        Web::default().with("/cfg001565aabbcc.xml", 200, document("001565aabbcc", ONE)).serve().await;
    let mut memory = factory(grandstream());
    let url = ProvisioningUrl::parse(&format!("http://{at}/")).unwrap();
    boot(&mut memory, &url, &network, Duration::from_secs(20)).await;
    assert_eq!(web.paths(), ["/cfg001565aabbcc", "/cfg001565aabbcc.xml"]);
    assert_eq!(registering(&memory), [1]);
    let (at, web) = Web::default().serve().await;
    let url = ProvisioningUrl::parse(&format!("http://{at}/")).unwrap();
    boot(&mut memory, &url, &network, Duration::from_secs(20)).await;
    assert_eq!(web.paths(), ["/cfg001565aabbcc", "/cfg001565aabbcc.xml", "/cfg.xml"]);
    assert_eq!(registering(&memory), [1], "and keeps what it has");
}
