//! A segment that is noted: its unit, its code and its ends.

use czei::core::{ReceiptCode, ReceiptNumber};
use serde::Serialize;

use super::{receipt_code, receipt_number};
use crate::arguments::stores::Range;
use crate::failure::Result;
use crate::output::Output;

/// The numbers of a new segment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewRange {
    pub(crate) code: ReceiptCode,
    pub(crate) first: ReceiptNumber,
    pub(crate) last: ReceiptNumber,
}

impl Range {
    pub(crate) fn read(&self) -> Result<NewRange> {
        Ok(NewRange {
            code: receipt_code("--code", &self.code)?,
            first: receipt_number("--first", &self.first)?,
            last: receipt_number("--last", &self.last)?,
        })
    }
}

/// Says that a segment was noted; `state` is what became of it, in both languages. `taken_in` is for a stock.
pub(crate) fn range_line(
    segment: i64,
    unit: &str,
    range: NewRange,
    taken_in: Option<bool>,
    (zh, en): (&str, &str),
    output: &mut Output,
) -> Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        v: u32,
        segment: i64,
        unit: &'a str,
        code: String,
        first: String,
        last: String,
        numbers: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        taken_in: Option<bool>,
    }
    let NewRange { code, first, last } = range;
    let numbers = last.get() - first.get() + 1;
    if output.json {
        let (code, first, last) = (code.to_string(), first.to_string(), last.to_string());
        return output.object(&Line { v: 1, segment, unit, code, first, last, numbers, taken_in });
    }
    output.say(
        &format!("号段 {segment}  {code}  {first}–{last}（{numbers} 个）  {zh}"),
        &format!("segment {segment}  {code}  {first}–{last} ({numbers} numbers)  {en}"),
    )
}
