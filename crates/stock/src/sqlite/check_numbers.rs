//! Checking numbers and segments, in one pass over the numbers in their order.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, Row};

use super::check::name;
use super::check_journal::range_has;
use super::database::sql;
use super::segments::NUMBERS;
use crate::{Event, Indicator, NumberId, Result, State};

/// What the pass finds.
pub(super) struct NumberCheck {
    pub(super) state: Indicator,
    pub(super) sequence: Indicator,
    pub(super) totals: Indicator,
    pub(super) strangers: Indicator,
    pub(super) tokens: Indicator,
    pub(super) day_use: Indicator,
}

/// The counts of a segment: the five states, red and exchanged ones.
type Counts = [i64; 7];
const COUNTS: [&str; 7] = ["reserved", "signed", "issued", "voided", "unknown", "red", "exchanged"];

struct Segment {
    unit: i64,
    chain: i64,
    is_external: bool,
    /// The keys of the first number, of the last one, and of the next.
    first: i64,
    last: i64,
    next: i64,
    noted: Counts,
    counted: Counts,
    /// The key that is expected next.
    expected: i64,
}

/// Lowest and highest key of a segment that state a day, and how many were drawn.
type Day = (i64, i64, i64);

struct Number {
    id: i64,
    segment: i64,
    state: i64,
    salt: Option<i64>,
    unit: i64,
    has_request: bool,
    has_digest: bool,
    day: Option<i64>,
    is_red: bool,
    is_exchanged: bool,
    event: Option<i64>,
    /// Whose change it was.
    changed: Changed,
}

/// What a change in the journal was of.
enum Changed {
    Number(i64),
    /// A range of the segment with this chain, as the detail says; none where there is no such row.
    Range(Option<(i64, String)>),
}

