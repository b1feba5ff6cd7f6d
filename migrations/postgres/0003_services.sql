-- Services besides extensions, and the public numbers that services answer.

-- Services that the operator blocked: only the operator unblocks them. services.blocked says whether one is blocked.
CREATE TABLE operator_blocks (
    service_id TEXT PRIMARY KEY NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    tenant_id  TEXT NOT NULL
);

-- Trunks have no number and are known by their names.
CREATE UNIQUE INDEX services_trunk_name ON services (tenant_id, name) WHERE kind = 'trunk';

CREATE TABLE attendants (
    service_id TEXT PRIMARY KEY NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    tenant_id  TEXT NOT NULL,
    -- JSON, as it was written
    schedule   TEXT NOT NULL
);

-- A trunk that registers has its credentials in extensions: SIP users are unique among both.
CREATE TABLE trunks (
    service_id TEXT PRIMARY KEY NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    tenant_id  TEXT NOT NULL,
    -- JSON: the networks that its calls come from; none for a trunk that registers
    addresses  TEXT NOT NULL
);

-- A public number belongs to one tenant, and is answered by one service of it at most.
CREATE TABLE dids (
    number     TEXT PRIMARY KEY NOT NULL,
    tenant_id  TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    service_id TEXT REFERENCES services (id) ON DELETE SET NULL,
    revision   BIGINT NOT NULL
);
CREATE INDEX dids_of_tenant ON dids (tenant_id, number);
CREATE INDEX dids_of_service ON dids (service_id);
