-- What an inventory says of a device: nothing of it reaches the phone.

CREATE TABLE device_inventory (
    device_id    TEXT PRIMARY KEY NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenant_id    TEXT NOT NULL,
    managed_by   TEXT,
    inventory_id TEXT,
    description  TEXT,
    -- sealed: keys with which a maker encrypts configurations
    ascii_key    TEXT,
    qpc_key      TEXT
);
CREATE INDEX device_inventory_of_tenant ON device_inventory (tenant_id);
