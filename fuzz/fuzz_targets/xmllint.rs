//! Against libxml2: what it refuses, the strict reader refuses. The other way round they differ on
//! purpose: the reader is stricter.
#![no_main]

use std::sync::LazyLock;

use czei_core::xml::{Document, Limits};
use czei_fuzz::Judge;
use libfuzzer_sys::fuzz_target;

static JUDGE: LazyLock<Option<Judge>> = LazyLock::new(|| {
    let judge = Judge::find();
    if judge.is_none() {
        println!("skipped: neither libxml2 nor xmllint is here, so that there is nothing to compare with");
    }
    judge
});

fuzz_target!(|bytes: &[u8]| {
    let Some(judge) = JUDGE.as_ref() else { return };
    if Document::parse(bytes, &Limits::default()).is_ok() {
        assert_ne!(judge.accepts(bytes), Some(false), "libxml2 refuses what the reader takes");
    }
});
