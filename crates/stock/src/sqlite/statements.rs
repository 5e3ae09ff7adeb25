//! How far a database had come that is older than what was acknowledged: what its marks say, and what the operator
//! states where they do not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use czei_codes::Code as _;
use rusqlite::Connection;

use super::accept::Going;
use super::backup::IssuedUpTo;
use super::connection::sql;
use super::kind::{Kind, journal_progress, journal_tag, pay_key, pay_sequence};
use super::mark::{Mark, Marks, Owner};
use super::meta::mark_place_taken;
use super::{segments, units};
use crate::{Code, Error, Result};

/// What is known of how far the database had come.
pub(super) struct Known {
    pub(super) told: Vec<Told>,
    /// The next of each sequence of payment codes, by key.
    pub(super) sequences: BTreeMap<i64, i64>,
    /// Whether something that was acknowledged is missing in the database, or may be.
    pub(super) is_behind: bool,
}

/// What one mark says.
pub(super) struct Told {
    /// Whether it is of the database's generation.
    pub(super) is_same: bool,
    pub(super) marks: Marks,
}

impl Going<'_> {
    /// What the marks say, the one before and the one to come, and whether that is enough.
    pub(super) fn known(&self, connection: &Connection, owner: &Owner, files: [Option<&Path>; 2]) -> Result<Known> {
        let mut known = Known { told: Vec::new(), sequences: self.stated_sequences()?, is_behind: false };
        let mut troubles = Vec::new();
        let mut is_enough = false;
        let [before, now] = files;
        for file in [before, now.filter(|now| before != Some(*now))].into_iter().flatten() {
            let content = match Mark::read(file, self.options.busy_timeout) {
                Ok(content) => content,
                Err(error) if error.is(Code::MarkDamaged) && before != Some(file) => {
                    return Err(mark_place_taken(file, "a file that is no mark"));
                }
                Err(error) if error.is(Code::MarkMissing) || error.is(Code::MarkDamaged) => {
                    troubles.push(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            if content.owner.stock_id != owner.stock_id {
                let fault = Code::OtherGeneration.fault().in_file(file.display().to_string());
                let (expected, found) = (&owner.stock_id, &content.owner.stock_id);
                return Err(fault.expected(format!("stock {expected}")).found(format!("stock {found}")).into());
            }
            let rows = journal_progress(connection)?.value;
            let marked = content.marks.get(&0).copied().unwrap_or_default();
            let is_other_row =
                (1..=rows).contains(&marked.value) && journal_tag(connection, marked.value)? != marked.tag;
            let ended: Option<i64> = connection
                .prepare_cached("SELECT max(ended) FROM past_generation WHERE generation = ?1")
                .and_then(|mut select| select.query_row([&content.owner.generation], |row| row.get(0)))
                .map_err(sql)?;
            match ended {
                // Nothing happened since that generation ended: going on was cut short before the mark.
                Some(ended) if ended == rows => is_enough = true,
                // An old mark was put back: it does not say how far this generation came.
                Some(_) => {
                    let fault = Code::OtherGeneration.fault().in_file(file.display().to_string());
                    troubles.push(fault.found(format!("generation {}", content.owner.generation)).into());
                }
                None => {
                    // One that lay elsewhere until now may be a copy of long ago. That of the database itself is
                    // behind it at most by what was never acknowledged.
                    is_enough |= before == Some(file) || marked.value >= rows;
                    let is_later = content.owner.generation != owner.generation;
                    known.is_behind |= is_later || is_other_row || marked.value > rows;
                }
            }
            for (key, reached) in content.marks.iter().filter(|(key, _)| pay_sequence(**key).is_some()) {
                let next = known.sequences.entry(*key).or_default();
                *next = reached.value.max(*next);
            }
            known.told.push(Told { is_same: content.owner.generation == owner.generation, marks: content.marks });
        }
        if !is_enough {
            known.is_behind = true;
            self.require_statements(connection, troubles.into_iter().next().unwrap_or(Code::MarkMissing.into()))?;
        }
        Ok(known)
    }

    /// The next of each sequence of payment codes behind the code that is stated.
    pub(super) fn stated_sequences(&self) -> Result<BTreeMap<i64, i64>> {
        let mut sequences: BTreeMap<i64, i64> = BTreeMap::new();
        for up_to in self.up_to {
            let IssuedUpTo::PayCode(code) = up_to else { continue };
            let key = code
                .parts()
                .filter(|_| self.kind == Kind::Stock)
                .and_then(|parts| pay_key(&parts.region.to_string(), parts.year.into(), parts.allotted_id.into()));
            let (Some(key), Some(parts)) = (key, code.parts()) else {
                return Err(Code::SegmentUnknown.fault().found(code.to_string()).into());
            };
            // The first ten of a sequence are without check digit where the ninth digit is 0: see `pay_codes`.
            let has_check_digit = parts.sequence > 0 && code.check_digit_matches() == Some(true);
            let last = if has_check_digit { parts.sequence } else { parts.sequence * 10 + u64::from(parts.last_digit) };
            let next = sequences.entry(key).or_default();
            // Of ten digits.
            *next = (*next).max(last as i64 + 1);
        }
        Ok(sequences)
    }

    /// Where the mark does not say it, the operator has to: for every code of every unit that has a segment, because
    /// one that is untouched here may have been drawn from since, and for every sequence of payment codes.
    pub(super) fn require_statements(&self, connection: &Connection, trouble: Error) -> Result<()> {
        let missing = |expected: String| {
            Err(match trouble.clone() {
                Error::Stock(fault) => fault.expected(expected).into(),
                trouble => trouble,
            })
        };
        let parts = self.parts(connection)?;
        let mut stated: BTreeSet<(i64, i64)> = BTreeSet::new();
        for up_to in self.up_to {
            match up_to {
                IssuedUpTo::Number(number) => {
                    stated.extend(parts.iter().find(|part| part.has(number.get())).map(|part| (part.unit, part.code)));
                }
                IssuedUpTo::Nothing { unit, code } => {
                    let code = segments::code_integer(*code);
                    let unit = units::get(connection, unit)?;
                    let mut own = parts.iter().filter(|part| Some(part.unit) == unit && part.code == code).peekable();
                    // It is not so where numbers were given out even here.
                    if let Some(first) = own.peek().map(|part| (part.unit, part.code))
                        && own.all(|part| part.next == part.first)
                    {
                        stated.insert(first);
                    }
                }
                IssuedUpTo::PayCode(_) => {}
            }
        }
        if let Some(part) = parts.iter().find(|part| !stated.contains(&(part.unit, part.code))) {
            let unit: String = connection
                .query_row("SELECT code FROM unit WHERE id = ?1", [part.unit], |row| row.get(0))
                .map_err(sql)?;
            return missing(format!("the last number given out of {:08} for {unit}, or that there is none", part.code));
        }
        let sequences = self.stated_sequences()?;
        let known = self.kind.progress(connection, None)?;
        let mut unsaid = known.keys().filter(|key| !sequences.contains_key(key)).filter_map(|key| pay_sequence(*key));
        if let Some((region, year, allotted_id)) = unsaid.next() {
            return missing(format!("the last payment code given out of {region} {year} {allotted_id:02}"));
        }
        Ok(())
    }
}
