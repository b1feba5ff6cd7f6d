-- Who asked for many different MACs that are no devices; the phone plane notes it.

CREATE TABLE walks (
    source    TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    began_at  BIGINT NOT NULL,
    seen_at   BIGINT NOT NULL,
    door      TEXT NOT NULL,
    macs      BIGINT NOT NULL,
    requests  BIGINT NOT NULL,
    PRIMARY KEY (source, tenant_id, began_at)
);
