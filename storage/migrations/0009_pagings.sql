-- Every time that an alert called for somebody, and the text that told her, which may have told of other pages too: what
-- waits to be told leaves no row in the outbox that names its page.
CREATE TABLE paging (
    page    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (page, at)
) WITHOUT ROWID;
