//! A PDF file as a sequence of objects: offsets, cross-reference table, trailer (ISO 32000-1, 7.5).

use std::io::Write;

use czei_codes::Code as _;
use czei_sm2::Sm3;
use pdf_writer::{Chunk, Ref, Settings};

use crate::{Code, Error};

/// The most indirect objects that a PDF/A-3 file may have (ISO 19005-3, 6.1.12).
const MAX_OBJECTS: usize = 8_388_607;

/// The largest offset that ten digits hold (ISO 32000-1, 7.5.4).
const MAX_POSITION: u64 = 9_999_999_999;

/// The comment behind the header says that the file is binary (ISO 19005-3, 6.1.2).
const HEADER: &[u8] = b"%PDF-1.7\n%\xE7\xA5\xA8\xE6\n";

/// A file being written.
pub(super) struct File<W> {
    out: W,
    position: u64,
    /// Where each object begins, the first being object 1; 0 as long as it is not written.
    offsets: Vec<u64>,
    /// Over everything that is written: the file's identifier comes from it.
    hash: Sm3,
}

/// The beginning of many files: the same objects at the same places in each.
pub(super) struct Base {
    bytes: Vec<u8>,
    offsets: Vec<u64>,
    /// Stands for the bytes in the identifiers of the files that begin so.
    digest: [u8; 32],
}

impl File<Vec<u8>> {
    /// A beginning.
    pub(super) fn new() -> Self {
        let mut hash = Sm3::new();
        hash.update(HEADER);
        File { out: HEADER.to_vec(), position: HEADER.len() as u64, offsets: Vec::new(), hash }
    }

    /// What was written so far as the beginning of other files.
    pub(super) fn into_base(self) -> Base {
        Base { bytes: self.out, offsets: self.offsets, digest: self.hash.finalize() }
    }
}

impl Base {
    /// How many bytes it has.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }
}

impl<W: Write> File<W> {
    /// A file that begins like this.
    pub(super) fn begin(mut out: W, base: &Base) -> Result<Self, Error> {
        out.write_all(&base.bytes).map_err(failed)?;
        let mut hash = Sm3::new();
        hash.update(&base.digest);
        Ok(File { out, position: base.bytes.len() as u64, offsets: base.offsets.clone(), hash })
    }

    /// A number for an object that is written later.
    pub(super) fn reserve(&mut self) -> Result<Ref, Error> {
        if self.offsets.len() >= MAX_OBJECTS {
            return Err(Code::PdfTooLarge.fault().expected(format!("at most {MAX_OBJECTS} objects")));
        }
        self.offsets.push(0);
        // At most MAX_OBJECTS, and at least 1.
        Ok(Ref::new(self.offsets.len() as i32))
    }

    /// Writes the object of a reserved number. `build` writes exactly one object, of that number.
    pub(super) fn put(&mut self, id: Ref, build: impl FnOnce(&mut Chunk)) -> Result<(), Error> {
        let mut chunk = Chunk::with_settings_and_capacity(Settings { pretty: false }, 256);
        build(&mut chunk);
        let bytes = chunk.as_bytes();
        let end = self.position + bytes.len() as u64;
        if end > MAX_POSITION {
            return Err(Code::PdfTooLarge.fault().expected(format!("at most {MAX_POSITION} bytes")));
        }
        self.out.write_all(bytes).map_err(failed)?;
        self.hash.update(bytes);
        // Numbers come from `reserve`, so the place exists.
        if let Some(offset) = self.offsets.get_mut(id.get() as usize - 1) {
            *offset = self.position;
        }
        self.position = end;
        Ok(())
    }

    /// Writes the cross-reference table and the trailer, and gives the output back.
    pub(super) fn finish(mut self, root: Ref, info: Ref) -> Result<W, Error> {
        let digest = self.hash.finalize();
        let id: String = digest[..16].iter().map(|byte| format!("{byte:02X}")).collect();
        let size = self.offsets.len() + 1;
        let mut end = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            match offset {
                // Reserved for an object that failed: free for ever.
                0 => end.push_str("0000000000 65535 f \n"),
                _ => end.push_str(&format!("{offset:010} 00000 n \n")),
            }
            if end.len() > 1 << 16 {
                self.out.write_all(end.as_bytes()).map_err(failed)?;
                end.clear();
            }
        }
        end.push_str(&format!(
            "trailer\n<</Size {size}/Root {} 0 R/Info {} 0 R/ID[<{id}><{id}>]>>\nstartxref\n{}\n%%EOF\n",
            root.get(),
            info.get(),
            self.position,
        ));
        self.out.write_all(end.as_bytes()).map_err(failed)?;
        self.out.flush().map_err(failed)?;
        Ok(self.out)
    }
}

fn failed(error: std::io::Error) -> Error {
    Code::PdfOutput.fault().found(error.to_string())
}
