-- A message dirtied a page of the conversation table and appended a row to `repeat`. Now the turn's own row carries
-- both: the state after it, sealed with its words, and the hash by which its repeat is known. Every few thousand turns
-- both are gathered into a run, and every few runs the newest states are written into `conversation`.

CREATE TABLE turn_new (
    id           INTEGER PRIMARY KEY,
    received_at  INTEGER NOT NULL,
    channel      INTEGER NOT NULL,
    handset      INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    has_state    INTEGER NOT NULL,
    repeat_hash  INTEGER NOT NULL,
    sealed       BLOB NOT NULL
);
INSERT INTO turn_new
    SELECT turn.id, received_at, channel, handset, conversation, 0, coalesce(repeat.hash, 0), sealed
    FROM turn LEFT JOIN repeat ON repeat.turn_id = turn.id ORDER BY turn.id;
-- What turns up to this one carry is in the table of conversations.
INSERT INTO counter VALUES ('folded_turn', (SELECT coalesce(min(turn_id) - 1, 0) FROM repeat));
DROP TABLE repeat;
DROP TABLE turn;
ALTER TABLE turn_new RENAME TO turn;

-- The last turn that the row knows of: a state that rides on a later turn is newer.
ALTER TABLE conversation ADD COLUMN as_of INTEGER NOT NULL DEFAULT 0;

-- Some thousand consecutive turns. `states`: by handset, the last of them that carries its state; sorted, 8 bytes of
-- handset each, then for each 4 bytes: how far its turn is behind first_turn. Little-endian.
CREATE TABLE turn_run (
    first_turn INTEGER PRIMARY KEY,
    last_turn  INTEGER NOT NULL,
    made_at    INTEGER NOT NULL,
    states     BLOB NOT NULL
);
-- The hashes of a run by their first byte, in the same form: whoever looks for one reads a 256th of them.
CREATE TABLE repeat_run (
    bucket     INTEGER NOT NULL,
    first_turn INTEGER NOT NULL,
    hashes     BLOB NOT NULL,
    PRIMARY KEY (bucket, first_turn)
) WITHOUT ROWID;

-- The same rows as before. SQLite builds a table for a list of more than two values at every insert.
DROP INDEX outbox_unsettled;
CREATE INDEX outbox_unsettled ON outbox (state, settled_at)
    WHERE state = 2 OR state = 4 OR state = 5 OR state = 7 OR state = 8;
