-- Words of relatives on their way. `words` is not named `sealed`, because no key of data_key opens it: its key lies in a
-- file beside the master key and dies 72 h after `day` began (days since 1970, UTC). Rows go with delivery. `recording`:
-- the file's name of what was spoken, whose key is in `words`; empty where it was written.

CREATE TABLE letter (
    id         INTEGER PRIMARY KEY,
    tie        INTEGER NOT NULL,
    to_child   INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    outbox     INTEGER NOT NULL,
    recording  TEXT NOT NULL,
    words      BLOB NOT NULL
);
CREATE INDEX letter_of_outbox ON letter (outbox) WHERE outbox <> 0;
CREATE INDEX letter_waiting ON letter (tie) WHERE outbox = 0 OR recording <> '';
CREATE INDEX letter_of_day ON letter (day);
CREATE INDEX letter_spoken ON letter (id) WHERE recording <> '';
INSERT INTO counter VALUES ('letter', 0);

-- Files of what was spoken, without a letter and a key, that have yet to be removed.
CREATE TABLE dropped_recording (
    name TEXT PRIMARY KEY
) WITHOUT ROWID;
