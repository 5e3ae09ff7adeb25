//! Where texts stand on a page, found without looking through the page for each.

/// Names that are broken over lines, in at most so many parts.
const PARTS: usize = 6;
/// Characters that are compared for all texts together, at most.
const WORK: usize = 100_000_000;

/// The characters of the pages without white space, and where each pair of them stands.
pub(super) struct Search {
    page: Vec<char>,
    /// The places of pairs, ordered by the pair.
    pairs: Vec<usize>,
    /// Comparisons that are left.
    work: usize,
}

impl Search {
    pub(super) fn new(page: impl Iterator<Item = char>) -> Self {
        Search::within(page, WORK)
    }

    fn within(page: impl Iterator<Item = char>, work: usize) -> Self {
        let page: Vec<char> = page.filter(|character| !character.is_whitespace()).collect();
        let mut pairs: Vec<usize> = (0..page.len().saturating_sub(1)).collect();
        pairs.sort_unstable_by_key(|at| (page[*at], page[*at + 1], *at));
        Search { page, pairs, work }
    }

    /// Whether a text stands there, whole or broken over lines between which other columns stand; `None` when that
    /// takes too long to tell, because one character stands there again and again.
    pub(super) fn has(&mut self, text: impl Iterator<Item = char>) -> Option<bool> {
        let text: Vec<char> = text.filter(|character| !character.is_whitespace()).collect();
        if let [single] = text[..] {
            self.take(self.page.len())?;
            return Some(self.page.contains(&single));
        }
        let mut rest = &text[..];
        for _ in 0..PARTS {
            if rest.is_empty() {
                break;
            }
            // A part of one character stands everywhere.
            match self.longest(rest)? {
                length @ 2.. => rest = &rest[length..],
                _ => return Some(false),
            }
        }
        Some(rest.is_empty())
    }

    /// Whether a text of two characters or more stands there whole; `None` as for [`has`](Self::has).
    pub(super) fn has_whole(&mut self, text: &str) -> Option<bool> {
        let text: Vec<char> = text.chars().collect();
        Some(text.len() > 1 && self.longest(&text)? == text.len())
    }

    /// The length of the longest beginning of the text that stands somewhere, when it is 2 or more.
    fn longest(&mut self, text: &[char]) -> Option<usize> {
        let &[first, second, ..] = text else { return Some(0) };
        let pair = |at: &usize| (self.page[*at], self.page[*at + 1]);
        let from = self.pairs.partition_point(|at| pair(at) < (first, second));
        let to = self.pairs.partition_point(|at| pair(at) <= (first, second));
        let mut longest = 0;
        for index in from..to {
            let there = &self.page[self.pairs[index]..];
            let same = there.iter().zip(text).take_while(|(one, other)| one == other).count();
            self.take(same)?;
            longest = longest.max(same);
            if longest == text.len() {
                break;
            }
        }
        Some(longest)
    }

    fn take(&mut self, count: usize) -> Option<()> {
        self.work = self.work.checked_sub(count)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_whole_or_in_parts() {
        let mut search = Search::new("票据 代码：3201 南京市 第一 中学 中国".chars());
        for (text, found) in [
            ("票据代码", true),
            ("南京市第一中学", true),
            ("中学票据", true),
            ("南京市中国第一", true),
            ("南京市第二中学", false),
            ("票", true),
            ("南京市第一中学票", false),
            ("X", false),
            ("", true),
        ] {
            assert_eq!(search.has(text.chars()), Some(found), "{text}");
        }
        // In more parts than a name has lines.
        assert_eq!(search.has("票据票据票据票据票据票据".chars()), Some(true));
        assert_eq!(search.has("票据票据票据票据票据票据票据".chars()), Some(false));
    }

    #[test]
    fn the_work_is_bounded_over_all_texts() {
        // "xx" begins at seven places, from which 7, 7, 6, 5, 4, 3 and 2 characters agree.
        let (page, text) = ("xxxxxxxx", "xxxxxxxy");
        let mut search = Search::within(page.chars(), 34);
        assert_eq!(search.has(text.chars()), Some(false));
        assert_eq!(search.has(text.chars()), None);
    }
}
