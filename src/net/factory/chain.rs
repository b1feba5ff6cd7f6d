//! Where a certificate leads, and by which algorithms: a pure function over what the client sent.
//!
//! The dates in certificates are passed over. A phone keeps its factory certificate for life and nobody renews it; that
//! it has run out does not make it another phone's.

use std::collections::BTreeSet;
use std::sync::Arc;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry as oid;
use x509_parser::oid_registry::Oid;
use x509_parser::parse_x509_certificate;
use x509_parser::x509::X509Version;

use super::authorities::Authorities;
use super::signature::{self, Kind};
use super::{Certificate, Standing, Weakness};

/// More are no phone's: its own, two of authorities in between, and the vendor's.
const LONGEST_CHAIN: usize = 4;
const LARGEST_CERTIFICATE: usize = 8192;
/// How many signatures one connection may make us check.
const MOST_CHECKS: usize = 12;
/// What is read of a subject.
const MOST_ATTRIBUTES: usize = 16;
const LONGEST_ATTRIBUTE: usize = 128;

/// Grades what a client showed, its own certificate first. `proven`: it holds the key of that one.
#[must_use]
pub fn grade(shown: &[&[u8]], proven: bool, authorities: &Authorities) -> Certificate {
    match read(shown) {
        Ok(chain) => {
            let standing = if proven { standing(&chain, authorities) } else { Standing::Unproven };
            Certificate { standing, subject: chain.first().map(subject).unwrap_or_default() }
        }
        Err(why) => Certificate { standing: Standing::Broken(why), subject: Vec::new() },
    }
}

fn read<'a>(shown: &[&'a [u8]]) -> Result<Vec<X509Certificate<'a>>, &'static str> {
    if shown.is_empty() || shown.len() > LONGEST_CHAIN {
        return Err("it is no chain of at most 4 certificates");
    }
    if shown.iter().any(|der| der.len() > LARGEST_CERTIFICATE) {
        return Err("it is too large");
    }
    let chain: Result<Vec<_>, _> = shown.iter().map(|der| parsed(der).ok_or("it cannot be read")).collect();
    let chain = chain?;
    match chain.first() {
        Some(leaf) if !understood(leaf) => Err("it demands what is not understood here"),
        Some(leaf) if leaf.basic_constraints().ok().flatten().is_some_and(|found| found.value.ca) => {
            Err("it is an authority's own")
        }
        _ => Ok(chain),
    }
}

/// One certificate, and nothing behind it.
pub(super) fn parsed(der: &[u8]) -> Option<X509Certificate<'_>> {
    let (rest, certificate) = parse_x509_certificate(der).ok()?;
    rest.is_empty().then_some(certificate)
}

/// Whether every extension that must be understood is, and none stands twice (RFC 5280 §4.2).
fn understood(certificate: &X509Certificate<'_>) -> bool {
    let known = |extension: &ParsedExtension<'_>| {
        matches!(
            extension,
            ParsedExtension::BasicConstraints(_)
                | ParsedExtension::KeyUsage(_)
                | ParsedExtension::ExtendedKeyUsage(_)
                | ParsedExtension::SubjectAlternativeName(_)
                | ParsedExtension::CertificatePolicies(_)
        )
    };
    certificate.extensions_map().is_ok()
        && certificate.iter_extensions().all(|one| !one.critical || known(one.parsed_extension()))
}

/// Whether an authority's certificate may sign one that has `below` authorities under it.
pub(super) fn may_sign(authority: &X509Certificate<'_>, below: usize) -> bool {
    let (Ok(Some(basic)), Ok(usage)) = (authority.basic_constraints(), authority.key_usage()) else {
        return false;
    };
    let fits = |longest: u32| usize::try_from(longest).is_ok_and(|longest| below <= longest);
    understood(authority)
        && basic.value.ca
        && basic.value.path_len_constraint.is_none_or(fits)
        && usage.is_none_or(|usage| usage.value.key_cert_sign())
}

fn standing(chain: &[X509Certificate<'_>], authorities: &Authorities) -> Standing {
    let Some((leaf, others)) = chain.split_first() else { return Standing::Foreign };
    let mut search = Search { others, authorities, checks: 0 };
    let Some(Found { vendor, mut weaknesses }) = search.above(leaf, 0) else { return Standing::Foreign };
    if leaf.version() != X509Version::V3 {
        weaknesses.insert(Weakness::X509V1);
    }
    if signature::kind(leaf.public_key()) == Some(Kind::ShortRsa) {
        weaknesses.insert(Weakness::Rsa1024);
    }
    Standing::Chained { vendor, weaknesses }
}

/// The way from a certificate to an authority.
struct Search<'a> {
    others: &'a [X509Certificate<'a>],
    authorities: &'a Authorities,
    checks: usize,
}

struct Found {
    vendor: Arc<str>,
    weaknesses: BTreeSet<Weakness>,
}

impl Search<'_> {
    /// An authority above `certificate`, which stands `below` steps over the client's own.
    fn above(&mut self, certificate: &X509Certificate<'_>, below: usize) -> Option<Found> {
        for authority in self.authorities.called(certificate.issuer().as_raw()) {
            // trusted for being known: of what it says of itself only how long its ways may be counts
            let Some(known) = parsed(&authority.der) else { continue };
            let fits = known.version() != X509Version::V3 || may_sign(&known, below);
            if !fits {
                continue;
            }
            if let Some(weak) = self.signed(certificate, &known) {
                let (vendor, weaknesses) = (Arc::clone(&authority.vendor), weak.into_iter().collect());
                return Some(Found { vendor, weaknesses });
            }
        }
        if below + 2 >= LONGEST_CHAIN {
            return None;
        }
        for other in self.others {
            if other.subject().as_raw() != certificate.issuer().as_raw() || !may_sign(other, below) {
                continue;
            }
            let Some(weak) = self.signed(certificate, other) else { continue };
            if let Some(mut found) = self.above(other, below + 1) {
                found.weaknesses.extend(weak);
                return Some(found);
            }
        }
        None
    }

    fn signed(
        &mut self,
        certificate: &X509Certificate<'_>,
        by: &X509Certificate<'_>,
    ) -> Option<Vec<Weakness>> {
        if self.checks >= MOST_CHECKS {
            return None;
        }
        self.checks += 1;
        signature::signed_by(certificate, by.public_key())
    }
}

fn subject(certificate: &X509Certificate<'_>) -> Vec<String> {
    let attribute = |attribute: &x509_parser::x509::AttributeTypeAndValue<'_>| {
        let value = attribute.as_str().ok().filter(|value| value.len() <= LONGEST_ATTRIBUTE)?;
        Some(format!("{}={value}", attribute_name(attribute.attr_type())))
    };
    certificate.subject().iter_attributes().take(MOST_ATTRIBUTES).filter_map(attribute).collect()
}

/// As RFC 4519 calls it; an attribute that it does not know by its number.
fn attribute_name(of: &Oid<'_>) -> String {
    let known = [
        (oid::OID_X509_COMMON_NAME, "CN"),
        (oid::OID_X509_ORGANIZATION_NAME, "O"),
        (oid::OID_X509_ORGANIZATIONAL_UNIT, "OU"),
        (oid::OID_X509_LOCALITY_NAME, "L"),
        (oid::OID_X509_STATE_OR_PROVINCE_NAME, "ST"),
        (oid::OID_X509_COUNTRY_NAME, "C"),
        (oid::OID_X509_SERIALNUMBER, "serialNumber"),
    ];
    let name = known.into_iter().find_map(|(known, name)| (known == *of).then_some(name));
    name.map_or_else(|| of.to_id_string(), str::to_owned)
}
