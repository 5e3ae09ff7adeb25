//! Walking the children of an element along a table.

use super::document::{Document, NONE, NodeId};
use super::edition::{Field, Row};

/// The elements of a group by field.
#[derive(Debug, Clone)]
pub(super) struct Group {
    slots: [u32; Field::COUNT],
}

/// A child that the table does not explain, or explains as wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stray {
    /// The second of its name.
    Twice(NodeId),
    /// After one that comes later in the table.
    Order(NodeId),
    /// Not in the table.
    Foreign(NodeId),
    /// In the table as an element without counterpart in the model.
    Extra(NodeId),
    /// A required row without element.
    Missing(&'static str),
}

impl Group {
    /// Sorts the children of `node` by the table and hands everything else to `stray`. With
    /// `ordered` the order of the table is demanded.
    pub(super) fn read(
        document: &Document<'_>,
        node: NodeId,
        rows: &'static [Row],
        ordered: bool,
        mut stray: impl FnMut(Stray),
    ) -> Self {
        let mut slots = [NONE; Field::COUNT];
        // The first row that may come now. Documents keep the order, so the search from here
        // mostly ends at once.
        let mut next = 0;
        for child in document.children(node) {
            let name = document.name(child);
            let after = rows[next..].iter().position(|row| row.name == name).map(|index| next + index);
            let found = after.or_else(|| rows[..next].iter().position(|row| row.name == name));
            let Some(index) = found else {
                stray(Stray::Foreign(child));
                continue;
            };
            if ordered && after.is_some() {
                next = index + 1;
            }
            let field = rows[index].field;
            if field == Field::Extra {
                stray(if after.is_none() { Stray::Order(child) } else { Stray::Extra(child) });
            } else if slots[field as usize] != NONE {
                stray(Stray::Twice(child));
            } else {
                slots[field as usize] = child.0;
                if after.is_none() {
                    stray(Stray::Order(child));
                }
            }
        }
        for row in rows.iter().filter(|row| row.required && slots[row.field as usize] == NONE) {
            stray(Stray::Missing(row.name));
        }
        Group { slots }
    }

    /// The element of a field.
    #[inline]
    pub(super) fn get(&self, field: Field) -> Option<NodeId> {
        self.slots.get(field as usize).filter(|&&slot| slot != NONE).map(|&slot| NodeId(slot))
    }
}
