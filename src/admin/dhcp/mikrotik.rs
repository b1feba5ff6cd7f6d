//! RouterOS of MikroTik: commands for its terminal, or for `/import`.

use std::fmt::Write as _;

use super::{
    Plan, Unsayable, Value,
    text::{Syntax, hexadecimal},
};

const SYNTAX: Syntax = Syntax { server: "mikrotik", comment: "#", refused: "\"'\\$" };

/// What was made before is removed first, so that the same can be run again after a new URL.
pub(super) fn directives(plan: &Plan, server: Option<&str>) -> Result<String, Unsayable> {
    let server = SYNTAX.quotable("the DHCP server", server.unwrap_or("all"))?;
    let mut script = SYNTAX.head(plan, &["RouterOS 7.16 or newer: paste it into a terminal, or /import it."]);
    for menu in ["matcher", "option sets", "option"] {
        let _ =
            writeln!(script, "/ip dhcp-server {menu} remove [find where name~\"^offhook_{}_\"]", plan.tenant);
    }
    for class in &plan.classes {
        script.push('\n');
        SYNTAX.remark(&mut script, "", &class.vendor);
        let mut names = Vec::new();
        for option in &class.options {
            SYNTAX.remark(&mut script, "", &option.about);
            let value = match &option.value {
                Value::Text(text) => format!("'{}'", SYNTAX.value(option, text)?),
                // several addresses have no other notation that its documentation shows
                Value::Addresses(_) | Value::Bytes(_) => format!("0x{}", hexadecimal(option, "", "")?),
            };
            let name = format!("{}_{}", class.name, option.code);
            let _ = writeln!(
                script,
                "/ip dhcp-server option add name={name} code={} value=\"{value}\" force=yes",
                option.code
            );
            names.push(name);
        }
        let _ = writeln!(
            script,
            "/ip dhcp-server option sets add name={} options={}",
            class.name,
            names.join(",")
        );
        for (index, begin) in class.begins_with.iter().enumerate() {
            let begin = SYNTAX.class(&class.vendor, begin)?;
            let _ = writeln!(
                script,
                "/ip dhcp-server matcher add name={}_{} code=60 matching-type=substring value=\"{begin}\" \
                 server=\"{server}\" option-set={}",
                class.name,
                index + 1,
                class.name
            );
        }
    }
    Ok(script)
}