impl NumberCheck {
    /// # Errors
    /// Those of the database.
    pub(super) fn run(connection: &Connection) -> Result<Self> {
        let mut check = Self::empty();
        let mut segments = segments(connection)?;
        let ranges = Ranges::of(&segments);
        let mut days: HashMap<(i64, i64), Day> = HashMap::new();
        let mut statement = connection
            .prepare_cached(
                "SELECT n.id, n.segment, n.state, n.salt, n.unit, n.request_id IS NOT NULL, n.draft_digest IS NOT NULL, \
                 n.day, n.reverses IS NOT NULL, n.exchanged_for IS NOT NULL, j.event, \
                 CASE WHEN j.number IS NULL THEN j.detail END, j.number, j.chain \
                 FROM number n LEFT JOIN journal j ON j.seq = n.last_change ORDER BY n.id",
            )
            .map_err(sql)?;
        let mut rows = statement.query([]).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let number = Number::of(row).map_err(sql)?;
            check.number(&number, segments.get_mut(&number.segment), &ranges);
            if let Some(day) = number.day {
                let used = days.entry((number.segment, day)).or_insert((number.id, number.id, 0));
                *used = (used.0.min(number.id), used.1.max(number.id), used.2 + i64::from(number.salt.is_some()));
            }
        }
        check.segments(&segments);
        check.overlaps(&segments);
        check.days(connection, &days)?;
        Ok(check)
    }

    fn empty() -> Self {
        NumberCheck {
            state: Indicator::new(
                "i1-one-state",
                "每个号码的状态就是日志中最后一次变更的结果",
                "Every number is in the one state that its latest change in the journal led to",
            ),
            sequence: Indicator::new(
                "i2-sequence",
                "号段中离开空闲状态的号码恰为首号至下一号之前，无空缺",
                "The numbers of a segment that left free are exactly those before its next one",
            ),
            totals: Indicator::new(
                "totals",
                "号段的各状态计数与逐号清点相符",
                "The counts of segments are those of their numbers",
            ),
            strangers: Indicator::new(
                "strangers",
                "每个号码都在其号段之内，属于该单位；外部号码不在任何号段之内",
                "Every number lies in its segment and is its unit's; numbers from outside lie in no segment",
            ),
            tokens: Indicator::new(
                "tokens",
                "占号的号码都有令牌、请求号与草稿摘要，其余号码没有",
                "Numbers that were reserved have token, request id and draft digest, and no others have",
            ),
            day_use: Indicator::new(
                "day-use",
                "按日用号的起止与数量与逐号清点相符",
                "The spans and counts of numbers used per day are those of the numbers",
            ),
        }
    }

    fn number(&mut self, number: &Number, segment: Option<&mut Segment>, ranges: &Ranges) {
        let id = number.id;
        let is_own = match (&number.changed, segment.as_deref()) {
            (Changed::Number(changed), _) => *changed == id,
            (Changed::Range(Some((chain, detail))), Some(segment)) => {
                *chain == segment.chain && NumberId::from_integer(id).is_some_and(|id| range_has(detail, id))
            }
            // A number in no segment is a stranger.
            (Changed::Range(_), _) => number.event.is_none() || segment.is_none(),
        };
        self.state.look(is_own && state_after(number.event) == Some(number.state), || {
            if !is_own {
                return format!("{}: its latest change is not its own", name(id));
            }
            let event = number.event.and_then(Event::from_integer).map_or("no change", Event::name);
            let state = State::from_integer(number.state).map_or("no state", State::name);
            format!("{}: {state} after {event}", name(id))
        });
        let was_reserved = number.salt.is_some_and(|salt| salt > 0);
        let tokens_hold = number.has_request == was_reserved
            && number.has_digest == was_reserved
            && was_reserved == number.salt.is_some()
            && (was_reserved || number.state > 2);
        self.tokens.look(tokens_hold, || name(id));
        let Some(segment) = segment else {
            self.strangers.look(false, || name(id));
            return;
        };
        let is_inside = match segment.is_external {
            true => id / NUMBERS == segment.first / NUMBERS && !ranges.has(id),
            false => (segment.first..=segment.last).contains(&id),
        };
        self.strangers.look(is_inside && number.unit == segment.unit, || name(id));
        if let Some(count) = usize::try_from(number.state - 1).ok().and_then(|at| segment.counted.get_mut(at)) {
            *count += 1;
        }
        segment.counted[5] += i64::from(number.is_red && number.state == State::Issued as i64);
        segment.counted[6] += i64::from(number.is_exchanged);
        if !segment.is_external && is_inside {
            self.sequence.looked_at += 1;
            gap(&mut self.sequence, segment.expected, id.min(segment.next));
            if id >= segment.next {
                self.sequence.wrong(1, || format!("{} beyond the next", name(id)));
            }
            segment.expected = id + 1;
        }
    }

    fn segments(&mut self, segments: &BTreeMap<i64, Segment>) {
        for (id, segment) in segments {
            if !segment.is_external {
                gap(&mut self.sequence, segment.expected, segment.next);
            }
            for ((what, noted), counted) in COUNTS.iter().zip(segment.noted).zip(segment.counted) {
                self.totals.look(noted == counted, || format!("segment {id}: {what} {noted}, counted {counted}"));
            }
        }
    }

    /// A number that two segments have would be drawn twice.
    fn overlaps(&mut self, segments: &BTreeMap<i64, Segment>) {
        let mut received: Vec<_> = segments.iter().filter(|(_, segment)| !segment.is_external).collect();
        received.sort_unstable_by_key(|(id, segment)| (segment.first, **id));
        let mut widest: Option<(i64, &Segment)> = None;
        for (id, segment) in received {
            if let Some((other, _)) = widest.filter(|(_, before)| segment.first <= before.last) {
                self.strangers.wrong(1, || format!("segments {other} and {id} overlap at {}", name(segment.first)));
            }
            if widest.is_none_or(|(_, before)| before.last < segment.last) {
                widest = Some((*id, segment));
            }
        }
    }

    fn days(&mut self, connection: &Connection, days: &HashMap<(i64, i64), Day>) -> Result<()> {
        let mut statement = connection
            .prepare_cached("SELECT segment, day, lowest, highest, drawn FROM day_use ORDER BY segment, day")
            .map_err(sql)?;
        let mut rows = statement.query([]).map_err(sql)?;
        let mut noted = 0;
        while let Some(row) = rows.next().map_err(sql)? {
            let (key, used): ((i64, i64), Day) =
                (|| Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?, row.get(4)?))))().map_err(sql)?;
            let counted = days.get(&key);
            noted += usize::from(counted.is_some());
            self.day_use.look(counted == Some(&used), || format!("segment {} on {}", key.0, key.1));
        }
        if noted < days.len() {
            let missing = days.len() - noted;
            self.day_use.wrong(missing as u64, || format!("{missing} not noted"));
        }
        Ok(())
    }
}

