//! What asks over plain HTTP or TFTP from a network that nobody trusts is told no secret: whatever file of whatever pack,
//! with whatever scope, for whatever device. So a phone that speaks no TLS we speak can live on these doors, without one.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream, UdpSocket},
    time::Duration,
};

use offhook::{
    admin::actions::{DeviceToAdd, ExtensionToAdd},
    catalog::Catalog,
    domain::{LineNumber, Mac, Pin, PlainText, Secret, TenantSlug},
};

use crate::{bootstrap::factory_phone, running::Running};

/// A device of each vendor, one that is blocked, and one of another tenant.
const DEVICES: [(&str, &str, &str, &str); 6] = [
    ("acme", "101", "Yealink SIP-T46U", "805ec0000101"),
    ("acme", "102", "Snom D785", "000413000102"),
    ("acme", "103", "Grandstream HT802", "000b82000103"),
    ("acme", "104", "Linphone", "020000000104"),
    ("acme", "105", "Yealink SIP-T46U", "805ec0000105"),
    ("other", "101", "Yealink SIP-T46U", "805ec0000201"),
];
const BLOCKED: &str = "805ec0000105";
const UNKNOWN: &str = "805ec0000999";

/// Makes the devices with secrets that are known; the secrets.
async fn plant(server: &Running) -> Vec<String> {
    let mut secrets = Vec::new();
    for (tenant, number, model, mac) in DEVICES {
        let slug: TenantSlug = tenant.parse().unwrap();
        let (password, pin) = (format!("planted-{tenant}-{number}"), format!("7391{number}"));
        let new = ExtensionToAdd {
            number: number.parse().unwrap(),
            name: PlainText::parse("name", "Alice Weber").unwrap(),
            product: "line".parse().unwrap(),
            sip_user: None,
            sip_password: Some(Secret::new(&password)),
        };
        server.actions.add_extension(&slug, new).await.unwrap();
        let given = Pin::parse(&pin).unwrap();
        server.actions.set_pin(&slug, &number.parse().unwrap(), &given).await.unwrap();
        let address = Mac::parse(mac).unwrap();
        let device = DeviceToAdd { mac: address, model: Some(model.into()), name: None };
        server.actions.add_device(&slug, device).await.unwrap();
        let line = LineNumber::new(1).unwrap();
        server
            .actions
            .assign_line(address, line, &number.parse::<offhook::domain::ExtensionNumber>().unwrap().into())
            .await
            .unwrap();
        let mut session = server.actions.store.read().await.unwrap();
        let kept = session.device_by_mac(address).await.unwrap().unwrap();
        secrets.extend([password, pin, kept.web_password.expose().to_owned()]);
    }
    server.actions.block_device(BLOCKED.parse().unwrap(), true).await.unwrap();
    server.hears().await;
    secrets
}

/// Every path of every pack, for the first model and those of the devices, and for each of the MACs.
fn paths() -> BTreeSet<String> {
    let catalog = Catalog::embedded().unwrap();
    let macs = DEVICES.map(|(.., mac)| mac).into_iter().chain([UNKNOWN]);
    let macs: Vec<Mac> = macs.map(|mac| Mac::parse(mac).unwrap()).collect();
    let of_model = |model| {
        let files: Vec<_> = catalog.files_of(model).map(|(file, _)| file).collect();
        let catalog = &catalog;
        macs.iter().flat_map(move |mac| {
            files.clone().into_iter().map(move |file| catalog.path_of(file, model, *mac))
        })
    };
    let own = ["ca.pem", "ca.der"].map(str::to_owned);
    let mut packs = BTreeSet::new();
    let models = catalog.models().iter().filter(|model| {
        let first = packs.insert(model.vendor.clone());
        first || DEVICES.iter().any(|(_, _, name, _)| model.full_name() == *name)
    });
    models.flat_map(of_model).chain(own).collect()
}

/// Asks for all paths over one connection of plain HTTP; status and body of each.
fn over_http(door: SocketAddr, paths: &[String]) -> Vec<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(door).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let mut ask = |path: &String| {
        // in one piece: a second one would wait for the first one's acknowledgement
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            answers.read_line(&mut line).unwrap();
            match line.trim_end().to_ascii_lowercase().split_once([' ', ':']) {
                Some(("http/1.1", rest)) => status = rest[..3].parse().unwrap(),
                Some(("content-length", rest)) => length = rest.trim().parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        answers.read_exact(&mut body).unwrap();
        (status, body)
    };
    paths.iter().map(&mut ask).collect()
}

