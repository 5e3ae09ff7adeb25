//! Tar archives as a stream (POSIX.1-2008 ustar and pax, GNU long names).
//!
//! Read here and not by a crate because names of unlimited length must not be read into memory:
//! a few kilobytes of gzip can hold a name of gigabytes.

use std::io::{self, Read};

use czei::{CliCode, CliError};

use super::{Member, Wanted, broken, fill, member_of, other_member, read_document, read_limited};
use crate::shown;

const BLOCK: usize = 512;

/// The longest extended header (a long name, or pax records).
const MAX_EXTENDED: u64 = 1 << 20;

/// Whether 512 bytes are a tar header: their checksum holds, or they end an empty archive.
pub(super) fn is_header(block: &[u8]) -> bool {
    block.len() == BLOCK && (checksum_holds(block) || block.iter().all(|byte| *byte == 0))
}

/// The members of a tar archive.
pub(super) struct TarMembers<R> {
    reader: R,
    wanted: Wanted,
    /// How many bytes of a single member may be passed over; bounds the work of a packed archive.
    max_skip: u64,
    /// What the headers before the next member said about it.
    long_name: Option<Vec<u8>>,
    pax_name: Option<Vec<u8>>,
    pax_size: Option<u64>,
    pax_sparse: bool,
    ended: bool,
}

impl<R: Read> TarMembers<R> {
    pub(super) fn new(reader: R, wanted: Wanted, max_skip: u64) -> Self {
        TarMembers {
            reader,
            wanted,
            max_skip,
            long_name: None,
            pax_name: None,
            pax_size: None,
            pax_sparse: false,
            ended: false,
        }
    }

    /// The next member; `None` at the end mark.
    fn step(&mut self) -> Result<Option<Member>, CliError> {
        loop {
            let mut header = [0; BLOCK];
            let count = fill(&mut self.reader, &mut header).map_err(|error| from_io(&error))?;
            if count < BLOCK {
                return Err(broken("no end mark"));
            }
            if header.iter().all(|byte| *byte == 0) {
                return self.nothing_follows().map(|()| None);
            }
            if !checksum_holds(&header) {
                return Err(broken("header checksum"));
            }
            let kind = header[156];
            let size = self.pax_size.filter(|_| !matches!(kind, b'x' | b'g' | b'L' | b'K'));
            let size = match size {
                Some(size) => size,
                None => number(&header[124..136]).ok_or_else(|| broken("size"))?,
            };
            match kind {
                b'L' => self.long_name = Some(until_nul(&self.extended(size)?).to_vec()),
                b'x' => {
                    let records = self.extended(size)?;
                    self.read_pax(&records)?;
                }
                b'K' | b'g' => drop(self.extended(size)?),
                _ => return self.member(&header, kind, size).map(Some),
            }
        }
    }

    /// Reads to the end, where gzip has its checksum. After the end mark there is only padding:
    /// what another archive brings behind it most programs do not see, and none of it is passed over
    /// in silence here.
    fn nothing_follows(&mut self) -> Result<(), CliError> {
        let mut block = [0; BLOCK];
        let mut passed: u64 = 0;
        loop {
            let count = fill(&mut self.reader, &mut block).map_err(|error| from_io(&error))?;
            if block[..count].iter().any(|byte| *byte != 0) {
                return Err(broken("data after the end mark"));
            }
            passed += count as u64;
            if passed > self.max_skip {
                return Err(CliError::new(CliCode::ArchiveBomb).found(format!("{passed} bytes of padding")));
            }
            if count < BLOCK {
                return Ok(());
            }
        }
    }

    fn member(&mut self, header: &[u8; BLOCK], kind: u8, size: u64) -> Result<Member, CliError> {
        self.pax_size = None;
        let is_sparse = std::mem::take(&mut self.pax_sparse) || kind == b'S';
        let name = self.pax_name.take().or(self.long_name.take()).unwrap_or_else(|| name(header));
        self.long_name = None;
        let is_file = matches!(kind, b'0' | 0 | b'7') && !is_sparse && !name.ends_with(b"/");
        if !is_file || !self.wanted.is_receipt_name(&name) {
            // Links, folders and devices have no content here; what they point to has its own entry.
            self.skip(if matches!(kind, b'1'..=b'6') { 0 } else { size }, 0)?;
            return Ok(if is_sparse && self.wanted.is_receipt_name(&name) {
                Member::Receipt(shown::bytes(&name), Err(CliError::new(CliCode::ArchiveMethod).found("GNU sparse")))
            } else if matches!(kind, b'0' | 0 | b'7') {
                other_member(&name)
            } else {
                Member::Ignored
            });
        }
        let bytes = read_document((&mut self.reader).take(size), self.wanted).map_err(|error| from_io(&error))?;
        let taken = bytes.len() as u64;
        if taken < size.min(self.wanted.limit_of(&bytes).saturating_add(1)) {
            return Err(broken(format!("{} is cut off", shown::bytes(&name))));
        }
        self.skip(size, taken)?;
        Ok(Member::Receipt(shown::bytes(&name), Ok(bytes)))
    }

