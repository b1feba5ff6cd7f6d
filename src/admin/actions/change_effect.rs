//! What a change would do to phones, before it is made: it is carried out in a transaction that never ends well, and what
//! each phone would get after it stands beside what it would get now.

use std::collections::BTreeMap;

use super::{
    AccessError, ActionError, Actions, FailureKind, PlanChange, PlanError, SeatRefusal,
    error::may_fail_in_the_store,
    extension::carriers,
    service::{component, find_service},
};
use crate::{
    catalog::Catalog,
    domain::{Mac, ServiceKind, ServiceName, TenantSlug},
    provisioning::{PreviewError, preview_in},
};

/// For so many phones at most the lines are worked out.
const WORKED_OUT: usize = 3;

/// What documents of phones are made of, beside what is kept.
#[derive(Clone, Copy)]
pub struct PhoneFiles<'a> {
    /// The packs in use.
    pub catalog: &'a Catalog,
    /// What phones call the server.
    pub server: &'a str,
    /// What stands before a scope in their URL.
    pub url_base: &'a str,
}

/// What a change would do to phones.
#[derive(Clone, Debug, Default)]
pub struct ChangeEffect {
    /// How many phones it concerns.
    pub phones: usize,
    /// What differs on the first of them.
    pub files: Vec<FileEffect>,
}

/// What a change would do to the file of one phone. Secrets are masked, so another password shows nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEffect {
    /// The phone.
    pub mac: Mac,
    /// Its file.
    pub file: String,
    /// Lines that it has now, and would not have then.
    pub before: Vec<String>,
    /// Lines that it would have then, and has not now.
    pub after: Vec<String>,
}

/// Why it cannot be said what a change would do.
#[derive(Debug, thiserror::Error)]
pub enum EffectError {
    /// The change would be refused.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A document cannot be made.
    #[error(transparent)]
    Preview(#[from] PreviewError),
    /// The tenant is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl EffectError {
    fn inner(&self) -> &dyn ActionError {
        match self {
            Self::Plan(error) => error,
            Self::Preview(error) => error,
            Self::Access(error) => error,
        }
    }
}

impl ActionError for EffectError {
    fn kind(&self) -> FailureKind {
        self.inner().kind()
    }

    fn code(&self) -> &'static str {
        self.inner().code()
    }

    fn refused_seat(&self) -> Option<&SeatRefusal> {
        self.inner().refused_seat()
    }
}

may_fail_in_the_store!(EffectError);

impl Actions {
    /// What another plan of a service would do to the phones that carry it. Nothing is changed.
    pub async fn plan_effect(
        &self,
        files: PhoneFiles<'_>,
        slug: &TenantSlug,
        (kind, name): (&ServiceKind, &ServiceName),
        plan: &PlanChange,
    ) -> Result<ChangeEffect, EffectError> {
        let (mut change, tenant) = self.change_tenant(slug, component(kind)).await?;
        let service = find_service(&mut change, &tenant.id, kind, name).await?;
        let mut macs: Vec<Mac> =
            carriers(&mut change, &service.id).await?.iter().map(|carrier| carrier.mac).collect();
        macs.dedup();
        let policy = self.policy_of(files.server, files.url_base);
        let made_of = (files.catalog, &policy);
        let (now, store) = (self.clock.now(), &self.store);
        let mut before = Vec::new();
        for mac in macs.iter().take(WORKED_OUT) {
            match preview_in(&mut change, store, made_of, *mac, None, now).await {
                Ok(preview) => before.push(preview),
                // a phone that never asked, and whose model nobody chose, has no file yet
                Err(PreviewError::NoModel(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.change_plan_in(&mut change, kind, name, plan).await?;
        let mut effect = ChangeEffect { phones: macs.len(), files: Vec::new() };
        for (mac, before) in macs.iter().zip(before) {
            let after = preview_in(&mut change, store, made_of, *mac, None, now).await?;
            let texts =
                |lines: Vec<crate::catalog::ExplainedLine>| lines.into_iter().map(|line| line.text).collect();
            let (gone, come) = difference(texts(before.lines), texts(after.lines));
            effect.files.push(FileEffect { mac: *mac, file: after.file, before: gone, after: come });
        }
        // dropped, and with it everything that was done
        drop(change);
        Ok(effect)
    }
}

/// The lines of one that the other has not, each as often as it is missing: documents are total, so the order stays.
fn difference(before: Vec<String>, after: Vec<String>) -> (Vec<String>, Vec<String>) {
    let count = |lines: &[String]| {
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for line in lines {
            *counts.entry(line.clone()).or_default() += 1;
        }
        counts
    };
    let without = |lines: Vec<String>, mut others: BTreeMap<String, i64>| {
        let missing = lines.into_iter().filter(|line| {
            let left = others.entry(line.clone()).or_default();
            *left -= 1;
            *left < 0
        });
        missing.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>()
    };
    let (of_before, of_after) = (count(&before), count(&after));
    (without(before, of_after), without(after, of_before))
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn what_differs_is_told_as_often_as_it_does() {
        let lines = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let (gone, come) = difference(lines("a b b c d"), lines("a b c e d d"));
        assert_eq!((gone, come), (lines("b"), lines("e d")));
        assert_eq!(difference(lines("a b"), lines("a b")), (vec![], vec![]));
    }
}
