-- Which messages carried a page: the auditor of duty compares them with what an alert called for.
CREATE INDEX outbox_of_page ON outbox (page) WHERE page <> 0;
