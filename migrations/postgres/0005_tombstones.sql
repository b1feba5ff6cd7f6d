-- SIP accounts that were removed, so that who asks for what changed since a revision learns of them.

CREATE TABLE tombstones (
    tenant_id  TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    sip_user   TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    removed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, sip_user)
);

-- Up to which revision a tenant's tombstones were forgotten.
CREATE TABLE tombstone_floors (
    tenant_id TEXT PRIMARY KEY NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    revision  BIGINT NOT NULL
);
