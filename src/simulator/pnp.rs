//! A phone without a URL asks a multicast group for one (SIP PnP), as its vendor's phones do.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use socket2::SockRef;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use super::model::{PhoneModel, Vendor};
use super::url::{InvalidUrl, ProvisioningUrl};
use crate::domain::{Mac, Random};
use crate::sip::{LONGEST_MESSAGE, Message, Start, Step, Timers, Transaction, accepted};

/// Why a phone was told no URL.
#[derive(Debug, thiserror::Error)]
pub enum PnpError {
    /// Its vendor's phones do not ask.
    #[error("{0} phones do not look for their URL by SIP PnP")]
    NotAsked(String),
    /// The socket failed.
    #[error("cannot ask {group} by SIP PnP")]
    Socket {
        /// The group.
        group: SocketAddrV4,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nobody answered, which is also what a phone hears that may not know.
    #[error("nobody at {0} has told the phone a URL by SIP PnP")]
    Silence(SocketAddrV4),
    /// What was told is no URL of a kind that phones fetch from.
    #[error("what the phone was told by SIP PnP is no provisioning URL")]
    Url(#[from] InvalidUrl),
}

/// Asks `group` where the files of the phone with this MAC are, for no longer than `within`. The first who tells is
/// believed.
pub async fn look_for_url(
    model: &PhoneModel,
    mac: Mac,
    group: SocketAddrV4,
    within: Duration,
    random: &dyn Random,
) -> Result<ProvisioningUrl, PnpError> {
    let own = Words::of(model, mac).ok_or_else(|| PnpError::NotAsked(model.name()))?;
    let failed = |source| PnpError::Socket { group, source };
    let socket = open(group).await.map_err(failed)?;
    let here = socket.local_addr().map_err(failed)?;
    let subscribe = own.subscribe(group, here, &token(random), &token(random));
    let url = told(&socket, &subscribe, group, within).await.map_err(failed)?;
    let url = url.ok_or(PnpError::Silence(group))?;
    Ok(ProvisioningUrl::parse(&model.fill_in(url.trim(), mac))?)
}

/// A socket at the address from which this machine reaches the group.
async fn open(group: SocketAddrV4) -> std::io::Result<UdpSocket> {
    let probe = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
    probe.connect(group).await?;
    let here = probe.local_addr()?.ip();
    let socket = UdpSocket::bind((here, 0)).await?;
    if let std::net::IpAddr::V4(here) = here {
        SockRef::from(&socket).set_multicast_if_v4(&here)?;
    }
    Ok(socket)
}

/// Sends the SUBSCRIBE until it is answered, and waits for a NOTIFY: its body. A NOTIFY may come before the answer.
async fn told(
    socket: &UdpSocket,
    subscribe: &Message,
    group: SocketAddrV4,
    within: Duration,
) -> std::io::Result<Option<String>> {
    let (began, bytes) = (Instant::now(), subscribe.write());
    let mut room = vec![0; LONGEST_MESSAGE + 1];
    let mut asking = Some(Transaction::start(Timers::default(), Duration::ZERO));
    socket.send_to(&bytes, group).await?;
    loop {
        let again = asking.as_ref().map_or(within, |asking| asking.deadline().min(within));
        let Ok(received) = timeout_at(began + again, socket.recv_from(&mut room)).await else {
            let now = began.elapsed();
            match asking.as_mut().map(|asking| asking.on_time(now)) {
                _ if now >= within => return Ok(None),
                Some(Step::Send) => drop(socket.send_to(&bytes, group).await?),
                Some(Step::GivenUp) => return Ok(None),
                _ => {}
            }
            continue;
        };
        let (length, source) = received?;
        let Ok(message) = Message::parse(&room[..length]) else { continue };
        if message.field("Call-ID") != subscribe.field("Call-ID") {
            continue;
        }
        match &message.start {
            Start::Response { status, .. } if message.method() == Some("SUBSCRIBE") => {
                match asking.as_mut().map(|asking| asking.on_response(*status)) {
                    Some(Step::Answered(200..300)) => asking = None,
                    Some(Step::Answered(_)) => return Ok(None),
                    _ => {}
                }
            }
            Start::Request { method, .. } if method == "NOTIFY" => {
                let to = message.field("To").unwrap_or_default();
                socket.send_to(&accepted(&message, source, to).write(), source).await?;
                if is_url(&message) {
                    return Ok(Some(String::from_utf8_lossy(&message.body).into_owned()));
                }
            }
            _ => {}
        }
    }
}

fn is_url(notify: &Message) -> bool {
    let kind = notify.field("Content-Type").map(|kind| kind.split(';').next().unwrap_or_default().trim());
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/url"))
}

fn token(random: &dyn Random) -> String {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    data_encoding::HEXLOWER.encode(&bytes)
}

/// How a phone writes of itself when it asks.
struct Words {
    user: String,
    vendor: &'static str,
    model: String,
    version: String,
    user_agent: String,
}

impl Words {
    /// Those of a phone; none where its vendor's phones do not ask, or it is not known how they write.
    fn of(model: &PhoneModel, mac: Mac) -> Option<Self> {
        let (product, version) = (model.product().to_owned(), model.firmware().unwrap_or_default());
        match model.vendor() {
            Vendor::Yealink => Some(Self {
                user: format!("MAC%3a{mac}"),
                vendor: "Yealink",
                user_agent: format!("Yealink SIP-{product} {version}"),
                model: product,
                version,
            }),
            Vendor::Snom => Some(Self {
                user: format!("MAC%3a{}", mac.upper()),
                vendor: "snom",
                user_agent: format!("snom{product}/{version}"),
                model: format!("snom{product}"),
                version,
            }),
            // a gateway does ask; no capture of how it writes was found
            Vendor::Linphone | Vendor::Grandstream => None,
        }
    }

    fn subscribe(&self, group: SocketAddrV4, here: SocketAddr, call: &str, tag: &str) -> Message {
        let Self { user, vendor, model, version, user_agent } = self;
        let uri = format!("sip:{user}@{}", group.ip());
        let event = format!(
            "ua-profile;profile-type=\"device\";vendor=\"{vendor}\";model=\"{model}\";version=\"{version}\""
        );
        Message::request("SUBSCRIBE", &uri)
            .with("Via", &format!("SIP/2.0/UDP {here};branch=z9hG4bK{tag};rport"))
            .with("From", &format!("<{uri}>;tag={tag}"))
            .with("To", &format!("<{uri}>"))
            .with("Call-ID", &format!("{call}@{}", here.ip()))
            .with("CSeq", "1 SUBSCRIBE")
            .with("Contact", &format!("<sip:{here}>"))
            .with("Max-Forwards", "70")
            .with("User-Agent", user_agent)
            .with("Expires", "0")
            .with("Event", &event)
            .with("Accept", "application/url")
    }
}
