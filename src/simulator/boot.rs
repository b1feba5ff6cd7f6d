//! One boot: the files in the order of the pack, each taken into the phone's memory as it comes.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::fetch::{FetchError, Fetched, Fetching, Network};
use super::memory::Memory;
use super::parse::Malformed;
use super::phone::Taken;
use super::url::ProvisioningUrl;
use crate::catalog::When;

/// The most files that one boot asks for, those named by other files included.
const MOST_FILES: usize = 64;

/// What came of one boot.
#[derive(Debug)]
pub struct Boot {
    /// What was asked, in order.
    pub files: Vec<FileAsked>,
    /// How long the whole boot took.
    pub took: Duration,
}

/// What came of asking for one file.
#[derive(Debug)]
pub struct FileAsked {
    /// Its name below the provisioning URL; of a URL that names a file, only that it does (the name may be a credential).
    pub file: String,
    /// The pack says that phones expect it to be missing.
    pub absent: bool,
    /// What came of it.
    pub outcome: Outcome,
    /// The size of the document.
    pub bytes: usize,
    /// From asking to the last byte, connecting included where this file was the first.
    pub took: Duration,
}

/// What came of asking for one file.
#[derive(Debug)]
pub enum Outcome {
    /// The phone took the document into its memory.
    Taken {
        /// How many settings it names.
        settings: usize,
        /// How many of its parts were none.
        ignored: usize,
    },
    /// The document named further files.
    Listed(usize),
    /// There is no such file; the phone keeps what it has.
    Missing,
    /// The server cannot know now; the phone keeps what it has.
    Undecidable,
    /// The server answered with another status; the phone keeps what it has.
    Refused(u16),
    /// The phone discards the document whole and keeps what it has.
    Discarded(Malformed),
    /// Nothing was said; the boot ends here and the phone keeps what it has.
    Failed(FetchError),
}

impl Boot {
    /// Whether the phone took anything at all.
    #[must_use]
    pub fn got_something(&self) -> bool {
        self.files.iter().any(|asked| matches!(asked.outcome, Outcome::Taken { .. }))
    }

    /// The first file with which something is wrong: anything but a document, or 404 where phones expect one.
    #[must_use]
    pub fn first_fault(&self) -> Option<&FileAsked> {
        self.files.iter().find(|asked| match asked.outcome {
            Outcome::Taken { .. } | Outcome::Listed(_) => false,
            Outcome::Missing => !asked.absent,
            _ => true,
        })
    }

    /// The size of all documents together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.files.iter().map(|asked| asked.bytes).sum()
    }
}

impl Outcome {
    /// The word used in tables, JSON and statistics.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Taken { .. } => "taken".to_owned(),
            Self::Listed(_) => "listed".to_owned(),
            Self::Missing => "missing".to_owned(),
            Self::Undecidable => "undecidable".to_owned(),
            Self::Refused(status) => format!("refused {status}"),
            Self::Discarded(_) => "discarded".to_owned(),
            Self::Failed(FetchError::Deadline { step, .. }) => format!("deadline in {}", step.as_str()),
            Self::Failed(error) => format!("failed in {}", error.step().as_str()),
        }
    }
}

/// Boots the phone that has this memory from `url`.
///
/// Below a folder it asks for the files of its pack; a URL that names
/// a file is asked as it is. The boot ends after `within`, or where the server cannot be reached.
pub async fn boot(memory: &mut Memory, url: &ProvisioningUrl, network: &Network, within: Duration) -> Boot {
    let started = Instant::now();
    memory.starts();
    let user_agent = memory.model().user_agent(memory.mac());
    let mut fetching = Fetching::new(network, memory, user_agent.as_deref(), within);
    fetching.answer_with(memory.login());
    let mut booting = Booting { memory, fetching, files: Vec::new(), ended: false, complete: false };
    if url.is_folder() {
        booting.walk(url).await;
    } else {
        booting.ask(Ok(url.clone()), "(the URL's own file)".to_owned(), false).await;
    }
    booting.fetch_certificates().await;
    Boot { files: booting.files, took: started.elapsed() }
}

/// A boot in progress.
struct Booting<'a> {
    memory: &'a mut Memory,
    fetching: Fetching<'a>,
    files: Vec<FileAsked>,
    /// The server cannot be reached.
    ended: bool,
    /// A file has said that the files it names are all.
    complete: bool,
}

