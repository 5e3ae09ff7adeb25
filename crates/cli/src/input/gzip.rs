//! A gzip stream whose errors are told from those of the file below it.

use std::io::{self, Read};

use flate2::bufread::MultiGzDecoder;

/// The two bytes that a gzip stream begins with (RFC 1952, 2.3.1).
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The unpacked content of a gzip stream of one or several members.
pub(super) fn decoder<R: Read>(reader: R) -> impl Read + use<R> {
    MultiGzDecoder::new(io::BufReader::with_capacity(64 * 1024, reader))
}
