//! Whose factory certificates are known: a folder for each vendor, in the program and in the operator's directory.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_embed::RustEmbed;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_parser::x509::X509Version;

use super::{chain, signature};

/// The bundles as they were when the program was built.
#[derive(RustEmbed)]
#[folder = "certs/"]
struct Embedded;

const LARGEST_BUNDLE: u64 = 1 << 20;
/// Other files beside them are for people.
const ENDINGS: [&str; 4] = ["pem", "crt", "cer", "der"];
const BEGIN: &str = "-----BEGIN ";

/// The authorities that sign phones' certificates at the factory.
#[derive(Clone, Debug, Default)]
pub struct Authorities {
    by_subject: HashMap<Vec<u8>, Vec<Authority>>,
}

#[derive(Clone, Debug)]
pub(super) struct Authority {
    pub(super) vendor: Arc<str>,
    pub(super) der: Vec<u8>,
}

/// One mistake in a bundle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BundleError {
    /// The file or folder.
    pub file: PathBuf,
    /// The line on which the certificate begins, from 1; none where the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong, and the rule.
    pub rule: String,
}

/// Every mistake found in the bundles; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleErrors(pub Vec<BundleError>);

impl Authorities {
    /// The bundles in the program, and those of the operator's directory besides: in each a folder for each vendor, called
    /// as its pack, with PEM or DER files.
    pub fn load(directory: Option<&Path>) -> Result<Self, BundleErrors> {
        let (mut authorities, mut mistakes) = (Self::default(), Vec::new());
        for name in Embedded::iter() {
            let (path, file) = (PathBuf::from(&*name), Embedded::get(&name));
            if let (Some(vendor), true, Some(file)) = (vendor_of(&path), is_bundle(&path), file) {
                let path = Path::new("certs").join(&path);
                authorities.take(&vendor, &path, &file.data, &mut mistakes);
            }
        }
        if let Some(directory) = directory {
            authorities.read(directory, &mut mistakes);
        }
        mistakes.sort();
        if mistakes.is_empty() { Ok(authorities) } else { Err(BundleErrors(mistakes)) }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_subject.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.by_subject.values().map(Vec::len).sum()
    }

    /// The folders that hold one.
    #[must_use]
    pub fn vendors(&self) -> BTreeSet<&str> {
        self.by_subject.values().flatten().map(|authority| &*authority.vendor).collect()
    }

    pub(super) fn called(&self, subject: &[u8]) -> &[Authority] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    fn read(&mut self, directory: &Path, mistakes: &mut Vec<BundleError>) {
        for path in entries(directory, mistakes) {
            if path.is_dir() {
                let Some(vendor) = path.file_name().and_then(|name| name.to_str()) else { continue };
                for bundle in entries(&path, mistakes).into_iter().filter(|path| is_bundle(path)) {
                    let size = std::fs::metadata(&bundle).map(|about| about.len());
                    match size.and_then(|size| {
                        if size > LARGEST_BUNDLE { Ok(None) } else { std::fs::read(&bundle).map(Some) }
                    }) {
                        Ok(Some(bytes)) => self.take(vendor, &bundle, &bytes, mistakes),
                        Ok(None) => mistakes.push(mistake(&bundle, None, "is larger than 1 MB")),
                        Err(error) => {
                            mistakes.push(mistake(&bundle, None, format!("cannot be read: {error}")));
                        }
                    }
                }
            } else if is_bundle(&path) {
                let rule = "lies in no vendor's folder; move it into one called as the vendor's pack";
                mistakes.push(mistake(&path, None, rule));
            }
        }
    }

    /// Adds the certificates of one file.
    fn take(&mut self, vendor: &str, path: &Path, bytes: &[u8], mistakes: &mut Vec<BundleError>) {
        let blocks = blocks(bytes);
        if blocks.is_empty() {
            mistakes.push(mistake(path, None, "holds no certificate, neither PEM nor DER"));
        }
        for (line, der) in blocks {
            if let Err(rule) = der.and_then(|der| self.add(vendor, der.into_owned())) {
                mistakes.push(mistake(path, line, rule));
            }
        }
    }

    fn add(&mut self, vendor: &str, der: Vec<u8>) -> Result<(), String> {
        let certificate = chain::parsed(&der).ok_or("is no certificate that can be read")?;
        if certificate.version() == X509Version::V3 && !chain::may_sign(&certificate, 0) {
            return Err("is no certificate of an authority".to_owned());
        }
        if signature::kind(certificate.public_key()).is_none() {
            return Err(
                "has a key that is neither RSA of 1024 to 4096 bits, nor ECDSA, nor Ed25519".to_owned()
            );
        }
        let called = self.by_subject.entry(certificate.subject().as_raw().to_vec()).or_default();
        match called.iter().find(|authority| authority.der == der) {
            Some(same) if &*same.vendor != vendor => {
                Err(format!("is the authority of {} as well", same.vendor))
            }
            Some(_) => Ok(()),
            None => {
                called.push(Authority { vendor: vendor.into(), der });
                Ok(())
            }
        }
    }
}

fn vendor_of(path: &Path) -> Option<String> {
    let folder = path.parent()?.to_str()?;
    (!folder.is_empty()).then(|| folder.to_owned())
}

fn is_bundle(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// What lies in a directory, but for what is hidden, in a fixed order.
fn entries(directory: &Path, mistakes: &mut Vec<BundleError>) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(directory).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()
    });
    let mut paths = listed.unwrap_or_else(|error| {
        mistakes.push(mistake(directory, None, format!("cannot be read: {error}")));
        Vec::new()
    });
    paths.retain(|path| path.file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b".")));
    paths.sort();
    paths
}

/// A certificate as it stands in a file, with the line on which it begins.
type Block<'a> = (Option<usize>, Result<Cow<'a, [u8]>, String>);

/// The certificates of a file, each with its line: those of a PEM file, or the one that a DER file is.
fn blocks(bytes: &[u8]) -> Vec<Block<'_>> {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().collect();
    let begins = lines.iter().enumerate().filter(|(_, line)| line.trim_start().starts_with(BEGIN));
    let blocks: Vec<Block<'_>> = begins
        .map(|(index, line)| {
            let label = line.trim().trim_start_matches(BEGIN).trim_end_matches('-');
            let block = if label == "CERTIFICATE" {
                let der = CertificateDer::from_pem_slice(lines[index..].join("\n").as_bytes());
                der.map(|der| Cow::Owned(der.to_vec())).map_err(|_| "is no PEM certificate".to_owned())
            } else if label.ends_with("PRIVATE KEY") {
                Err("is a private key; nobody's belongs here".to_owned())
            } else {
                Err(format!("is a {label}, no certificate"))
            };
            (Some(index + 1), block)
        })
        .collect();
    if blocks.is_empty() && bytes.first() == Some(&0x30) {
        vec![(None, Ok(Cow::Borrowed(bytes)))]
    } else {
        blocks
    }
}

fn mistake(file: &Path, line: Option<usize>, rule: impl Into<String>) -> BundleError {
    BundleError { file: file.to_path_buf(), line, rule: rule.into() }
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.rule)
    }
}

impl fmt::Display for BundleErrors {
    /// One line per mistake.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for BundleErrors {}
