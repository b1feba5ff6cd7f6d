-- The keys that seal secrets and make keyed hashes, each sealed with the master key, which is kept elsewhere. Of several
-- for one purpose the one with the highest seq is in use; older ones still open what they sealed.
CREATE TABLE sealed_keys (
    purpose TEXT NOT NULL,
    id      TEXT NOT NULL,
    seq     BIGINT NOT NULL,
    -- "id of the master key.nonce and ciphertext"
    sealed  TEXT NOT NULL,
    PRIMARY KEY (purpose, id)
);
