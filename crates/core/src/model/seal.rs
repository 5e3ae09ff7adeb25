//! Seals, by reference.

use crate::Text;

/// `InvoicingPartySeal` or `SupervisorPartySeal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// `SealId`.
    pub id: Text<32, 32>,
    /// `SealName`.
    pub name: Text<1, 100>,
    /// `SealHash`.
    pub hash: Text<1, 256>,
}
