-- The newest wish of an administrator that a phone be asked to fetch again, by the revision that made it.

CREATE TABLE sync_requests (
    device_id TEXT PRIMARY KEY NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    revision  BIGINT NOT NULL,
    restart   BOOLEAN NOT NULL
);
CREATE INDEX sync_requests_by_tenant ON sync_requests (tenant_id, revision);
