-- What the phone plane notes: it may be dropped, and no transaction spans this file and the admins'.

CREATE TABLE device_journal (
    device_id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    seen_at   BIGINT NOT NULL,
    address   TEXT NOT NULL,
    transport TEXT NOT NULL,
    vendor    TEXT,
    model     TEXT,
    firmware  TEXT,
    file      TEXT NOT NULL,
    outcome   TEXT NOT NULL
);

-- Phones that no tenant has: a bounded ring, the oldest leaves first.
CREATE TABLE sightings (
    mac       TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT,
    seen_at   BIGINT NOT NULL,
    address   TEXT NOT NULL,
    transport TEXT NOT NULL,
    vendor    TEXT,
    model     TEXT,
    firmware  TEXT,
    file      TEXT NOT NULL,
    requests  BIGINT NOT NULL
);
CREATE INDEX sightings_by_time ON sightings (seen_at);
