//! Going on from a database that is older than what was acknowledged: nothing that may have been given out since is
//! given out again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use czei_codes::Code as _;
use czei_core::Code as Rule;
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::json;

use super::backup::{Accepted, IssuedUpTo};
use super::connection::sql;
use super::copy_lock::{CopyLock, Gate};
use super::database::{find, in_file, prepare};
use super::file_system::{FileId, file_error, folder_of, refuse_network, remove_if_there, sync_folder};
use super::journal::{Entry, Journal, STOCK_CHAIN};
use super::kind::{Kind, journal_progress, journal_tag, pay_key, pay_sequence};
use super::mark::{Mark, Marks, Owner};
use super::meta::{Meta, kept, mark_file, new_name};
use super::registry::{self, Access};
use super::segments::{self, MOST_UNKNOWN, NUMBERS, with_checker};
use super::units;
use crate::limits::{check_by, check_reason};
use crate::{By, Code, Error, Event, NumberId, OpenOptions, Result};

/// What an operator says when going on from an older state.
#[derive(Clone, Copy)]
pub(super) struct Going<'a> {
    pub(super) kind: Kind,
    pub(super) options: &'a OpenOptions,
    pub(super) up_to: &'a [IssuedUpTo],
    pub(super) reason: &'a str,
    pub(super) by: By<'a>,
}

/// See [`super::SqliteStock::accept_older`].
///
/// First the database with its new generation is durable, then the mark is replaced. A crash in between leaves a mark
/// of the generation before: opening says so, and the same call again goes on.
pub(super) fn accept_older(going: &Going<'_>) -> Result<Accepted> {
    going.check()?;
    let options = going.options;
    let path = find(&options.path)?;
    let in_use = || Error::from(Code::StockInUse.fault().in_file(options.path.display().to_string()));
    let id = FileId::of(&path).map_err(|error| file_error(&error, &path))?;
    // Held to the end: no handle of this process opens it meanwhile.
    let Access::Turn(_turn) = registry::access(id).map_err(|error| in_file(error, &options.path))? else {
        return Err(in_use());
    };
    refuse_network(folder_of(&path))?;
    let _copy_lock = CopyLock::take(&path)?;
    let _gate = Gate::enter_alone(&path, options.busy_timeout)?;
    let connection = prepare(going.kind, &path, options, true).map_err(|error| in_file(error, &options.path))?;
    let accepted = going.accept(&connection, &path, None)?;
    connection.close().map_err(|(_, error)| sql(error))?;
    accepted.replace_mark()
}

/// What was accepted in the database, while the mark is still the one before.
pub(super) struct InDatabase {
    accepted: Accepted,
    mark: Option<PathBuf>,
    /// Where the mark was until now.
    mark_before: Option<PathBuf>,
    owner: Owner,
    marks: Marks,
}

impl InDatabase {
    /// Leaves a mark alone that is not in the folder of the database: another copy of it may be in use with it.
    pub(super) fn keep_mark_elsewhere(mut self, path: &Path) -> Self {
        self.mark_before = self.mark_before.filter(|before| before.starts_with(folder_of(path)));
        self
    }

    /// The last step. A mark that is kept elsewhere from now on is gone where it was: with it an older copy, which
    /// names the place of before, would open as if nothing had happened since.
    pub(super) fn replace_mark(self) -> Result<Accepted> {
        if let Some(mark) = &self.mark {
            Mark::replace(mark, &self.owner, &self.marks)?;
        }
        let is_now = |before: &Path| match &self.mark {
            Some(mark) => mark == before || FileId::of(mark).ok() == FileId::of(before).ok(),
            None => false,
        };
        if let Some(before) = self.mark_before.as_deref().filter(|before| before.is_file() && !is_now(before)) {
            remove_if_there(before)?;
            sync_folder(folder_of(before))?;
        }
        Ok(self.accepted)
    }
}

