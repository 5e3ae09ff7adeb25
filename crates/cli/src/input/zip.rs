//! Zip archives, member by member (PKWARE APPNOTE 6.3 with zip64).
//!
//! Read here and not by a crate because the crates hold the whole table of members in memory,
//! which for a million receipts is hundreds of megabytes. The table decides what is in the archive;
//! the header before each member must agree with it, because programs that follow the one or the
//! other would see different files.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use czei::{CliCode, CliError};
use flate2::bufread::DeflateDecoder;

use super::{Member, Wanted, broken, cannot_read, fill, member_of, other_member, read_document};
use crate::shown;

/// What a zip archive begins with: a member, or the end of an empty archive.
pub(super) const MAGIC: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

const END: usize = 22;
const CENTRAL: usize = 46;
const LOCAL: usize = 30;

/// The members of a zip archive.
pub(super) struct ZipMembers {
    data: BufReader<File>,
    table: Table,
    wanted: Wanted,
    /// Packed bytes that members may still claim: together no more than the file has, else they
    /// overlap.
    claimable: u64,
    ended: bool,
}

/// The table of members, read in pieces.
struct Table {
    file: BufReader<File>,
    left: u64,
}

/// A row of the table.
struct Row {
    name: Vec<u8>,
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

impl ZipMembers {
    /// `data` and `table` are the same file, opened twice, so that reading a member does not lose
    /// the place in the table.
    pub(super) fn open(mut data: File, mut table: File, wanted: Wanted) -> Result<Self, CliError> {
        let length = data.seek(SeekFrom::End(0)).map_err(|error| cannot_read(&error))?;
        let (offset, size) = find_table(&mut data, length)?;
        table.seek(SeekFrom::Start(offset)).map_err(|error| cannot_read(&error))?;
        Ok(ZipMembers {
            data: BufReader::with_capacity(32 * 1024, data),
            table: Table { file: BufReader::with_capacity(32 * 1024, table), left: size },
            wanted,
            claimable: length,
            ended: false,
        })
    }

    fn step(&mut self) -> Result<Option<Member>, CliError> {
        let Some(row) = self.table.next()? else { return Ok(None) };
        if row.name.ends_with(b"/") || !self.wanted.is_receipt_name(&row.name) {
            return Ok(Some(other_member(&row.name)));
        }
        self.claimable = self
            .claimable
            .checked_sub(row.packed.saturating_add(LOCAL as u64))
            .ok_or_else(|| CliError::new(CliCode::ArchiveBomb).found("overlapping members"))?;
        let name = shown::bytes(&row.name);
        Ok(Some(Member::Receipt(name, self.content(&row))))
    }

    fn content(&mut self, row: &Row) -> Result<Vec<u8>, CliError> {
        if row.flags & 1 != 0 {
            return Err(CliError::new(CliCode::ArchiveMethod).found("encrypted"));
        }
        let mut header = [0; LOCAL];
        self.data.seek(SeekFrom::Start(row.offset)).map_err(|error| cannot_read(&error))?;
        read(&mut self.data, &mut header)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(broken("no member where the table says"));
        }
        let mut name = vec![0; usize::from(u16_at(&header, 26))];
        read(&mut self.data, &mut name)?;
        if name != row.name {
            return Err(CliError::new(CliCode::ArchiveTwoNames)
                .expected(shown::bytes(&row.name))
                .found(shown::bytes(&name)));
        }
        let extra = i64::from(u16_at(&header, 28));
        self.data.seek_relative(extra).map_err(|error| cannot_read(&error))?;
        let mut packed = (&mut self.data).take(row.packed);
        let bytes = match row.method {
            0 => read_document(&mut packed, self.wanted),
            8 => read_document(DeflateDecoder::new(&mut packed), self.wanted),
            method => return Err(CliError::new(CliCode::ArchiveMethod).found(format!("method {method}"))),
        };
        let bytes = bytes.map_err(|error| broken(error.to_string()))?;
        // Past the limit the reader refuses the document; the rest of it is not unpacked to sum it up.
        if bytes.len() as u64 <= self.wanted.limit_of(&bytes) {
            if bytes.len() as u64 != row.size {
                return Err(broken("size").expected(row.size.to_string()));
            }
            if crc(&bytes) != row.crc {
                return Err(broken("CRC-32"));
            }
        }
        Ok(bytes)
    }
}

impl Iterator for ZipMembers {
    type Item = Member;

    fn next(&mut self) -> Option<Member> {
        if self.ended {
            return None;
        }
        let step = self.step();
        member_of(step, &mut self.ended)
    }
}

