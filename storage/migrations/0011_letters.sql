-- Words of relatives on their way. `words` is not named `sealed`, because no key of data_key opens it: its key lies in a
-- file beside the master key and dies 72 h after `day` began (days since 1970, UTC). Rows go with delivery.

CREATE TABLE letter (
    id         INTEGER PRIMARY KEY,
    tie        INTEGER NOT NULL,
    to_child   INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    outbox     INTEGER NOT NULL,
    words      BLOB NOT NULL
);
CREATE INDEX letter_of_outbox ON letter (outbox) WHERE outbox <> 0;
CREATE INDEX letter_waiting ON letter (tie) WHERE outbox = 0 AND to_child = 1;
CREATE INDEX letter_of_day ON letter (day);
INSERT INTO counter VALUES ('letter', 0);
