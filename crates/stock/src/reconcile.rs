//! Reconciling a stock with a set of receipt files: gaps, strangers, and sums by day and code.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use czei_codes::{Code as _, Fault};
use czei_core::xml::{Document, Envelope, Limits};
use czei_core::{Amount, ReceiptCode};
use czei_sm2::Sm3;

use crate::number_set::NumberSet;
use crate::{Code, Document as Stored, Find, NumberId, NumberRecord, ReceiptFacts, Result, State, Stock};

/// Compares a stock with a set of receipt files: hand in each file, then finish.
///
/// Numbers that change while this goes on are left out of the comparison, and counted. Memory: a bit a
/// receipt where numbers lie side by side, and a row for each day and code.
pub struct Reconciler<'s> {
    stock: &'s dyn Stock,
    /// The journal's last row when it began.
    horizon: i64,
    present: NumberSet,
    days: BTreeMap<(Option<NaiveDate>, ReceiptCode), DaySums>,
    result: Reconciliation,
}

/// Whether a file was verified before it was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof<'a> {
    /// Nobody verified it: what counts is that its bytes are those in the stock.
    NotAsked,
    /// It is valid under the policy.
    Valid,
    /// It is not; the code of the report's headline.
    Refused(&'a str),
}

/// How one file stands to the stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is the receipt that was issued.
    Present,
    /// It is that receipt, and another file was so before.
    Again,
    /// The number changed while the files were read.
    Late,
    /// It has no business here: [`Code::FileStranger`], [`Code::FileOtherContent`],
    /// [`Code::FileOtherSignatures`], [`Code::FileRefused`].
    Wrong(Fault<Code>),
}

/// Issued numbers side by side without a file: the number after one of them is the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The first.
    pub first: NumberId,
    /// The last.
    pub last: NumberId,
}

/// What reconciling came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reconciliation {
    /// Files that were compared.
    pub files: u64,
    /// Numbers whose receipt is among the files.
    pub present: u64,
    /// Files that are the same receipt as another one.
    pub again: u64,
    /// Files of numbers that are not issued here.
    pub strangers: u64,
    /// Files whose content, or whose signatures, are not those of the receipt issued here.
    pub other_content: u64,
    /// Files that the policy refuses.
    pub refused: u64,
    /// Files that are no receipt or could not be read.
    pub unreadable: u64,
    /// Numbers issued in the stock.
    pub issued: u64,
    /// Issued numbers without a file.
    pub missing: u64,
    /// Numbers that changed meanwhile.
    pub late: u64,
    /// The sums by day and code, in this order.
    pub days: Vec<DayRow>,
}

/// The sums of one day and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRow {
    /// The day that the receipts state; none where the stock does not know it.
    pub day: Option<NaiveDate>,
    /// The receipt code.
    pub code: ReceiptCode,
    /// What the stock has.
    pub stock: Sums,
    /// What the files have, each receipt once.
    pub files: Sums,
}

/// A count with amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Receipts, red ones with them.
    pub receipts: u64,
    /// Red ones.
    pub red: u64,
    /// The sum of the totals, in which red ones are negative.
    pub total: Sum,
}

/// A sum of any number of amounts, in fen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum(pub i128);

#[derive(Debug, Clone, Copy, Default)]
struct DaySums {
    stock: Sums,
    files: Sums,
}

impl<'s> Reconciler<'s> {
    /// Begins.
    ///
    /// # Errors
    /// Those of the database.
    pub fn new(stock: &'s dyn Stock, today: NaiveDate) -> Result<Self> {
        // Rows are only ever added: as many as there are now, none of what is compared came later.
        let rows = stock.status(today)?.journal_rows;
        Ok(Reconciler {
            stock,
            horizon: i64::try_from(rows).unwrap_or(i64::MAX),
            present: NumberSet::default(),
            days: BTreeMap::new(),
            result: Reconciliation::default(),
        })
    }

