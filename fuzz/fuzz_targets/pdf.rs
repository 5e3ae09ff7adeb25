//! PDFs of anybody: no input panics, overflows the stack, or takes more than the limits allow.
#![no_main]

use czei_render::read::{PdfLimits, read_everything};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // A tenth of the usual, so that a run stays short.
    let usual = PdfLimits::default();
    read_everything(bytes, &PdfLimits { total_bytes: usual.total_bytes / 10, ..usual });
});
