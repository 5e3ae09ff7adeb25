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

/// The tables that keys of this process got of their own accord and still have.
static PLACES: AtomicUsize = AtomicUsize::new(0);

/// The table of a public key, or how often the key was used without one.
#[derive(Default)]
pub(crate) struct LazyTable {
    uses: AtomicU32,
    table: OnceLock<Held>,
}

struct Held {
    table: Box<Table>,
    /// For one that was not asked for.
    _place: Option<Place>,
}

impl LazyTable {
    /// The table, if it is there or becomes due with this use.
    pub(crate) fn use_once(&self, point: &Affine) -> Option<&Table> {
        self.use_once_of(point, &PLACES)
    }

    fn use_once_of(&self, point: &Affine, places: &'static AtomicUsize) -> Option<&Table> {
        if let Some(held) = self.table.get() {
            return Some(&held.table);
        }
        // The count may be a few off between threads, and stops before it could wrap.
        let uses = self.uses.load(Ordering::Relaxed).saturating_add(1);
        self.uses.store(uses, Ordering::Relaxed);
        if uses < DUE {
            return None;
        }
        // Should another thread make it meanwhile, the place is given back.
        let place = Place::take(places)?;
        Some(&self.table.get_or_init(|| Held { table: table::table(point), _place: Some(place) }).table)
    }

    /// The table, made now if it is not there.
    pub(crate) fn make(&self, point: &Affine) -> &Table {
        &self.table.get_or_init(|| Held { table: table::table(point), _place: None }).table
    }
}

impl fmt::Debug for LazyTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.table.get().is_some() { "made" } else { "not made" })
    }
}

/// One of the [`MOST`] places, until it is dropped.
struct Place(&'static AtomicUsize);

impl Place {
    fn take(places: &'static AtomicUsize) -> Option<Place> {
        let next = |taken: usize| (taken < MOST).then_some(taken + 1);
        places.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).ok().map(|_| Place(places))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator;

    const POINT: Affine = generator::TABLE[3][5];

    #[test]
    fn a_table_is_made_at_the_eighth_use() {
        static PLACES: AtomicUsize = AtomicUsize::new(0);
        let table = LazyTable::default();
        for _ in 1..DUE {
            assert!(table.use_once_of(&POINT, &PLACES).is_none());
            assert_eq!(format!("{table:?}"), "not made");
        }
        let made = table.use_once_of(&POINT, &PLACES).map(|table| table[0][0]);
        assert_eq!(made, Some(POINT));
        assert_eq!(format!("{table:?}"), "made");
        assert!(table.use_once_of(&POINT, &PLACES).is_some());
        assert_eq!(PLACES.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn no_more_than_the_limit_and_each_dropped_one_frees_a_place() {
        static PLACES: AtomicUsize = AtomicUsize::new(MOST - 1);
        let used = || {
            let table = LazyTable::default();
            table.uses.store(u32::MAX, Ordering::Relaxed);
            table
        };
        let (last, beyond) = (used(), used());
        assert!(last.use_once_of(&POINT, &PLACES).is_some());
        assert!(beyond.use_once_of(&POINT, &PLACES).is_none());
        assert_eq!(PLACES.load(Ordering::Relaxed), MOST);
        // One that is asked for is made all the same, and takes no place.
        let asked = LazyTable::default();
        assert_eq!(asked.make(&POINT)[0][0], POINT);
        assert_eq!(PLACES.load(Ordering::Relaxed), MOST);
        drop((last, asked));
        assert_eq!(PLACES.load(Ordering::Relaxed), MOST - 1);
        assert!(beyond.use_once_of(&POINT, &PLACES).is_some());
        drop(beyond);
        assert_eq!(PLACES.load(Ordering::Relaxed), MOST - 1);
    }

    #[test]
    fn threads_that_come_together_take_no_more_places_than_tables() {
        static PLACES: AtomicUsize = AtomicUsize::new(0);
        let table = LazyTable::default();
        table.uses.store(DUE, Ordering::Relaxed);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert!(table.use_once_of(&POINT, &PLACES).is_some()));
            }
        });
        assert_eq!(PLACES.load(Ordering::Relaxed), 1);
    }
}