    /// The content of an extended header.
    fn extended(&mut self, size: u64) -> Result<Vec<u8>, CliError> {
        if size > MAX_EXTENDED {
            return Err(CliError::new(CliCode::ArchiveBomb).found(format!("{size} bytes of header")));
        }
        let content = read_limited((&mut self.reader).take(size), size).map_err(|error| from_io(&error))?;
        if (content.len() as u64) < size {
            return Err(broken("header is cut off"));
        }
        self.skip(size, size)?;
        Ok(content)
    }

    /// Passes over the rest of a member and its padding.
    fn skip(&mut self, size: u64, taken: u64) -> Result<(), CliError> {
        let padded = size.div_ceil(BLOCK as u64).checked_mul(BLOCK as u64).ok_or_else(|| broken("size"))?;
        let rest = padded - taken;
        if rest > self.max_skip {
            return Err(CliError::new(CliCode::ArchiveBomb).found(format!("{size} bytes")));
        }
        let passed = io::copy(&mut (&mut self.reader).take(rest), &mut io::sink()).map_err(|error| from_io(&error))?;
        if passed < rest { Err(broken("a member is cut off")) } else { Ok(()) }
    }

    /// Records `length key=value\n` (POSIX.1-2008 pax, extended header).
    fn read_pax(&mut self, mut records: &[u8]) -> Result<(), CliError> {
        let wrong = || broken("pax header");
        while !records.is_empty() && records[0] != 0 {
            let space = records.iter().position(|byte| *byte == b' ').ok_or_else(wrong)?;
            let length = decimal(&records[..space]).and_then(|length| usize::try_from(length).ok());
            let length = length.filter(|length| (space + 2..=records.len()).contains(length)).ok_or_else(wrong)?;
            let record = records[space + 1..length].strip_suffix(b"\n").ok_or_else(wrong)?;
            let equals = record.iter().position(|byte| *byte == b'=').ok_or_else(wrong)?;
            let (key, value) = (&record[..equals], &record[equals + 1..]);
            match key {
                b"path" if self.pax_sparse => {}
                b"path" | b"GNU.sparse.name" => self.pax_name = Some(value.to_vec()),
                b"size" => self.pax_size = Some(decimal(value).ok_or_else(wrong)?),
                _ => {}
            }
            self.pax_sparse |= key.starts_with(b"GNU.sparse.");
            records = &records[length..];
        }
        Ok(())
    }
}

impl<R: Read> Iterator for TarMembers<R> {
    type Item = Member;

    fn next(&mut self) -> Option<Member> {
        if self.ended {
            return None;
        }
        let step = self.step();
        member_of(step, &mut self.ended)
    }
}

/// Damage inside gzip shows itself as invalid data or an early end.
fn from_io(error: &io::Error) -> CliError {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            broken(error.to_string())
        }
        _ => super::cannot_read(error),
    }
}

fn name(header: &[u8; BLOCK]) -> Vec<u8> {
    let name = until_nul(&header[..100]);
    // `ustar\0` and not `ustar  \0` of old GNU, which keeps times where the prefix stands.
    let prefix = if &header[257..263] == b"ustar\0" { until_nul(&header[345..500]) } else { b"" };
    if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.iter().position(|byte| *byte == 0).map_or(bytes, |end| &bytes[..end])
}

/// The sum of all bytes with those of the checksum as spaces.
fn checksum_holds(header: &[u8]) -> bool {
    let sum: u64 =
        header.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) }).sum();
    number(&header[148..156]) == Some(sum)
}

