//! SIP trunks: a service's row, and how its peer proves who it is.

use std::collections::HashMap;

use super::{
    Change, Session, StorageError,
    engine::{Row, values},
    service::NewService,
};
use crate::domain::{PeerNetwork, ServiceId, SipUser, TenantId, TrunkPeer};

impl Session {
    /// How the peers of the tenant's trunks prove who they are, by service.
    pub async fn trunk_peers(
        &mut self,
        tenant: &TenantId,
    ) -> Result<HashMap<ServiceId, TrunkPeer>, StorageError> {
        let rows = self
            .rows(
                "SELECT t.service_id, t.tenant_id, t.addresses, e.sip_user, e.sip_password FROM trunks t \
                 LEFT JOIN extensions e ON e.service_id = t.service_id WHERE t.tenant_id = $1",
                values![tenant.as_str()],
            )
            .await?;
        rows.iter().map(|row| Ok((ServiceId::stored(&row.text("service_id")?), self.peer(row)?))).collect()
    }

    fn peer(&self, row: &Row) -> Result<TrunkPeer, StorageError> {
        if row.text_or_none("sip_user")?.is_some() {
            let (tenant, id) = (row.text("tenant_id")?, row.text("service_id")?);
            return Ok(TrunkPeer::Credentials {
                user: row.parsed("sip_user", SipUser::parse)?,
                password: self.sip_password(row, &tenant, &id)?,
            });
        }
        row.parsed("addresses", |text| {
            let texts: Vec<String> = serde_json::from_str(text).map_err(|error| error.to_string())?;
            let networks = texts.iter().map(|text| PeerNetwork::parse(text)).collect::<Result<_, _>>();
            networks.map(TrunkPeer::Addresses).map_err(|wrong| wrong.to_string())
        })
    }
}

impl Change {
    /// Makes a trunk, which takes a seat of its product. The caller has counted the seats in this change.
    pub async fn add_trunk(&mut self, new: &NewService, peer: &TrunkPeer) -> Result<(), StorageError> {
        self.add_service(new).await?;
        let values = values![new.id.as_str(), self.tenant().as_str(), addresses(peer)];
        self.execute("INSERT INTO trunks (service_id, tenant_id, addresses) VALUES ($1, $2, $3)", values)
            .await?;
        match peer {
            TrunkPeer::Credentials { user, password } => self.add_credentials(&new.id, user, password).await,
            TrunkPeer::Addresses(_) => Ok(()),
        }
    }

    /// Lets the calls of a trunk come from other addresses.
    pub async fn set_trunk_addresses(
        &mut self,
        id: &ServiceId,
        networks: Vec<PeerNetwork>,
    ) -> Result<(), StorageError> {
        let peer = TrunkPeer::Addresses(networks);
        let values = values![addresses(&peer), id.as_str(), self.tenant().as_str()];
        self.execute("UPDATE trunks SET addresses = $1 WHERE service_id = $2 AND tenant_id = $3", values)
            .await?;
        self.touch_service(id).await
    }
}

fn addresses(peer: &TrunkPeer) -> String {
    let texts: Vec<serde_json::Value> = match peer {
        TrunkPeer::Credentials { .. } => Vec::new(),
        TrunkPeer::Addresses(networks) => networks.iter().map(|network| network.to_string().into()).collect(),
    };
    serde_json::Value::Array(texts).to_string()
}
