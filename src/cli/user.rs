//! `offhook user`.

use serde_json::{Value, json};

use super::{
    Answer, Desk, Failure,
    answer::{fields, table},
};
use crate::{
    admin::actions::{SetupLink, User, UserChange, UserSession, UserToAdd, setup_path},
    domain::{Exceptions, Role, SessionId, SignInNetwork, TenantSlug, UserName},
};

/// People who sign in.
#[derive(Debug, clap::Subcommand)]
pub enum UserCommand {
    /// Make a user; prints the link with which the user chooses a password
    #[command(
        after_help = "A user of a tenant sees that tenant alone; without --tenant it is one of the operator's own.

Examples:
  offhook user add ann@acme.example --tenant acme --role administrator
  offhook user add bob --tenant acme --role phone-manager --except audit:view --network 192.0.2.0/24"
    )]
    Add {
        /// The name to sign in with
        name: UserName,
        /// What the user is: administrator, phone-manager, read-only or operator
        #[arg(long)]
        role: Role,
        /// Whose user it is, and from where.
        #[command(flatten)]
        of: Of,
        /// Where the user may do more or less than the role says, such as audit:view or devices:none
        #[arg(long = "except", value_name = "COMPONENT:LEVEL", value_delimiter = ',')]
        except: Vec<String>,
        /// A network from which the user may sign in; from anywhere when none is given
        #[arg(long = "network", value_name = "NETWORK")]
        networks: Vec<SignInNetwork>,
    },
    /// List users
    List {
        /// Whose.
        #[command(flatten)]
        of: Of,
    },
    /// Show a user
    Show {
        /// The user's name
        name: UserName,
        /// Whose user it is.
        #[command(flatten)]
        of: Of,
    },
    /// Change what a user may do, or from where; open sessions obey at once
    Set {
        /// The user's name
        name: UserName,
        /// Whose user it is.
        #[command(flatten)]
        of: Of,
        /// What changes.
        #[command(flatten)]
        changed: Changed,
    },
    /// Keep a user out; open sessions end
    Block {
        /// The user's name
        name: UserName,
        /// Whose user it is.
        #[command(flatten)]
        of: Of,
    },
    /// Let a user in again
    Unblock {
        /// The user's name
        name: UserName,
        /// Whose user it is.
        #[command(flatten)]
        of: Of,
    },
    /// Take password, second factor and sessions from a user, and print a link for a new password
    Reset {
        /// The user's name
        name: UserName,
        /// Whose user it is.
        #[command(flatten)]
        of: Of,
    },
    /// Remove a user; open sessions end
    Remove {
        /// The user's name
        name: UserName,
        /// Whose user it is.
        #[command(flatten)]
        of: Of,
    },
    /// List the open sessions of a user
    Sessions {
        /// The user's name
        name: UserName,
        /// Whose user it is.
        #[command(flatten)]
        of: Of,
    },
    /// End an open session of a user
    EndSession {
        /// The user's name
        name: UserName,
        /// The session's id
        #[arg(value_parser = |text: &str| Ok::<_, std::convert::Infallible>(SessionId::stored(text)))]
        session: SessionId,
        /// Whose user it is.
        #[command(flatten)]
        of: Of,
    },
}

/// Whose user.
#[derive(Debug, clap::Args)]
pub struct Of {
    /// The tenant that the user belongs to; without it, the operator's own users
    #[arg(long, value_name = "TENANT")]
    tenant: Option<TenantSlug>,
}

/// What changes of a user.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub struct Changed {
    /// Another role: administrator, phone-manager, read-only or operator
    #[arg(long)]
    role: Option<Role>,
    /// Where the user may do more or less than the role says, such as audit:view; all of them, or none
    #[arg(long = "except", value_name = "COMPONENT:LEVEL", value_delimiter = ',')]
    except: Option<Vec<String>>,
    /// A network from which the user may sign in; all of them, or anywhere
    #[arg(long = "network", value_name = "NETWORK")]
    networks: Option<Vec<String>>,
}

impl UserCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let actions = &desk.actions;
        Ok(match self {
            Self::Add { name, role, of, except, networks } => {
                let new = UserToAdd { name, role, exceptions: exceptions(&except)?, networks };
                let (user, link) = actions.add_user(of.tenant.as_ref(), new).await?;
                invited(desk, &user, &link)
            }
            Self::List { of } => listed(&actions.users(of.tenant.as_ref()).await?),
            Self::Show { name, of } => shown(&actions.user(of.tenant.as_ref(), &name).await?),
            Self::Set { name, of, changed } => {
                let networks = changed.networks.map(|given| networks(&given)).transpose()?;
                let exceptions = changed.except.map(|given| exceptions(&given)).transpose()?;
                let change = UserChange { role: changed.role, exceptions, networks, blocked: None };
                shown(&actions.change_user(of.tenant.as_ref(), &name, &change).await?)
            }
            Self::Block { name, of } => block(desk, &name, &of, true).await?,
            Self::Unblock { name, of } => block(desk, &name, &of, false).await?,
            Self::Reset { name, of } => {
                let (user, link) = actions.reset_user(of.tenant.as_ref(), &name).await?;
                invited(desk, &user, &link)
            }
            Self::Remove { name, of } => {
                actions.remove_user(of.tenant.as_ref(), &name).await?;
                Answer::new(format!("user {name} is removed"), json!({ "removed": name }))
            }
            Self::Sessions { name, of } => sessions(&actions.user_sessions(of.tenant.as_ref(), &name).await?),
            Self::EndSession { name, session, of } => {
                actions.end_user_session(of.tenant.as_ref(), &name, &session).await?;
                Answer::new(format!("session {session} of {name} has ended"), json!({ "ended": session }))
            }
        })
    }
}

