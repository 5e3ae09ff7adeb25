//! Charge items and auxiliary items.

use crate::{Amount, ItemCode, Quantity, Text};

use super::Extension;

/// `Details/Item`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// `ItemCode`, the local charge item code.
    pub code: ItemCode,
    /// `ItemName`.
    pub name: Text<1, 100>,
    /// `ItemAmount`.
    pub amount: Amount,
    /// `ItemUnit`.
    pub unit: Option<Text<1, 30>>,
    /// `ItemQuantity`.
    pub quantity: Option<Quantity>,
    /// `ItemStd`.
    pub standard: Option<Standard>,
    /// `ItemRemark`, which live systems write after `ItemStd`.
    pub remark: Option<Text<1, 100>>,
    /// The elements of `ItemExt`, in their order.
    pub ext: Vec<Extension>,
}

/// `ItemStd`: an amount, or the text of a range as live systems write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standard {
    /// A fixed standard.
    Amount(Amount),
    /// Anything else, kept as written (only when reading).
    Text(String),
}

/// `AuxDetails/AuxItem`: an ordered list of name and text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuxItem {
    /// The elements in their order.
    pub fields: Vec<Extension>,
}
