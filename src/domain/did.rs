//! DID numbers: public telephone numbers in the form of ITU-T E.164.

/// A public number: `+`, then 7 to 15 digits, the first of them not 0.
///
/// E.164 §6.2 allows 15 digits at most, country code included, and no country code begins with 0. The shortest numbers in
/// use have 7 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct DidNumber(String);

/// The text is no public number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no public number: \"+\", the country code and the number, 7 to 15 digits, such as +4930123456"
)]
pub struct WrongDidNumber(String);

impl DidNumber {
    /// Parses a public number. Spaces, hyphens and points between the digits are left out, as people write them.
    pub fn parse(text: &str) -> Result<Self, WrongDidNumber> {
        let wrong = || WrongDidNumber(text.chars().take(40).collect());
        let digits = text.trim().strip_prefix('+').ok_or_else(wrong)?;
        let digits: String = digits.chars().filter(|character| !" -.".contains(*character)).collect();
        let well_formed = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if well_formed { Ok(Self(format!("+{digits}"))) } else { Err(wrong()) }
    }

    /// The number with its `+`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for DidNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for DidNumber {
    type Err = WrongDidNumber;

    fn from_str(text: &str) -> Result<Self, WrongDidNumber> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them_and_kept_in_one_form() {
        for text in ["+4930123456", "+49 30 123-456", " +49.30.123456 "] {
            assert_eq!(DidNumber::parse(text).unwrap().as_str(), "+4930123456", "{text}");
        }
        for text in [
            "",
            "+",
            "4930123456",
            "+0930123456",
            "+49 (0)30 123456",
            "+123456",
            "+1234567890123456",
            "+49３０１２３４５６",
        ] {
            assert!(DidNumber::parse(text).is_err(), "{text}");
        }
    }
}
