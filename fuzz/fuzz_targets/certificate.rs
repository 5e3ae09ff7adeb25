//! Certificates: no input panics; a certificate keeps its bytes, and its names are found
//! again by what is printed of them.
#![no_main]

use czei_pki::Certificate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Certificate::many_from_pem_or_der(bytes);
    let Ok(certificate) = Certificate::from_der(bytes) else { return };
    assert_eq!(certificate.der(), bytes);
    let _ = (certificate.verifying_key(), certificate.problems(), certificate.key_usage());
    for name in [certificate.subject(), certificate.issuer()] {
        let text = name.to_rfc4514();
        assert!(name.matches_text(&text), "{text}");
    }
    let again = Certificate::from_pem(certificate.to_pem().as_bytes()).expect("what is written is read");
    assert_eq!(again.der(), bytes);
});
