-- Of a part that may be for a relative: its bytes, which `sealed` is then without. Not named `sealed` for the same reason
-- as the words of a letter: no key of data_key opens it. Empty: they are in `sealed`.

ALTER TABLE fragment ADD COLUMN words BLOB NOT NULL DEFAULT x'';