impl Booting<'_> {
    /// The files of the pack in their order.
    async fn walk(&mut self, folder: &ProvisioningUrl) {
        let model = self.memory.model().clone();
        let mut previous_missing = false;
        for rule in model.files() {
            if rule.when == When::PreviousMissing && !previous_missing {
                continue;
            }
            let path = model.path(rule, self.memory.mac());
            previous_missing = self.ask(folder.join(&path), path, rule.absent).await;
            if self.ended || self.complete {
                return;
            }
        }
    }

    /// Asks for a file and for those that it names; whether it was missing.
    async fn ask(
        &mut self,
        url: Result<ProvisioningUrl, super::InvalidUrl>,
        name: String,
        mut absent: bool,
    ) -> bool {
        let mut pending = VecDeque::from([(url, name)]);
        let mut first_missing = None;
        while let Some((url, name)) = pending.pop_front() {
            if self.ended || self.files.len() >= MOST_FILES {
                break;
            }
            let started = Instant::now();
            let (outcome, bytes, named) = self.ask_one(url).await;
            first_missing.get_or_insert(matches!(outcome, Outcome::Missing));
            self.ended |= matches!(outcome, Outcome::Failed(_));
            self.files.push(FileAsked { file: name, absent, outcome, bytes, took: started.elapsed() });
            absent = false;
            pending.extend(named);
        }
        first_missing.unwrap_or_default()
    }

    /// The certificates that the files have told the phone to trust.
    async fn fetch_certificates(&mut self) {
        for (place, url) in self.memory.certificates_to_fetch() {
            if self.ended || self.files.len() >= MOST_FILES {
                return;
            }
            let started = Instant::now();
            let url = ProvisioningUrl::parse(&url);
            let file = url.as_ref().map_or("(no URL)", ProvisioningUrl::file_name).to_owned();
            let fetched = match url {
                Ok(url) => self.fetching.fetch(&url).await,
                Err(error) => Err(error.into()),
            };
            let (outcome, bytes) = match fetched {
                Ok(Fetched::Document(bytes)) => match self.memory.trusts(&place, &bytes) {
                    Ok(()) => (Outcome::Taken { settings: 1, ignored: 0 }, bytes.len()),
                    Err(malformed) => (Outcome::Discarded(malformed), bytes.len()),
                },
                other => (without_document(other), 0),
            };
            self.files.push(FileAsked { file, absent: false, outcome, bytes, took: started.elapsed() });
        }
    }

    async fn ask_one(
        &mut self,
        url: Result<ProvisioningUrl, super::InvalidUrl>,
    ) -> (Outcome, usize, Vec<Named>) {
        let fetched = match &url {
            Ok(url) => self.fetching.fetch(url).await,
            Err(error) => Err(error.clone().into()),
        };
        match (fetched, url) {
            (Ok(Fetched::Document(bytes)), Ok(url)) => self.take(&url, &bytes),
            (other, _) => (without_document(other), 0, Vec::new()),
        }
    }

    fn take(&mut self, url: &ProvisioningUrl, bytes: &[u8]) -> (Outcome, usize, Vec<Named>) {
        let (outcome, named) = match self.memory.semantics().takes(self.memory, url.file_name(), bytes) {
            Ok(Taken::Settings { settings, ignored }) => {
                self.fetching.answer_with(self.memory.login());
                (Outcome::Taken { settings, ignored }, Vec::new())
            }
            Ok(Taken::Files { files, only }) => {
                self.complete |= only;
                let mac = self.memory.mac();
                let named = files.iter().map(|file| {
                    let joined = url.join(&self.memory.model().fill_in(file, mac));
                    let name = joined.as_ref().map_or("(no URL)", ProvisioningUrl::file_name).to_owned();
                    (joined, name)
                });
                (Outcome::Listed(files.len()), named.take(MOST_FILES).collect())
            }
            Err(malformed) => (Outcome::Discarded(malformed), Vec::new()),
        };
        (outcome, bytes.len(), named)
    }
}

/// What came of asking where no document came back.
fn without_document(fetched: Result<Fetched, FetchError>) -> Outcome {
    match fetched {
        Ok(Fetched::Undecidable) => Outcome::Undecidable,
        Ok(Fetched::Refused(status)) => Outcome::Refused(status),
        Ok(Fetched::Unauthorized(_)) => Outcome::Refused(401),
        Ok(Fetched::Missing | Fetched::Document(_)) => Outcome::Missing,
        Err(error) => Outcome::Failed(error),
    }
}

/// A file that another one names.
type Named = (Result<ProvisioningUrl, super::InvalidUrl>, String);
