-- Programmable keys of profiles: a device that follows one has them where it has no key of its own.

CREATE TABLE profile_keys (
    profile_id TEXT NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    line       BIGINT NOT NULL,
    value      TEXT,
    label      TEXT,
    PRIMARY KEY (profile_id, position)
);
