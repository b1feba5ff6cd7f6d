-- Who of a tenant asked last: the portal shows phones that boot.
CREATE INDEX device_journal_by_time ON device_journal (tenant_id, seen_at);
