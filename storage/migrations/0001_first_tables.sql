-- Integer keys, rows appended where they can be, few and wide: what costs is the number of random pages a message
-- dirties. Columns named `sealed` hold XChaCha20-Poly1305 under a key of data_key. Instants are milliseconds UTC.

CREATE TABLE data_key (
    id      INTEGER PRIMARY KEY,
    purpose INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    UNIQUE (purpose, subject)
);

-- Numbers that must never be given out twice although their rows go.
CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO counter VALUES ('conversation', 0), ('stranded', 0), ('roster', 0);

CREATE TABLE channel (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE handset (
    id       INTEGER PRIMARY KEY,
    key      INTEGER NOT NULL,
    privacy  INTEGER NOT NULL,
    opt_out  INTEGER NOT NULL,
    language TEXT NOT NULL,
    staff    INTEGER NOT NULL,
    seen_day INTEGER NOT NULL,
    sealed   BLOB NOT NULL
);
-- Not unique: two numbers may share a key, and the sealed number decides.
CREATE INDEX handset_by_key ON handset (key);
CREATE INDEX handset_of_staff ON handset (staff) WHERE staff <> 0;

CREATE TABLE conversation (
    handset      INTEGER PRIMARY KEY,
    id           INTEGER NOT NULL,
    channel      INTEGER NOT NULL,
    last_turn_at INTEGER NOT NULL,
    sealed       BLOB NOT NULL
);

CREATE TABLE turn (
    id           INTEGER PRIMARY KEY,
    received_at  INTEGER NOT NULL,
    channel      INTEGER NOT NULL,
    handset      INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    sealed       BLOB NOT NULL
);

-- Stands behind the table in memory; appended, dropped by ranges of turn_id.
CREATE TABLE repeat (
    turn_id INTEGER PRIMARY KEY,
    hash    INTEGER NOT NULL,
    at      INTEGER NOT NULL
);

CREATE TABLE fragment (
    id          INTEGER PRIMARY KEY,
    handset     INTEGER NOT NULL,
    text_key    INTEGER NOT NULL,
    part        INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    sealed      BLOB NOT NULL
);
CREATE INDEX fragment_of_text ON fragment (handset, text_key, part);

CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    channel    INTEGER NOT NULL,
    handset    INTEGER NOT NULL,
    class      INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    settled_at INTEGER NOT NULL DEFAULT 0,
    attempts   INTEGER NOT NULL,
    repeats    INTEGER NOT NULL,
    case_id    INTEGER NOT NULL,
    page       INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    receipts   BLOB,
    sealed     BLOB NOT NULL,
    CHECK (expires_at > created_at)
);
-- 0 waiting, 1 sending.
CREATE INDEX outbox_due ON outbox (channel, due_at) WHERE state IN (0, 1);
-- 2 sent without receipt, 4 failed, 5 unknown, 7 dead, 8 held: what somebody still has to look at.
CREATE INDEX outbox_unsettled ON outbox (state, settled_at) WHERE state IN (2, 4, 5, 7, 8);

CREATE TABLE deadline (
    due_at  INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    subject INTEGER NOT NULL,
    PRIMARY KEY (due_at, id)
) WITHOUT ROWID;
-- 1 ladder.
CREATE INDEX deadline_ladder ON deadline (due_at) WHERE kind = 1;

CREATE TABLE staff (
    id     INTEGER PRIMARY KEY,
    active INTEGER NOT NULL,
    sealed BLOB NOT NULL
);

CREATE TABLE shift (
    id         INTEGER PRIMARY KEY,
    staff      INTEGER NOT NULL REFERENCES staff (id),
    role       INTEGER NOT NULL,
    district   TEXT NOT NULL,
    department TEXT NOT NULL,
    days       INTEGER NOT NULL,
    from_min   INTEGER NOT NULL,
    to_min     INTEGER NOT NULL
);

