//! Kamailio: SQL that replaces a tenant's rows in the tables `subscriber` (`auth_db`), `address` (`permissions`) and
//! `dbaliases` (`alias_db`), as Kamailio 5.6 makes them (`kamdbctl create`).

use std::fmt::Write as _;

use super::{ha1, ha1b};
use crate::admin::actions::Exchange;

/// The group of a trunk's addresses in the table `address`.
const TRUNKS: u8 = 1;

/// One transaction: after it the tables hold of this domain what is admitted, and nothing else.
pub(super) fn sql(exchange: &Exchange) -> String {
    let accounts = &exchange.accounts;
    let domain = text(accounts.domain.as_str());
    let mut sql = format!(
        "-- Offhook, revision {}: replaces what these tables hold of {domain}.\nBEGIN;\nDELETE FROM subscriber WHERE domain = {domain};\n",
        accounts.as_of
    );
    for account in &accounts.accounts {
        let Some(password) = &account.password else { continue };
        let (user, realm) = (account.user.as_str(), accounts.domain.as_str());
        let (ha1, ha1b) = (ha1(user, realm, password), ha1b(user, realm, password));
        let _ = writeln!(
            sql,
            "INSERT INTO subscriber (username, domain, password, ha1, ha1b) VALUES ({}, {domain}, '', {}, {});",
            text(user),
            text(ha1.expose()),
            text(ha1b.expose())
        );
    }
    let _ = writeln!(sql, "DELETE FROM address WHERE tag LIKE {};", text(&format!("{}/%", accounts.domain)));
    for (name, networks, _) in &exchange.peers {
        for network in networks {
            let _ = writeln!(
                sql,
                "INSERT INTO address (grp, ip_addr, mask, port, tag) VALUES ({TRUNKS}, {}, {}, 0, {});",
                text(&network.address().to_string()),
                network.prefix(),
                text(&format!("{}/{name}", accounts.domain))
            );
        }
    }
    let _ = writeln!(sql, "DELETE FROM dbaliases WHERE domain = {domain};");
    let extensions = accounts.accounts.iter().filter(|account| account.password.is_some());
    let extensions = extensions.map(|account| (account.user.to_string(), &account.dids));
    let attendants = exchange.attendants.iter().map(|(number, _, _, dids)| (number.to_string(), dids));
    for (user, dids) in extensions.chain(attendants) {
        for did in dids {
            let _ = writeln!(
                sql,
                "INSERT INTO dbaliases (alias_username, alias_domain, username, domain) VALUES ({}, {domain}, {}, {domain});",
                text(did.as_str()),
                text(&user)
            );
        }
    }
    sql.push_str("COMMIT;\n");
    sql
}

/// A string of standard SQL.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
