-- What opens the staff line for a member of the staff: the salted hash of her PIN, and how often it was missed.

CREATE TABLE line_pin (
    id     INTEGER PRIMARY KEY REFERENCES staff (id),
    sealed BLOB NOT NULL
);
