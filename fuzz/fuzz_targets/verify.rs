//! Verifying: no input panics, every input gives a report, and nothing is valid that the unit of
//! the fixed province did not sign.
#![no_main]

use std::sync::LazyLock;

use czei_core::Verdict;
use czei_fuzz::Province;
use libfuzzer_sys::fuzz_target;

static PROVINCE: LazyLock<Province> = LazyLock::new(Province::load);

fuzz_target!(|bytes: &[u8]| {
    let report = PROVINCE.verifier().verify(bytes, PROVINCE.now());
    if report.verdict == Verdict::Valid {
        assert!(PROVINCE.ever_signed(bytes), "nobody signed this");
    } else {
        assert!(!report.headline_text().1.is_empty());
    }
    assert!(report.to_json("fuzz", "fuzz").starts_with("{\"v\":1,"));
});
