-- Until when a device may fetch its secrets without a credential of its own, and which of its scopes count no more.

CREATE TABLE enrollments (
    device_id      TEXT PRIMARY KEY NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenant_id      TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    window_ends_at BIGINT NOT NULL,
    -- device scopes of older epochs are refused, used or not
    scope_floor    BIGINT NOT NULL
);

-- How long a tenant's windows are, where somebody set it.
CREATE TABLE enrollment_rules (
    tenant_id    TEXT PRIMARY KEY NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    window_hours BIGINT NOT NULL
);

-- devices that are there already get a day
INSERT INTO enrollments (device_id, tenant_id, window_ends_at, scope_floor)
SELECT id, tenant_id, CAST(EXTRACT(EPOCH FROM now()) AS BIGINT) * 1000 + 86400000, 0 FROM devices;

-- What the phone plane knows of each enrollment: never dropped, written before the bytes leave, and by the phone role alone.

CREATE TABLE device_state (
    device_id   TEXT PRIMARY KEY NOT NULL,
    tenant_id   TEXT NOT NULL,
    -- raised by every write: who writes says which one it read
    version     BIGINT NOT NULL,
    -- which epoch releases and freeze speak of: for a newer one they count as empty
    epoch       BIGINT NOT NULL,
    releases    BIGINT NOT NULL,
    released_to TEXT,
    released_at BIGINT,
    -- the newest epoch whose device scope was used; 0 for none
    used_epoch  BIGINT NOT NULL,
    used_at     BIGINT,
    frozen      TEXT,
    frozen_at   BIGINT,
    frozen_by   TEXT
);
CREATE INDEX device_state_by_tenant ON device_state (tenant_id);