/// The numbers from `expected` up to but not with `found` are nowhere.
fn gap(sequence: &mut Indicator, expected: i64, found: i64) {
    if let Some(missing) = u64::try_from(found - expected).ok().filter(|missing| *missing > 0) {
        sequence.wrong(missing, || match missing {
            1 => format!("{} is nowhere", name(expected)),
            _ => format!("{} to {} are nowhere", name(expected), name(found - 1)),
        });
    }
}

/// The state that a change leads to.
fn state_after(event: Option<i64>) -> Option<i64> {
    let state = match event.and_then(Event::from_integer)? {
        Event::Reserved | Event::Obtained => State::Reserved,
        Event::Signed => State::Signed,
        Event::Issued | Event::ImportedIssued | Event::Exchanged => State::Issued,
        Event::Voided | Event::ImportedVoided => State::Voided,
        Event::Unknown => State::Unknown,
        _ => return None,
    };
    Some(state as i64)
}

/// Where the received segments lie, by their first keys; they do not overlap.
struct Ranges(BTreeMap<i64, i64>);

impl Ranges {
    fn of(segments: &BTreeMap<i64, Segment>) -> Self {
        let received = segments.values().filter(|segment| !segment.is_external);
        Ranges(received.map(|segment| (segment.first, segment.last)).collect())
    }

    fn has(&self, id: i64) -> bool {
        self.0.range(..=id).next_back().is_some_and(|(_, last)| id <= *last)
    }
}

impl Number {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Number {
            id: row.get(0)?,
            segment: row.get(1)?,
            state: row.get(2)?,
            salt: row.get(3)?,
            unit: row.get(4)?,
            has_request: row.get(5)?,
            has_digest: row.get(6)?,
            day: row.get(7)?,
            is_red: row.get(8)?,
            is_exchanged: row.get(9)?,
            event: row.get(10)?,
            changed: match row.get(12)? {
                Some(number) => Changed::Number(number),
                None => Changed::Range(row.get::<_, Option<i64>>(13)?.zip(row.get(11)?)),
            },
        })
    }
}

fn segments(connection: &Connection) -> Result<BTreeMap<i64, Segment>> {
    let mut statement = connection
        .prepare_cached(
            "SELECT id, unit, origin, code, first, last, next, reserved, signed, issued, voided, unknown, red, exchanged, \
             chain FROM segment",
        )
        .map_err(sql)?;
    let segment = |row: &Row<'_>| {
        let key = row.get::<_, i64>(3)? * NUMBERS;
        let first = key + row.get::<_, i64>(4)?;
        let mut noted = Counts::default();
        for (at, count) in noted.iter_mut().enumerate() {
            *count = row.get(7 + at)?;
        }
        let segment = Segment {
            unit: row.get(1)?,
            chain: row.get(14)?,
            is_external: row.get::<_, i64>(2)? == 2,
            first,
            last: key + row.get::<_, i64>(5)?,
            next: key + row.get::<_, i64>(6)?,
            noted,
            counted: Counts::default(),
            expected: first,
        };
        Ok((row.get(0)?, segment))
    };
    statement.query_map([], segment).and_then(Iterator::collect).map_err(sql)
}
