//! What phones know, written as a PBX reads it.
//!
//! | file | its job |
//! |---|---|
//! | `digest` | passwords as hashes that registrars compare |
//! | `kamailio` | SQL for the tables of Kamailio |
//! | `asterisk` | configuration files of Asterisk (PJSIP) |
//! | `freeswitch` | the user directory of `FreeSWITCH`, whole or for one user |

mod asterisk;
mod digest;
pub mod freeswitch;
mod kamailio;

pub use digest::{ha1, ha1b};

use crate::admin::actions::Exchange;

/// A PBX that can be fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// SQL for Kamailio's tables.
    Kamailio,
    /// Configuration files of Asterisk.
    Asterisk,
    /// A directory file of `FreeSWITCH`.
    Freeswitch,
}

/// A file for a PBX.
#[derive(Clone, PartialEq, Eq)]
pub struct PbxFile {
    /// What it is called.
    pub name: &'static str,
    /// What is in it; holds passwords or their hashes.
    pub text: String,
}

impl Format {
    /// The files that tell a PBX of this kind everything about the tenant.
    #[must_use]
    pub fn files(self, exchange: &Exchange) -> Vec<PbxFile> {
        match self {
            Self::Kamailio => vec![PbxFile { name: "kamailio.sql", text: kamailio::sql(exchange) }],
            Self::Asterisk => asterisk::files(exchange),
            Self::Freeswitch => {
                vec![PbxFile { name: "directory.xml", text: freeswitch::directory(&exchange.accounts) }]
            }
        }
    }
}
