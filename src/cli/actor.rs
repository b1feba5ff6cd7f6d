//! Who runs a command, for the audit.

/// The name of the system user who runs this process, as `/etc/passwd` has it; else its number.
#[must_use]
pub fn system_user() -> String {
    let id = rustix::process::getuid().as_raw();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(&accounts, id).map_or_else(|| format!("uid {id}"), str::to_owned)
}

/// passwd(5): `name:password:uid:…`, one account a line.
fn name_of(accounts: &str, id: u32) -> Option<&str> {
    accounts.lines().find_map(|account| {
        let mut fields = account.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)?.parse() == Ok(id)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_number() {
        let accounts = "root:x:0:0:root:/root:/bin/bash\nbroken\n::7:\nann:x:1000:1000::/home/ann:/bin/sh\n";
        assert_eq!(name_of(accounts, 0), Some("root"));
        assert_eq!(name_of(accounts, 1000), Some("ann"));
        assert_eq!(name_of(accounts, 7), None);
    }
}
