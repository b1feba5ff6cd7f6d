//! Extensions with their products: each takes its seats as if it were added by itself.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    super::{Actions, LicenseState, license_state::Wanted},
    Applied, Importer, RowResult,
    sheet::{Column, Row, optional, required},
};
use crate::{
    domain::{
        Extension, ExtensionNumber, PlainText, ProductId, ProductKind, Secret, ServiceId, ServiceKind,
        SipUser,
    },
    storage::{Change, NewExtension, Session, StorageError, Tenant},
};

const KIND: ServiceKind = ServiceKind::Extension;

pub(super) struct Extensions {
    state: LicenseState,
    used: BTreeMap<ProductId, u64>,
    known: HashMap<ExtensionNumber, Extension>,
    /// Numbers and SIP users of all services.
    numbers: HashSet<ExtensionNumber>,
    users: HashSet<SipUser>,
    seen: HashSet<ExtensionNumber>,
}

impl Importer for Extensions {
    const COLUMNS: &'static [Column] = &[
        required("Number"),
        required("Name"),
        required("Product"),
        optional("Add-ons"),
        optional("SIP user"),
        optional("SIP password"),
    ];

    async fn prepare(actions: &Actions, change: &mut Change, tenant: &Tenant) -> Result<Self, StorageError> {
        let services = change.services(&tenant.id, None).await?;
        let extensions = change.extensions(&tenant.id).await?;
        let credentials = change.credentials(&tenant.id).await?;
        let seats = change.seats(&tenant.id).await?;
        Ok(Self {
            state: actions.license_state(change, &tenant.id).await?,
            used: seats.into_iter().map(|count| (count.product, count.used)).collect(),
            numbers: services.into_iter().filter_map(|service| service.number).collect(),
            users: credentials.into_values().map(|(user, _)| user).collect(),
            known: extensions.into_iter().map(|extension| (extension.number.clone(), extension)).collect(),
            seen: HashSet::new(),
        })
    }

    async fn apply(
        &mut self,
        actions: &Actions,
        change: &mut Change,
        row: &Row<'_>,
    ) -> Result<RowResult, StorageError> {
        let mut mistakes: Vec<(Option<&'static str>, String)> = Vec::new();
        let mut note = |column: &'static str, wrong: String| mistakes.push((Some(column), wrong));
        let number = ExtensionNumber::parse(row.cell("Number"))
            .map_err(|wrong| note("Number", wrong.to_string()))
            .ok();
        let name = PlainText::parse("the name", row.cell("Name"))
            .map_err(|wrong| note("Name", wrong.to_string()))
            .ok();
        let product =
            ProductId::parse(row.cell("Product")).map_err(|wrong| note("Product", wrong.to_string())).ok();
        let mut addons = Vec::new();
        for text in row.cell("Add-ons").split_whitespace() {
            match ProductId::parse(text) {
                Ok(product) => addons.push(product),
                Err(wrong) => note("Add-ons", wrong.to_string()),
            }
        }
        let user = row.some("SIP user").map(SipUser::parse).transpose();
        let user = user.map_err(|wrong| note("SIP user", wrong.to_string())).ok().flatten();
        let password = row.some("SIP password").map(Secret::parse_sip_password).transpose();
        let password = password.map_err(|wrong| note("SIP password", wrong.to_string())).ok().flatten();
        if let Some(number) = &number
            && !self.seen.insert(number.clone())
        {
            note("Number", "stands in the file twice".to_owned());
        }
        let (Some(number), Some(name), Some(product), true) = (number, name, product, mistakes.is_empty())
        else {
            return Ok(Err(mistakes));
        };
        let user = user.unwrap_or_else(|| SipUser::from(&number));
        if let Some(known) = self.known.get(&number) {
            return Ok(compare(known, &name, &product, &addons, &user, password.as_ref()));
        }
        if self.numbers.contains(&number) {
            return Ok(Err(vec![(Some("Number"), "is taken by another service".to_owned())]));
        }
        if self.users.contains(&user) {
            return Ok(Err(vec![(Some("SIP user"), format!("\"{user}\" is taken"))]));
        }
        if let Err(refused) = self.take_seats(&product, &addons) {
            return Ok(Err(vec![refused]));
        }
        let new = NewExtension {
            id: ServiceId::generate(&*actions.random),
            number: number.clone(),
            name,
            product,
            sip_user: user.clone(),
            sip_password: password.unwrap_or_else(|| Secret::generate_password(&*actions.random)),
        };
        change.add_extension(&new).await?;
        for addon in &addons {
            change.add_addon(&new.id, addon, 1).await?;
        }
        self.numbers.insert(number);
        self.users.insert(user);
        Ok(Ok(Applied::Added))
    }
}

impl Extensions {
    /// Takes a seat of each product, or none of any.
    fn take_seats(
        &mut self,
        main: &ProductId,
        addons: &[ProductId],
    ) -> Result<(), (Option<&'static str>, String)> {
        let mut used = self.used.clone();
        let mut take = |column, kind, product: &ProductId| {
            let used = used.entry(product.clone()).or_default();
            let wanted = Wanted { service: &KIND, kind, product, seats: 1 };
            self.state
                .judge_new_seats(wanted, *used)
                .map_err(|refusal| (Some(column), refusal.to_string()))?;
            *used += 1;
            Ok(())
        };
        take("Product", ProductKind::Main, main)?;
        for addon in addons {
            take("Add-ons", ProductKind::Addon, addon)?;
        }
        self.used = used;
        Ok(())
    }
}

/// A row about an extension that is there must say what is there.
fn compare(
    known: &Extension,
    name: &PlainText,
    product: &ProductId,
    addons: &[ProductId],
    user: &SipUser,
    password: Option<&Secret>,
) -> RowResult {
    let mut has: Vec<_> = known.addons.iter().map(|addon| addon.product.clone()).collect();
    let mut wanted = addons.to_vec();
    has.sort();
    wanted.sort();
    let differs = [
        ("Name", known.name != *name),
        ("Product", known.product != *product),
        ("Add-ons", has != wanted),
        ("SIP user", known.sip_user != *user),
        ("SIP password", password.is_some_and(|password| known.sip_password != *password)),
    ];
    let mistakes: Vec<_> = differs
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(column, _)| (Some(column), "differs from what the extension has".to_owned()))
        .collect();
    if mistakes.is_empty() { Ok(Applied::Unchanged) } else { Err(mistakes) }
}

/// The tenant's extensions as rows, without passwords.
pub(super) async fn rows(session: &mut Session, tenant: &Tenant) -> Result<Vec<Vec<String>>, StorageError> {
    let rows = session.extensions(&tenant.id).await?.into_iter().map(|extension| {
        let addons: Vec<_> = extension.addons.iter().map(|addon| addon.product.to_string()).collect();
        vec![
            extension.number.to_string(),
            extension.name.to_string(),
            extension.product.to_string(),
            addons.join(" "),
            extension.sip_user.to_string(),
            String::new(),
        ]
    });
    Ok(rows.collect())
}
