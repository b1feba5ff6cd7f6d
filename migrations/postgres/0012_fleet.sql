-- Which documents phones have, who is asked to fetch again, and what administrators want asked now.

-- Written by administrators: the newest wish that a phone be asked, by the revision that made it.
CREATE TABLE sync_requests (
    device_id TEXT PRIMARY KEY NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    revision  BIGINT NOT NULL,
    restart   BOOLEAN NOT NULL
);
CREATE INDEX sync_requests_by_tenant ON sync_requests (tenant_id, revision);

-- Written by the phone plane: the document that each phone has fetched last, and the SIP user in it.
CREATE TABLE device_fetches (
    device_id  TEXT NOT NULL,
    file       TEXT NOT NULL,
    tenant_id  TEXT NOT NULL,
    etag       TEXT NOT NULL,
    sip_user   TEXT,
    fetched_at BIGINT NOT NULL,
    PRIMARY KEY (device_id, file)
);
CREATE INDEX device_fetches_by_tenant ON device_fetches (tenant_id);

-- Written by the phone plane: phones that should have another document than they have. A row is changed by
-- whoever names its version.
CREATE TABLE device_asks (
    device_id     TEXT PRIMARY KEY NOT NULL,
    tenant_id     TEXT NOT NULL,
    mac           TEXT NOT NULL,
    wanted        TEXT NOT NULL,
    state         TEXT NOT NULL,
    why           TEXT,
    since         BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    next_at       BIGINT NOT NULL,
    sync_revision BIGINT NOT NULL,
    version       BIGINT NOT NULL
);
CREATE INDEX device_asks_due ON device_asks (state, next_at);
CREATE INDEX device_asks_by_tenant ON device_asks (tenant_id);

-- Written by the phone plane: up to which revision of each tenant it was looked which phones are touched.
CREATE TABLE fleet_heard (
    tenant_id TEXT PRIMARY KEY NOT NULL,
    revision  BIGINT NOT NULL
);
