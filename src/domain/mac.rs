//! A phone's hardware address, parsed strictly.

use mac_address::MacAddress;

/// The MAC address of one phone. Its text form is 12 lower-case hex digits, as in file names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(MacAddress);

/// Why a text is no phone's MAC address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMac {
    /// Not 12 hex digits in one of the common spellings.
    #[error(
        "\"{0}\" is no MAC address: 12 hex digits, bare or separated as aa:bb:cc:dd:ee:ff, aa-bb-cc-dd-ee-ff or aabb.ccdd.eeff"
    )]
    Spelling(String),
    /// All zeros, broadcast or multicast: an address that no phone can have.
    #[error("{0} is no phone's MAC address: it is all zeros, or a broadcast or multicast address")]
    NotAPhone(String),
}

impl Mac {
    /// Parses one of the common spellings: bare, `:`, `-` or `.` between pairs, or `.` between fours.
    pub fn parse(text: &str) -> Result<Self, InvalidMac> {
        let wrong = || InvalidMac::Spelling(text.chars().take(40).collect());
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        if digits.len() != 12 || !Self::separators_agree(text.as_bytes()) {
            return Err(wrong());
        }
        let mut bytes = [0u8; 6];
        data_encoding::HEXLOWER_PERMISSIVE.decode_mut(&digits, &mut bytes).map_err(|_| wrong())?;
        if bytes == [0; 6] || bytes[0] & 1 == 1 {
            return Err(InvalidMac::NotAPhone(text.to_owned()));
        }
        Ok(Self(MacAddress::new(bytes)))
    }

    /// Whether what stands between the hex digits is one style throughout.
    fn separators_agree(text: &[u8]) -> bool {
        let digit = |range: std::ops::Range<usize>| text[range].iter().all(u8::is_ascii_hexdigit);
        match text.len() {
            12 => digit(0..12),
            14 => digit(0..4) && text[4] == b'.' && digit(5..9) && text[9] == b'.' && digit(10..14),
            17 => {
                matches!(text[2], b':' | b'-' | b'.')
                    && (0..6).all(|pair| digit(pair * 3..pair * 3 + 2))
                    && (1..6).all(|pair| text[pair * 3 - 1] == text[2])
            }
            _ => false,
        }
    }

    /// The six bytes.
    #[must_use]
    pub fn bytes(self) -> [u8; 6] {
        self.0.bytes()
    }

    /// The maker's part: the first three bytes as 6 lower-case hex digits.
    #[must_use]
    pub fn oui(self) -> String {
        data_encoding::HEXLOWER.encode(&self.bytes()[..3])
    }

    /// 12 upper-case hex digits.
    #[must_use]
    pub fn upper(self) -> String {
        data_encoding::HEXUPPER.encode(&self.bytes())
    }

    /// Lower-case pairs separated by colons.
    #[must_use]
    pub fn colons(self) -> String {
        self.0.to_string().to_ascii_lowercase()
    }
}

impl std::fmt::Display for Mac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.bytes()))
    }
}

impl std::fmt::Debug for Mac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mac({self})")
    }
}

impl std::str::FromStr for Mac {
    type Err = InvalidMac;

    fn from_str(text: &str) -> Result<Self, InvalidMac> {
        Self::parse(text)
    }
}

impl serde::Serialize for Mac {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_common_spelling_is_the_same_mac() {
        for text in [
            "001565aabbcc",
            "001565AABBCC",
            "00:15:65:aa:bb:cc",
            "00-15-65-AA-BB-CC",
            "00.15.65.aa.bb.cc",
            "0015.65aa.bbcc",
        ] {
            assert_eq!(Mac::parse(text).unwrap().to_string(), "001565aabbcc", "{text}");
        }
    }

    #[test]
    fn what_no_phone_can_have_is_refused() {
        for text in ["000000000000", "ffffffffffff", "01:00:5e:00:00:fb"] {
            assert!(matches!(Mac::parse(text), Err(InvalidMac::NotAPhone(_))), "{text}");
        }
        for text in [
            "",
            "001565aabbc",
            "001565aabbccd",
            "00:15-65:aa:bb:cc",
            "0:15:65:aa:bb:cc",
            "+0:15:65:aa:bb:cc",
            "a:b:c:d:e:f:0:1:2",
            "0015:65aa:bbcc",
            "００1565aabbcc",
        ] {
            assert!(matches!(Mac::parse(text), Err(InvalidMac::Spelling(_))), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(text in ".{0,24}") {
            if let Ok(mac) = Mac::parse(&text) {
                prop_assert_eq!(Mac::parse(&mac.colons()), Ok(mac));
                prop_assert_eq!(Mac::parse(&mac.upper()), Ok(mac));
            }
        }
    }
}
