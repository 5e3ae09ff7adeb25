//! Reading: no input panics, and what was read and written is read again as the same.
#![no_main]

use czei_core::xml::{Document, Envelope, Limits, canonical, read_content};
use czei_core::{Numbered, Receipt, UnitSigned};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let Ok(document) = Document::parse(bytes, &limits) else { return };
    for node in document.subtree(document.root()) {
        let _ = (document.text(node), document.place(node));
    }
    let Ok(envelope) = Envelope::read(&document) else { return };
    let original = envelope.unit_original();
    assert!(original.iter().all(|part| part.starts_with(b"<") && part.ends_with(b">")));
    let Some(content) = read_content(&document, &envelope).content else { return };
    let _ = (Numbered::resume(bytes, &limits), Receipt::take_up(bytes, &limits));
    if let Ok(state) = UnitSigned::take_up(bytes, &limits) {
        assert_eq!(state.original(), original.concat());
    }
    // A foreign receipt may hold characters and names that the writer refuses.
    let Ok(written) = canonical::write_header_and_data(&content) else { return };
    let again = canonical::write_document(&written, &[]);
    let document = Document::parse(&again, &limits).expect("what is written is well formed");
    let envelope = Envelope::read(&document).expect("what is written is a receipt");
    let reading = read_content(&document, &envelope);
    assert_eq!(reading.content.as_ref(), Some(&content), "{:?}", reading.findings);
    assert_eq!(envelope.unit_original().concat(), written);
});
