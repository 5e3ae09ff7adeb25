//! The journal: what happened, who did it, when, chained by SM3.

use chrono::{DateTime, FixedOffset};
use czei_sm2::Sm3;

use crate::NumberId;

/// What happened. The integers and names are for life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// The stock was made.
    Created = 1,
    /// A segment was noted as given.
    SegmentReceived = 2,
    /// A segment was taken in: it can be drawn from.
    SegmentTakenIn = 3,
    /// A number of a segment got its request.
    Reserved = 4,
    /// A number from outside got its request.
    Obtained = 5,
    /// The unit's signed bytes were stored.
    Signed = 6,
    /// The receipt with both signatures was stored.
    Issued = 7,
    /// A number was taken out of use.
    Voided = 8,
    /// The tail of a segment was given back.
    Returned = 9,
    /// A range of numbers became unknown until reconciled.
    Unknown = 10,
    /// A receipt of the past was taken over.
    ImportedIssued = 11,
    /// A void of the past was taken over.
    ImportedVoided = 12,
    /// A receipt was exchanged for paper.
    Exchanged = 13,
    /// The heads of all chains were noted, and signed where the caller has a signer.
    Heads = 14,
    /// An older state of the database was accepted, with a new generation.
    GenerationAccepted = 15,
    /// A backup was made.
    BackedUp = 16,
    /// Payment codes were given out.
    PayCodes = 17,
    /// The schema was brought to a newer version.
    Migrated = 18,
    /// A setting of the stock was changed.
    SettingChanged = 19,
    /// A segment was given to a unit (authority).
    Given = 20,
    /// The authority claimed a number for a content, before it signs.
    Claimed = 21,
    /// The authority's countersigned receipt was stored.
    Countersigned = 22,
    /// A segment given to a unit, or its tail, was taken back (authority).
    TakenBack = 23,
}

impl Event {
    /// All of them.
    pub const ALL: [Event; 23] = [
        Event::Created,
        Event::SegmentReceived,
        Event::SegmentTakenIn,
        Event::Reserved,
        Event::Obtained,
        Event::Signed,
        Event::Issued,
        Event::Voided,
        Event::Returned,
        Event::Unknown,
        Event::ImportedIssued,
        Event::ImportedVoided,
        Event::Exchanged,
        Event::Heads,
        Event::GenerationAccepted,
        Event::BackedUp,
        Event::PayCodes,
        Event::Migrated,
        Event::SettingChanged,
        Event::Given,
        Event::Claimed,
        Event::Countersigned,
        Event::TakenBack,
    ];

    /// The event with this integer.
    #[must_use]
    pub fn from_integer(event: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|known| *known as i64 == event)
    }

    /// The name as it stands in exports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Event::Created => "created",
            Event::SegmentReceived => "segment-received",
            Event::SegmentTakenIn => "segment-taken-in",
            Event::Reserved => "reserved",
            Event::Obtained => "obtained",
            Event::Signed => "signed",
            Event::Issued => "issued",
            Event::Voided => "voided",
            Event::Returned => "returned",
            Event::Unknown => "unknown",
            Event::ImportedIssued => "imported-issued",
            Event::ImportedVoided => "imported-voided",
            Event::Exchanged => "exchanged",
            Event::Heads => "heads",
            Event::GenerationAccepted => "generation-accepted",
            Event::BackedUp => "backed-up",
            Event::PayCodes => "pay-codes",
            Event::Migrated => "migrated",
            Event::SettingChanged => "setting-changed",
            Event::Given => "given",
            Event::Claimed => "claimed",
            Event::Countersigned => "countersigned",
            Event::TakenBack => "taken-back",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Event::Created => "建库",
            Event::SegmentReceived => "登记号段",
            Event::SegmentTakenIn => "领入号段",
            Event::Reserved => "占号",
            Event::Obtained => "外部取号",
            Event::Signed => "单位签名",
            Event::Issued => "开具",
            Event::Voided => "作废",
            Event::Returned => "退回",
            Event::Unknown => "待核实",
            Event::ImportedIssued => "导入已开票据",
            Event::ImportedVoided => "导入作废号码",
            Event::Exchanged => "换开纸质票据",
            Event::Heads => "链首存证",
            Event::GenerationAccepted => "接受较旧数据",
            Event::BackedUp => "备份",
            Event::PayCodes => "缴款识别码",
            Event::Migrated => "升级库结构",
            Event::SettingChanged => "变更设置",
            Event::Given => "发放号段",
            Event::Claimed => "财政受理",
            Event::Countersigned => "财政签名",
            Event::TakenBack => "收回号段",
        }
    }
}

