-- People who sign in, their sessions, and what slows down who guesses.

CREATE TABLE users (
    id         TEXT PRIMARY KEY NOT NULL,
    -- none: of the operator, for the whole installation
    tenant_id  TEXT REFERENCES tenants (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    -- component:level where it differs from the role, separated by spaces
    exceptions TEXT NOT NULL,
    -- separated by spaces; empty: from anywhere
    networks   TEXT NOT NULL,
    -- argon2id in the PHC format; none until it was set up
    password   TEXT,
    -- sealed; none without a second factor
    code_key   TEXT,
    -- the last time step of which a code was taken, so that none is taken twice
    code_step  BIGINT NOT NULL,
    blocked    BOOLEAN NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- counts the changes of this row
    revision   BIGINT NOT NULL,
    CONSTRAINT users_name UNIQUE (name)
);
CREATE INDEX users_of_tenant ON users (tenant_id);

-- Links with which a user chooses a password, each good once.
CREATE TABLE setup_links (
    user_id    TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- keyed hash of the link's secret
    lookup     TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT setup_links_lookup UNIQUE (lookup)
);

CREATE TABLE sessions (
    id         TEXT PRIMARY KEY NOT NULL,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- keyed hash of the session's secret
    lookup     TEXT NOT NULL,
    origin     TEXT,
    agent      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT sessions_lookup UNIQUE (lookup)
);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Attempts to sign in that came to nothing, per address and per name.
CREATE TABLE sign_in_failures (
    -- keyed hash of what is counted: who mistypes may type the password for the name
    lookup   TEXT PRIMARY KEY NOT NULL,
    failures BIGINT NOT NULL,
    last_at  BIGINT NOT NULL
);
CREATE INDEX sign_in_failures_by_time ON sign_in_failures (last_at);
