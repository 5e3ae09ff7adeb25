//! The life of a number.

use chrono::NaiveDate;
use czei_core::{Amount, Related, Token};

use crate::{NumberId, SegmentId};

/// How far a number came that is no longer free.
///
/// `free → reserved → signed → issued`; from reserved or signed also `→ voided`; `unknown` numbers of
/// a stock that was begun elsewhere or restored become issued or voided by reconciling. Free and
/// returned numbers have no row: their segment says which they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// A request has the number; the unsigned bytes are stored.
    Reserved = 1,
    /// The unit's signed bytes are stored.
    Signed = 2,
    /// Both signatures are stored; final.
    Issued = 3,
    /// Taken out of use with reason, person and time; final.
    Voided = 4,
    /// Used in another system or in the part of a stock that was lost; never issued from here until
    /// an import says what became of it.
    Unknown = 5,
}

impl State {
    /// All of them, in the order of their integers.
    pub const ALL: [State; 5] = [State::Reserved, State::Signed, State::Issued, State::Voided, State::Unknown];

    /// The state with this integer.
    #[must_use]
    pub fn from_integer(state: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|known| *known as i64 == state)
    }

    /// The name as it stands in exports: `reserved`, `signed`, `issued`, `voided`, `unknown`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            State::Reserved => "reserved",
            State::Signed => "signed",
            State::Issued => "issued",
            State::Voided => "voided",
            State::Unknown => "unknown",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            State::Reserved => "已占号",
            State::Signed => "单位已签名",
            State::Issued => "已开具",
            State::Voided => "已作废",
            State::Unknown => "待核实",
        }
    }
}

/// What the stock knows of one number that is no longer free, without its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberRecord {
    /// Code and number.
    pub id: NumberId,
    /// Its segment.
    pub segment: SegmentId,
    /// How far it came.
    pub state: State,
    /// The token of its reservation; none of an imported or unknown one.
    pub token: Option<Token>,
    /// The unit.
    pub unit: String,
    /// The request id; none of an imported or unknown one.
    pub request_id: Option<String>,
    /// The digest of its draft.
    pub draft_digest: Option<[u8; 32]>,
    /// The unit's key of the business (`BizCode`).
    pub business_key: Option<String>,
    /// The receipt's total; negative on a red one.
    pub total: Option<Amount>,
    /// The day that the receipt states, at UTC+8.
    pub day: Option<NaiveDate>,
    /// The blue receipt, on a red one.
    pub reverses: Option<Related>,
    /// SM3 of the document stored as signed or issued.
    pub document_sm3: Option<[u8; 32]>,
    /// Whether it was exchanged for paper.
    pub is_exchanged: bool,
    /// The journal row of its latest change.
    pub last_change: i64,
}
