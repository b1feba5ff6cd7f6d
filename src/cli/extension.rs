//! `offhook extension`.

use std::path::PathBuf;

use serde_json::json;

use super::{
    Answer, Desk, Failure,
    answer::{fields, table},
    parse_name,
    secret_line::{ask_for_pin, read_password},
    service::{
        addons, addons_json, block, has, in_words, ineffective_json, judged, numbers, products, remove,
        with_ineffective,
    },
};
use crate::{
    admin::actions::{AddOnToSet, Carrier, ExtensionDetails, ExtensionToAdd, PlanChange},
    domain::{ExtensionNumber, Pin, PlainText, ProductId, ServiceKind, SipUser, TenantSlug},
};

const KIND: ServiceKind = ServiceKind::Extension;

/// Phone lines of users.
#[derive(Debug, clap::Subcommand)]
pub enum ExtensionCommand {
    /// Add an extension, which takes a seat of its product
    #[command(after_help = "The SIP password is made unless a file gives it; passwords are never arguments.

Examples:
  offhook extension add acme 101 --name \"Zoë O'Brien\" --product cloud-pbx-line
  pass sip/acme/101 | offhook extension add acme 101 --name Zoë --product cloud-pbx-line --sip-password-file -")]
    Add {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Number: 1 to 5 digits
        number: ExtensionNumber,
        /// Whose it is
        #[arg(long, value_parser = parse_name)]
        name: PlainText,
        /// Main product, by its id in the license
        #[arg(long, value_name = "ID")]
        product: ProductId,
        /// User part of its SIP address; the number when not given
        #[arg(long)]
        sip_user: Option<SipUser>,
        /// File with the SIP password; `-` reads standard input
        #[arg(long, value_name = "FILE")]
        sip_password_file: Option<PathBuf>,
        /// Print the SIP password
        #[arg(long)]
        show_password: bool,
    },
    /// List a tenant's extensions
    List {
        /// The tenant's short name
        tenant: TenantSlug,
    },
    /// Show an extension
    Show {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
        /// Print the SIP password; the audit keeps that
        #[arg(long)]
        show_password: bool,
    },
    /// Change its products, all of it or nothing: the main product's seat moves, add-ons take and free theirs
    #[command(after_help = "Without a product it shows what the extension has.

Examples:
  offhook extension plan acme 101 pro
  offhook extension plan acme 101 --add voicemail
  offhook extension plan acme 101 essentials --add voicemail --remove recording")]
    Plan {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
        /// Another main product, by its id in the license
        product: Option<ProductId>,
        /// Add-on to switch on; may be given more than once
        #[arg(long, value_name = "ID")]
        add: Vec<AddOnToSet>,
        /// Add-on to switch off; may be given more than once
        #[arg(long, value_name = "ID")]
        remove: Vec<ProductId>,
    },
    /// Give it another SIP password: its phones get it with their next configuration
    SetPassword {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
        /// File with the SIP password, `-` reads standard input; a new one is made when not given
        #[arg(long, value_name = "FILE")]
        sip_password_file: Option<PathBuf>,
    },
    /// Give it a PIN, read from standard input: its phone's keypad is locked with it while a product protects that
    #[command(after_help = "Examples:
  offhook extension set-pin acme 101
  pass pin/acme/101 | offhook extension set-pin acme 101
  offhook extension set-pin acme 101 --generate")]
    SetPin {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
        /// Make one of 6 digits and print it, this once
        #[arg(long)]
        generate: bool,
    },
    /// Take its PIN away: its phone's keypad is not locked any more
    ClearPin {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
    },
    /// Call it otherwise
    Rename {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
        /// The new name
        #[arg(value_parser = parse_name)]
        name: PlainText,
    },
    /// Withhold its lines; its seat stays
    Block {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
    },
    /// Give its lines back
    Unblock {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
    },
    /// Remove it: its seat and its lines are free
    Remove {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
    },
}

