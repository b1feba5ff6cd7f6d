//! What a client shows as its certificates, graded by authorities that sign some of the seeds.

use std::path::Path;
use std::sync::LazyLock;

use offhook::net::factory::{Authorities, Certificate, Standing, grade};

pub(crate) const WORDS: &[&[u8]] = &[
    b"\x30\x82",
    b"\x30\x80",
    b"\x06\x03\x55\x04\x03",
    b"\x06\x03\x55\x1d\x13",
    b"\x01\x01\xff",
    b"\xa3\x82",
    b"\x02\x01",
    b"\x05\x00",
    b"\x03\x82\x01\x01\x00",
    b"\x30\x84\xff\xff\xff\xff",
];

static AUTHORITIES: LazyLock<Authorities> = LazyLock::new(|| {
    // the package that drives by coverage stands below
    let mut above =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("tests/fuzz/authorities"));
    let directory = above.find(|folder| folder.is_dir()).expect("the authorities of the corpus are there");
    Authorities::load(Some(&directory)).expect("the authorities of the corpus load")
});

/// One or more certificates in DER, each as long as it says itself.
pub(crate) fn run(bytes: &[u8]) {
    let mut shown = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() && shown.len() < 6 {
        let length = match rest {
            [0x30, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([*high, *low])),
            _ => rest.len(),
        };
        let (certificate, after) = rest.split_at(length.min(rest.len()));
        shown.push(certificate);
        rest = after;
    }
    let proven = grade(&shown, true, &AUTHORITIES);
    let unproven = grade(&shown, false, &AUTHORITIES);
    assert_eq!(proven.subject, unproven.subject);
    let broken = |certificate: &Certificate| matches!(certificate.standing, Standing::Broken(_));
    assert!(unproven.standing == Standing::Unproven || broken(&unproven), "nothing unproven counts");
    assert_eq!(broken(&proven), broken(&unproven));
    assert!(proven.subject.len() <= 16 && proven.subject.iter().all(|one| one.len() <= 512));
    // whoever is believed was signed by one of the authorities, whose names are in the corpus
    if let Standing::Chained { vendor, .. } = &proven.standing {
        assert_eq!(&**vendor, "acme");
    }
    assert!(matches!(
        grade(&shown, true, &Authorities::default()).standing,
        Standing::Foreign | Standing::Broken(_)
    ));
}
