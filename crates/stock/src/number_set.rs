//! A set of numbers that is small where numbers lie side by side.

use std::collections::BTreeMap;

use crate::NumberId;

/// Numbers of one page, and the words that hold them.
const PAGE: i64 = 4096;
const WORDS: usize = 64;

/// A set of numbers: one bit each in pages of 4,096, so that ten million that lie side by side take
/// little more than a megabyte, and numbers that lie alone half a kilobyte each.
#[derive(Debug, Default)]
pub(crate) struct NumberSet {
    pages: BTreeMap<i64, Box<[u64; WORDS]>>,
}

impl NumberSet {
    /// Adds a number; whether it is new.
    pub(crate) fn add(&mut self, id: NumberId) -> bool {
        let (page, word, bit) = place(id);
        let word = &mut self.pages.entry(page).or_insert_with(|| Box::new([0; WORDS]))[word];
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Whether a number is in it.
    pub(crate) fn has(&self, id: NumberId) -> bool {
        let (page, word, bit) = place(id);
        self.pages.get(&page).is_some_and(|words| words[word] & bit != 0)
    }
}

/// The page, the word in it and the bit in that.
fn place(id: NumberId) -> (i64, usize, u64) {
    // Below 4,096.
    let within = (id.get() % PAGE) as usize;
    (id.get() / PAGE, within / 64, 1 << (within % 64))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_has_what_was_added_and_nothing_else() {
        let ids = [1, 2, 63, 64, 4095, 4096, 9_999_999_999];
        let id = |code: i64, number: i64| NumberId::from_integer(code * 10_000_000_000 + number).unwrap();
        let mut set = NumberSet::default();
        for number in ids {
            assert!(set.add(id(32_010_126, number)));
            assert!(!set.add(id(32_010_126, number)), "{number} was there");
        }
        for number in (1..5000).chain([9_999_999_998, 9_999_999_999]) {
            assert_eq!(set.has(id(32_010_126, number)), ids.contains(&number), "{number}");
            assert!(!set.has(id(32_010_226, number)), "another code");
        }
    }
}
