//! Where account and certificates of one ACME server are kept: a private folder of whole files.

use std::path::{Path, PathBuf};

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;

use super::AcmeError;
use crate::net::authority::{DnsName, LeafKind, files};
use crate::net::identity::CertificateFiles;
use crate::net::leaf::Leaf;

const FOR_THE_OWNER: u32 = 0o600;

/// The folder of one ACME server. Each server has its own, so that a certificate of a server for trying out is never
/// taken for one of the real one, and who goes back finds his account.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder below `parent` for the server whose directory is at `url`. Makes nothing.
    #[must_use]
    pub fn of(parent: &Path, url: &str) -> Self {
        let host = url.split('/').nth(2).unwrap_or_default();
        let host: String =
            host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
        let digest = digest::digest(&digest::SHA256, url.as_bytes());
        let print = HEXLOWER.encode(digest.as_ref());
        Self(parent.join(format!("{host}-{}", &print[..8])))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Chain and key of this kind, in one file, so that a power cut never parts them.
    #[must_use]
    pub fn files(&self, kind: LeafKind) -> CertificateFiles {
        let path = self.0.join(format!("{kind}.pem"));
        CertificateFiles { chain: path.clone(), key: path }
    }

    /// What is kept of this kind for `name`: none where there is nothing, or what is there is for another name.
    #[must_use]
    pub fn leaf(&self, kind: LeafKind, name: &DnsName) -> Option<Leaf> {
        let leaf = Leaf::read(&self.files(kind).chain).ok()?;
        (leaf.kind == kind && leaf.names.iter().any(|known| known == name.as_str())).then_some(leaf)
    }

    pub(super) fn account(&self) -> PathBuf {
        self.0.join("account.json")
    }

    pub(super) fn create(&self) -> Result<(), AcmeError> {
        Ok(files::create_private_dir(&self.0)?)
    }

    pub(super) fn write(&self, path: &Path, text: &str) -> Result<(), AcmeError> {
        self.create()?;
        Ok(files::write(path, text, FOR_THE_OWNER)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_has_its_own_folder_and_no_url_leads_elsewhere() {
        let name = |url: &str| {
            let folder = Folder::of(Path::new("/data/acme"), url);
            assert_eq!(folder.path().parent(), Some(Path::new("/data/acme")));
            folder.path().file_name().unwrap().to_str().unwrap().to_owned()
        };
        let real = name("https://acme.example.org/directory");
        assert!(real.starts_with("acme.example.org-") && real.len() == "acme.example.org-".len() + 8);
        assert_ne!(real, name("https://acme.example.org/staging"));
        assert!(name("https://../x").starts_with("..-"));
        assert!(name("https://[::1]:14000/dir").starts_with("---1--14000-"));
    }
}
