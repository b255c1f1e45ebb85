-- Pages that wait to be told in one text with others; how often an alert was handed back; the dates of a shift, as
-- "2026-12-25 2027-01-01..2027-01-03".

ALTER TABLE page ADD COLUMN told INTEGER NOT NULL DEFAULT 1;
ALTER TABLE alert ADD COLUMN handed_back INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shift ADD COLUMN on_dates TEXT NOT NULL DEFAULT '';
ALTER TABLE shift ADD COLUMN off_dates TEXT NOT NULL DEFAULT '';
