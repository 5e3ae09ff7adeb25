//! Signature values: no input panics, and a plain form that was read is the only spelling of it.
#![no_main]

use czei_pki::{Encoding, SignatureValue};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = SignatureValue::parse(bytes) else { return };
    match value.encoding() {
        Encoding::Der => assert_eq!(value.signature().to_der(), bytes),
        Encoding::Raw => assert_eq!(value.signature().to_bytes().as_slice(), bytes),
        Encoding::SignedData => {
            let signed_data = value.signed_data().expect("SignedData has its parts");
            for certificate in signed_data.embedded() {
                let _ = czei_pki::Certificate::from_der(certificate);
            }
            let _ = (value.signing_time(), signed_data.content(), signed_data.signer());
        }
    }
});
