-- PINs of extensions, with which the keypads of their phones are unlocked.

CREATE TABLE extension_pins (
    service_id TEXT PRIMARY KEY NOT NULL REFERENCES extensions (service_id) ON DELETE CASCADE,
    tenant_id  TEXT NOT NULL,
    -- sealed
    pin        TEXT NOT NULL
);
