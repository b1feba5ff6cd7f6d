-- What programs work with: tokens of the API, and the keys by which a repeated request is known.

CREATE TABLE tokens (
    id         TEXT PRIMARY KEY NOT NULL,
    -- none: it acts for the whole installation
    tenant_id  TEXT REFERENCES tenants (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    -- keyed hash of the token, so that a copy of the database opens no door
    lookup     TEXT NOT NULL,
    -- component:level, separated by spaces
    rights     TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    CONSTRAINT tokens_lookup UNIQUE (lookup)
);
CREATE INDEX tokens_of_tenant ON tokens (tenant_id);

-- Requests that made something, by the key that their sender gave them.
CREATE TABLE creations (
    sender      TEXT NOT NULL,
    request_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (sender, request_key)
);
CREATE INDEX creations_by_time ON creations (created_at);
