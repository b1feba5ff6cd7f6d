-- Phones that are no devices any more, and lines that were freed: kept for a while, until their phones have taken that.

-- The phone of a device that was removed, or that another phone replaced: its documents are blank.
CREATE TABLE former_devices (
    mac          TEXT PRIMARY KEY NOT NULL,
    tenant_id    TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    -- an id of its own, under which the journal notes only what came after
    id           TEXT NOT NULL,
    -- the device whose phone it was
    was          TEXT NOT NULL,
    name         TEXT NOT NULL,
    model        TEXT,
    -- of the device scopes that its phone may have
    handle       TEXT NOT NULL,
    epoch        BIGINT NOT NULL,
    scope_key    TEXT NOT NULL,
    web_password TEXT NOT NULL,
    -- none: it was removed
    replaced_by  TEXT,
    revision     BIGINT NOT NULL,
    removed_at   BIGINT NOT NULL,
    CONSTRAINT former_devices_id UNIQUE (id),
    CONSTRAINT former_devices_handle UNIQUE (handle)
);
CREATE INDEX former_devices_by_revision ON former_devices (tenant_id, revision);
CREATE INDEX former_devices_by_time ON former_devices (removed_at);

CREATE TABLE released_lines (
    device_id   TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    line        BIGINT NOT NULL,
    -- the extension's number or the SIP trunk's name
    carried     TEXT NOT NULL,
    revision    BIGINT NOT NULL,
    released_at BIGINT NOT NULL,
    PRIMARY KEY (device_id, line)
);
CREATE INDEX released_lines_by_time ON released_lines (released_at);

-- When and from where a device last got a document, and as of which revision of its tenant that was made.
ALTER TABLE device_journal ADD COLUMN taken_at BIGINT;
ALTER TABLE device_journal ADD COLUMN taken_revision BIGINT;
ALTER TABLE device_journal ADD COLUMN taken_from TEXT;
