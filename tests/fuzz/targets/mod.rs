//! The parsers that face the network, each as a function over bytes that must not panic and says what else must hold.
//!
//! The tests drive them by chance, the package in `coverage/` by coverage. A parser that is new at a door gets a row here.

mod certificate;
mod csv;
mod http;
mod license;
mod manifest;
mod recognition;
mod sip;
mod tftp;

/// One parser, or a few that see the same bytes.
pub(crate) struct Target {
    /// What it is called, and the folder of its corpus.
    pub(crate) name: &'static str,
    /// What means something in its grammar.
    pub(crate) words: &'static [&'static [u8]],
    /// Reads any bytes, and panics where a promise is broken.
    pub(crate) run: fn(&[u8]),
}

/// All of them.
pub(crate) const TARGETS: &[Target] = &[
    Target { name: "http", words: http::WORDS, run: http::head },
    Target { name: "authorization", words: http::ANSWERS, run: http::authorization },
    Target { name: "recognition", words: recognition::WORDS, run: recognition::run },
    Target { name: "tftp", words: tftp::WORDS, run: tftp::run },
    Target { name: "sip", words: sip::WORDS, run: sip::message },
    Target { name: "check_sync", words: sip::WORDS, run: sip::check_sync },
    Target { name: "certificate", words: certificate::WORDS, run: certificate::run },
    Target { name: "license", words: license::WORDS, run: license::token },
    Target { name: "claims", words: license::WORDS, run: license::claims },
    Target { name: "csv", words: csv::WORDS, run: csv::file },
    Target { name: "lines", words: csv::WORDS, run: csv::lines },
    Target { name: "manifest", words: manifest::WORDS, run: manifest::run },
];
