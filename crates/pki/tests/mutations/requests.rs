//! Requests for certificates (PKCS#10): nothing in one can be changed.

use czei_pki::{CertificateRequest, Name, RequestTemplate};

use crate::mutants::{self, EVERY_BIT};
use crate::province::{IDS, key};

#[test]
fn no_changed_request_is_verified() {
    let subject = Name::parse_rfc4514("CN=测试医院@01,O=测试医院,C=CN").unwrap();
    let request = RequestTemplate { subject, extensions: Vec::new() }.sign(&key(3)).unwrap();
    assert!(request.verify(IDS).is_ok());
    let (mut tried, mut read) = (0, 0);
    mutants::each(request.der(), EVERY_BIT, 1, |label, mutant| {
        tried += 1;
        let Ok(request) = CertificateRequest::from_der(mutant) else { return };
        read += 1;
        assert!(request.verify(IDS).is_err(), "{label}");
    });
    eprintln!("proof mutated requests: {tried} tried, {read} well-formed, none verified");
    assert!(read > 100, "{read} were well-formed");
}
