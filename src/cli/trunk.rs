//! `offhook trunk`.

use std::path::PathBuf;

use serde_json::json;

use super::{
    Answer, Desk, Failure,
    answer::{fields, table},
    extension::{carried_by, join},
    parse_name,
    secret_line::read_password,
    service::{addons, block, has, in_words, numbers, products, remove, service_fields, service_json},
};
use crate::{
    admin::actions::{AddOnToSet, PlanChange, TrunkDetails, TrunkToAdd},
    domain::{
        PeerNetwork, PlainText, ProductId, Secret, ServiceKind, ServiceName, SipUser, TenantSlug, TrunkPeer,
    },
};

const KIND: ServiceKind = ServiceKind::Trunk;

/// SIP trunks to carriers, gateways and other exchanges.
#[derive(Debug, clap::Subcommand)]
pub enum TrunkCommand {
    /// Add a SIP trunk, which takes a seat of its product
    #[command(
        after_help = "Its peer either registers (--sip-user; the password is made unless a file gives it), or is known by
the addresses that its calls come from (--address).

Examples:
  offhook trunk add acme Carrier --product sip-trunk --address 192.0.2.7 --address 192.0.2.8/29
  offhook trunk add acme \"Fax gateway\" --product sip-trunk --sip-user gateway-1 --show-password"
    )]
    Add {
        /// The tenant's short name
        tenant: TenantSlug,
        /// What people call it
        #[arg(value_parser = parse_name)]
        name: PlainText,
        /// Main product, by its id in the license
        #[arg(long, value_name = "ID")]
        product: ProductId,
        /// How its peer proves who it is.
        #[command(flatten)]
        peer: Peer,
        /// File with the SIP password; `-` reads standard input
        #[arg(long, value_name = "FILE", requires = "sip_user")]
        sip_password_file: Option<PathBuf>,
        /// Print the SIP password
        #[arg(long, requires = "sip_user")]
        show_password: bool,
    },
    /// List a tenant's SIP trunks
    List {
        /// The tenant's short name
        tenant: TenantSlug,
    },
    /// Show a SIP trunk
    Show {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its name
        #[arg(value_parser = parse_name)]
        name: PlainText,
        /// Print the SIP password; the audit keeps that
        #[arg(long)]
        show_password: bool,
    },
    /// Let its calls come from other addresses
    SetAddress {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its name
        #[arg(value_parser = parse_name)]
        name: PlainText,
        /// Address or network
        #[arg(required = true)]
        address: Vec<PeerNetwork>,
    },
    /// Change its products, all of it or nothing; additional channels are seats of an add-on
    #[command(after_help = "Without a product it shows what the trunk has.

Example:
  offhook trunk plan acme Carrier --add channels=4")]
    Plan {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its name
        #[arg(value_parser = parse_name)]
        name: PlainText,
        /// Another main product, by its id in the license
        product: Option<ProductId>,
        /// Add-on to have, with so many seats; may be given more than once
        #[arg(long, value_name = "ID[=SEATS]")]
        add: Vec<AddOnToSet>,
        /// Add-on to switch off; may be given more than once
        #[arg(long, value_name = "ID")]
        remove: Vec<ProductId>,
    },
    /// Let it carry no call; its seats stay
    Block {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its name
        #[arg(value_parser = parse_name)]
        name: PlainText,
    },
    /// Let it carry calls again
    Unblock {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its name
        #[arg(value_parser = parse_name)]
        name: PlainText,
    },
    /// Remove it: its seats, its DID numbers and the gateway lines that carry it are free
    Remove {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its name
        #[arg(value_parser = parse_name)]
        name: PlainText,
    },
}

/// How the peer proves who it is.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Peer {
    /// Address or network that its calls come from; may be given more than once
    #[arg(long, value_name = "NETWORK")]
    address: Vec<PeerNetwork>,
    /// SIP user with which it registers
    #[arg(long)]
    sip_user: Option<SipUser>,
}