async fn block(desk: &Desk, name: &UserName, of: &Of, blocked: bool) -> Result<Answer, Failure> {
    let change = UserChange { blocked: Some(blocked), ..UserChange::default() };
    let user = desk.actions.change_user(of.tenant.as_ref(), name, &change).await?;
    Ok(shown(&user))
}

/// `none` among several is a mistake of its own.
fn exceptions(given: &[String]) -> Result<Exceptions, Failure> {
    if given == ["none"] {
        return Ok(Exceptions::default());
    }
    let read = given.join(" ").parse::<Exceptions>();
    Ok(read.map_err(|wrong| super::WrongInput::new(format_args!("--except: {wrong}")))?)
}

fn networks(given: &[String]) -> Result<Vec<SignInNetwork>, Failure> {
    if given == ["anywhere"] {
        return Ok(Vec::new());
    }
    let read: Result<Vec<_>, _> = given.iter().map(|text| SignInNetwork::parse(text)).collect();
    Ok(read.map_err(|wrong| super::WrongInput::new(format_args!("--network: {wrong}")))?)
}

fn invited(desk: &Desk, user: &User, link: &SetupLink) -> Answer {
    let path = setup_path(link);
    let url = desk.installation.admin_url.as_ref().map(|base| format!("{base}{path}"));
    let mut lines = vec![("user", user.name.to_string()), ("may", user.rights().to_string())];
    lines.push(("link", url.clone().unwrap_or_else(|| path.clone())));
    lines.push(("good until", link.expires_at.to_string()));
    let advice = if url.is_some() {
        "Hand the link over now: it is not shown again, and good once."
    } else {
        "The admin listener is off ([listen] admin): turn it on, and put its URL before the link."
    };
    let json = json!({
        "user": user.name,
        "link": url.unwrap_or(path),
        "expires_at": link.expires_at.to_string(),
    });
    Answer::new(format!("{}\n\n{advice}", fields(&lines)), json)
}

fn as_json(user: &User) -> Value {
    json!({
        "name": user.name,
        "role": user.role.as_str(),
        "exceptions": user.exceptions.to_string(),
        "rights": user.rights().to_string(),
        "networks": addresses(user),
        "blocked": user.blocked,
        "has_password": user.has_password,
        "second_factor": user.has_code,
        "created_by": user.created_by,
        "created_at": user.created_at.to_string(),
    })
}

fn addresses(user: &User) -> Vec<String> {
    user.networks.iter().map(ToString::to_string).collect()
}

fn state(user: &User) -> &'static str {
    match (user.blocked, user.has_password, user.has_code) {
        (true, ..) => "blocked",
        (false, false, _) => "no password yet",
        (false, true, false) => "password",
        (false, true, true) => "password and code",
    }
}

fn shown(user: &User) -> Answer {
    let networks = addresses(user);
    let networks = if networks.is_empty() { "anywhere".to_owned() } else { networks.join(" ") };
    let lines = [
        ("user", user.name.to_string()),
        ("role", user.role.to_string()),
        ("except", user.exceptions.to_string()),
        ("may", user.rights().to_string()),
        ("from", networks),
        ("signs in with", state(user).to_owned()),
        ("made by", format!("{}, {}", user.created_by, user.created_at)),
    ];
    Answer::new(fields(&lines), as_json(user))
}

fn listed(users: &[User]) -> Answer {
    let rows = users.iter().map(|user| {
        let role = user.role.to_string();
        vec![user.name.to_string(), role, user.exceptions.to_string(), state(user).to_owned()]
    });
    let headers = ["name", "role", "except", "signs in with"];
    Answer::new(
        table(&headers, rows.collect(), "no user; make one with: offhook user add"),
        users.iter().map(as_json).collect(),
    )
}

fn sessions(sessions: &[UserSession]) -> Answer {
    let from = |session: &UserSession| session.origin.map(|address| address.to_string());
    let rows = sessions.iter().map(|session| {
        let from = from(session).unwrap_or_default();
        let times = [session.created_at, session.seen_at, session.expires_at].map(|time| time.to_string());
        [vec![session.id.to_string(), from], times.to_vec(), vec![session.agent.clone()]].concat()
    });
    let headers = ["id", "from", "since", "last seen", "ends", "with"];
    let json = sessions.iter().map(|session| {
        json!({
            "id": session.id,
            "from": from(session),
            "agent": session.agent,
            "created_at": session.created_at.to_string(),
            "seen_at": session.seen_at.to_string(),
            "expires_at": session.expires_at.to_string(),
        })
    });
    Answer::new(table(&headers, rows.collect(), "no open session"), json.collect())
}
