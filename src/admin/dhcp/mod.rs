//! What a DHCP server tells phones, written as that server reads it.
//!
//! | file | its job |
//! |---|---|
//! | `plan` | which phones are told what, and why |
//! | `text` | what a server's syntax can carry, and what is refused by name |
//! | `dnsmasq`, `kea`, `isc`, `mikrotik`, `windows` | one server each |

mod dnsmasq;
mod isc;
mod kea;
mod mikrotik;
mod plan;
mod text;
mod windows;

use std::net::Ipv4Addr;

pub use plan::{Handed, PhoneClass, Plan, Value, Wishes};
pub use text::Unsayable;

/// A DHCP server, and what its directives are to be limited to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DhcpServer {
    /// dnsmasq; only on the interface of this name.
    Dnsmasq {
        /// The network interface that requests come in by.
        interface: Option<String>,
    },
    /// Kea.
    Kea,
    /// ISC dhcpd.
    Isc,
    /// RouterOS of MikroTik; only the DHCP server of this name.
    Mikrotik {
        /// The name of the entry in `/ip dhcp-server`.
        server: Option<String>,
    },
    /// The DHCP service of Windows Server; only in this scope.
    Windows {
        /// The network address of a DHCP scope.
        scope: Option<Ipv4Addr>,
    },
}

impl DhcpServer {
    /// Its word on the command line and in answers.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Dnsmasq { .. } => "dnsmasq",
            Self::Kea => "kea",
            Self::Isc => "isc",
            Self::Mikrotik { .. } => "mikrotik",
            Self::Windows { .. } => "windows",
        }
    }

    /// The directives that make it carry out the plan.
    pub fn directives(&self, plan: &Plan) -> Result<String, Unsayable> {
        match self {
            Self::Dnsmasq { interface } => dnsmasq::directives(plan, interface.as_deref()),
            Self::Kea => kea::directives(plan),
            Self::Isc => isc::directives(plan),
            Self::Mikrotik { server } => mikrotik::directives(plan, server.as_deref()),
            Self::Windows { scope } => windows::directives(plan, *scope),
        }
    }
}
