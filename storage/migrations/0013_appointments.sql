-- Times at which a child and one of its people are put through to one another: no word and no name. `minute` is of the
-- local day, `once` a day since 1970 or nothing, all else that says when is an instant.
CREATE TABLE appointment (
    id       INTEGER PRIMARY KEY,
    tie      INTEGER NOT NULL REFERENCES tie (id),
    point    INTEGER NOT NULL REFERENCES handset (id),
    weekday  INTEGER NOT NULL,
    minute   INTEGER NOT NULL,
    once     INTEGER,
    ended    INTEGER NOT NULL,
    agreed   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    reminded INTEGER NOT NULL,
    tries    INTEGER NOT NULL,
    tried_at INTEGER NOT NULL,
    look_at  INTEGER NOT NULL
);
CREATE INDEX appointment_standing ON appointment (tie) WHERE ended = 0;
