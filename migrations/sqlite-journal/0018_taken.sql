-- When and from where a device last got a document, and as of which revision of its tenant that was made.
ALTER TABLE device_journal ADD COLUMN taken_at BIGINT;
ALTER TABLE device_journal ADD COLUMN taken_revision BIGINT;
ALTER TABLE device_journal ADD COLUMN taken_from TEXT;
