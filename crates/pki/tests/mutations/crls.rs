//! CRLs: a changed one says nothing. What it says of a certificate becomes unknown, never good, and
//! never revoked either.

use std::sync::Arc;

use czei_pki::{Crl, CrlStore, JudgeSettings, Outcome, Purpose, RevocationRule, Times};

use crate::mutants::{self, EVERY_BIT};
use crate::province::{IDS, Province, crl_template, key, now, store};

#[test]
fn no_changed_crl_is_heard() {
    let province = Province::new();
    let of_root = Arc::new(crl_template(&[]).sign(&key(1), &province.root).unwrap());
    let verdict = |crl: Crl| {
        let mut crls = CrlStore::new();
        crls.add(Arc::clone(&of_root));
        crls.add(Arc::new(crl));
        let (anchors, known) = (store(&province.root), store(&province.sub));
        let settings = JudgeSettings {
            anchors: &anchors,
            store: &known,
            crls: &crls,
            extra: &[],
            user_ids: IDS,
            limits: Default::default(),
            revocation: RevocationRule::Required,
            fetcher: None,
        };
        settings.judge(&province.unit, Purpose::Signing, Times::present(now())).outcome()
    };
    let by_sub = province.sub.prepared_key().unwrap();
    let (mut tried, mut read) = (0, 0);
    for (serials, unchanged) in [(&[][..], Outcome::Passed), (&[province.unit.serial()][..], Outcome::Failed)] {
        let crl = crl_template(serials).sign(&key(2), &province.sub).unwrap();
        let bytes = crl.der().to_vec();
        assert_eq!(verdict(crl), unchanged);
        mutants::each(&bytes, EVERY_BIT, 1, |label, mutant| {
            tried += 1;
            let Ok(crl) = Crl::from_der(mutant) else { return };
            read += 1;
            assert!(crl.verify_signature_by(by_sub, IDS).is_err(), "{label}");
            assert_eq!(verdict(crl), Outcome::Indeterminate, "{label}");
        });
    }
    eprintln!("proof mutated CRLs: {tried} tried, {read} well-formed, none heard");
    assert!(read > 500, "{read} were well-formed");
}
