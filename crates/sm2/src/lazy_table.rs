//! A table that is made once it pays.

use core::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use crate::point::Affine;
use crate::table::{self, Table};

/// The use at which a table is made: it costs about five verifications and saves two thirds of each.
const DUE: u32 = 8;

/// So many keys of the process get a table of their own accord: 38 MB.
const MOST: usize = 256;

/// The tables of the process that are held.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// The table of a public key, or how often the key was used without one.
#[derive(Default)]
pub(crate) struct LazyTable {
    uses: AtomicU32,
    table: OnceLock<Held>,
}

impl LazyTable {
    /// The table, if it is there or becomes due with this use.
    pub(crate) fn use_once(&self, point: &Affine) -> Option<&Table> {
        if let Some(held) = self.table.get() {
            return Some(&held.0);
        }
        // The count may be a few off between threads, and stops before it could wrap.
        let uses = self.uses.load(Ordering::Relaxed).saturating_add(1);
        self.uses.store(uses, Ordering::Relaxed);
        if uses < DUE || HELD.load(Ordering::Relaxed) >= MOST {
            return None;
        }
        Some(self.make(point))
    }

    /// The table, made now if it is not there.
    pub(crate) fn make(&self, point: &Affine) -> &Table {
        &self.table.get_or_init(|| Held::new(table::table(point))).0
    }
}

impl fmt::Debug for LazyTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.table.get().is_some() { "made" } else { "not made" })
    }
}

/// A table that counts among those of the process.
struct Held(Box<Table>);

impl Held {
    fn new(table: Box<Table>) -> Held {
        HELD.fetch_add(1, Ordering::Relaxed);
        Held(table)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        HELD.fetch_sub(1, Ordering::Relaxed);
    }
}
