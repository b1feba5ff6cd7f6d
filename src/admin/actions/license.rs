//! Installing licenses, and what they give beside what is used.

use serde_json::json;

use super::{AccessError, ActionError, Actions, FailureKind, Undecidable, error::may_fail_in_the_store};
use crate::{
    domain::{
        ClockDoubt, Component, LicenseId, Product, ProductId, Quantity, RELEASED, TenantSlug, Timestamp,
        doubt,
        license::{License, LicenseError, Standing, verify},
    },
    storage::InstalledLicense,
};

/// Why a license was not installed; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The license itself is at fault, or belongs elsewhere.
    #[error(transparent)]
    License(#[from] LicenseError),
    /// It would end everything that works now.
    #[error("the license has expired and its grace was over {since}; only force installs it")]
    AlreadyExpired {
        /// When its grace was over.
        since: Timestamp,
    },
    /// The tenant is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for InstallError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::License(
                LicenseError::WrongTenant { .. }
                | LicenseError::WrongAudience { .. }
                | LicenseError::OlderSerial { .. }
                | LicenseError::UnknownKey { .. },
            )
            | Self::AlreadyExpired { .. } => FailureKind::Refused,
            Self::License(_) => FailureKind::Input,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::License(LicenseError::WrongTenant { .. }) => "license_for_other_tenant",
            Self::License(LicenseError::WrongAudience { .. }) => "license_for_other_installation",
            Self::License(LicenseError::OlderSerial { .. }) => "license_older",
            Self::License(LicenseError::UnknownKey { .. }) => "license_key_unknown",
            Self::License(_) => "license_invalid",
            Self::AlreadyExpired { .. } => "license_expired",
            Self::Access(access) => access.code(),
        }
    }
}

/// Why the clock was not declared right.
#[derive(Debug, thiserror::Error)]
pub enum TrustClockError {
    /// It is certainly wrong.
    #[error("{0}; set the clock first")]
    BeforeRelease(ClockDoubt),
    /// The store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for TrustClockError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::BeforeRelease(_) => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::BeforeRelease(_) => "clock_wrong",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(InstallError, TrustClockError);

/// What came of installing a license.
#[derive(Clone, Debug)]
pub struct InstallOutcome {
    /// The license.
    pub license: License,
    /// Where it stands now.
    pub standing: Standing,
    /// It was installed already, so nothing was changed.
    pub unchanged: bool,
}

/// A tenant's licenses beside what is used.
#[derive(Clone, Debug)]
pub struct LicenseOverview {
    /// The license that counts now; none when none was installed.
    pub governing: Option<License>,
    /// Where it stands.
    pub standing: Option<Standing>,
    /// Whole days until the standing changes: until it begins, expires, or its grace is over.
    pub days_left: Option<i64>,
    /// The licenses that will take over.
    pub waiting: Vec<License>,
    /// Why nothing can be decided, where that is so.
    pub undecidable: Option<Undecidable>,
    /// Each product of the license, then those that are used without being in it.
    pub products: Vec<ProductUse>,
}

/// How much of a product is used.
#[derive(Clone, Debug)]
pub struct ProductUse {
    /// Its id.
    pub id: ProductId,
    /// The product; none when it is used but not in the license.
    pub product: Option<Product>,
    /// Its used seats.
    pub used: u64,
    /// The seats that phones may use now.
    pub limit: Quantity,
    /// The used seats past the limit, whose lines are withheld; none while undecidable.
    pub withheld: u64,
}

impl Actions {
    /// Verifies a license and installs it for the tenant. The one that is valid now goes on until the new one begins;
    /// those that can never count again are removed. With `force` an older serial or an expired license is taken too.
    pub async fn install_license(
        &self,
        slug: &TenantSlug,
        jws: &str,
        force: bool,
    ) -> Result<InstallOutcome, InstallError> {
        self.may_as_operator(Component::Licenses)?;
        let (jws, now) = (jws.trim(), self.now());
        let license = verify(jws, &self.license_keys)?;
        let (mut change, tenant) = self.change_tenant(slug, Component::Licenses).await?;
        let installed = change.licenses(&tenant.id).await?;
        let newest = installed.iter().map(|row| row.serial.unsigned_abs()).max();
        license.check_for(slug, self.installation.as_deref(), newest.filter(|_| !force))?;
        let standing = license.standing(now);
        if installed.last().is_some_and(|row| row.jws == jws) {
            return Ok(InstallOutcome { license, standing, unchanged: true });
        }
        let clock_is_right = doubt(now, RELEASED, change.newest_time().await?).is_none();
        if let (Standing::Expired { since }, true, false) = (standing, clock_is_right, force) {
            return Err(InstallError::AlreadyExpired { since });
        }
        let serial = i64::try_from(license.serial()).unwrap_or(i64::MAX);
        change.install_license(&LicenseId::generate(&*self.random), serial, jws, now).await?;
        let forced = if force { ", forced" } else { "" };
        let before = installed.iter().map(|row| row.serial).max();
        let states = (json!({ "serial": before }), json!({ "serial": serial }));
        let detail = format!("{} serial {serial}{forced}", license.id());
        self.note_change(&mut change, "license.installed", detail, states).await?;
        if clock_is_right {
            let state = self.license_state(&mut change, &tenant.id).await?;
            for past in never_governing(&state.installed, now) {
                change.remove_license(&past.id).await?;
            }
        }
        change.commit().await?;
        Ok(InstallOutcome { license, standing, unchanged: false })
    }

