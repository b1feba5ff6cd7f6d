//! Passwords as hashes that registrars compare: whoever has one can register, but not read the password.

use data_encoding::HEXLOWER;
use md5::{Digest as _, Md5};

use crate::domain::Secret;

/// HA1 of RFC 2617 §3.2.2.2, `MD5(user:realm:password)`: the form that registrars keep.
#[must_use]
pub fn ha1(user: &str, realm: &str, password: &Secret) -> Secret {
    hashed(&format!("{user}:{realm}:{}", password.expose()))
}

/// The same for phones that put their domain into the user's name: `MD5(user@domain:realm:password)`.
#[must_use]
pub fn ha1b(user: &str, realm: &str, password: &Secret) -> Secret {
    hashed(&format!("{user}@{realm}:{realm}:{}", password.expose()))
}

fn hashed(text: &str) -> Secret {
    Secret::new(HEXLOWER.encode(&Md5::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 2617 §3.5, whose HA1 is printed in many places.
    #[test]
    fn the_example_of_the_rfc_comes_out() {
        let hash = ha1("Mufasa", "testrealm@host.com", &Secret::new("Circle Of Life"));
        assert_eq!(hash.expose(), "939e7578ed9e3c518a452acee763bce9");
    }
}
