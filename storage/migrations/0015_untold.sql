-- What is known of words of relatives that are gone: none of them, and not what became of them.

-- Whose words did not arrive where she has no phone at which she could be told: she is told when she opens the line next.
CREATE TABLE untold (
    writer INTEGER PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    at     INTEGER NOT NULL
);

-- How many were taken along a tie, one way and the other, on the last local day on which any were (days since 1970).
CREATE TABLE letters_taken (
    tie      INTEGER NOT NULL REFERENCES tie (id),
    to_child INTEGER NOT NULL,
    day      INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (tie, to_child)
) WITHOUT ROWID;
