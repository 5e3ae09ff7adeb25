//! CRLs and certificate requests: no input panics; a CRL keeps its bytes, and each of its entries
//! is found by its serial number.
#![no_main]

use czei_pki::{CertificateRequest, Crl, RevocationReason};
use czei_sm2::UserId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = CertificateRequest::from_pem_or_der(bytes) {
        let _ = request.verify(&[UserId::DEFAULT]);
        let again = CertificateRequest::from_pem_or_der(request.to_pem().as_bytes()).expect("what is written is read");
        assert_eq!(again, request);
    }
    let Ok(crl) = Crl::from_pem_or_der(bytes) else { return };
    let again = Crl::from_pem(crl.to_pem().as_bytes()).expect("what is written is read");
    assert_eq!(again, crl);
    let _ = (crl.check_usable(), crl.number_hex(), crl.authority_key_id());
    assert_eq!(crl.entries().count(), crl.len());
    for entry in crl.entries().take(100).filter(|entry| entry.reason != Some(RevocationReason::RemoveFromCrl)) {
        let found = crl.find(&entry.serial).expect("an entry is found");
        assert!(found.is_compromise() >= entry.is_compromise());
    }
});
