//! Doubles in a set: the same file twice, the same receipt in two files, one number over two
//! contents.
//!
//! Bound: 80 bytes a receipt and its name, of which no more than [`IN_MEMORY`] receipts are held in
//! memory. What is beyond goes to two temporary files in sorted runs, which are merged at the end
//! with [`BLOCK`] records of memory a run. A hundred million receipts take 8 GB of temporary space
//! besides their names, and 25 MB of memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::temporary::TemporaryFile;

/// The most receipts held in memory.
const IN_MEMORY: usize = 64 * 1024;

/// The records of a run that are read at a time.
const BLOCK: usize = 128;

/// The most files that are named for one double; all are counted.
pub(crate) const MAX_NAMED: usize = 20;

/// One receipt of the set. The order is that of the merge: by number, then content, then file, then
/// the place in the input, so that the result does not depend on how the input was cut into runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Record {
    /// Code and number as one number of 18 digits.
    key: u64,
    /// SM3 over the unit's original.
    content: [u8; 32],
    /// SM3 over the document.
    file: [u8; 32],
    /// The place of the name among all names, and [`PRINTED`].
    name: u64,
}

/// The bit beside a name's place that says: the document stands inside a PDF. Places need less than 63 bits.
const PRINTED: u64 = 1 << 63;

impl Record {
    const BYTES: usize = 80;

    fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.key.to_be_bytes());
        bytes[8..40].copy_from_slice(&self.content);
        bytes[40..72].copy_from_slice(&self.file);
        bytes[72..].copy_from_slice(&self.name.to_be_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let number = |at: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[at..at + 8]);
            u64::from_be_bytes(word)
        };
        let mut record = Record { key: number(0), content: [0; 32], file: [0; 32], name: number(72) };
        record.content.copy_from_slice(&bytes[8..40]);
        record.file.copy_from_slice(&bytes[40..72]);
        record
    }
}

/// What sort of double.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Documents equal byte by byte. A receipt and its PDF are no double: they are meant to lie side by side.
    Exact,
    /// The same signed content in different files.
    Content,
    /// One number over different contents.
    NumberTwice,
}

/// A group of files that hold the same number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Double {
    pub(crate) kind: Kind,
    /// The receipt code, 8 digits.
    pub(crate) code: String,
    /// The receipt number, 10 digits.
    pub(crate) number: String,
    /// How many files (exact), different files (content) or different contents (number twice).
    pub(crate) count: u64,
    /// The first of them, at most [`MAX_NAMED`].
    pub(crate) files: Vec<String>,
}

/// The index over a set.
#[derive(Debug)]
pub(crate) struct Doubles {
    in_memory: usize,
    records: Vec<Record>,
    /// The names since the last run, each with its length before it.
    names: Vec<u8>,
    /// Where `names` begins among all names.
    names_before: u64,
    spilled: Option<Spilled>,
}

#[derive(Debug)]
struct Spilled {
    runs: TemporaryFile,
    names: TemporaryFile,
    /// The records of each run.
    lengths: Vec<u64>,
}

impl Doubles {
    pub(crate) fn new() -> Self {
        Self::with_memory(IN_MEMORY)
    }

    fn with_memory(in_memory: usize) -> Self {
        Doubles { in_memory, records: Vec::new(), names: Vec::new(), names_before: 0, spilled: None }
    }

