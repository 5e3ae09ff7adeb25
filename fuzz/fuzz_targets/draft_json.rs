//! Drafts: no input panics, and a draft that was taken becomes a document that is read without an
//! error.
#![no_main]

use czei_core::xml::Limits;
use czei_core::{CheckCode, Draft, DraftDefaults, DraftRules, Numbered, Numbering};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(draft) = Draft::from_json(bytes, &DraftDefaults::default(), DraftRules::default()) else { return };
    let numbering = Numbering {
        code: draft.fields().code,
        number: "0000000001".parse().expect("a number"),
        check_code: "a1b2c3".parse::<CheckCode>().expect("a check code"),
        // The last year that two digits can name, so that no receipt code is too late.
        at: "2099-12-31T12:00:00+08:00".parse().expect("a time"),
        unit_seal: None,
        authority_seal: None,
    };
    let Ok(numbered) = draft.number(&numbering) else { return };
    let again = Numbered::resume(&numbered.to_bytes(), &Limits::default());
    assert_eq!(again.as_ref(), Ok(&numbered));
});