impl ExtensionCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let actions = &desk.actions;
        match self {
            Self::Add { tenant, number, name, product, sip_user, sip_password_file, show_password } => {
                let sip_password = sip_password_file.map(|file| read_password(&file)).transpose()?;
                let new = ExtensionToAdd { number, name, product, sip_user, sip_password };
                Ok(shown(&actions.add_extension(&tenant, new).await?, show_password))
            }
            Self::List { tenant } => Ok(listed(&actions.extensions(&tenant).await?)),
            Self::Show { tenant, number, show_password } => {
                Ok(shown(&actions.extension(&tenant, &number, show_password).await?, show_password))
            }
            Self::Plan { tenant, number, product, add, remove } => {
                let asked = product.is_some() || !add.is_empty() || !remove.is_empty();
                let plan = PlanChange { product, add, remove };
                let name = number.clone().into();
                let changed = asked && actions.change_plan(&tenant, &KIND, &name, &plan).await?;
                let details = actions.extension(&tenant, &number, false).await?;
                let what = has(asked, changed);
                let main = &details.extension.product;
                let text = format!("extension {number} {what} {}", products(main, &details.addons));
                let mut json = described(&details, false);
                json["changed"] = changed.into();
                Ok(Answer::new(with_ineffective(&text, &details.ineffective), json))
            }
            Self::SetPassword { tenant, number, sip_password_file } => {
                let password = sip_password_file.map(|file| read_password(&file)).transpose()?;
                actions.set_sip_password(&tenant, &number.clone().into(), password).await?;
                let text = format!("extension {number} has a new SIP password");
                Ok(Answer::new(text, json!({ "number": number, "changed": true })))
            }
            Self::SetPin { tenant, number, generate } => {
                let pin = if generate { Pin::generate(&*actions.random) } else { ask_for_pin()? };
                actions.set_pin(&tenant, &number, &pin).await?;
                let mut text = format!("extension {number} has a new PIN");
                let mut json = json!({ "number": number, "changed": true });
                if generate {
                    text = format!("{text}: {}", pin.secret().expose());
                    json["pin"] = pin.secret().expose().into();
                }
                Ok(Answer::new(text, json))
            }
            Self::ClearPin { tenant, number } => {
                actions.clear_pin(&tenant, &number).await?;
                let text = format!("extension {number} has no PIN any more");
                Ok(Answer::new(text, json!({ "number": number, "changed": true })))
            }
            Self::Rename { tenant, number, name } => {
                let changed = actions.rename_service(&tenant, &KIND, &number.clone().into(), &name).await?;
                let text = format!("extension {number} is called {name}");
                Ok(Answer::new(text, json!({ "number": number, "name": name, "changed": changed })))
            }
            Self::Block { tenant, number } => block(desk, &tenant, &KIND, &number.into(), true).await,
            Self::Unblock { tenant, number } => block(desk, &tenant, &KIND, &number.into(), false).await,
            Self::Remove { tenant, number } => remove(desk, &tenant, &KIND, &number.into()).await,
        }
    }
}

fn state(details: &ExtensionDetails) -> String {
    in_words(details.admission)
}

pub(super) fn join(carriers: &[Carrier]) -> String {
    carriers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The device lines that carry a service, or that none does.
pub(super) fn carried_by(carriers: &[Carrier]) -> String {
    if carriers.is_empty() { "no device".to_owned() } else { join(carriers) }
}

fn listed(extensions: &[ExtensionDetails]) -> Answer {
    let rows = extensions.iter().map(|details| {
        let extension = &details.extension;
        vec![
            extension.number.to_string(),
            extension.name.to_string(),
            extension.product.to_string(),
            addons(&details.addons),
            state(details),
            join(&details.carriers),
        ]
    });
    let headers = ["number", "name", "product", "add-ons", "state", "carried by"];
    let text = table(&headers, rows.collect(), "no extension yet");
    Answer::new(text, extensions.iter().map(|details| described(details, false)).collect())
}

fn shown(details: &ExtensionDetails, with_password: bool) -> Answer {
    let extension = &details.extension;
    let product = match &details.product_name {
        Some(name) => format!("{name} ({})", extension.product),
        None => extension.product.to_string(),
    };
    let mut lines = vec![
        ("number", extension.number.to_string()),
        ("name", extension.name.to_string()),
        ("product", product),
        ("add-ons", if details.addons.is_empty() { "none".to_owned() } else { addons(&details.addons) }),
        ("SIP user", extension.sip_user.to_string()),
        ("PIN", if extension.pin.is_some() { "set" } else { "none" }.to_owned()),
        ("state", state(details)),
        ("carried by", carried_by(&details.carriers)),
    ];
    if !details.dids.is_empty() {
        lines.push(("DID numbers", numbers(&details.dids)));
    }
    if let Some(why) = &details.undecidable {
        lines.push(("undecidable", why.to_string()));
    }
    if with_password {
        lines.push(("SIP password", extension.sip_password.expose().to_owned()));
    }
    let text = with_ineffective(&fields(&lines), &details.ineffective);
    Answer::new(text, described(details, with_password))
}

fn described(details: &ExtensionDetails, with_password: bool) -> serde_json::Value {
    let extension = &details.extension;
    let (admitted, withheld) = judged(details.admission);
    let mut json = json!({
        "number": extension.number,
        "name": extension.name,
        "product": extension.product,
        "addons": addons_json(&details.addons),
        "sip_user": extension.sip_user,
        "has_pin": extension.pin.is_some(),
        "blocked": extension.blocked,
        "blocked_by_operator": details.blocked_by_operator,
        "dids": details.dids,
        "admitted": admitted,
        "withheld": withheld,
        "carried_by": details.carriers,
        "ineffective": ineffective_json(&details.ineffective),
    });
    if with_password {
        json["sip_password"] = extension.sip_password.expose().into();
    }
    json
}
