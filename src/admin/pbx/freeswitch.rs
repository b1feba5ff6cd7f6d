//! `FreeSWITCH`: its user directory as XML, whole for a file, or for one user as `mod_xml_curl` asks for it.

use std::fmt::Write as _;

use super::ha1;
use crate::{
    admin::actions::{Account, Accounts},
    domain::SipDomain,
};

/// What `mod_xml_curl` is answered when there is nobody of that name.
pub const NOT_FOUND: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
    <document type=\"freeswitch/xml\">\n  <section name=\"result\">\n    <result status=\"not found\"/>\n  </section>\n</document>\n";

/// The directory of a domain with everybody who is admitted.
pub(super) fn directory(accounts: &Accounts) -> String {
    let users: String =
        accounts.accounts.iter().filter_map(|account| user(account, &accounts.domain)).collect();
    document(&accounts.domain, &users)
}

/// The directory with one user alone; none where nobody admitted is called so.
#[must_use]
pub fn directory_of(accounts: &Accounts, name: &str) -> Option<String> {
    let account = accounts.accounts.iter().find(|account| account.user.as_str() == name)?;
    Some(document(&accounts.domain, &user(account, &accounts.domain)?))
}

fn document(domain: &SipDomain, users: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<document type=\"freeswitch/xml\">\n  \
         <section name=\"directory\">\n    <domain name=\"{domain}\">\n      <users>\n{users}      </users>\n    \
         </domain>\n  </section>\n</document>\n"
    )
}

fn user(account: &Account, domain: &SipDomain) -> Option<String> {
    let password = account.password.as_ref()?;
    let user = account.user.as_str();
    let hash = ha1(user, domain.as_str(), password);
    let mut xml = format!("        <user id=\"{}\">\n          <params>\n", escaped(user));
    let _ = writeln!(xml, "            <param name=\"a1-hash\" value=\"{}\"/>", hash.expose());
    if account.voicemail {
        xml.push_str("            <param name=\"vm-enabled\" value=\"true\"/>\n");
    }
    xml.push_str("          </params>\n          <variables>\n");
    let _ = writeln!(
        xml,
        "            <variable name=\"effective_caller_id_name\" value=\"{}\"/>",
        escaped(account.name.as_str())
    );
    let number = account.service.to_string();
    let _ = writeln!(
        xml,
        "            <variable name=\"effective_caller_id_number\" value=\"{}\"/>",
        escaped(&number)
    );
    xml.push_str("          </variables>\n        </user>\n");
    Some(xml)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // FreeSWITCH would take it for a variable
            '$' => escaped.push_str("&#36;"),
            other => escaped.push(other),
        }
    }
    escaped
}