impl Table {
    fn next(&mut self) -> Result<Option<Row>, CliError> {
        if self.left == 0 {
            return Ok(None);
        }
        let mut fixed = [0; CENTRAL];
        read(&mut self.file, &mut fixed)?;
        if !fixed.starts_with(b"PK\x01\x02") {
            return Err(broken("table of members"));
        }
        let mut name = vec![0; usize::from(u16_at(&fixed, 28))];
        let mut extra = vec![0; usize::from(u16_at(&fixed, 30))];
        let comment = u16_at(&fixed, 32);
        read(&mut self.file, &mut name)?;
        read(&mut self.file, &mut extra)?;
        self.file.seek_relative(i64::from(comment)).map_err(|error| cannot_read(&error))?;
        let length = (CENTRAL + name.len() + extra.len()) as u64 + u64::from(comment);
        self.left = self.left.checked_sub(length).ok_or_else(|| broken("table of members"))?;
        let mut large = zip64(&extra);
        let mut value = |short: u32| {
            if short == u32::MAX { large.next().ok_or_else(|| broken("zip64")) } else { Ok(u64::from(short)) }
        };
        let size = value(u32_at(&fixed, 24))?;
        let packed = value(u32_at(&fixed, 20))?;
        let offset = value(u32_at(&fixed, 42))?;
        Ok(Some(Row {
            name,
            flags: u16_at(&fixed, 8),
            method: u16_at(&fixed, 10),
            crc: u32_at(&fixed, 16),
            packed,
            size,
            offset,
        }))
    }
}

/// Offset and size of the table, from the record at the end of the file.
fn find_table(file: &mut File, length: u64) -> Result<(u64, u64), CliError> {
    // The record is followed by a comment of at most 65,535 bytes.
    let tail_length = length.min((END + 0xffff) as u64);
    let tail_start = length - tail_length;
    let mut tail = vec![0; usize::try_from(tail_length).unwrap_or(0)];
    file.seek(SeekFrom::Start(tail_start)).map_err(|error| cannot_read(&error))?;
    read(file, &mut tail)?;
    let is_end = |at: &usize| {
        tail[*at..].starts_with(b"PK\x05\x06") && *at + END + usize::from(u16_at(&tail, *at + 20)) == tail.len()
    };
    let at = tail.len().checked_sub(END).and_then(|last| (0..=last).rev().find(is_end));
    let at = at.ok_or_else(|| broken("no end record"))?;
    let end = &tail[at..];
    let mut end_offset = tail_start + at as u64;
    let mut size = u64::from(u32_at(end, 12));
    let mut offset = u64::from(u32_at(end, 16));
    let is_large = u16_at(end, 10) == u16::MAX || size == u64::from(u32::MAX) || offset == u64::from(u32::MAX);
    if let Some(large) = large_end(file, end_offset)? {
        // Some writers have the larger record also where the smaller one says it all; then both say
        // the same.
        if !is_large && (size, offset) != (large.size, large.offset) {
            return Err(broken("two end records"));
        }
        (size, offset, end_offset) = (large.size, large.offset, large.at);
    }
    // The table ends where its end record begins; anything else hides bytes from one program or another.
    if offset.checked_add(size) != Some(end_offset) {
        return Err(broken("table of members"));
    }
    Ok((offset, size))
}

/// The zip64 end record.
struct LargeEnd {
    at: u64,
    size: u64,
    offset: u64,
}

/// The zip64 end record, where its locator stands before the end record.
fn large_end(file: &mut File, end_offset: u64) -> Result<Option<LargeEnd>, CliError> {
    const LOCATOR: u64 = 20;
    let Some(at) = end_offset.checked_sub(LOCATOR) else { return Ok(None) };
    let mut locator = [0; LOCATOR as usize];
    file.seek(SeekFrom::Start(at)).map_err(|error| cannot_read(&error))?;
    read(file, &mut locator)?;
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    let at = u64_at(&locator, 8);
    let mut record = [0; 56];
    file.seek(SeekFrom::Start(at)).map_err(|error| cannot_read(&error))?;
    read(file, &mut record)?;
    if !record.starts_with(b"PK\x06\x06") {
        return Err(broken("zip64 end record"));
    }
    Ok(Some(LargeEnd { at, size: u64_at(&record, 40), offset: u64_at(&record, 48) }))
}

/// The values of the zip64 extra field, in the order in which the row lacks them.
fn zip64(mut extra: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let mut values: &[u8] = &[];
    while extra.len() >= 4 {
        let length = usize::from(u16_at(extra, 2));
        let Some(content) = extra.get(4..4 + length) else { break };
        if u16_at(extra, 0) == 1 {
            values = content;
            break;
        }
        extra = &extra[4 + length..];
    }
    values.chunks_exact(8).map(|value| u64_at(value, 0))
}

fn read(reader: &mut impl Read, buffer: &mut [u8]) -> Result<(), CliError> {
    match fill(reader, buffer) {
        Ok(count) if count == buffer.len() => Ok(()),
        Ok(_) => Err(broken("cut off")),
        Err(error) => Err(cannot_read(&error)),
    }
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

// The callers pass buffers that are longer than the offset plus the width.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// Whether the first bytes are a zip archive's.
pub(super) fn is_zip(head: &[u8]) -> bool {
    MAGIC.iter().any(|magic| head.starts_with(magic))
}
