//! The story of one number.

use crate::{JournalRow, NumberId, NumberRecord, Segment};

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