/// An octal number with blanks around it, or base 256 as GNU writes large ones.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] == 0x80 {
        let (high, low) = field[1..].split_at(field.len() - 9);
        let fits = high.iter().all(|byte| *byte == 0);
        return fits.then(|| low.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)));
    }
    let text = until_nul(field).trim_ascii();
    text.iter().try_fold(0u64, |sum, byte| match byte {
        b'0'..=b'7' => sum.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

fn decimal(text: &[u8]) -> Option<u64> {
    let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    is_number.then(|| std::str::from_utf8(text).ok()?.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A header block with its checksum.
    fn header(name: &[u8], kind: u8, size: u64) -> Vec<u8> {
        let mut block = vec![0; BLOCK];
        block[..name.len()].copy_from_slice(name);
        if size < 1 << 33 {
            block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        } else {
            block[124] = 0x80;
            block[128..136].copy_from_slice(&size.to_be_bytes());
        }
        block[156] = kind;
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        block
    }

    fn padded(content: &[u8]) -> Vec<u8> {
        let mut bytes = content.to_vec();
        bytes.resize(content.len().div_ceil(BLOCK) * BLOCK, 0);
        bytes
    }

    fn members(archive: Vec<u8>) -> Vec<Member> {
        TarMembers::new(io::Cursor::new(archive), Wanted::documents(1000), 1 << 16).collect()
    }

    fn code_of(member: &Member) -> CliCode {
        match member {
            Member::Broken(error) | Member::Receipt(_, Err(error)) => error.code(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_come_from_pax_before_gnu_before_the_header() {
        let pax = "20 path=票/pax.xml\n";
        let archive = [
            header(b"x", b'x', pax.len() as u64),
            padded(pax.as_bytes()),
            header(b"short.xml", b'0', 1),
            padded(b"1"),
            header(b"L", b'L', 9),
            padded(b"long.xml\0"),
            header(b"short.xml", 0, 1),
            padded(b"2"),
            header(b"own.XML", b'0', 1),
            padded(b"3"),
            header(b"link.xml", b'2', 7),
            header(b"read.me", b'0', 600),
            padded(&[7; 600]),
            vec![0; 2 * BLOCK],
        ]
        .concat();
        let members = members(archive);
        let seen: Vec<_> = members
            .iter()
            .map(|member| match member {
                Member::Receipt(name, Ok(bytes)) => (name.as_str(), bytes.as_slice()),
                Member::Ignored => ("-", [].as_slice()),
                other => panic!("{other:?}"),
            })
            .collect();
        let expected: [(&str, &[u8]); 5] =
            [("票/pax.xml", b"1"), ("long.xml", b"2"), ("own.XML", b"3"), ("-", b""), ("-", b"")];
        assert_eq!(seen, expected);
    }

    #[test]
    fn damage_is_named_and_ends_the_archive() {
        let whole = [header(b"a.xml", b'0', 3), padded(b"abc")].concat();
        assert_eq!(code_of(&members(whole.clone())[1]), CliCode::ArchiveBroken, "no end mark");
        assert_eq!(code_of(&members(whole[..514].to_vec())[0]), CliCode::ArchiveBroken, "cut off");
        let mut bad = [whole, vec![0; 1024]].concat();
        bad[0] ^= 1;
        assert_eq!(code_of(&members(bad)[0]), CliCode::ArchiveBroken, "checksum");
    }

    #[test]
    fn nothing_is_passed_over_behind_the_end_mark() {
        let one = |name: &[u8]| [header(name, b'0', 1), padded(b"1"), vec![0; 4 * BLOCK]].concat();
        assert_eq!(members(one(b"a.xml")).len(), 1, "padding");
        let two = members([one(b"a.xml"), one(b"b.xml")].concat());
        assert_eq!((two.len(), code_of(&two[1])), (2, CliCode::ArchiveBroken));
        let bomb = members([one(b"a.xml"), vec![0; 1 << 17]].concat());
        assert_eq!((bomb.len(), code_of(&bomb[1])), (2, CliCode::ArchiveBomb));
    }

    #[test]
    fn a_sparse_file_of_pax_goes_by_its_own_name() {
        let pax = "22 GNU.sparse.major=1\n26 GNU.sparse.name=sp.xml\n31 path=GNUSparseFile.1/sp.xml\n";
        let archive = [
            header(b"x", b'x', pax.len() as u64),
            padded(pax.as_bytes()),
            header(b"short.xml", b'0', 1),
            padded(b"1"),
            header(b"own.xml", b'0', 1),
            padded(b"2"),
            vec![0; 2 * BLOCK],
        ];
        let members = members(archive.concat());
        assert!(matches!(&members[0], Member::Receipt(name, Err(_)) if name == "sp.xml"), "{members:?}");
        assert_eq!(code_of(&members[0]), CliCode::ArchiveMethod);
        assert!(matches!(&members[1], Member::Receipt(name, Ok(bytes)) if name == "own.xml" && bytes == b"2"));
    }

    #[test]
    fn what_is_too_much_is_not_read() {
        let name = header(b"L", b'L', 1 << 40);
        assert_eq!(code_of(&members(name)[0]), CliCode::ArchiveBomb);
        let huge = [header(b"a.xml", b'0', 1 << 32), vec![b'x'; 4096]].concat();
        assert_eq!(code_of(&members(huge)[0]), CliCode::ArchiveBomb);
        let long = [header(b"a.xml", b'0', 5000), padded(&[b'x'; 5000]), vec![0; 1024]].concat();
        let members = members(long);
        assert!(matches!(&members[0], Member::Receipt(_, Ok(bytes)) if bytes.len() == 1001), "one past the limit");
    }

    #[test]
    fn numbers_are_octal_or_base_256() {
        assert_eq!(number(b"0000017\0"), Some(15));
        assert_eq!(number(b"    17 \0"), Some(15));
        assert_eq!(number(b"\x80\0\0\0\0\0\0\x01\0\0\0\0"), Some(1 << 32));
        assert_eq!(number(b"\x80\x01\0\0\0\0\0\0\0\0\0\0"), None, "beyond 64 bits");
        assert_eq!(number(b"9"), None);
    }
}
