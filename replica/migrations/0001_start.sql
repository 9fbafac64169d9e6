-- Every BLOB named "sealed" is nonce ‖ ciphertext ‖ tag under the data key, with the table's name
-- and the row's plain columns as associated data. Every BLOB named "name", "space" or "subject"
-- is a keyed hash. Plain integers say how much there is, and nothing about what it is.

-- Facts about this copy: instance id, genesis, snapshot height.
CREATE TABLE meta (
    fact TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The other sides of sync, with how far each direction came. Slot 0 is never given: it means here.
CREATE TABLE peers (
    slot INTEGER NOT NULL PRIMARY KEY,
    name BLOB NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;

-- Blocks (0), sections (1) and checkpoints (2) in order of arrival.
CREATE TABLE items (
    number INTEGER NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    name BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX items_by_name ON items (name);

-- Blocks that no checkpoint holds yet.
CREATE TABLE open_blocks (
    number INTEGER NOT NULL PRIMARY KEY
) STRICT;

-- Blocks kept aside: what they build on is not here yet, or their device signed two histories.
-- A checkpoint may still order them.
CREATE TABLE aside_blocks (
    number INTEGER NOT NULL PRIMARY KEY
) STRICT;

-- Which block has a place of a device's feed.
CREATE TABLE feeds (
    device BLOB NOT NULL,
    seq INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (device, seq)
) STRICT, WITHOUT ROWID;

-- Blocks in checkpoints.
CREATE TABLE log (
    log_index INTEGER NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE
) STRICT;

CREATE TABLE checkpoints (
    height INTEGER NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT;

-- Which records touch a subject: place is the block's number times 65,536 plus the record's index.
CREATE TABLE touches (
    subject BLOB NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (subject, place)
) STRICT, WITHOUT ROWID;

-- Sections that a block names and that have not come yet.
CREATE TABLE expected_sections (
    name BLOB NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What a peer did not take, with its reason.
CREATE TABLE refusals (
    number INTEGER NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;

-- Evidence that blocks name: 0 wanted, 1 here, 2 here and on a peer.
CREATE TABLE evidence (
    number INTEGER NOT NULL PRIMARY KEY,
    name BLOB NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX evidence_by_state ON evidence (state, number);

-- The newest state, in parts, so that opening replays only what came after it.
CREATE TABLE snapshots (
    part INTEGER NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;

-- What the layer above keeps: drafts, codes it knows, settings.
CREATE TABLE notes (
    space BLOB NOT NULL,
    name BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (space, name)
) STRICT, WITHOUT ROWID;
