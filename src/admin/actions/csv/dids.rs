//! DID numbers and who answers them. Numbers that the tenant does not have yet are the operator's to give.

use std::collections::{HashMap, HashSet};

use super::{
    super::Actions,
    Applied, Importer, RowResult,
    sheet::{Column, Row, optional, required},
};
use crate::{
    domain::{DidNumber, ServiceId, ServiceName},
    storage::{Change, Session, StorageError, Tenant},
};

pub(super) struct Dids {
    known: HashMap<DidNumber, Option<ServiceId>>,
    services: HashMap<ServiceName, ServiceId>,
    seen: HashSet<DidNumber>,
}

impl Importer for Dids {
    const COLUMNS: &'static [Column] = &[required("Number"), optional("Service")];

    async fn prepare(_actions: &Actions, change: &mut Change, tenant: &Tenant) -> Result<Self, StorageError> {
        let services = change.services(&tenant.id, None).await?;
        Ok(Self {
            known: change.dids(&tenant.id).await?.into_iter().map(|did| (did.number, did.service)).collect(),
            services: services.into_iter().map(|service| (service.called(), service.id)).collect(),
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
        let number = DidNumber::parse(row.cell("Number"));
        let number = number.map_err(|wrong| mistakes.push((Some("Number"), wrong.to_string()))).ok();
        if let Some(number) = &number
            && !self.seen.insert(number.clone())
        {
            mistakes.push((Some("Number"), "stands in the file twice".to_owned()));
        }
        let service = row.some("Service").map(|name| {
            let found = name.parse::<ServiceName>().ok().and_then(|name| self.services.get(&name).cloned());
            found.ok_or_else(|| format!("the tenant has no service \"{name}\""))
        });
        let service = service.transpose().map_err(|wrong| mistakes.push((Some("Service"), wrong)));
        let (Some(number), Ok(service), true) = (number, service, mistakes.is_empty()) else {
            return Ok(Err(mistakes));
        };
        match self.known.get(&number) {
            Some(answering) if *answering == service => return Ok(Ok(Applied::Unchanged)),
            Some(Some(_)) => {
                return Ok(Err(vec![(
                    Some("Service"),
                    "the number is answered by somebody else; release it first".to_owned(),
                )]));
            }
            Some(None) => {}
            None if !actions.actor.operator => {
                return Ok(Err(vec![(
                    Some("Number"),
                    "is no DID number of this tenant; the operator adds them".to_owned(),
                )]));
            }
            None => {
                if change.did_exists(&number).await? {
                    return Ok(Err(vec![(Some("Number"), "is a DID number of another tenant".to_owned())]));
                }
                change.add_did(&number).await?;
            }
        }
        if service.is_some() {
            change.route_did(&number, service.as_ref()).await?;
        }
        self.known.insert(number, service);
        Ok(Ok(Applied::Added))
    }
}

/// The tenant's public numbers as rows.
pub(super) async fn rows(session: &mut Session, tenant: &Tenant) -> Result<Vec<Vec<String>>, StorageError> {
    let services = session.services(&tenant.id, None).await?;
    let called: HashMap<_, _> =
        services.into_iter().map(|service| (service.id.clone(), service.called())).collect();
    let rows = session.dids(&tenant.id).await?.into_iter().map(|did| {
        let service = did.service.and_then(|service| called.get(&service).map(ToString::to_string));
        vec![did.number.to_string(), service.unwrap_or_default()]
    });
    Ok(rows.collect())
}