    /// Adds a receipt; `printed` when it came inside a PDF. `code` and `number` consist of 8 and 10 digits; others cannot be doubles of a
    /// receipt and are left out.
    pub(crate) fn add(
        &mut self,
        code: &str,
        number: &str,
        content: [u8; 32],
        file: [u8; 32],
        printed: bool,
        name: &str,
    ) -> io::Result<()> {
        let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(code, 8) || !digits(number, 10) {
            return Ok(());
        }
        let key = code.bytes().chain(number.bytes()).fold(0, |key, digit| key * 10 + u64::from(digit - b'0'));
        let place = self.names_before + self.names.len() as u64;
        self.records.push(Record { key, content, file, name: if printed { place | PRINTED } else { place } });
        let length = u32::try_from(name.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.names.extend_from_slice(&length.to_be_bytes());
        self.names.extend_from_slice(name.as_bytes());
        if self.records.len() >= self.in_memory {
            self.spill()?;
        }
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        let spilled = match &mut self.spilled {
            Some(spilled) => spilled,
            none => none.insert(Spilled {
                runs: TemporaryFile::create()?,
                names: TemporaryFile::create()?,
                lengths: Vec::new(),
            }),
        };
        self.records.sort_unstable();
        let bytes: Vec<u8> = self.records.iter().flat_map(|record| record.to_bytes()).collect();
        spilled.runs.file.write_all(&bytes)?;
        spilled.names.file.write_all(&self.names)?;
        spilled.lengths.push(self.records.len() as u64);
        self.names_before += self.names.len() as u64;
        self.records.clear();
        self.names.clear();
        Ok(())
    }

    /// Calls `each` with every double, by number.
    pub(crate) fn finish<E: From<io::Error>>(mut self, mut each: impl FnMut(Double) -> Result<(), E>) -> Result<(), E> {
        self.records.sort_unstable();
        let mut group = Group::default();
        match self.spilled.take() {
            None => {
                let names = Names { memory: &self.names, before: self.names_before, file: None };
                group_all(&mut group, self.records.iter().copied().map(Ok), names, &mut each)
            }
            Some(Spilled { mut runs, mut names, lengths }) => {
                let merge = Merge::new(&mut runs, &lengths, &self.records)?;
                let names = Names { memory: &self.names, before: self.names_before, file: Some(&mut names) };
                group_all(&mut group, merge, names, &mut each)
            }
        }
    }
}

fn group_all<E: From<io::Error>>(
    group: &mut Group,
    records: impl Iterator<Item = io::Result<Record>>,
    mut names: Names<'_>,
    each: &mut impl FnMut(Double) -> Result<(), E>,
) -> Result<(), E> {
    for record in records {
        let record = record?;
        if group.last.is_some_and(|last| last.key != record.key) {
            group.close(&mut names, each)?;
        }
        group.take(record, &mut names, each)?;
    }
    group.close(&mut names, each)
}

/// The receipts of one number, of which only the first files are remembered.
#[derive(Debug, Default)]
struct Group {
    last: Option<Record>,
    exact: Listed,
    exact_printed: Listed,
    content: Listed,
    number: Listed,
}

/// A count and the first few.
#[derive(Debug, Default)]
struct Listed {
    count: u64,
    names: Vec<u64>,
}

impl Listed {
    fn add(&mut self, record: Record) {
        self.count += 1;
        if self.names.len() < MAX_NAMED {
            self.names.push(record.name & !PRINTED);
        }
    }
}

impl Group {
    fn take<E: From<io::Error>>(
        &mut self,
        record: Record,
        names: &mut Names<'_>,
        each: &mut impl FnMut(Double) -> Result<(), E>,
    ) -> Result<(), E> {
        let same_content = self.last.is_some_and(|last| last.content == record.content);
        let same_file = same_content && self.last.is_some_and(|last| last.file == record.file);
        if !same_file {
            self.report_exact(names, each)?;
        }
        if !same_content {
            let content = std::mem::take(&mut self.content);
            self.report(Kind::Content, content, names, each)?;
            self.number.add(record);
        }
        if !same_file {
            self.content.add(record);
        }
        let exact = if record.name & PRINTED == 0 { &mut self.exact } else { &mut self.exact_printed };
        exact.add(record);
        self.last = Some(record);
        Ok(())
    }

    fn close<E: From<io::Error>>(
        &mut self,
        names: &mut Names<'_>,
        each: &mut impl FnMut(Double) -> Result<(), E>,
    ) -> Result<(), E> {
        self.report_exact(names, each)?;
        let (content, number) = (std::mem::take(&mut self.content), std::mem::take(&mut self.number));
        self.report(Kind::Content, content, names, each)?;
        self.report(Kind::NumberTwice, number, names, each)?;
        self.last = None;
        Ok(())
    }

