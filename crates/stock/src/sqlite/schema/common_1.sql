-- What a unit's stock and an authority's ledger share. Times are milliseconds since 1970 (UTC), digests
-- 32 bytes, a number is code·10^10 + number.

CREATE TABLE meta (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    stock_id   TEXT NOT NULL,     -- 32 hexadecimal digits: names the database for life
    generation TEXT NOT NULL,     -- 32 hexadecimal digits: new with every older state that was accepted
    created_at INTEGER NOT NULL,
    mark       TEXT,              -- the file of the mark, relative to the database's folder; NULL: none
    receipts   TEXT               -- the folder of finished receipts, likewise; NULL: in this file
) STRICT;

-- The generations before, each with the journal row that ended it.
CREATE TABLE past_generation (
    generation TEXT PRIMARY KEY,
    ended      INTEGER NOT NULL REFERENCES journal
) STRICT, WITHOUT ROWID;

-- The last number that was given out of each segment that an older state, which was accepted, does not know. When
-- such a segment is noted again, it goes on behind that number.
CREATE TABLE lost (
    number INTEGER PRIMARY KEY
) STRICT;

-- One chain for each segment and one for the database as a whole ("stock", id 0): writers of different
-- segments do not wait for each other where a database can do that.
CREATE TABLE chain (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE,
    length INTEGER NOT NULL CHECK (length >= 0),
    head   BLOB NOT NULL CHECK (length(head) = 32)
) STRICT;

CREATE TABLE journal (
    seq      INTEGER PRIMARY KEY,
    chain    INTEGER NOT NULL REFERENCES chain,
    place    INTEGER NOT NULL,
    event    INTEGER NOT NULL,
    number   INTEGER,
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    subject  BLOB CHECK (subject IS NULL OR length(subject) = 32),
    detail   TEXT NOT NULL,
    previous INTEGER,
    hash     BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_is_not_shortened BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Heads that were noted, with the signature over their text where there was a signer.
CREATE TABLE heads (
    seq         INTEGER PRIMARY KEY REFERENCES journal,
    text        TEXT NOT NULL,
    certificate BLOB,
    signature   BLOB
) STRICT;

-- Documents, each as far as its number came; a finished one may stand beside the database instead.
CREATE TABLE document (
    number INTEGER PRIMARY KEY,
    bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE unit (
    id   INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE
) STRICT;