CREATE TABLE case_file (
    id          INTEGER PRIMARY KEY,
    kind        INTEGER NOT NULL,
    level       INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    owner       INTEGER NOT NULL REFERENCES staff (id),
    petitioner  INTEGER NOT NULL,
    anonymous   INTEGER NOT NULL,
    contact     INTEGER NOT NULL,
    opened_at   INTEGER NOT NULL,
    notice_due  INTEGER NOT NULL,
    closed_at   INTEGER,
    reply       INTEGER NOT NULL,
    sealed      BLOB NOT NULL
);
-- 3 closed.
CREATE INDEX case_open_of_owner ON case_file (owner) WHERE status <> 3;
CREATE INDEX case_of_petitioner ON case_file (petitioner, kind);

-- The last line of defence of "every matter has an owner who works here"; the repositories refuse in words before it.
CREATE TRIGGER case_opens_with_active_owner BEFORE INSERT ON case_file
WHEN NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.owner AND active = 1)
BEGIN SELECT RAISE(ABORT, 'the owner is not on the staff'); END;
CREATE TRIGGER case_keeps_active_owner BEFORE UPDATE OF owner, status ON case_file
WHEN (NEW.owner <> OLD.owner OR NEW.status <> 3)
    AND NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.owner AND active = 1)
BEGIN SELECT RAISE(ABORT, 'the owner is not on the staff'); END;
CREATE TRIGGER staff_leaves_no_matter BEFORE UPDATE OF active ON staff
WHEN NEW.active = 0 AND EXISTS (SELECT 1 FROM case_file WHERE owner = NEW.id AND status <> 3)
BEGIN SELECT RAISE(ABORT, 'an open matter would lose its owner'); END;
CREATE TRIGGER case_is_kept BEFORE DELETE ON case_file
BEGIN SELECT RAISE(ABORT, 'a matter is never deleted'); END;

CREATE TABLE case_entry (
    id      INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES case_file (id),
    at      INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    by      INTEGER NOT NULL,
    message INTEGER NOT NULL,
    sealed  BLOB NOT NULL
);
CREATE INDEX case_entry_of_case ON case_entry (case_id);
-- A timeline is evidence.
CREATE TRIGGER case_entry_stays BEFORE UPDATE ON case_entry
BEGIN SELECT RAISE(ABORT, 'a timeline is only ever appended to'); END;
CREATE TRIGGER case_entry_is_kept BEFORE DELETE ON case_entry
BEGIN SELECT RAISE(ABORT, 'a timeline is only ever appended to'); END;

CREATE TABLE alert (
    id          INTEGER PRIMARY KEY,
    case_id     INTEGER NOT NULL,
    level       INTEGER NOT NULL,
    raised_at   INTEGER NOT NULL,
    taken_by    INTEGER NOT NULL,
    taken_at    INTEGER NOT NULL,
    open        INTEGER NOT NULL,
    steps_done  INTEGER NOT NULL,
    ladder_from INTEGER NOT NULL
);
CREATE INDEX alert_open ON alert (id) WHERE open = 1;
CREATE INDEX alert_of_case ON alert (case_id);

CREATE TABLE page (
    id      INTEGER PRIMARY KEY,
    staff   INTEGER NOT NULL,
    code    INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    alert   INTEGER NOT NULL,
    level   INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    state   INTEGER NOT NULL
);
CREATE INDEX page_of_staff ON page (staff, sent_at);
CREATE INDEX page_of_case ON page (case_id);

CREATE TABLE stranded (
    id       INTEGER PRIMARY KEY,
    identity INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    sealed   BLOB NOT NULL
);
CREATE INDEX stranded_by_identity ON stranded (identity);

CREATE TABLE journal (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    event   TEXT NOT NULL,
    case_id INTEGER NOT NULL,
    staff   INTEGER NOT NULL,
    sealed  BLOB NOT NULL
);
CREATE INDEX journal_by_event ON journal (event, at);
