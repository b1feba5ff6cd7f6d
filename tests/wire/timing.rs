//! A stranger learns nothing from how long a refusal takes: whatever the reason, the times are of one kind.

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Instant};

use rustls::{
    ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::CertificateDer, pki_types::pem::PemObject as _,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};
use tokio_rustls::TlsConnector;

use crate::running::Running;

/// Requests per reason. The AUC of so many against as many errs by 0.007 (one standard deviation).
const EACH: usize = 3500;
/// How far from a coin's the classifier may be.
const BIAS: f64 = 0.03;
/// Connections that ask at the same time, per door.
const CLIENTS: usize = 16;
/// Different MACs per reason, so that none of them is answered from what was found out just before.
const MACS: usize = 100;

pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// One question: why it is refused, and its path.
type Question = (&'static str, String);

pub(crate) fn connector(server: &Running) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(server.ca()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

async fn connect(address: SocketAddr, tls: Option<TlsConnector>) -> Box<dyn Wire> {
    let socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    match tls {
        Some(tls) => Box::new(tls.connect("localhost".try_into().unwrap(), socket).await.unwrap()),
        None => Box::new(socket),
    }
}

/// Puts `questions` into an order that only chance knows.
fn shuffle<T>(of: &mut [T]) {
    for at in (1..of.len()).rev() {
        let mut draw = [0; 8];
        aws_lc_rs_random(&mut draw);
        of.swap(at, usize::try_from(u64::from_le_bytes(draw) % (at as u64 + 1)).unwrap());
    }
}

fn aws_lc_rs_random(bytes: &mut [u8]) {
    use offhook::domain::Random as _;
    offhook::domain::SystemRandom.fill(bytes);
}

/// Asks one question after the other; for each its reason, how long the answer took, and the answer.
async fn ask(mut wire: Box<dyn Wire>, questions: Vec<Question>) -> Vec<(&'static str, f64, Vec<u8>)> {
    let mut heard = Vec::with_capacity(questions.len());
    let mut room = [0; 4096];
    for (reason, path) in questions {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let began = Instant::now();
        wire.write_all(request.as_bytes()).await.unwrap();
        wire.flush().await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let length = wire.read(&mut room).await.unwrap();
            assert_ne!(length, 0, "the connection ended after {path}");
            answer.extend_from_slice(&room[..length]);
        }
        heard.push((reason, began.elapsed().as_secs_f64(), answer));
    }
    heard
}

/// How likely a time of `a` is longer than one of `b`; ties count half.
fn auc(a: &[f64], b: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> =
        a.iter().map(|time| (*time, true)).chain(b.iter().map(|time| (*time, false))).collect();
    all.sort_by(|left, right| left.0.total_cmp(&right.0));
    let (mut wins, mut below) = (0.0, 0.0);
    for same in all.chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq()) {
        let of_a = count(same.iter().filter(|(_, of_a)| *of_a).count());
        let of_b = count(same.len()) - of_a;
        wins += of_a * (below + of_b / 2.0);
        below += of_b;
    }
    wins / (count(a.len()) * count(b.len()))
}

fn count(times: usize) -> f64 {
    f64::from(u32::try_from(times).unwrap())
}

#[test]
fn the_classifier_tells_what_differs_and_nothing_else() {
    let numbers = |from: u32| (from..from + 100).map(f64::from).collect::<Vec<_>>();
    assert!((auc(&numbers(0), &numbers(0)) - 0.5).abs() < 1e-9);
    assert!((auc(&numbers(100), &numbers(0)) - 1.0).abs() < 1e-9);
    assert!((auc(&numbers(10), &numbers(0)) - 0.595).abs() < 1e-9);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_a_refusal_tells_nothing_of_its_reason() {
    let server = Running::start(None, None).await;
    let acme = server.tenant("acme", 3).await;
    let other = server.tenant("other", 3).await;
    for (tenant, number, mac) in
        [(&acme, "101", "805ec0000101"), (&acme, "102", "805ec0000102"), (&other, "101", "805ec0000201")]
    {
        server.phone(tenant, number, "Yealink SIP-T46U", mac).await;
    }
    server.actions.block_device("805ec0000102".parse().unwrap(), true).await.unwrap();
    server.hears().await;
    let scope = server.scope(&acme).await;
    let unknown = |at: usize| format!("/p/{scope}/805ec1{:06x}.cfg", at % MACS);
    let fixed = |path: String| (0..EACH).map(move |_| path.clone());
    let https: [(&'static str, Vec<String>); 5] = [
        ("unknown device", (0..EACH).map(unknown).collect()),
        ("another tenant's", fixed(format!("/p/{scope}/805ec0000201.cfg")).collect()),
        ("blocked", fixed(format!("/p/{scope}/805ec0000102.cfg")).collect()),
        ("unknown scope", fixed("/p/taaaaaaaaaaaaaaaaaaaaaaaaaa/805ec0000101.cfg".into()).collect()),
        ("no scope", fixed("/805ec0000101.cfg".into()).collect()),
    ];
    // files in whose place a plain door has nothing to tell about whom to trust
    let softphone = |mac: String| format!("/p/{scope}/linphone-{mac}.xml");
    let nobodys = |at: usize| softphone(format!("805ec1{:06x}", at % MACS));
    let http: [(&'static str, Vec<String>); 4] = [
        ("plain: unknown device", (0..EACH).map(nobodys).collect()),
        ("plain: blocked", fixed(softphone("805ec0000102".into())).collect()),
        ("plain: not confidential", fixed(softphone("805ec0000101".into())).collect()),
        ("plain: no scope", fixed("/805ec0000101.cfg".into()).collect()),
    ];
    let tls = connector(&server);
    let mut asking = JoinSet::new();
    for (door, tls, reasons) in
        [(server.doors.https.unwrap(), Some(&tls), &https[..]), (server.doors.http.unwrap(), None, &http[..])]
    {
        let mut questions: Vec<Question> = reasons
            .iter()
            .flat_map(|(reason, paths)| paths.iter().map(move |path| (*reason, path.clone())))
            .collect();
        shuffle(&mut questions);
        for questions in questions.chunks(questions.len().div_ceil(CLIENTS)) {
            let wire = connect(door, tls.cloned()).await;
            asking.spawn(ask(wire, questions.to_vec()));
        }
    }
    let mut times: HashMap<&str, Vec<f64>> = HashMap::new();
    let mut answer: Option<Vec<u8>> = None;
    for (reason, time, heard) in asking.join_all().await.into_iter().flatten() {
        times.entry(reason).or_default().push(time);
        assert_eq!(answer.get_or_insert_with(|| heard.clone()), &heard, "{reason}");
    }
    assert!(answer.unwrap().starts_with(b"HTTP/1.1 404"));
    let mut told = Vec::new();
    for reasons in [&https[..], &http[..]] {
        for (at, (one, _)) in reasons.iter().enumerate() {
            for (two, _) in &reasons[at + 1..] {
                assert_eq!((times[one].len(), times[two].len()), (EACH, EACH));
                let auc = auc(&times[one], &times[two]);
                println!("{one} against {two}: {auc:.3}");
                if (auc - 0.5).abs() > BIAS {
                    told.push(format!("{one} against {two}: {auc:.3}"));
                }
            }
        }
    }
    assert!(told.is_empty(), "the time tells these apart:\n{}", told.join("\n"));
    server.stop().await;
}
