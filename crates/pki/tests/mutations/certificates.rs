//! Certificates: nothing in one can be changed. The signature covers all but itself and the outer
//! algorithm, which must be the inner one.

use std::sync::Arc;

use czei_pki::Certificate;

use crate::mutants::{self, EVERY_BIT};
use crate::province::{IDS, Province, now};

#[test]
fn no_changed_certificate_leads_to_the_root() {
    let province = Province::new();
    assert!(province.paths(&province.sub, &province.unit).at(now()).is_ok());
    let (mut tried, mut read) = (0, 0);
    mutants::each(province.unit.der(), EVERY_BIT, 1, |label, mutant| {
        tried += 1;
        let Ok(leaf) = Certificate::from_der(mutant) else { return };
        read += 1;
        let paths = province.paths(&province.sub, &Arc::new(leaf));
        assert!(paths.at(now()).is_err(), "{label}");
        assert!(paths.all().is_empty(), "{label}");
        // One candidate for the leaf's issuer and one user id; none above, since that one is wrong.
        assert!(paths.signature_checks() <= 1, "{label}: {} signature checks", paths.signature_checks());
    });
    eprintln!("proof mutated certificates: {tried} tried, {read} well-formed, none accepted");
    assert!(read > 500, "{read} were well-formed");
}

#[test]
fn no_changed_authority_leads_to_the_root() {
    let province = Province::new();
    let mut read = 0;
    mutants::each(province.sub.der(), EVERY_BIT, 1, |label, mutant| {
        let Ok(sub) = Certificate::from_der(mutant) else { return };
        read += 1;
        let paths = province.paths(&Arc::new(sub), &province.unit);
        assert!(paths.all().is_empty(), "{label}");
        assert!(paths.signature_checks() <= 2, "{label}: {} signature checks", paths.signature_checks());
    });
    assert!(read > 500, "{read} were well-formed");
}

/// What is not reached by building paths: the bare check of the signature.
#[test]
fn no_changed_certificate_is_verified_by_its_issuer() {
    let province = Province::new();
    let key = province.root.prepared_key().unwrap();
    mutants::each(province.root.der(), EVERY_BIT, 1, |label, mutant| {
        let Ok(root) = Certificate::from_der(mutant) else { return };
        assert!(root.verify_signature_by(key, IDS).is_err(), "{label}");
    });
}
