-- An authority's ledger, beside what common_1.sql has.

CREATE TABLE given (
    id              INTEGER PRIMARY KEY,
    chain           INTEGER NOT NULL UNIQUE REFERENCES chain,
    unit            INTEGER NOT NULL REFERENCES unit,
    code            INTEGER NOT NULL CHECK (code BETWEEN 0 AND 99999999),
    first           INTEGER NOT NULL CHECK (first >= 1),
    last            INTEGER NOT NULL CHECK (last >= first AND last <= 9999999999),
    taken_back_from INTEGER CHECK (taken_back_from IS NULL OR taken_back_from BETWEEN first AND last),
    given_at        INTEGER NOT NULL,
    -- One past the highest number that was claimed, the first when none was: what the mark keeps of it.
    next            INTEGER NOT NULL,
    -- Below this, a number without a row may have been countersigned in a part of the ledger that was lost:
    -- it is not claimed here until somebody says what became of it. The first when nothing was lost.
    unknown_below   INTEGER NOT NULL,
    claimed         INTEGER NOT NULL DEFAULT 0,
    countersigned   INTEGER NOT NULL DEFAULT 0,
    last_change     INTEGER NOT NULL,               -- the journal row of what happened to it as a whole
    CHECK (next BETWEEN first AND last + 1 AND unknown_below BETWEEN first AND last + 1)
) STRICT;

CREATE INDEX given_of_code ON given (code, first);

CREATE TRIGGER given_stays BEFORE DELETE ON given
BEGIN SELECT RAISE(ABORT, 'a segment is never removed'); END;

CREATE TRIGGER given_goes_forward BEFORE UPDATE ON given
WHEN NEW.first <> OLD.first OR NEW.last <> OLD.last OR NEW.code <> OLD.code OR NEW.unit <> OLD.unit
    OR NEW.next < OLD.next OR NEW.unknown_below < OLD.unknown_below
    OR (OLD.taken_back_from IS NOT NULL AND NEW.taken_back_from IS NULL) OR NEW.taken_back_from > OLD.taken_back_from
BEGIN SELECT RAISE(ABORT, 'a segment only goes forward'); END;

CREATE TABLE countersigned (
    id           INTEGER PRIMARY KEY,
    given        INTEGER NOT NULL REFERENCES given,
    original_sm3 BLOB NOT NULL CHECK (length(original_sm3) = 32),
    state        INTEGER NOT NULL CHECK (state IN (1, 2)),    -- claimed, countersigned
    document_sm3 BLOB CHECK ((state = 2) = (document_sm3 IS NOT NULL AND length(document_sm3) = 32)),
    last_change  INTEGER NOT NULL
) STRICT;

CREATE TRIGGER countersigned_stays BEFORE DELETE ON countersigned
BEGIN SELECT RAISE(ABORT, 'a number is never removed'); END;

CREATE TRIGGER one_content_a_number BEFORE UPDATE ON countersigned
WHEN NEW.id <> OLD.id OR NEW.original_sm3 <> OLD.original_sm3 OR NEW.state < OLD.state OR OLD.state = 2
BEGIN SELECT RAISE(ABORT, 'one content for a number'); END;
