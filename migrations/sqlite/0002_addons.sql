-- Add-ons: products that a service has on top of its main one. Their seats are kept in the order of (seat_revision,
-- seat_row), like those of main products.

CREATE TABLE addons (
    service_id    TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    tenant_id     TEXT NOT NULL,
    product       TEXT NOT NULL,
    seats         BIGINT NOT NULL,
    seat_revision BIGINT NOT NULL,
    seat_row      BIGINT NOT NULL,
    PRIMARY KEY (service_id, product)
);
CREATE INDEX addons_by_seat ON addons (tenant_id, product, seat_revision, seat_row);
