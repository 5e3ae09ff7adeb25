//! How much work a file may ask for.

use czei_codes::Code as _;

use crate::tlv::Reader;
use crate::{Code, Error};

/// The iterations left for a file. Each derivation of a key costs its count for each block of the
/// digest that it makes, so that many small ones cost as much as a large one.
#[derive(Debug)]
pub(super) struct Budget {
    most: u32,
    left: u32,
}

impl Budget {
    pub(super) fn new(most: u32) -> Self {
        Budget { most, left: most }
    }

    /// Reads an iteration count, which is at least 1, and spends it `blocks` times before any work
    /// is done.
    pub(super) fn iterations(
        &mut self,
        reader: &mut Reader<'_>,
        path: &'static str,
        blocks: usize,
    ) -> Result<u32, Error> {
        let content = reader.integer(path)?;
        let digits = content.strip_prefix(&[0]).unwrap_or(content);
        if digits.is_empty() || content[0] >= 0x80 {
            return Err(reader.fault(path, "an iteration count below 1"));
        }
        let count = digits.iter().take(9).fold(0u128, |count, digit| count << 8 | u128::from(*digit));
        self.spend(path, count, blocks)
    }

    /// Spends a count for each of some blocks.
    pub(super) fn spend(&mut self, path: &'static str, count: u128, blocks: usize) -> Result<u32, Error> {
        let cost = count.saturating_mul(blocks.max(1) as u128);
        match (u32::try_from(count), u32::try_from(cost)) {
            (Ok(count), Ok(cost)) if cost <= self.left => {
                self.left -= cost;
                Ok(count)
            }
            _ => Err(Code::KeyIterations
                .fault()
                .at_path(path)
                .expected(format!("at most {} in the whole file", self.most))
                .found(if count > u128::from(u64::MAX) { "beyond 64 bits".to_owned() } else { count.to_string() })),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::tlv;

    fn read(budget: &mut Budget, content: &[u8], blocks: usize) -> Result<u32, Error> {
        let bytes = tlv::write(tlv::INTEGER, &[content]);
        budget.iterations(&mut Reader::new(&bytes, Code::PrivateKeyMalformed), "count", blocks)
    }

    #[test]
    fn counts_are_spent_over_the_whole_file() {
        let mut budget = Budget::new(1000);
        assert_eq!(read(&mut budget, &[1], 1).unwrap(), 1);
        assert_eq!(read(&mut budget, &[0x01, 0xf3], 2).unwrap(), 499);
        assert_eq!(read(&mut budget, &[1], 1).unwrap(), 1);
        let fault = read(&mut budget, &[1], 1).unwrap_err();
        assert_eq!(fault.code(), Code::KeyIterations);
        assert_eq!(fault.place().path.as_deref(), Some("count"));
        assert_eq!(fault.expected_text(), Some("at most 1000 in the whole file"));
        assert_eq!(fault.found_text(), Some("1"));
    }

    #[test]
    fn counts_out_of_bounds_are_refused() {
        for content in [&[0][..], &[0xff], &[0x80, 0, 0, 0]] {
            let fault = read(&mut Budget::new(u32::MAX), content, 1).unwrap_err();
            assert_eq!(fault.code(), Code::PrivateKeyMalformed, "{content:02x?}");
        }
        for (content, found) in [
            (&[0, 0x80, 0, 0, 0][..], "2147483648"),
            (&[1, 0, 0, 0, 0], "4294967296"),
            (&[0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "18446744073709551615"),
            (&[1; 9], "beyond 64 bits"),
            (&[1; 40], "beyond 64 bits"),
        ] {
            let fault = read(&mut Budget::new(10_000_000), content, 1).unwrap_err();
            assert_eq!((fault.code(), fault.found_text()), (Code::KeyIterations, Some(found)));
        }
    }
}