    /// Documents that are equal, apart from each other as files and inside PDFs.
    fn report_exact<E: From<io::Error>>(
        &mut self,
        names: &mut Names<'_>,
        each: &mut impl FnMut(Double) -> Result<(), E>,
    ) -> Result<(), E> {
        let (plain, printed) = (std::mem::take(&mut self.exact), std::mem::take(&mut self.exact_printed));
        self.report(Kind::Exact, plain, names, each)?;
        self.report(Kind::Exact, printed, names, each)
    }

    fn report<E: From<io::Error>>(
        &self,
        kind: Kind,
        listed: Listed,
        names: &mut Names<'_>,
        each: &mut impl FnMut(Double) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(last) = self.last.filter(|_| listed.count > 1) else { return Ok(()) };
        let digits = format!("{:018}", last.key);
        let (code, number) = digits.split_at(8);
        let files = listed.names.iter().map(|at| names.get(*at)).collect::<io::Result<_>>()?;
        each(Double { kind, code: code.to_owned(), number: number.to_owned(), count: listed.count, files })
    }
}

/// The names by their places.
struct Names<'a> {
    memory: &'a [u8],
    before: u64,
    file: Option<&'a mut TemporaryFile>,
}

impl Names<'_> {
    fn get(&mut self, at: u64) -> io::Result<String> {
        let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let mut length = [0; 4];
        let bytes = if let Some(at) = at.checked_sub(self.before) {
            let rest = usize::try_from(at).ok().and_then(|at| self.memory.get(at..)).ok_or_else(cut)?;
            let (head, rest) = rest.split_at_checked(4).ok_or_else(cut)?;
            length.copy_from_slice(head);
            rest.get(..u32::from_be_bytes(length) as usize).ok_or_else(cut)?.to_vec()
        } else {
            let file = &mut self.file.as_mut().ok_or_else(cut)?.file;
            file.seek(SeekFrom::Start(at))?;
            file.read_exact(&mut length)?;
            let mut name = vec![0; u32::from_be_bytes(length) as usize];
            file.read_exact(&mut name)?;
            name
        };
        String::from_utf8(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
    }
}

/// The records of all runs and of the memory, in order.
struct Merge<'a> {
    file: &'a mut TemporaryFile,
    runs: Vec<Run>,
    /// The records in memory, which count as the last run.
    memory: std::slice::Iter<'a, Record>,
    heap: BinaryHeap<Reverse<(Record, usize)>>,
}

struct Run {
    offset: u64,
    left: u64,
    block: std::vec::IntoIter<Record>,
}

impl<'a> Merge<'a> {
    fn new(file: &'a mut TemporaryFile, lengths: &[u64], memory: &'a [Record]) -> io::Result<Self> {
        let mut offset = 0;
        let mut runs = Vec::with_capacity(lengths.len());
        for length in lengths {
            runs.push(Run { offset, left: *length, block: Vec::new().into_iter() });
            offset += length * Record::BYTES as u64;
        }
        let mut merge = Merge { file, runs, memory: memory.iter(), heap: BinaryHeap::new() };
        for run in 0..=merge.runs.len() {
            merge.refill(run)?;
        }
        Ok(merge)
    }

    /// Puts the next record of a run on the heap.
    fn refill(&mut self, run: usize) -> io::Result<()> {
        let next = match self.runs.get_mut(run) {
            Some(run) => run.next(self.file)?,
            None => self.memory.next().copied(),
        };
        self.heap.extend(next.map(|record| Reverse((record, run))));
        Ok(())
    }
}

impl Iterator for Merge<'_> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse((record, run)) = self.heap.pop()?;
        Some(self.refill(run).map(|()| record))
    }
}

