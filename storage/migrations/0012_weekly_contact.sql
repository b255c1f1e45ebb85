-- Whether families are in touch: no word and no name. Days are days since 1970.

-- What is known of a child's weekly contact, and who was reminded of it since.
CREATE TABLE weekly_contact (
    child     INTEGER PRIMARY KEY REFERENCES person (id),
    last      INTEGER NOT NULL,
    nudged    INTEGER NOT NULL,
    nudged_on INTEGER
);

-- When words along a tie arrived last, one way and the other.
CREATE TABLE words_arrived (
    tie      INTEGER NOT NULL REFERENCES tie (id),
    to_child INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (tie, to_child)
) WITHOUT ROWID;
