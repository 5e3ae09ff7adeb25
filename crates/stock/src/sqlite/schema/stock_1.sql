-- A unit's stock, beside what common_1.sql has.

CREATE TABLE segment (
    id            INTEGER PRIMARY KEY,
    parent        INTEGER REFERENCES segment,      -- a lease is a part of another segment
    chain         INTEGER NOT NULL UNIQUE REFERENCES chain,
    unit          INTEGER NOT NULL REFERENCES unit,
    code          INTEGER NOT NULL CHECK (code BETWEEN 0 AND 99999999),
    origin        INTEGER NOT NULL CHECK (origin IN (1, 2)),  -- 1 received, 2 numbers from outside
    -- 0 for numbers from outside, which have no range.
    first         INTEGER NOT NULL,
    last          INTEGER NOT NULL,
    next          INTEGER NOT NULL,
    returned_from INTEGER,
    giver         TEXT NOT NULL,
    received_at   INTEGER NOT NULL,
    taken_in_at   INTEGER,
    -- How many of its numbers stand in which state; a check counts them again.
    reserved      INTEGER NOT NULL DEFAULT 0,
    signed        INTEGER NOT NULL DEFAULT 0,
    issued        INTEGER NOT NULL DEFAULT 0,
    voided        INTEGER NOT NULL DEFAULT 0,
    unknown       INTEGER NOT NULL DEFAULT 0,
    red           INTEGER NOT NULL DEFAULT 0,
    exchanged     INTEGER NOT NULL DEFAULT 0,
    last_change   INTEGER NOT NULL,                -- the journal row of what happened to it as a whole
    CHECK (origin = 2 OR (first >= 1 AND first <= last AND last <= 9999999999)),
    CHECK (origin = 2 OR (next >= first AND next <= last + 1)),
    CHECK (returned_from IS NULL OR (returned_from > first - 1 AND returned_from <= last AND next <= returned_from))
) STRICT;

CREATE INDEX segment_of_code ON segment (code, first);
CREATE UNIQUE INDEX segment_from_outside ON segment (unit, code) WHERE origin = 2;

-- The triggers say FAIL and not ABORT, here and below: what they stand against is refused before the row is
-- changed, and SQLite keeps no journal of its own for each statement so as to take back rows before it.
CREATE TRIGGER segment_stays BEFORE DELETE ON segment
BEGIN SELECT RAISE(FAIL, 'a segment is never removed'); END;

CREATE TRIGGER segment_goes_forward BEFORE UPDATE ON segment
WHEN NEW.next < OLD.next OR NEW.first <> OLD.first OR NEW.last <> OLD.last OR NEW.code <> OLD.code
    OR NEW.unit <> OLD.unit OR (OLD.returned_from IS NOT NULL AND NEW.returned_from IS NULL)
    OR NEW.returned_from > OLD.returned_from
BEGIN SELECT RAISE(FAIL, 'a segment only goes forward'); END;

CREATE TABLE number (
    id            INTEGER PRIMARY KEY,
    segment       INTEGER NOT NULL REFERENCES segment,
    state         INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5), -- reserved signed issued voided unknown
    salt          INTEGER,            -- of the token; NULL where nobody reserved it
    unit          INTEGER NOT NULL REFERENCES unit,
    request_id    TEXT,
    draft_digest  BLOB,
    business_key  TEXT,
    total         INTEGER,            -- fen
    day           INTEGER,            -- yyyymmdd at UTC+8
    reverses      INTEGER,
    document_sm3  BLOB,
    exchanged_for TEXT,
    last_change   INTEGER NOT NULL    -- the journal row
) STRICT;

CREATE UNIQUE INDEX number_of_request ON number (unit, request_id) WHERE request_id IS NOT NULL;
CREATE UNIQUE INDEX one_red_for_a_blue ON number (reverses) WHERE reverses IS NOT NULL AND state <> 4;
CREATE INDEX number_of_business ON number (business_key) WHERE business_key IS NOT NULL;

CREATE TRIGGER number_stays BEFORE DELETE ON number
BEGIN SELECT RAISE(FAIL, 'a number is never removed'); END;

CREATE TRIGGER number_goes_forward BEFORE UPDATE ON number
WHEN NEW.id <> OLD.id OR NEW.segment <> OLD.segment OR NEW.unit <> OLD.unit
    OR NEW.request_id IS NOT OLD.request_id OR NEW.draft_digest IS NOT OLD.draft_digest
    OR NOT (NEW.state = OLD.state
        OR (OLD.state = 1 AND NEW.state IN (2, 3, 4))
        OR (OLD.state = 2 AND NEW.state IN (3, 4))
        OR (OLD.state = 5 AND NEW.state IN (3, 4)))
BEGIN SELECT RAISE(FAIL, 'a number only goes forward'); END;

-- Which numbers of a segment state a day, as the span from the lowest to the highest: finds the numbers of
-- a day without an index over all of them, and tells at which rate they are used.
CREATE TABLE day_use (
    segment INTEGER NOT NULL REFERENCES segment,
    day     INTEGER NOT NULL,
    lowest  INTEGER NOT NULL,
    highest INTEGER NOT NULL,
    drawn   INTEGER NOT NULL,
    PRIMARY KEY (segment, day)
) STRICT, WITHOUT ROWID;

-- The authority's refusals, as they came.
CREATE TABLE refusal (
    number INTEGER PRIMARY KEY REFERENCES number,
    bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE pay_sequence (
    region      TEXT NOT NULL,
    year        INTEGER NOT NULL,
    allotted_id INTEGER NOT NULL,
    next        INTEGER NOT NULL,
    PRIMARY KEY (region, year, allotted_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pay_code (
    unit       INTEGER NOT NULL REFERENCES unit,
    request_id TEXT NOT NULL,
    with_check INTEGER NOT NULL CHECK (with_check IN (0, 1)),
    code       TEXT NOT NULL UNIQUE,
    PRIMARY KEY (unit, request_id)
) STRICT, WITHOUT ROWID;