    /// The tenant's licenses beside what is used.
    pub async fn license_overview(&self, slug: &TenantSlug) -> Result<LicenseOverview, AccessError> {
        let now = self.now();
        let (mut session, tenant) = self.open_tenant(slug, Component::Licenses).await?;
        let state = self.license_state(&mut session, &tenant.id).await?;
        let mut counts = session.seats(&tenant.id).await?;
        let licensed = state.governing.iter().flat_map(License::products).map(|product| {
            let position = counts.iter().position(|count| count.product == product.id);
            let used = position.map_or(0, |position| counts.remove(position).used);
            (product.id.clone(), Some(product.clone()), used)
        });
        let mut uses: Vec<_> = licensed.collect();
        uses.extend(counts.into_iter().map(|count| (count.product, None, count.used)));
        let products = uses.into_iter().map(|(id, product, used)| {
            let limit = state.kept(&id);
            let withheld = match limit {
                Quantity::Limited(limit) if state.undecidable.is_none() => {
                    used.saturating_sub(u64::from(limit))
                }
                _ => 0,
            };
            ProductUse { id, product, used, limit, withheld }
        });
        let products = products.collect();
        let standing = state.governing.as_ref().map(|license| license.standing(now));
        let begins_later = |license: &License| license.not_before() > now;
        let waiting = state.installed.into_iter().map(|(_, license)| license).filter(begins_later);
        let waiting = waiting.filter(|license| Some(license) != state.governing.as_ref()).collect();
        Ok(LicenseOverview {
            days_left: standing.and_then(|standing| days_left(standing, now)),
            governing: state.governing,
            standing,
            waiting,
            undecidable: state.undecidable,
            products,
        })
    }

    /// Declares the clock right, after it had been doubted; the time that it shows.
    pub async fn trust_clock(&self) -> Result<Timestamp, TrustClockError> {
        self.may_as_operator(Component::Licenses)?;
        let now = self.now();
        if let Some(doubt) = doubt(now, RELEASED, None) {
            return Err(TrustClockError::BeforeRelease(doubt));
        }
        let entry = self.entry(None, "clock.trusted", now.to_string());
        self.store.trust_time(&entry).await?;
        Ok(now)
    }
}

/// The licenses that can never count again: a later installed one has begun, or will have when they begin.
fn never_governing(installed: &[(InstalledLicense, License)], now: Timestamp) -> Vec<&InstalledLicense> {
    let past = installed.iter().enumerate().filter(|(index, (_, license))| {
        let begins = license.not_before().max(now);
        installed[index + 1..].iter().any(|(_, later)| later.not_before() <= begins)
    });
    past.map(|(_, (row, _))| row).collect()
}

fn days_left(standing: Standing, now: Timestamp) -> Option<i64> {
    let until = match standing {
        Standing::NotYet { from } => from,
        Standing::Valid { until } | Standing::Grace { until } => until,
        Standing::Expired { .. } => return None,
    };
    Some((until.seconds() - now.seconds()) / 86_400)
}
