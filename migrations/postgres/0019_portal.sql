-- In which language a user reads the portal. Who is not here reads it as the browser says.
CREATE TABLE user_languages (
    user_id  TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    language TEXT NOT NULL
);

-- Who of a tenant asked last: the portal shows phones that boot.
CREATE INDEX device_journal_by_time ON device_journal (tenant_id, seen_at);

-- How many services of a kind a tenant has.
CREATE INDEX services_by_kind ON services (tenant_id, kind);
