//! libxml2 as the judge of well-formedness, loaded at run time; `xmllint` as a process where the
//! library is not there.

use std::ffi::{c_char, c_int, c_void};
use std::io::Write as _;
use std::process::{Command, Stdio};

use libloading::Library;

type ReadMemory = unsafe extern "C" fn(*const c_char, c_int, *const c_char, *const c_char, c_int) -> *mut c_void;
type FreeDocument = unsafe extern "C" fn(*mut c_void);

/// `XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET` of libxml2's parser.h: what
/// `xmllint --noout --nonet` does, without the messages.
const OPTIONS: c_int = 1 << 5 | 1 << 6 | 1 << 11;

/// Who says whether bytes are well-formed XML.
pub enum Judge {
    /// libxml2 in this process.
    Library {
        /// `xmlReadMemory`
        read: ReadMemory,
        /// `xmlFreeDoc`
        free: FreeDocument,
        /// Keeps the code of the two in memory.
        _library: Library,
    },
    /// `xmllint` as a process a document.
    Process,
}

impl Judge {
    /// The library, else the program, else nobody.
    #[must_use]
    pub fn find() -> Option<Self> {
        library().or_else(|| {
            let runs = Command::new("xmllint").arg("--version").stderr(Stdio::null()).status().is_ok();
            runs.then_some(Judge::Process)
        })
    }

    /// Whether the judge takes these bytes for well-formed; `None` when it could not be asked.
    #[must_use]
    pub fn accepts(&self, bytes: &[u8]) -> Option<bool> {
        match self {
            Judge::Library { read, free, .. } => {
                let size = c_int::try_from(bytes.len()).ok()?;
                // SAFETY: xmlReadMemory reads `size` bytes from the pointer and keeps neither it
                // nor the address and encoding, which may be NULL.
                let document =
                    unsafe { read(bytes.as_ptr().cast(), size, std::ptr::null(), std::ptr::null(), OPTIONS) };
                if document.is_null() {
                    return Some(false);
                }
                // SAFETY: the document came from xmlReadMemory and is freed once.
                unsafe { free(document) };
                Some(true)
            }
            Judge::Process => {
                let mut child = Command::new("xmllint")
                    .args(["--noout", "--nonet", "-"])
                    .stdin(Stdio::piped())
                    .stderr(Stdio::null())
                    .spawn()
                    .ok()?;
                // A document refused early closes the pipe early.
                let _ = child.stdin.take()?.write_all(bytes);
                Some(child.wait().ok()?.success())
            }
        }
    }
}

fn library() -> Option<Judge> {
    for name in ["libxml2.so.2", "libxml2.so.16", "libxml2.so"] {
        // SAFETY: libxml2 runs no code on loading that this program relies on, and the types are
        // those of its public headers, unchanged since 2.6.
        unsafe {
            let Ok(library) = Library::new(name) else { continue };
            let (Ok(read), Ok(free)) =
                (library.get::<ReadMemory>(b"xmlReadMemory\0"), library.get::<FreeDocument>(b"xmlFreeDoc\0"))
            else {
                continue;
            };
            let (read, free) = (*read, *free);
            return Some(Judge::Library { read, free, _library: library });
        }
    }
    None
}
