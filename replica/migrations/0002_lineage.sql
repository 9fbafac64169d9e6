-- What came of what, a row for each checkpoint in which something did: read whole at the start,
-- so that a trace needs neither the log nor the blocks.
CREATE TABLE lineage (
    height INTEGER NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;
