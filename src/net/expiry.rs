//! Until when the certificates hold that are served, and when to say so.

use x509_parser::parse_x509_certificate;

/// Until when one certificate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// `ecdsa` or `rsa`.
    pub kind: &'static str,
    /// The first second at which the first certificate of its chain to end holds no more, since 1970.
    pub at: i64,
}

const DAY: i64 = 86_400;

/// Days before the end at which an alarm is raised, and again in stronger words.
const STEPS: [i64; 3] = [1, 7, 30];

impl Expiry {
    /// That of a chain, by the certificate in it that ends first; none where one of them cannot be read.
    pub(super) fn of_chain(kind: &'static str, chain: &[impl AsRef<[u8]>]) -> Option<Self> {
        let end = |der: &[u8]| {
            let (_, certificate) = parse_x509_certificate(der).ok()?;
            // valid through its last second (RFC 5280 §4.1.2.5)
            Some(certificate.validity().not_after.timestamp().saturating_add(1))
        };
        let ends: Option<Vec<i64>> = chain.iter().map(|der| end(der.as_ref())).collect();
        Some(Self { kind, at: ends?.into_iter().min()? })
    }

    /// What the operator has to know at `now`, in seconds since 1970; nothing while there is time.
    #[must_use]
    pub fn alarm(&self, now: i64) -> Option<String> {
        let (left, kind) = (self.at.saturating_sub(now), self.kind.to_uppercase());
        if left <= 0 {
            return Some(format!("the {kind} certificate has expired, and phones refuse it"));
        }
        let step = STEPS.into_iter().find(|days| left <= days.saturating_mul(DAY))?;
        let days = if step == 1 { "a day".to_owned() } else { format!("{step} days") };
        Some(format!("the {kind} certificate expires within {days}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_raised_at_thirty_seven_and_one_day_and_at_the_end() {
        let expiry = Expiry { kind: "rsa", at: 100 * DAY };
        let alarm = |left: i64| expiry.alarm(100 * DAY - left).unwrap_or_default();
        assert_eq!(alarm(30 * DAY + 1), "");
        assert_eq!(alarm(30 * DAY), "the RSA certificate expires within 30 days");
        assert_eq!(alarm(7 * DAY + 1), alarm(30 * DAY));
        assert_eq!(alarm(7 * DAY), "the RSA certificate expires within 7 days");
        assert_eq!(alarm(DAY), "the RSA certificate expires within a day");
        assert_eq!(alarm(1), alarm(DAY));
        assert_eq!(alarm(0), "the RSA certificate has expired, and phones refuse it");
        assert_eq!(alarm(-DAY), alarm(0));
    }

    #[test]
    fn a_chain_ends_with_its_first_certificate_to_end() {
        let until = |year| {
            let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
            params.not_after = rcgen::date_time_ymd(year, 1, 1);
            params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().to_vec()
        };
        let at = |chain: &[Vec<u8>]| Expiry::of_chain("ecdsa", chain).map(|expiry| expiry.at);
        let (long, short) = (until(2037), until(2030));
        // 2030-01-01T00:00:00Z
        assert_eq!(at(&[long.clone(), short]), Some(1_893_456_001));
        assert!(at(std::slice::from_ref(&long)) > Some(1_893_456_001));
        assert_eq!(at(&[long, b"no certificate".to_vec()]), None);
    }
}
