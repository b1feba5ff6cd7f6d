-- Who did what, in chains: each entry's MAC covers the one before it, so that none can be altered, removed or put between
-- others without the master key. The entries of the table audit are moved here when the store is opened.

CREATE TABLE audit_log (
    -- the tenant's id, empty for the whole installation
    chain   TEXT NOT NULL,
    seq     BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    -- the address that the request came from; none at a terminal
    origin  TEXT,
    action  TEXT NOT NULL,
    detail  TEXT NOT NULL,
    -- JSON, without secrets
    before_change TEXT,
    after_change  TEXT,
    refused BOOLEAN NOT NULL,
    mac     TEXT NOT NULL,
    PRIMARY KEY (chain, seq)
);
CREATE INDEX audit_log_by_time ON audit_log (at);

CREATE TABLE audit_heads (
    chain     TEXT PRIMARY KEY NOT NULL,
    -- the last entry
    seq       BIGINT NOT NULL,
    mac       TEXT NOT NULL,
    -- the last entry that retention removed, and a MAC over both
    base_seq  BIGINT NOT NULL,
    base_mac  TEXT NOT NULL,
    base_seal TEXT NOT NULL
);