/// One row of the journal.
///
/// Rows are only ever added. Each belongs to one chain (one for each segment, one for the stock as a
/// whole), and its hash covers the hash of the row before it in the chain, so that no row can be
/// changed, left out or put in between without all later hashes of its chain changing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// Its place in the journal, from 1.
    pub seq: i64,
    /// The name of its chain: `stock`, `segment 5`.
    pub chain: String,
    /// Its place in the chain, from 1.
    pub place: i64,
    /// What happened.
    pub event: Event,
    /// The number it happened to.
    pub number: Option<NumberId>,
    /// When, at UTC+8, to the millisecond.
    pub at: DateTime<FixedOffset>,
    /// The person or system.
    pub actor: String,
    /// The digest it is about: of the draft when reserved, of the document when signed or issued, of
    /// the text when heads are noted.
    pub subject: Option<[u8; 32]>,
    /// What else: the request id when reserved, else a JSON object.
    pub detail: String,
    /// The row of the number's change before this one; of a row about a segment as a whole, the one
    /// before it about that segment.
    pub previous: Option<i64>,
    /// SM3 over the hash before it in the chain and this row.
    pub hash: [u8; 32],
}

/// What a row's hash covers, borrowed: the writer has no row yet.
pub(crate) struct Hashed<'a> {
    pub(crate) seq: i64,
    pub(crate) chain: &'a str,
    pub(crate) place: i64,
    pub(crate) event: i64,
    pub(crate) number: Option<i64>,
    pub(crate) at_ms: i64,
    pub(crate) actor: &'a str,
    pub(crate) subject: Option<&'a [u8; 32]>,
    pub(crate) detail: &'a str,
    pub(crate) previous: Option<i64>,
}

/// The hash before the first row of a chain.
pub(crate) const FIRST_HASH: [u8; 32] = [0; 32];

impl Hashed<'_> {
    /// SM3 over the hash before and every field, integers as 8 bytes big-endian, texts with their
    /// length before them, absent values as the integer −1: no two rows have the same bytes.
    pub(crate) fn hash(&self, before: &[u8; 32]) -> [u8; 32] {
        self.hash_in(before, &mut Vec::with_capacity(256))
    }

    /// The same, with memory that the caller keeps for the next row.
    pub(crate) fn hash_in(&self, before: &[u8; 32], bytes: &mut Vec<u8>) -> [u8; 32] {
        bytes.clear();
        bytes.extend_from_slice(before);
        let integers = [self.seq, self.place, self.event, self.number.unwrap_or(-1), self.at_ms];
        integers.into_iter().for_each(|value| bytes.extend_from_slice(&value.to_be_bytes()));
        bytes.extend_from_slice(&self.previous.unwrap_or(-1).to_be_bytes());
        match self.subject {
            Some(subject) => {
                bytes.push(1);
                bytes.extend_from_slice(subject);
            }
            None => bytes.push(0),
        }
        for text in [self.chain, self.actor, self.detail] {
            bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        Sm3::digest(bytes)
    }
}

impl JournalRow {
    /// The hash that the row must have after the one before it in its chain.
    #[must_use]
    pub fn expected_hash(&self, before: &[u8; 32]) -> [u8; 32] {
        Hashed {
            seq: self.seq,
            chain: &self.chain,
            place: self.place,
            event: self.event as i64,
            number: self.number.map(NumberId::get),
            at_ms: self.at.timestamp_millis(),
            actor: &self.actor,
            subject: self.subject.as_ref(),
            detail: &self.detail,
            previous: self.previous,
        }
        .hash(before)
    }
}
