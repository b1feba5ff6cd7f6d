-- What admins own. Times are milliseconds since the epoch; MACs are 12 lower-case hex digits; secrets are sealed text.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);

CREATE TABLE tenants (
    id             TEXT PRIMARY KEY NOT NULL,
    slug           TEXT NOT NULL,
    name           TEXT NOT NULL,
    sip_domain     TEXT NOT NULL,
    -- raised by every change; the lock that makes a count after it exact
    revision       BIGINT NOT NULL,
    -- the revision of the last change that touches every document of the tenant: license, tenant, profile, removals
    facts_revision BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    CONSTRAINT tenants_slug UNIQUE (slug)
);

CREATE TABLE scopes (
    id         TEXT PRIMARY KEY NOT NULL,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    -- keyed hash of the scope, so that a copy of the database opens no door
    lookup     TEXT NOT NULL,
    sealed     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- after this time the scope is refused; none for the one in use
    expires_at BIGINT,
    CONSTRAINT scopes_lookup UNIQUE (lookup)
);
CREATE INDEX scopes_of_tenant ON scopes (tenant_id);

CREATE TABLE licenses (
    id           TEXT PRIMARY KEY NOT NULL,
    tenant_id    TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    serial       BIGINT NOT NULL,
    -- the tenant's revision of the installation: their order
    revision     BIGINT NOT NULL,
    installed_at BIGINT NOT NULL,
    jws          TEXT NOT NULL,
    CONSTRAINT licenses_revision UNIQUE (tenant_id, revision)
);

CREATE TABLE services (
    id            TEXT PRIMARY KEY NOT NULL,
    tenant_id     TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    kind          TEXT NOT NULL,
    number        TEXT,
    name          TEXT NOT NULL,
    -- the main product; its seat is this row, taken at (seat_revision, seat_row)
    product       TEXT NOT NULL,
    seat_revision BIGINT NOT NULL,
    seat_row      BIGINT NOT NULL,
    blocked       BOOLEAN NOT NULL,
    revision      BIGINT NOT NULL,
    CONSTRAINT services_number UNIQUE (tenant_id, number)
);
CREATE INDEX services_by_seat ON services (tenant_id, product, seat_revision, seat_row);

CREATE TABLE extensions (
    service_id   TEXT PRIMARY KEY NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    tenant_id    TEXT NOT NULL,
    sip_user     TEXT NOT NULL,
    sip_password TEXT NOT NULL,
    CONSTRAINT extensions_sip_user UNIQUE (tenant_id, sip_user)
);

CREATE TABLE profiles (
    id        TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    revision  BIGINT NOT NULL,
    CONSTRAINT profiles_name UNIQUE (tenant_id, name)
);

CREATE TABLE devices (
    id           TEXT PRIMARY KEY NOT NULL,
    tenant_id    TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    mac          TEXT NOT NULL,
    name         TEXT NOT NULL,
    -- none until the phone has shown itself
    model        TEXT,
    profile_id   TEXT REFERENCES profiles (id),
    blocked      BOOLEAN NOT NULL,
    epoch        BIGINT NOT NULL,
    handle       TEXT NOT NULL,
    -- which key its device scopes are derived with, so that keys rotate in batches
    scope_key    TEXT NOT NULL,
    web_password TEXT NOT NULL,
    -- of the last change that touches its documents
    revision     BIGINT NOT NULL,
    CONSTRAINT devices_mac UNIQUE (mac),
    CONSTRAINT devices_handle UNIQUE (handle)
);
CREATE INDEX devices_by_revision ON devices (tenant_id, revision);

CREATE TABLE device_lines (
    device_id  TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    line       BIGINT NOT NULL,
    service_id TEXT NOT NULL REFERENCES extensions (service_id) ON DELETE CASCADE,
    PRIMARY KEY (device_id, line)
);
CREATE INDEX device_lines_of_service ON device_lines (service_id);

CREATE TABLE device_keys (
    device_id TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    position  BIGINT NOT NULL,
    kind      TEXT NOT NULL,
    line      BIGINT NOT NULL,
    value     TEXT,
    label     TEXT,
    PRIMARY KEY (device_id, position)
);

CREATE TABLE settings (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    layer     TEXT NOT NULL,
    -- the model's name, the profile's or the device's id; empty for the tenant layer
    owner     TEXT NOT NULL,
    name      TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (tenant_id, layer, owner, name)
);

CREATE TABLE audit (
    id        TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    action    TEXT NOT NULL,
    detail    TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (at);
