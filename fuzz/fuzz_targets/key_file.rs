//! Key files, under the password of the seeds: no input panics or works long; what is read is
//! written and read again as the same key.
#![no_main]

use czei_pki::{KeyFile, Password, read_public_key, to_pkcs8_der};
use libfuzzer_sys::fuzz_target;

/// Enough for the seeds, and quick.
const ITERATIONS: u32 = 5_000;

fuzz_target!(|bytes: &[u8]| {
    let _ = read_public_key(bytes);
    let _ = KeyFile::read_within(bytes, None, ITERATIONS);
    let Ok(file) = KeyFile::read_within(bytes, Some(&Password::new("seed")), ITERATIONS) else { return };
    if let Some(own) = file.certificate() {
        assert_eq!(own.verifying_key().ok(), Some(file.key().verifying_key()));
    }
    let again = KeyFile::read(&to_pkcs8_der(file.key()), None).expect("what is written is read");
    assert_eq!(again.key().verifying_key(), file.key().verifying_key());
});
