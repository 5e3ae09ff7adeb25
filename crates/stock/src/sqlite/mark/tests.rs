#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use super::*;

const SHORT: Duration = Duration::from_millis(20);

struct Place(PathBuf);

impl Place {
    /// A mark with the keys 0 to `count` - 1, each at 10.
    fn new(count: i64) -> Place {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count_of_places = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("czei-mark-{}-{count_of_places}", std::process::id()));
        let owner = Owner { stock_id: "1".repeat(32), generation: "2".repeat(32) };
        Mark::replace(&path, &owner, &(0..count).map(|key| (key, to(10))).collect()).unwrap();
        Place(path)
    }

    fn open(&self) -> Mark {
        Mark::open(&self.0, SHORT).unwrap().0
    }

    fn marks(&self) -> Marks {
        Mark::read(&self.0, SHORT).unwrap().marks
    }

    fn append(&self, bytes: &[u8]) {
        OpenOptions::new().append(true).open(&self.0).unwrap().write_all(bytes).unwrap();
    }

    /// Whether `work` writes into the file.
    fn is_written_by(&self, work: impl FnOnce()) -> bool {
        let file = OpenOptions::new().write(true).open(&self.0).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        work();
        file.metadata().unwrap().modified().unwrap() > SystemTime::UNIX_EPOCH
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl Mark {
    fn raise(&mut self, marks: &Marks) -> Result<()> {
        self.raise_checked(marks, &|_| Ok(()))
    }
}

fn to(value: i64) -> Reached {
    Reached { value, tag: 0 }
}

/// What is only read may be in memory alone, after a sync that failed: a sync of it would say nothing.
#[test]
fn what_stands_there_already_is_written_again_before_it_counts() {
    let place = Place::new(2);
    let (mut one, mut other) = (place.open(), place.open());
    assert!(place.is_written_by(|| {
        one.raise(&Marks::from([(0, to(10)), (1, to(10))])).unwrap();
    }));
    // It knows of these.
    assert!(!place.is_written_by(|| {
        one.raise(&Marks::from([(0, to(10)), (1, to(9))])).unwrap();
    }));
    other.raise(&Marks::from([(0, to(12))])).unwrap();
    assert!(place.is_written_by(|| {
        one.raise(&Marks::from([(0, to(11))])).unwrap();
    }));
    assert_eq!(place.marks(), Marks::from([(0, to(12)), (1, to(10))]));
}

/// After an error the higher value is made sure of in its place, and only then the other one is written over.
#[test]
fn after_an_error_nothing_that_was_read_counts() {
    let place = Place::new(2);
    let mut mark = place.open();
    mark.raise(&Marks::from([(0, to(11))])).unwrap();
    let writing = std::mem::replace(&mut mark.file, File::open(&place.0).unwrap());
    let error = mark.raise(&Marks::from([(0, to(12))])).unwrap_err();
    assert!(error.is(Code::MarkNotWritten), "{error}");
    assert!(mark.is_doubtful);
    mark.file = writing;
    mark.raise(&Marks::from([(0, to(12))])).unwrap();
    assert!(!mark.is_doubtful);
    assert_eq!(place.marks(), Marks::from([(0, to(12)), (1, to(10))]));
}

#[test]
fn a_slot_that_could_not_be_written_may_become_anothers() {
    let place = Place::new(1);
    let (mut one, mut other) = (place.open(), place.open());
    one.raise(&Marks::from([(0, to(11))])).unwrap();
    let writing = std::mem::replace(&mut one.file, File::open(&place.0).unwrap());
    assert!(one.raise(&Marks::from([(7, to(5))])).unwrap_err().is(Code::MarkNotWritten));
    other.raise(&Marks::from([(8, to(6))])).unwrap();
    one.file = writing;
    one.raise(&Marks::from([(7, to(5))])).unwrap();
    assert_eq!(place.marks(), Marks::from([(0, to(11)), (7, to(5)), (8, to(6))]));
    // Nobody writes over a slot with another key, whatever it remembers.
    one.slots.insert(9, other.slots[&8]);
    let error = one.raise(&Marks::from([(9, to(1))])).unwrap_err();
    assert!(error.is(Code::MarkNotWritten), "{error}");
    one.raise(&Marks::from([(9, to(1))])).unwrap();
    assert_eq!(place.marks(), Marks::from([(0, to(11)), (7, to(5)), (8, to(6)), (9, to(1))]));
}

#[test]
fn a_group_that_was_never_on_the_disk_is_not_there_yet() {
    let full = SLOTS_A_PAGE as i64;
    for (noise, length) in [(0xAB, 2 * PAGE), (0xAB, PAGE + 100), (0, 2 * PAGE), (0, 100)] {
        let place = Place::new(full);
        place.append(&vec![noise; length]);
        let mut mark = place.open();
        assert_eq!(place.marks().len(), SLOTS_A_PAGE);
        mark.raise(&Marks::from([(500, to(1))])).unwrap();
        let marks = place.marks();
        assert_eq!((marks.len(), marks[&500]), (SLOTS_A_PAGE + 1, to(1)));
        assert_eq!(fs::metadata(&place.0).unwrap().len(), 5 * PAGE as u64);
        // From then on noise in it is damage, where it stands in both places.
        let mut file = OpenOptions::new().write(true).open(&place.0).unwrap();
        for at in places(SLOTS_A_PAGE + 1) {
            write_at(&mut file, at, &[0xAB; SLOT]).unwrap();
        }
        let error = Mark::read(&place.0, SHORT).unwrap_err();
        assert_eq!((error.is(Code::MarkDamaged), error.found_text()), (true, Some("slot 129")));
    }
}

#[test]
fn noise_instead_of_slots_that_counted_is_damage() {
    let place = Place::new(2 * SLOTS_A_PAGE as i64 + 1);
    let mut file = OpenOptions::new().write(true).open(&place.0).unwrap();
    write_at(&mut file, 3 * PAGE, &[0xAB; 2 * PAGE]).unwrap();
    let error = Mark::read(&place.0, SHORT).unwrap_err();
    assert_eq!((error.is(Code::MarkDamaged), error.found_text()), (true, Some("no slot before group 2")));
    let place = Place::new(1);
    let mut file = OpenOptions::new().write(true).open(&place.0).unwrap();
    write_at(&mut file, PAGE, &[0xAB; 2 * PAGE]).unwrap();
    let error = Mark::open(&place.0, SHORT).unwrap_err();
    assert_eq!((error.is(Code::MarkDamaged), error.found_text()), (true, Some("slot 0")));
}

#[test]
fn nobody_waits_for_ever_for_whoever_holds_it() {
    let place = Place::new(1);
    let mut mark = place.open();
    let held = File::open(&place.0).unwrap();
    held.lock().unwrap();
    for error in [Mark::read(&place.0, SHORT).unwrap_err(), Mark::open(&place.0, SHORT).unwrap_err()] {
        assert!(error.is(Code::Busy), "{error}");
        assert_eq!(error.place().file.as_deref(), place.0.to_str());
    }
    assert!(mark.raise(&Marks::from([(0, to(11))])).unwrap_err().is(Code::MarkNotWritten));
    drop(held);
    mark.raise(&Marks::from([(0, to(11))])).unwrap();
    assert_eq!(place.marks(), Marks::from([(0, to(11))]));
}

#[test]
fn values_that_nobody_writes_are_damage() {
    for (key, value) in [(i64::MIN, 1), (5, -1), (-5, i64::MIN)] {
        let place = Place::new(1);
        let mut file = OpenOptions::new().write(true).open(&place.0).unwrap();
        let slot = encode(&"2".repeat(32), key, to(value));
        for at in places(0) {
            write_at(&mut file, at, &slot).unwrap();
        }
        let error = Mark::open(&place.0, SHORT).unwrap_err();
        assert_eq!((error.is(Code::MarkDamaged), error.found_text()), (true, Some("slot 0")), "{key} {value}");
    }
}

#[test]
fn what_others_wrote_of_the_journal_is_checked_before_anything_is_written() {
    let place = Place::new(2);
    let (mut one, mut other) = (place.open(), place.open());
    let at = |value, tag| Marks::from([(0, Reached { value, tag })]);
    let raise = |mark: &mut Mark, marks: &Marks| {
        let met = std::cell::RefCell::new(Vec::new());
        mark.raise_checked(marks, &|row| {
            met.borrow_mut().push((row.value, row.tag));
            Ok(())
        })
        .unwrap();
        met.into_inner()
    };
    assert_eq!(raise(&mut one, &at(11, 7)), [(10, 0)]);
    assert_eq!(raise(&mut one, &at(12, 7)), []);
    assert_eq!(raise(&mut other, &at(11, 7)), [(12, 7)]);
    let refuse = |_| Err(Code::OtherGeneration.fault().found("another row").into());
    for value in [11, 12, 13] {
        let error = other.raise_checked(&at(value, 5), &refuse);
        assert_eq!(error.err().map(|error| error.is(Code::OtherGeneration)), (value > 11).then_some(true), "{value}");
    }
    assert_eq!(place.marks()[&0], Reached { value: 12, tag: 7 });
    assert_eq!(raise(&mut other, &Marks::from([(1, to(19))])), []);
}