/// Asks for a path over TFTP; what came, nothing where the answer was an error.
fn over_tftp(door: SocketAddr, path: &str) -> Vec<u8> {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let request = [b"\0\x01".as_slice(), path.as_bytes(), b"\0octet\0"].concat();
    socket.send_to(&request, door).unwrap();
    let (mut content, mut packet) = (Vec::new(), [0; 516]);
    loop {
        let (length, from) = socket.recv_from(&mut packet).unwrap();
        let [_, kind, high, low, data @ ..] = &packet[..length] else { panic!("a packet of {length} bytes") };
        if *kind != 3 {
            assert_eq!(*kind, 5, "neither data nor an error");
            return Vec::new();
        }
        content.extend_from_slice(data);
        socket.send_to(&[0, 4, *high, *low], from).unwrap();
        if data.len() < 512 {
            return content;
        }
    }
}

/// Which of the texts stand in an answer, percent signs and entities set aside: none of them holds any.
fn found<'a>(answer: &[u8], texts: &'a [String]) -> Vec<&'a String> {
    let answer = String::from_utf8_lossy(answer);
    texts.iter().filter(|text| answer.contains(text.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_reaches_a_plain_door_whatever_is_asked_with_whatever_scope() {
    let server = Running::start(None, None).await;
    let (acme, other) = (server.tenant("acme", 9).await, server.tenant("other", 3).await);
    let secrets = plant(&server).await;
    let (ours, theirs) = (server.scope(&acme).await, server.scope(&other).await);
    let scopes = [
        String::new(),
        format!("/p/{ours}"),
        format!("/p/{theirs}"),
        "/p/taaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
        // what a device's own scope looks like
        "/p/daaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
    ];
    let (http, tftp) = (server.doors.http.unwrap(), server.doors.tftp.unwrap());
    let url = server.url(&acme).await;
    let network = offhook::simulator::Network::new(Some(&offhook::simulator::Trust::CaFile(server.ca())));
    let mut trusting = factory_phone(DEVICES[0].2, DEVICES[0].3);
    let secure = offhook::simulator::ProvisioningUrl::parse(&url).unwrap();
    offhook::simulator::boot(&mut trusting, &secure, &network.unwrap(), Duration::from_secs(20)).await;
    // its PIN belongs to an add-on that nobody has here
    for secret in [&secrets[0], &secrets[2]] {
        assert!(!trusting.holding(secret).is_empty(), "{secret} does not reach its own phone over HTTPS");
    }
    let answered = tokio::task::spawn_blocking(move || {
        let mut answered = 0;
        for scope in &scopes {
            let asked: Vec<String> = paths().iter().map(|path| format!("{scope}/{path}")).collect();
            let others: Vec<String> =
                [&ours, &theirs].into_iter().filter(|tenants| !scope.contains(*tenants)).cloned().collect();
            for (path, (status, body)) in asked.iter().zip(over_http(http, &asked)) {
                assert_eq!(found(&body, &secrets), Vec::<&String>::new(), "{path} over HTTP");
                assert_eq!(found(&body, &others), Vec::<&String>::new(), "{path} over HTTP");
                assert_eq!(status == 200, !body.is_empty(), "{path}");
                let transferred = over_tftp(tftp, path);
                assert_eq!(transferred, body, "{path}: TFTP tells what HTTP tells");
                answered += usize::from(status == 200);
            }
        }
        // whoever has no scope that is in use hears nothing at all
        for (path, answer) in [("/ca.pem", http), ("/p/taaaaaaaaaaaaaaaaaaaaaaaaaa/ca.pem", http)] {
            assert_eq!(over_http(answer, &[path.to_owned()])[0].0, 404, "{path}");
        }
        answered
    });
    assert!(answered.await.unwrap() > 40, "bootstrap documents were among what was looked at");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bootstrap_document_is_the_same_whatever_the_mac_is() {
    let server = Running::start(None, None).await;
    let (acme, _) = (server.tenant("acme", 9).await, server.tenant("other", 3).await);
    plant(&server).await;
    let scope = server.scope(&acme).await;
    let asked: Vec<String> =
        ["805ec0000101", BLOCKED, "805ec0000201", UNKNOWN].map(|mac| format!("/p/{scope}/{mac}.cfg")).into();
    let http = server.doors.http.unwrap();
    let answers = tokio::task::spawn_blocking(move || over_http(http, &asked)).await.unwrap();
    assert_eq!(answers[0].0, 200);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "known, blocked, another tenant's, unknown");
    server.stop().await;
}
