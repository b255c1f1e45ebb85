-- Families as the federation has written them down, and who was brought together by telephone. What persons, ties,
-- cares, consents, orders and cards are found by stands open; all that was written of them is in `sealed`.

CREATE TABLE person (
    id     INTEGER PRIMARY KEY,
    key    INTEGER NOT NULL,
    sealed BLOB NOT NULL
);
-- A keyed hash of the federation's own id. Not unique: two ids may share a key, and the sealed id decides.
CREATE INDEX person_by_key ON person (key);

CREATE TABLE person_phone (
    person   INTEGER NOT NULL REFERENCES person (id),
    handset  INTEGER NOT NULL REFERENCES handset (id),
    position INTEGER NOT NULL,
    private  INTEGER NOT NULL,
    PRIMARY KEY (person, handset)
) WITHOUT ROWID;
CREATE INDEX person_phone_at ON person_phone (handset, private);

CREATE TABLE tie (
    id     INTEGER PRIMARY KEY,
    child  INTEGER NOT NULL REFERENCES person (id),
    adult  INTEGER NOT NULL REFERENCES person (id),
    sealed BLOB NOT NULL,
    UNIQUE (child, adult)
);
CREATE INDEX tie_of_adult ON tie (adult);

CREATE TABLE care (
    id     INTEGER PRIMARY KEY,
    child  INTEGER NOT NULL REFERENCES person (id),
    carer  INTEGER NOT NULL REFERENCES person (id),
    sealed BLOB NOT NULL,
    UNIQUE (child, carer)
);

CREATE TABLE consent (
    id       INTEGER PRIMARY KEY,
    child    INTEGER NOT NULL REFERENCES person (id),
    guardian INTEGER NOT NULL REFERENCES person (id),
    sealed   BLOB NOT NULL,
    UNIQUE (child, guardian)
);

CREATE TABLE protection_order (
    id      INTEGER PRIMARY KEY,
    person  INTEGER NOT NULL REFERENCES person (id),
    against INTEGER NOT NULL REFERENCES person (id),
    sealed  BLOB NOT NULL
);
-- Not unique: there may be several orders between two, told apart by their sealed numbers.
CREATE INDEX protection_order_between ON protection_order (person, against);
CREATE INDEX protection_order_against ON protection_order (against);

-- One for each child, under the child's id.
CREATE TABLE card (
    id     INTEGER PRIMARY KEY REFERENCES person (id),
    key    INTEGER NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX card_by_key ON card (key);

-- `handset`: 0 for those of the card alone, from whatever phone.
CREATE TABLE pin_miss (
    child   INTEGER NOT NULL REFERENCES person (id),
    handset INTEGER NOT NULL,
    count   INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    locks   INTEGER NOT NULL,
    PRIMARY KEY (child, handset)
) WITHOUT ROWID;

CREATE TABLE kin_call (
    id       INTEGER PRIMARY KEY,
    tie      INTEGER NOT NULL REFERENCES tie (id),
    child    INTEGER NOT NULL REFERENCES person (id),
    at       INTEGER NOT NULL,
    seconds  INTEGER NOT NULL,
    by_child INTEGER NOT NULL
);
CREATE INDEX kin_call_of_child ON kin_call (child, at);

-- The child whose card has called for help: its matter is not that of the handset on which it was opened. 0: none.
ALTER TABLE case_file ADD COLUMN child INTEGER NOT NULL DEFAULT 0;
CREATE INDEX case_of_child ON case_file (child) WHERE child <> 0;