impl Run {
    fn next(&mut self, file: &mut TemporaryFile) -> io::Result<Option<Record>> {
        if let Some(record) = self.block.next() {
            return Ok(Some(record));
        }
        let count = usize::try_from(self.left).unwrap_or(BLOCK).min(BLOCK);
        let mut bytes = vec![0; count * Record::BYTES];
        file.file.seek(SeekFrom::Start(self.offset))?;
        file.file.read_exact(&mut bytes)?;
        self.offset += bytes.len() as u64;
        self.left -= count as u64;
        let (records, _) = bytes.as_chunks::<{ Record::BYTES }>();
        self.block = records.iter().map(Record::from_bytes).collect::<Vec<_>>().into_iter();
        Ok(self.block.next())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Number, content, file.
    const SET: [(u64, u8, u8); 9] =
        [(1, 1, 1), (2, 1, 1), (3, 1, 1), (2, 2, 2), (1, 1, 1), (3, 1, 2), (4, 1, 1), (3, 1, 1), (3, 9, 9)];

    fn doubles_of(in_memory: usize) -> Vec<(Kind, String, u64, Vec<String>)> {
        let mut doubles = Doubles::with_memory(in_memory);
        for (at, (number, content, file)) in SET.into_iter().enumerate() {
            doubles
                .add("32010126", &format!("{number:010}"), [content; 32], [file; 32], false, &format!("票{at}.xml"))
                .unwrap();
        }
        doubles.add("3201", "1", [0; 32], [0; 32], false, "other").unwrap();
        let mut found = Vec::new();
        doubles
            .finish(|double| {
                assert_eq!(double.code, "32010126");
                found.push((double.kind, double.number, double.count, double.files));
                Ok::<_, io::Error>(())
            })
            .unwrap();
        found
    }

    #[test]
    fn all_three_kinds_are_named_whatever_is_spilled() {
        let expected: [(Kind, &str, u64, &[&str]); 5] = [
            (Kind::Exact, "0000000001", 2, &["票0.xml", "票4.xml"]),
            (Kind::NumberTwice, "0000000002", 2, &["票1.xml", "票3.xml"]),
            (Kind::Exact, "0000000003", 2, &["票2.xml", "票7.xml"]),
            (Kind::Content, "0000000003", 2, &["票2.xml", "票5.xml"]),
            (Kind::NumberTwice, "0000000003", 2, &["票2.xml", "票8.xml"]),
        ];
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(kind, number, count, files)| {
                (kind, number.to_owned(), count, files.iter().map(|file| (*file).to_owned()).collect::<Vec<_>>())
            })
            .collect();
        for in_memory in [1, 2, 3, 4, 9, 100] {
            assert_eq!(doubles_of(in_memory), expected, "{in_memory} in memory");
        }
    }

    #[test]
    fn a_large_group_is_counted_whole_and_named_in_part() {
        let mut doubles = Doubles::with_memory(300);
        for at in 0..1000 {
            doubles.add("32010126", "0000000007", [1; 32], [1; 32], false, &at.to_string()).unwrap();
        }
        let mut found = Vec::new();
        doubles
            .finish(|double| {
                found.push(double);
                Ok::<_, io::Error>(())
            })
            .unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].count, found[0].files.len()), (1000, MAX_NAMED));
        assert_eq!(found[0].files[..3], ["0", "1", "2"]);
    }

    #[test]
    fn a_receipt_and_its_pdf_are_no_double() {
        let names = |set: &[(u8, bool, &str)]| {
            let mut doubles = Doubles::with_memory(2);
            for (content, printed, name) in set {
                doubles.add("32010126", "0000000007", [*content; 32], [*content; 32], *printed, name).unwrap();
            }
            let mut found = Vec::new();
            let each = |double: Double| {
                found.push((double.kind, double.files.join(" ")));
                Ok::<_, io::Error>(())
            };
            doubles.finish(each).unwrap();
            found
        };
        assert_eq!(names(&[(1, false, "a.xml"), (1, true, "a.pdf")]), []);
        let found = names(&[(1, true, "a.pdf"), (1, false, "a.xml"), (1, true, "b.pdf")]);
        assert_eq!(found, [(Kind::Exact, "a.pdf b.pdf".to_owned())]);
        let found = names(&[(1, false, "a.xml"), (2, true, "a.pdf")]);
        assert_eq!(found, [(Kind::NumberTwice, "a.xml a.pdf".to_owned())]);
    }

    #[test]
    fn records_survive_their_bytes() {
        let record = Record { key: 320_101_260_000_000_001, content: [1; 32], file: [2; 32], name: u64::MAX - 1 };
        assert_eq!(Record::from_bytes(&record.to_bytes()), record);
    }
}
