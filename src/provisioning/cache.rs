//! Documents kept ready, each with everything that it depends on: it is used only while all of that is unchanged.

use std::sync::Arc;

use quick_cache::{Weighter, sync::Cache};

use super::{facts::LineVerdict, request::Document};
use crate::{catalog::FileId, domain::DeviceId};

/// About how much one document weighs, to size the cache's table.
const USUAL_BYTES: u64 = 8 << 10;

/// Which document: of one device, one file, made as for one model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Which {
    pub(super) device: DeviceId,
    pub(super) file: FileId,
    pub(super) model: Arc<str>,
}

/// What a document was made from. Each line is judged anew at every request, so that a license which
/// begins, expires or ends its grace takes effect at that very moment, without a timer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MadeFrom {
    pub(super) device_revision: i64,
    pub(super) facts_revision: i64,
    pub(super) catalog_epoch: u64,
    pub(super) policy_epoch: u64,
    /// The rules of few time zones change with the year.
    pub(super) year: i16,
    pub(super) verdicts: Vec<LineVerdict>,
}

/// Documents kept ready.
pub(super) struct Documents(Cache<Which, Arc<(MadeFrom, Document)>, Weight>);

#[derive(Clone)]
struct Weight;

impl Weighter<Which, Arc<(MadeFrom, Document)>> for Weight {
    fn weight(&self, _: &Which, kept: &Arc<(MadeFrom, Document)>) -> u64 {
        512 + kept.1.bytes.len() as u64
    }
}

impl Documents {
    /// Keeps documents that weigh up to `bytes` together.
    pub(super) fn within(bytes: u64) -> Self {
        let usual = usize::try_from(bytes / USUAL_BYTES).unwrap_or(usize::MAX);
        Self(Cache::with_weighter(usual, bytes, Weight))
    }

    pub(super) fn find(&self, which: &Which, made_from: &MadeFrom) -> Option<Document> {
        let kept = self.0.get(which)?;
        (kept.0 == *made_from).then(|| kept.1.clone())
    }

    pub(super) fn keep(&self, which: Which, made_from: MadeFrom, document: Document) {
        self.0.insert(which, Arc::new((made_from, document)));
    }
}
