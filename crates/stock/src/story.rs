//! The story of one number.

use crate::{JournalRow, NumberId, NumberRecord, Segment, State};

/// All that the stock knows of one number: also of a free, a returned one, and of one that is not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Code and number.
    pub id: NumberId,
    /// The segment it lies in; none when it is a stranger.
    pub segment: Option<Segment>,
    /// Its row; none while it is free, once it was returned, and of a stranger.
    pub record: Option<NumberRecord>,
    /// The number of the red receipt that reverses it.
    pub reversed_by: Option<NumberId>,
    /// What happened to it, oldest first; the segment's own rows (received, taken in, returned) with it.
    pub journal: Vec<JournalRow>,
}

/// Where a number is: an auditor's first question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whereabouts {
    /// It has a row, in this state.
    Used(State),
    /// Free, in a segment that was taken in.
    Free,
    /// Free, in a segment that was not taken in yet.
    Pending,
    /// Given back with the tail of its segment.
    Returned,
    /// In no segment of this stock.
    Stranger,
}

impl Story {
    /// Where the number is.
    #[must_use]
    pub fn whereabouts(&self) -> Whereabouts {
        if let Some(record) = &self.record {
            return Whereabouts::Used(record.state);
        }
        let Some(segment) = &self.segment else { return Whereabouts::Stranger };
        match segment.returned_from {
            Some(from) if from <= self.id.number() => Whereabouts::Returned,
            _ if segment.taken_in_at.is_none() => Whereabouts::Pending,
            _ => Whereabouts::Free,
        }
    }
}

impl Whereabouts {
    /// The name as it stands in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Whereabouts::Used(state) => state.name(),
            Whereabouts::Free => "free",
            Whereabouts::Pending => "pending",
            Whereabouts::Returned => "returned",
            Whereabouts::Stranger => "stranger",
        }
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Whereabouts::Used(state) => state.name_zh(),
            Whereabouts::Free => "未使用",
            Whereabouts::Pending => "未领入",
            Whereabouts::Returned => "已退回",
            Whereabouts::Stranger => "不在本库",
        }
    }
}
