-- How the person at a handset may be reached: ways, hours, agreed words. In the form that handlers/safety writes.

CREATE TABLE contact_plan (
    id     INTEGER PRIMARY KEY REFERENCES handset (id),
    sealed BLOB NOT NULL
);
