-- In which language a user reads the portal. Who is not here reads it as the browser says.
CREATE TABLE user_languages (
    user_id  TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    language TEXT NOT NULL
);

-- How many services of a kind a tenant has.
CREATE INDEX services_by_kind ON services (tenant_id, kind);