impl TrunkCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let actions = &desk.actions;
        match self {
            Self::Add { tenant, name, product, peer, sip_password_file, show_password } => {
                let peer = match peer.sip_user {
                    Some(user) => {
                        let given = sip_password_file.map(|file| read_password(&file)).transpose()?;
                        let password = given.unwrap_or_else(|| Secret::generate_password(&*actions.random));
                        TrunkPeer::Credentials { user, password }
                    }
                    None => TrunkPeer::Addresses(peer.address),
                };
                let added = actions.add_trunk(&tenant, TrunkToAdd { name, product, peer }).await?;
                Ok(shown(&added, show_password))
            }
            Self::List { tenant } => Ok(listed(&actions.trunks(&tenant).await?)),
            Self::Show { tenant, name, show_password } => {
                Ok(shown(&actions.trunk(&tenant, &name, show_password).await?, show_password))
            }
            Self::SetAddress { tenant, name, address } => {
                actions.set_trunk_networks(&tenant, &name, address).await?;
                Ok(shown(&actions.trunk(&tenant, &name, false).await?, false))
            }
            Self::Plan { tenant, name, product, add, remove } => {
                let asked = product.is_some() || !add.is_empty() || !remove.is_empty();
                let plan = PlanChange { product, add, remove };
                let called = ServiceName::Trunk(name.clone());
                let changed = asked && actions.change_plan(&tenant, &KIND, &called, &plan).await?;
                let details = actions.trunk(&tenant, &name, false).await?;
                let (main, addons) = (&details.service.service.product, &details.service.addons);
                let text = format!(
                    "SIP trunk {name} {} {}: {} channels",
                    has(asked, changed),
                    products(main, addons),
                    channels(&details)
                );
                let mut json = described(&details, false);
                json["changed"] = changed.into();
                Ok(Answer::new(text, json))
            }
            Self::Block { tenant, name } => {
                block(desk, &tenant, &KIND, &ServiceName::Trunk(name), true).await
            }
            Self::Unblock { tenant, name } => {
                block(desk, &tenant, &KIND, &ServiceName::Trunk(name), false).await
            }
            Self::Remove { tenant, name } => remove(desk, &tenant, &KIND, &ServiceName::Trunk(name)).await,
        }
    }
}

fn channels(details: &TrunkDetails) -> String {
    details.channels.map_or_else(|| "undecidable".to_owned(), |channels| channels.to_string())
}

fn peer(peer: &TrunkPeer) -> String {
    match peer {
        TrunkPeer::Credentials { user, .. } => format!("registers as {user}"),
        TrunkPeer::Addresses(networks) => {
            let networks: Vec<_> = networks.iter().map(ToString::to_string).collect();
            format!("calls from {}", networks.join(", "))
        }
    }
}

fn listed(trunks: &[TrunkDetails]) -> Answer {
    let rows = trunks.iter().map(|details| {
        let service = &details.service;
        vec![
            service.service.name.to_string(),
            service.service.product.to_string(),
            addons(&service.addons),
            channels(details),
            in_words(service.admission),
            peer(&details.peer),
            join(&details.carriers),
            numbers(&service.dids),
        ]
    });
    let headers = ["name", "product", "add-ons", "channels", "state", "peer", "carried by", "DID numbers"];
    let text = table(&headers, rows.collect(), "no SIP trunk yet");
    Answer::new(text, trunks.iter().map(|details| described(details, false)).collect())
}

fn shown(details: &TrunkDetails, with_password: bool) -> Answer {
    let mut lines = service_fields(&details.service);
    lines.push(("channels", channels(details)));
    lines.push(("peer", peer(&details.peer)));
    lines.push(("carried by", carried_by(&details.carriers)));
    if let (TrunkPeer::Credentials { password, .. }, true) = (&details.peer, with_password) {
        lines.push(("SIP password", password.expose().to_owned()));
    }
    Answer::new(fields(&lines), described(details, with_password))
}

fn described(details: &TrunkDetails, with_password: bool) -> serde_json::Value {
    let mut json = service_json(&details.service);
    json["channels"] = json!(details.channels);
    json["carried_by"] = json!(details.carriers);
    match &details.peer {
        TrunkPeer::Credentials { user, password } => {
            json["sip_user"] = json!(user);
            if with_password {
                json["sip_password"] = password.expose().into();
            }
        }
        TrunkPeer::Addresses(networks) => json["addresses"] = json!(networks),
    }
    json
}