    /// Compares one file.
    ///
    /// # Errors
    /// Those of the database.
    pub fn file(&mut self, facts: &ReceiptFacts, proof: Proof<'_>) -> Result<Standing> {
        self.result.files += 1;
        if let Proof::Refused(code) = proof {
            self.result.refused += 1;
            let fault = Code::FileRefused.fault().found(format!("{} {code}", facts.id));
            return Ok(Standing::Wrong(fault));
        }
        let mut record = None;
        self.stock.find_numbers(Find::Number(facts.id), &mut |found| {
            record = Some(found);
            Ok(())
        })?;
        if record.as_ref().is_some_and(|record| record.last_change > self.horizon) {
            return Ok(Standing::Late);
        }
        let issued = record.as_ref().filter(|record| record.state == State::Issued);
        let Some(record) = issued else {
            self.result.strangers += 1;
            let state = record.map_or("", |record| record.state.name());
            let found = format!("{} {state}", facts.id);
            return Ok(Standing::Wrong(Code::FileStranger.fault().found(found.trim_end())));
        };
        if let Some(code) = self.difference(record, facts, proof)? {
            self.result.other_content += 1;
            return Ok(Standing::Wrong(code.fault().found(facts.id.to_string())));
        }
        if !self.present.add(facts.id) {
            self.result.again += 1;
            return Ok(Standing::Again);
        }
        self.result.present += 1;
        let key = (Some(facts.day), facts.id.code());
        self.days.entry(key).or_default().files.add(Some(facts.total), facts.reverses.is_some());
        Ok(Standing::Present)
    }

    /// Counts a file that is no receipt or could not be read.
    pub fn unreadable(&mut self) {
        self.result.unreadable += 1;
    }

    /// Goes over the stock and hands every gap to `each`, in the order of code and number.
    ///
    /// # Errors
    /// Those of the database and of `each`.
    pub fn finish(mut self, each: &mut dyn FnMut(Gap) -> Result<()>) -> Result<Reconciliation> {
        let mut open: Option<Gap> = None;
        let stock = self.stock;
        stock.find_numbers(Find::State(State::Issued), &mut |record| {
            if record.last_change > self.horizon {
                self.result.late += 1;
                return Ok(());
            }
            self.result.issued += 1;
            let is_red = record.reverses.is_some();
            self.days.entry((record.day, record.id.code())).or_default().stock.add(record.total, is_red);
            if self.present.has(record.id) {
                return Ok(());
            }
            self.result.missing += 1;
            match &mut open {
                Some(gap) if gap.last.get() + 1 == record.id.get() => gap.last = record.id,
                _ => {
                    let before = open.replace(Gap { first: record.id, last: record.id });
                    before.map_or(Ok(()), &mut *each)?;
                }
            }
            Ok(())
        })?;
        open.map_or(Ok(()), each)?;
        let days = self.days.into_iter();
        self.result.days =
            days.map(|((day, code), sums)| DayRow { day, code, stock: sums.stock, files: sums.files }).collect();
        Ok(self.result)
    }

    /// How a file differs from the receipt issued under its number.
    fn difference(&self, record: &NumberRecord, facts: &ReceiptFacts, proof: Proof<'_>) -> Result<Option<Code>> {
        if record.document_sm3 == Some(facts.file_sm3) {
            return Ok(None);
        }
        let stored = self.stock.document(record.id)?;
        let same = stored.as_ref().and_then(original_sm3) == Some(facts.original_sm3);
        Ok(match (same, proof) {
            (false, _) => Some(Code::FileOtherContent),
            // Other bytes around the same signed content, which the policy accepts as they are.
            (true, Proof::Valid) => None,
            (true, _) => Some(Code::FileOtherSignatures),
        })
    }
}

/// SM3 over what the unit signed of a stored document.
fn original_sm3(stored: &Stored) -> Option<[u8; 32]> {
    let document = Document::parse(stored.bytes(), &Limits::default()).ok()?;
    let envelope = Envelope::read(&document).ok()?;
    Some(Sm3::digest_parts(&envelope.unit_original()))
}

impl Gap {
    /// How many numbers are missing.
    #[must_use]
    pub fn count(&self) -> u64 {
        (self.last.get() - self.first.get()) as u64 + 1
    }
}

impl Reconciliation {
    /// Whether stock and files have each other, and nothing else.
    #[must_use]
    pub fn holds(&self) -> bool {
        let wrong = [self.strangers, self.other_content, self.refused, self.unreadable, self.missing];
        wrong.iter().all(|count| *count == 0) && self.days.iter().all(DayRow::agrees)
    }
}

impl DayRow {
    /// Whether both sides have the same.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.stock == self.files
    }
}

impl Sums {
    fn add(&mut self, total: Option<Amount>, is_red: bool) {
        self.receipts += 1;
        self.red += u64::from(is_red);
        // Amounts have 17 digits: more than 10^21 of them fit.
        self.total.0 += i128::from(total.unwrap_or(Amount::ZERO).fen());
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02}", fen / 100, fen % 100))
    }
}

impl fmt::Debug for Reconciler<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconciler").field("result", &self.result).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_written_as_amounts() {
        for (fen, text) in [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-101_530, "-1015.30")] {
            assert_eq!(Sum(fen).to_string(), text);
        }
        assert_eq!(format!("{:>8}", Sum(100)), "    1.00");
    }
}
