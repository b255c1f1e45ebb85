-- Carriers whose receipts name a message by an id of theirs. `key` is a keyed hash of channel and id; not unique: two
-- ids may share one, and the sealed id decides.

CREATE TABLE carrier_id (
    id      INTEGER PRIMARY KEY,
    key     INTEGER NOT NULL,
    message INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    sealed  BLOB NOT NULL
);
CREATE INDEX carrier_id_by_key ON carrier_id (key);
CREATE INDEX carrier_id_until ON carrier_id (until);

-- Receipts that overtook the answer to our own sending: an hour's worth, oldest first.
CREATE TABLE early_receipt (
    id     INTEGER PRIMARY KEY,
    key    INTEGER NOT NULL,
    state  INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX early_receipt_by_key ON early_receipt (key);
