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
SELECT id, tenant_id, CAST(strftime('%s', 'now') AS INTEGER) * 1000 + 86400000, 0 FROM devices;
