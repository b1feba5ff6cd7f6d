-- What the phone plane knows of each device's enrollment. Never dropped, and written before the bytes leave.

CREATE TABLE device_state (
    device_id   TEXT PRIMARY KEY NOT NULL,
    tenant_id   TEXT NOT NULL,
    -- raised by every write: who writes says which one it read
    version     BIGINT NOT NULL,
    -- which epoch releases and freeze speak of: for a newer one they count as empty
    epoch       BIGINT NOT NULL,
    releases    BIGINT NOT NULL,
    released_to TEXT,
    released_at BIGINT,
    -- the newest epoch whose device scope was used; 0 for none
    used_epoch  BIGINT NOT NULL,
    used_at     BIGINT,
    frozen      TEXT,
    frozen_at   BIGINT,
    frozen_by   TEXT
);
CREATE INDEX device_state_by_tenant ON device_state (tenant_id);