impl Going<'_> {
    /// Refuses texts that cannot stand in the journal.
    pub(super) fn check(&self) -> Result<()> {
        check_by(self.by)?;
        check_reason("reason", self.reason)
    }

    /// Takes everything out of reach that may have been given out since, under a new generation, in one transaction.
    /// `path` is where the database stands or will stand; `receipts` the folder of receipts before and from now on,
    /// where it changed.
    pub(super) fn accept(
        &self,
        connection: &Connection,
        path: &Path,
        receipts: Option<[Option<String>; 2]>,
    ) -> Result<InDatabase> {
        let meta = Meta::read(connection)?;
        let mark_before = meta.mark(path);
        let mark = match &self.options.mark {
            Some(mark) => mark_file(mark, path)?,
            None => mark_before.clone(),
        };
        let known = self.known(connection, &meta.owner, [mark_before.as_deref(), mark.as_deref()])?;
        let owner = Owner { stock_id: meta.owner.stock_id.clone(), generation: new_name()? };
        let place = |mark: Option<&Path>| mark.map(|mark| kept(mark, path)).transpose();
        let settings = Settings { mark: [place(mark_before.as_deref())?, place(mark.as_deref())?], receipts };
        connection.execute_batch("BEGIN IMMEDIATE").map_err(sql)?;
        let outcome = self.write(connection, &meta.owner, &owner, &settings, &known).and_then(|accepted| {
            let mut marks = self.kind.progress(connection, None)?;
            marks.insert(0, journal_progress(connection)?);
            Ok((accepted, marks))
        });
        let (accepted, marks) = match outcome {
            Ok(done) => done,
            Err(error) => {
                // Where it fails closing the connection does the same.
                let _ = connection.execute_batch("ROLLBACK");
                return Err(error);
            }
        };
        connection.execute_batch("COMMIT").map_err(|error| {
            let found = sql(error).found_text().unwrap_or_default().to_owned();
            Error::from(Code::OutcomeUnknown.fault().in_file(path.display().to_string()).found(found))
        })?;
        Ok(InDatabase { accepted, mark, mark_before, owner, marks })
    }

    /// What the marks say, the one before and the one to come, and whether that is enough.
    fn known(&self, connection: &Connection, owner: &Owner, files: [Option<&Path>; 2]) -> Result<Known> {
        let mut known = Known { told: Vec::new(), sequences: self.stated_sequences()?, is_behind: false };
        let mut troubles = Vec::new();
        let mut is_enough = false;
        let [before, now] = files;
        for file in [before, now.filter(|now| before != Some(*now))].into_iter().flatten() {
            let content = match Mark::read(file, self.options.busy_timeout) {
                Ok(content) => content,
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
                    is_enough = true;
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
    fn stated_sequences(&self) -> Result<BTreeMap<i64, i64>> {
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
    fn require_statements(&self, connection: &Connection, trouble: Error) -> Result<()> {
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

    fn write(
        &self,
        connection: &Connection,
        before: &Owner,
        owner: &Owner,
        settings: &Settings,
        known: &Known,
    ) -> Result<Accepted> {
        let mut journal = Journal::open(connection, (self.options.clock)())?;
        let mut unknown = Vec::new();
        let mut lost = BTreeSet::new();
        let untouched: BTreeSet<i64> =
            self.parts(connection)?.iter().filter(|part| part.next == part.first).map(|part| part.id).collect();
        for (key, next) in &known.sequences {
            if let Some(sequence) = pay_sequence(*key) {
                self.move_sequence(connection, sequence, *next)?;
            }
        }
        // Ids are those of one course of events; after another one only the number says which segment is meant.
        let mut returned = Vec::new();
        for told in &known.told {
            let mut found = BTreeMap::new();
            for (key, reached) in told.marks.iter().filter(|(key, _)| **key > 0 && pay_sequence(**key).is_none()) {
                if reached.value == 0 {
                    continue;
                }
                let part = self.part_around(connection, reached.value)?;
                found.insert(*key, part.as_ref().map(|part| part.id));
                match part {
                    Some(part) => {
                        let next = reached.value % NUMBERS + 1;
                        unknown.extend(self.move_on(connection, &mut journal, &part, next, known.is_behind)?);
                    }
                    None => {
                        lost.insert(reached.value);
                    }
                }
            }
            for (key, reached) in told.marks.range(..0) {
                let is_it = match found.get(&-key) {
                    Some(id) => *id == Some(-key),
                    // None of its numbers had left free.
                    None => told.is_same || untouched.contains(&-key),
                };
                returned.extend(is_it.then_some((-key, reached.value)));
            }
        }
        for up_to in self.up_to {
            if let IssuedUpTo::Number(number) = up_to {
                match self.part_around(connection, number.get())? {
                    Some(holder) => {
                        let is_behind = known.is_behind;
                        unknown.extend(self.state(connection, &mut journal, &holder, *number, is_behind)?);
                    }
                    None => {
                        lost.insert(number.get());
                    }
                }
            }
        }
        // Once the numbers before it are drawn.
        for (id, count) in returned {
            if let Some(part) = self.part(connection, id)? {
                self.give_back(connection, &mut journal, &part, part.last + 1 - count)?;
            }
        }
        for number in &lost {
            connection
                .prepare_cached("INSERT OR IGNORE INTO lost (number) VALUES (?1)")
                .and_then(|mut insert| insert.execute([number]))
                .map_err(sql)?;
        }
        let lost: Vec<NumberId> = lost.into_iter().filter_map(NumberId::from_integer).collect();
        self.note_settings(&mut journal, settings)?;
        let seq = self.note(&mut journal, before, owner, known, &unknown, &lost)?;
        journal.close()?;
        connection
            .execute("INSERT INTO past_generation (generation, ended) VALUES (?1, ?2)", (&before.generation, seq))
            .and_then(|_| connection.execute("UPDATE meta SET generation = ?1", [&owner.generation]))
            .and_then(|_| connection.execute("UPDATE meta SET mark = ?1", [&settings.mark[1]]))
            .map_err(sql)?;
        Ok(Accepted { generation: owner.generation.clone(), unknown, lost })
    }

    /// A row for each setting that is another one from now on.
    fn note_settings(&self, journal: &mut Journal<'_>, settings: &Settings) -> Result<()> {
        let settings = [("mark", Some(&settings.mark)), ("receipts", settings.receipts.as_ref())];
        for (name, setting) in settings {
            let Some([from, to]) = setting.filter(|[from, to]| from != to) else { continue };
            let detail = json!({ "setting": name, "from": from, "to": to, "reason": self.reason });
            let detail = with_checker(detail, self.by);
            let (event, actor) = (Event::SettingChanged, self.by.maker);
            let entry = Entry { event, number: None, actor, subject: None, detail: &detail, previous: None };
            journal.append(STOCK_CHAIN, &entry)?;
        }
        Ok(())
    }

    fn note(
        &self,
        journal: &mut Journal<'_>,
        before: &Owner,
        owner: &Owner,
        known: &Known,
        unknown: &[(NumberId, NumberId)],
        lost: &[NumberId],
    ) -> Result<i64> {
        let unknown: Vec<_> = unknown.iter().map(|(first, last)| format!("{first}..{last}")).collect();
        let lost: Vec<_> = lost.iter().map(NumberId::to_string).collect();
        let stated: Vec<_> = self.up_to.iter().map(IssuedUpTo::to_string).collect();
        let sequences = known.sequences.iter().filter_map(|(key, next)| Some((pay_sequence(*key)?, next)));
        let sequences: Vec<_> = sequences.map(|((region, year, id), next)| json!([region, year, id, next])).collect();
        let detail = json!({
            "from": before.generation, "to": owner.generation, "reason": self.reason,
            "unknown": unknown, "lost": lost, "stated": stated, "pay_codes": sequences,
        });
        let detail = with_checker(detail, self.by);
        let actor = self.by.maker;
        let event = Event::GenerationAccepted;
        journal
            .append(STOCK_CHAIN, &Entry { event, number: None, actor, subject: None, detail: &detail, previous: None })
    }

    /// Takes the operator's word for the last number: those before it are drawn first, in this segment and in the lower
    /// ones of the same unit and code.
    fn state(
        &self,
        connection: &Connection,
        journal: &mut Journal<'_>,
        holder: &Part,
        up_to: NumberId,
        is_behind: bool,
    ) -> Result<Vec<(NumberId, NumberId)>> {
        let (code, number) = (up_to.get() / NUMBERS, up_to.get() % NUMBERS);
        let parts = self.parts(connection)?;
        let mut unknown = Vec::new();
        for part in parts.iter().filter(|part| part.code == code && part.unit == holder.unit && part.first <= number) {
            unknown.extend(self.move_on(connection, journal, part, number.min(part.last) + 1, is_behind)?);
        }
        Ok(unknown)
    }

    /// Moves a segment on, so that its next number is at least `next`; answers which numbers are unknown from now on.
    fn move_on(
        &self,
        connection: &Connection,
        journal: &mut Journal<'_>,
        part: &Part,
        next: i64,
        is_behind: bool,
    ) -> Result<Option<(NumberId, NumberId)>> {
        // The row as it is by now: several statements may be about one segment.
        let Some(part) = self.part(connection, part.id)? else { return Ok(None) };
        let next = next.min(part.back_from.unwrap_or(part.last + 1));
        let from = match self.kind {
            Kind::Stock => part.next,
            // Claims come in no order: below the highest any number without a row may be missing.
            Kind::Ledger if is_behind => part.unknown_below,
            Kind::Ledger => part.next.max(part.unknown_below),
        };
        if next <= from {
            return Ok(None);
        }
        if next.abs_diff(from) > MOST_UNKNOWN {
            let fault = czei_core::Error::new(Rule::SegmentOverlap).found(format!("{:08}-{:010}", part.code, next - 1));
            return Err(fault.expected(format!("at most {MOST_UNKNOWN} numbers after {from:010}")).into());
        }
        match self.kind {
            Kind::Stock => segments::make_unknown(connection, journal, part.id, next, self.reason, self.by)?,
            Kind::Ledger => self.block(connection, journal, &part, from, next)?,
        }
        let name = |number: i64| NumberId::from_integer(part.code * NUMBERS + number);
        Ok(name(from).zip(name(next - 1)))
    }

    /// What [`segments::make_unknown`] is in a ledger, which needs no row for each number.
    fn block(
        &self,
        connection: &Connection,
        journal: &mut Journal<'_>,
        part: &Part,
        from: i64,
        next: i64,
    ) -> Result<()> {
        let detail =
            json!({ "first": format!("{from:010}"), "last": format!("{:010}", next - 1), "reason": self.reason });
        let seq = self.append(journal, part, Event::Unknown, detail)?;
        connection
            .prepare_cached("UPDATE given SET next = max(next, ?2), unknown_below = ?2, last_change = ?3 WHERE id = ?1")
            .and_then(|mut update| update.execute((part.id, next, seq)))
            .map_err(sql)?;
        Ok(())
    }

    /// Gives a tail back that was given back before.
    fn give_back(&self, connection: &Connection, journal: &mut Journal<'_>, part: &Part, from: i64) -> Result<()> {
        let end = part.back_from.unwrap_or(part.last + 1);
        let from = from.max(part.next);
        if from >= end {
            return Ok(());
        }
        let (event, update) = match self.kind {
            Kind::Stock => (Event::Returned, "UPDATE segment SET returned_from = ?2, last_change = ?3 WHERE id = ?1"),
            Kind::Ledger => (Event::TakenBack, "UPDATE given SET taken_back_from = ?2, last_change = ?3 WHERE id = ?1"),
        };
        let detail =
            json!({ "first": format!("{from:010}"), "last": format!("{:010}", end - 1), "reason": self.reason });
        let seq = self.append(journal, part, event, detail)?;
        connection.prepare_cached(update).and_then(|mut update| update.execute((part.id, from, seq))).map_err(sql)?;
        Ok(())
    }

    fn append(&self, journal: &mut Journal<'_>, part: &Part, event: Event, detail: serde_json::Value) -> Result<i64> {
        let detail = with_checker(detail, self.by);
        let previous = Some(part.last_change);
        let entry = Entry { event, number: None, actor: self.by.maker, subject: None, detail: &detail, previous };
        journal.append(part.chain, &entry)
    }

    fn move_sequence(&self, connection: &Connection, sequence: (String, i64, i64), next: i64) -> Result<()> {
        let (region, year, allotted_id) = sequence;
        connection
            .prepare_cached(
                "INSERT INTO pay_sequence (region, year, allotted_id, next) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (region, year, allotted_id) DO UPDATE SET next = max(next, excluded.next)",
            )
            .and_then(|mut upsert| upsert.execute((region, year, allotted_id, next)))
            .map_err(sql)?;
        Ok(())
    }

    fn part(&self, connection: &Connection, id: i64) -> Result<Option<Part>> {
        let select = format!("{} AND id = ?1", self.select());
        connection
            .prepare_cached(&select)
            .and_then(|mut select| select.query_row([id], Part::of).optional())
            .map_err(sql)
    }

    /// The segment in whose range a number lies.
    fn part_around(&self, connection: &Connection, number: i64) -> Result<Option<Part>> {
        let select = format!("{} AND code = ?1 AND first <= ?2 AND last >= ?2", self.select());
        connection
            .prepare_cached(&select)
            .and_then(|mut select| select.query_row((number / NUMBERS, number % NUMBERS), Part::of).optional())
            .map_err(sql)
    }

    /// The segments whose numbers are drawn in order, or given.
    fn parts(&self, connection: &Connection) -> Result<Vec<Part>> {
        let select = format!("{} ORDER BY code, first", self.select());
        connection
            .prepare_cached(&select)
            .and_then(|mut select| select.query_map([], Part::of)?.collect::<rusqlite::Result<Vec<_>>>())
            .map_err(sql)
    }

    fn select(&self) -> &'static str {
        match self.kind {
            Kind::Stock => {
                "SELECT id, unit, code, first, last, next, returned_from, chain, last_change, first FROM segment \
                 WHERE origin = 1"
            }
            Kind::Ledger => {
                "SELECT id, unit, code, first, last, next, taken_back_from, chain, last_change, unknown_below FROM given \
                 WHERE TRUE"
            }
        }
    }
}

/// What is known of how far the database had come.
struct Known {
    told: Vec<Told>,
    /// The next of each sequence of payment codes, by key.
    sequences: BTreeMap<i64, i64>,
    /// Whether something that was acknowledged is missing in the database, or may be.
    is_behind: bool,
}

/// What one mark says.
struct Told {
    /// Whether it is of the database's generation.
    is_same: bool,
    marks: Marks,
}

/// Where mark and receipts were kept, and are from now on.
struct Settings {
    mark: [Option<String>; 2],
    receipts: Option<[Option<String>; 2]>,
}

/// A segment of a stock or of a ledger.
struct Part {
    id: i64,
    unit: i64,
    code: i64,
    first: i64,
    last: i64,
    next: i64,
    back_from: Option<i64>,
    chain: i64,
    last_change: i64,
    unknown_below: i64,
}

impl Part {
    fn has(&self, number: i64) -> bool {
        self.code == number / NUMBERS && (self.first..=self.last).contains(&(number % NUMBERS))
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Part> {
        Ok(Part {
            id: row.get(0)?,
            unit: row.get(1)?,
            code: row.get(2)?,
            first: row.get(3)?,
            last: row.get(4)?,
            next: row.get(5)?,
            back_from: row.get(6)?,
            chain: row.get(7)?,
            last_change: row.get(8)?,
            unknown_below: row.get(9)?,
        })
    }
}
