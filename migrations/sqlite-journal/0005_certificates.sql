-- What the certificate that a device showed last was worth.
CREATE TABLE device_certificates (
    device_id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL,
    seen_at   BIGINT NOT NULL,
    judged    TEXT NOT NULL
);
