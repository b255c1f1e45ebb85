-- What callers have told. The audio lies in a folder beside the database, each file sealed under a key of its own; the
-- key stands in `sealed`. A row is never deleted: it says what became of the recording.

CREATE TABLE recording (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    case_id    INTEGER NOT NULL,
    handset    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    at_carrier INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    length_ms  INTEGER NOT NULL,
    sealed     BLOB NOT NULL
);
CREATE INDEX recording_of_case ON recording (case_id) WHERE case_id <> 0;
CREATE INDEX recording_at_carrier ON recording (due_at) WHERE at_carrier = 1;
