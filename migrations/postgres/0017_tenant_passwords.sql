-- What phones of a tenant answer when they are asked for a user name and password, besides the scope in their URL.

CREATE TABLE tenant_passwords (
    id            TEXT PRIMARY KEY NOT NULL,
    tenant_id     TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    user_name     TEXT NOT NULL,
    -- sealed
    password      TEXT NOT NULL,
    -- from this time on phones are asked; until then they only learn it
    demanded_from BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    -- after this time it is refused; none for the one in use
    expires_at    BIGINT
);
CREATE INDEX tenant_passwords_of_tenant ON tenant_passwords (tenant_id);
