//! Going on from a database that is older than what was acknowledged: nothing that may have been given out since is
//! given out again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use czei_codes::Code as _;
use rusqlite::Connection;
use serde_json::json;

use super::backup::{Accepted, IssuedUpTo};
use super::connection::sql;
use super::copy_lock::{CopyLock, Gate};
use super::database::{find, in_file, prepare};
use super::file_system::{FileId, file_error, folder_of, refuse_network, remove_if_there, sync_folder};
use super::journal::{Journal, STOCK_CHAIN};
use super::kind::{Kind, journal_progress, pay_sequence};
use super::mark::{Mark, Marks, Owner};
use super::meta::{Meta, check_mark_place, is_elsewhere, kept, mark_file, new_name, other_of_mark};
use super::registry::{self, Access};
use super::segments::{NUMBERS, about, with_checker};
use super::statements::Known;
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
    /// Leaves a mark alone that another copy of the database may be in use with.
    pub(super) fn keep_mark_elsewhere(mut self, path: &Path) -> Self {
        self.mark_before = self.mark_before.filter(|before| !is_elsewhere(before, path));
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
        // Before anything is written that would wait for a mark which cannot be.
        mark.as_deref().map_or(Ok(()), |mark| check_mark_place(mark, path))?;
        let known = self.known(connection, &meta.owner, [mark_before.as_deref(), mark.as_deref()])?;
        let owner = Owner { stock_id: meta.owner.stock_id.clone(), generation: new_name()? };
        let kept_mark = mark.as_deref().map(|mark| kept(mark, path)).transpose()?;
        let settings = Settings { mark: [meta.kept_mark, kept_mark], receipts };
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
        let mark_before = mark_before.filter(|before| other_of_mark(before, path).is_none());
        Ok(InDatabase { accepted, mark, mark_before, owner, marks })
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
            journal.append(STOCK_CHAIN, &about(Event::SettingChanged, self.by, &detail, None))?;
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
        journal.append(STOCK_CHAIN, &about(Event::GenerationAccepted, self.by, &detail, None))
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
}

/// Where mark and receipts were kept, and are from now on.
struct Settings {
    mark: [Option<String>; 2],
    receipts: Option<[Option<String>; 2]>,
}
