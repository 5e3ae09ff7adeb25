//! A template as values: what is printed, where, and in which order.

use std::collections::BTreeMap;

use crate::length::{Area, Point, Um};
use crate::page::Colour;

use super::condition::Condition;
use super::tree::Entries;
use super::value::Value;

/// The layout of a class of receipts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) scope: Scope,
    pub(super) digest: [u8; 32],
    /// How many templates it extends, one upon the other.
    pub(super) depth: usize,
    pub(crate) paper: Paper,
    /// Chinese names of extensions, by their names in lower case.
    pub(crate) names: BTreeMap<String, String>,
    /// Parameters of the caller with their defaults.
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) blocks: Vec<Block>,
    pub(crate) lists: Vec<List>,
    /// How its blocks and lists are written, by their ids, for templates that extend it and change a part.
    pub(super) written: BTreeMap<String, Entries>,
}

/// Which receipts a template is for; an empty list means every one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Scope {
    /// Digits 1 and 2 of the code.
    pub(crate) regions: Vec<String>,
    /// Digits 3 and 4 of the code.
    pub(crate) classes: Vec<String>,
    pub(crate) red: Option<bool>,
    pub(crate) notice: Option<bool>,
}

/// The paper and what holds for all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paper {
    pub(crate) width: Um,
    pub(crate) height: Um,
    pub(crate) margin: Um,
    /// Where the flow begins on the first page, and on those after it.
    pub(crate) body: [Um; 2],
    /// Font sizes of the text in hundredths of a point: the first with which the first page holds is taken.
    pub(crate) sizes: Vec<i32>,
    pub(crate) caption: Colour,
    pub(crate) value: Colour,
    pub(crate) red: Colour,
}

impl Paper {
    /// What lies within the margins.
    pub(crate) fn inner(&self) -> Area {
        Area {
            x: self.margin,
            y: self.margin,
            width: self.width - 2 * self.margin,
            height: self.height - 2 * self.margin,
        }
    }

    pub(crate) fn colour(&self, ink: Ink) -> Colour {
        match ink {
            Ink::Caption => self.caption,
            Ink::Value => self.value,
            Ink::Red => self.red,
        }
    }
}

/// A colour by its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Caption,
    Value,
    Red,
}

/// The ink of blue and of red receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Inks {
    pub(crate) usual: Ink,
    pub(crate) on_red: Ink,
}

/// On which pages something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pages {
    First,
    Rest,
    All,
}

impl Pages {
    pub(crate) fn has(self, first: bool) -> bool {
        match self {
            Pages::First => first,
            Pages::Rest => !first,
            Pages::All => true,
        }
    }
}

/// A part of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) id: String,
    pub(crate) pages: Pages,
    pub(crate) when: Condition,
    pub(crate) body: Body,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    /// Fixed: the QR code's modules.
    Qr(Area),
    /// Fixed: where a seal may stand, in its middle.
    Seal(SealPlace),
    /// Fixed: text.
    Text(FixedText),
    /// Fixed: the line that a preview is one.
    Preview(FixedText),
    /// In the flow: captions and values.
    Rows(Rows),
    /// In the flow, once: the items.
    Table(ItemTable),
    /// In the flow, below the table: other information with a vertical caption.
    Info(Info),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Centre,
    Right,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Supervision,
    Unit,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SealPlace {
    pub(crate) which: Which,
    pub(crate) centre: Point,
    /// No seal is drawn larger; a smaller one keeps its size.
    pub(crate) width: Um,
    pub(crate) height: Um,
}

impl SealPlace {
    pub(crate) fn area(&self) -> Area {
        Area {
            x: self.centre.x - self.width / 2,
            y: self.centre.y - self.height / 2,
            width: self.width,
            height: self.height,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FixedText {
    pub(crate) area: Area,
    pub(crate) value: Value,
    pub(crate) side: Side,
    /// The first size with which the text fits the area is taken.
    pub(crate) sizes: Vec<i32>,
    pub(crate) bold: bool,
    pub(crate) inks: Inks,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rows {
    /// White above.
    pub(crate) gap: Um,
    pub(crate) frame: bool,
    /// The height of a row of one line.
    pub(crate) height: Um,
    pub(crate) columns: Vec<RowColumn>,
    pub(crate) cells: Vec<Cell>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowColumn {
    pub(crate) width: Um,
    /// Where values begin; 0: right behind the caption.
    pub(crate) caption: Um,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) when: Condition,
    pub(crate) caption: Value,
    pub(crate) value: Value,
    pub(crate) span: usize,
    pub(crate) bold: bool,
    pub(crate) inks: Inks,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemTable {
    pub(crate) gap: Um,
    pub(crate) head: Um,
    pub(crate) height: Um,
    /// How many groups of columns stand side by side.
    pub(crate) groups: usize,
    pub(crate) columns: Vec<Column>,
    /// Printed in the row of what goes on, in this column.
    pub(crate) more: Value,
    pub(crate) more_column: usize,
    /// The column of amounts, for the sum of the items before that row.
    pub(crate) sum: Option<usize>,
    /// The extensions that have columns of their own, in lower case.
    pub(crate) named: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) caption: Value,
    pub(crate) value: Value,
    pub(crate) width: Um,
    pub(crate) side: Side,
    /// Whether text goes on in further lines; otherwise it is set smaller first.
    pub(crate) wrap: bool,
    pub(crate) inks: Inks,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Info {
    pub(crate) gap: Um,
    pub(crate) caption: String,
    pub(crate) caption_width: Um,
    pub(crate) columns: usize,
    /// The least height.
    pub(crate) height: Um,
    pub(crate) lines: Vec<InfoLine>,
    /// Whether the extensions that stand nowhere else follow.
    pub(crate) rest: bool,
    /// Printed where the text goes on elsewhere.
    pub(crate) more: String,
    /// The heading of the pages where it goes on.
    pub(crate) continuation: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InfoLine {
    pub(crate) when: Condition,
    pub(crate) caption: Value,
    pub(crate) value: Value,
    /// Whether it takes the whole width.
    pub(crate) full: bool,
    pub(crate) inks: Inks,
}

/// A list on pages of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List {
    pub(crate) id: String,
    pub(crate) source: ListSource,
    pub(crate) title: String,
    pub(crate) head: Um,
    pub(crate) height: Um,
    pub(crate) columns: Vec<Column>,
    /// The column that is summed.
    pub(crate) sum: usize,
    /// The field that is summed: the XML name of the auxiliary field, or `ItemAmount`.
    pub(crate) sum_field: String,
    pub(crate) subtotal: String,
    pub(crate) total: String,
    /// The extensions that have columns of their own, in lower case.
    pub(crate) named: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListSource {
    /// The items that the first page does not hold.
    Items,
    /// `AuxDetails`.
    Aux,
}
