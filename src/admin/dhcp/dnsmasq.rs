//! dnsmasq: lines for its configuration file.

use std::fmt::Write as _;

use super::{
    Plan, Unsayable, Value,
    text::{Syntax, addresses, hexadecimal},
};

const SYNTAX: Syntax = Syntax { server: "dnsmasq", comment: "#", refused: "\"\\" };
/// What separates tags cannot stand in one.
const TAG: Syntax = Syntax { refused: "\"\\, :!", ..SYNTAX };

/// dnsmasq ends option 66 with a zero byte, which whoever reads it has to leave out (RFC 2132 §2).
///
/// `force`, because a phone does not always say that it reads an option, and because otherwise option 66 may be put where
/// a boot ROM looks for it and a phone does not.
pub(super) fn directives(plan: &Plan, interface: Option<&str>) -> Result<String, Unsayable> {
    let only = match interface {
        Some(name) => format!("tag:{},", TAG.quotable("the interface", name)?),
        None => String::new(),
    };
    let mut conf = SYNTAX.head(plan, &["Save as /etc/dnsmasq.d/offhook.conf and restart dnsmasq."]);
    for class in &plan.classes {
        conf.push('\n');
        SYNTAX.remark(&mut conf, "", &class.vendor);
        for begin in &class.begins_with {
            let begin = SYNTAX.class(&class.vendor, begin)?;
            let _ = writeln!(conf, "dhcp-vendorclass=set:{},\"{begin}\"", class.name);
        }
        for option in &class.options {
            SYNTAX.remark(&mut conf, "", &option.about);
            let value = match &option.value {
                Value::Text(text) => format!("\"{}\"", SYNTAX.value(option, text)?),
                Value::Addresses(list) => addresses(list, ","),
                Value::Bytes(_) => hexadecimal(option, ":", "")?,
            };
            let _ = writeln!(conf, "dhcp-option-force={only}tag:{},{},{value}", class.name, option.code);
        }
    }
    Ok(conf)
}
