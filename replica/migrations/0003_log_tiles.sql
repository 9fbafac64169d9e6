-- The log's tree, so that it need not stand in memory nor be hashed again at a start. A row has up to
-- 256 hashes: in tier 0 the leaves, in each tier above the roots over whole rows of the one below.
CREATE TABLE log_tiles (
    tier INTEGER NOT NULL,
    place INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (tier, place)
) STRICT, WITHOUT ROWID;
