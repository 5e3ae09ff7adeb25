//! CRLs: what they say, and when they say nothing.

use czei_pki::{
    Aspect, CertificateStore, CertificateTemplate, Code, Crl, CrlTemplate, Extension, KeyUsage, Outcome, Purpose,
    RevocationReason, RevocationRule, RevocationStatus, RevokedEntry, Times,
};

use crate::province::{Case, Found, ca, ca_usage, crl_template, end, entry, issued, key, now, replaced, time, tlv};

#[test]
fn a_good_certificate_passes_with_nothing_to_say() {
    let case = Case::new();
    let found = case.judge(&case.unit);
    assert_eq!((found.0.outcome(), found.0.faults()), (Outcome::Passed, &[][..]));
    for aspect in [found.0.usage(), found.0.path_found(), found.0.validity(), found.0.revocation()] {
        assert_eq!(aspect, Aspect::Passed);
    }
    let lines = found.0.lines();
    let subjects: Vec<_> = lines.iter().map(|line| &*line.subject).collect();
    assert_eq!(subjects, ["CN=unit", "CN=Sub", "CN=Root"]);
    assert!(matches!(&lines[0].revocation, RevocationStatus::Good { crl } if crl.issuer() == case.sub.subject()));
    assert!(matches!(&lines[1].revocation, RevocationStatus::Good { crl } if crl.issuer() == case.root.subject()));
    assert_eq!(lines[2].revocation, RevocationStatus::NotMade);
    assert_eq!(lines.iter().map(|line| line.is_anchor).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(lines.iter().map(|line| line.user_id.is_some()).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(lines[0].days_left, 3318);
}

#[test]
fn revoked() {
    use RevocationReason::*;
    let (before, after) = ("2026-05-01T00:00:00Z", "2026-07-01T00:00:00Z");
    let judged = time("2026-06-01T00:00:00Z");
    for (reason, at, proved, outcome, code) in [
        (None, before, false, Outcome::Failed, Code::CertificateRevoked),
        (None, before, true, Outcome::Failed, Code::CertificateRevoked),
        (None, "2026-06-01T00:00:00Z", true, Outcome::Failed, Code::CertificateRevoked),
        (None, after, false, Outcome::Indeterminate, Code::RevokedSince),
        (None, after, true, Outcome::Passed, Code::RevokedLater),
        (Some(Superseded), after, false, Outcome::Indeterminate, Code::RevokedSince),
        (Some(CessationOfOperation), after, true, Outcome::Passed, Code::RevokedLater),
        (Some(CertificateHold), before, true, Outcome::Failed, Code::CertificateRevoked),
        (Some(CertificateHold), after, false, Outcome::Indeterminate, Code::RevokedSince),
        (Some(KeyCompromise), before, true, Outcome::Failed, Code::CertificateCompromised),
        (Some(KeyCompromise), after, true, Outcome::Failed, Code::CertificateCompromised),
        (Some(CaCompromise), after, true, Outcome::Failed, Code::CertificateCompromised),
        (Some(AaCompromise), after, false, Outcome::Failed, Code::CertificateCompromised),
    ] {
        let times = Times { judged, now: now(), known_by: proved.then_some(judged) };
        // The signer, and the CA above it.
        for (issuer, serial, place) in [(2, 3, "CN=unit"), (1, 2, "CN=Sub")] {
            let mut case = Case::new();
            case.crl(issuer, vec![entry(9, before, None), entry(serial, at, reason)]);
            for rule in [RevocationRule::Required, RevocationRule::IfAvailable] {
                let found = case.judge_at(&case.unit, rule, times);
                found.is(outcome, code, place);
                assert_eq!(found.0.validity(), Aspect::Passed);
            }
            // Turned off, it is told.
            let off = case.judge_at(&case.unit, RevocationRule::Off, times);
            off.is(Outcome::Passed, Code::RevocationNotMade, "CN=unit");
            assert_eq!(off.0.revocation(), Aspect::NotMade);
        }
    }
}

#[test]
fn a_signature_known_from_before_the_revocation_passes() {
    let mut case = Case::new();
    case.crl(2, vec![entry(3, "2026-07-01T00:00:00Z", None)]);
    for (known, outcome, code) in [
        ("2026-06-30T23:59:59Z", Outcome::Passed, Code::RevokedLater),
        ("2026-07-01T00:00:00Z", Outcome::Indeterminate, Code::RevokedSince),
        ("2027-07-01T00:00:00Z", Outcome::Indeterminate, Code::RevokedSince),
    ] {
        let at = Times { judged: time("2026-06-01T00:00:00Z"), now: now(), known_by: Some(time(known)) };
        case.judge_at(&case.unit, RevocationRule::Required, at).is(outcome, code, "CN=unit");
    }
}

#[test]
fn a_record_made_after_the_revocation_shows_nothing() {
    let mut case = Case::new();
    case.crl(2, vec![entry(3, "2026-07-01T00:00:00Z", None)]);
    let judged = time("2026-06-01T00:00:00Z");
    for (known_by, outcome, code) in [
        ("2026-06-30T23:59:59Z", Outcome::Passed, Code::RevokedLater),
        ("2026-07-01T00:00:00Z", Outcome::Indeterminate, Code::RevokedSince),
    ] {
        let times = Times { judged, now: now(), known_by: Some(time(known_by)) };
        case.judge_at(&case.unit, RevocationRule::Required, times).is(outcome, code, "CN=unit");
    }
}

#[test]
fn the_invalidity_date_counts_where_it_is_earlier() {
    let judged = time("2026-06-01T00:00:00Z");
    for (since, code) in
        [("2026-05-31T00:00:00Z", Code::CertificateRevoked), ("2026-06-02T00:00:00Z", Code::RevokedSince)]
    {
        let mut case = Case::new();
        let late = entry(3, "2026-07-01T00:00:00Z", Some(RevocationReason::AffiliationChanged));
        case.crl(2, vec![RevokedEntry { invalid_since: Some(time(since)), ..late }]);
        let found = case.judge_at(&case.unit, RevocationRule::Required, Times { judged, now: now(), known_by: None });
        assert_eq!(found.0.faults()[0].code(), code);
        assert_eq!(found.0.faults()[0].found_text(), Some(&*format!("{since}, affiliationChanged")));
    }
}

#[test]
fn an_anchor_is_neither_dated_nor_revoked() {
    let mut case = Case::new();
    case.crl(1, vec![entry(1, "2026-02-01T00:00:00Z", Some(RevocationReason::CaCompromise))]);
    assert_eq!(case.judge(&case.unit).0.outcome(), Outcome::Passed);
}

#[test]
fn a_stale_crl() {
    let mut case = Case::new();
    case.replace_crl(2, CrlTemplate { next_update: Some(time("2026-11-30T23:59:59Z")), ..crl_template() });
    case.unknown(Code::CrlStale, "CN=Sub");
    // It is fresh enough for an earlier time, if that is known.
    let due = time("2026-11-30T23:59:59Z");
    for (judged, known_by, outcome) in [
        (due, Some(due), Outcome::Passed),
        (due, Some(time("2026-11-01T00:00:00Z")), Outcome::Passed),
        (due, Some(now()), Outcome::Indeterminate),
        (due, None, Outcome::Indeterminate),
        (now(), Some(due), Outcome::Indeterminate),
    ] {
        let found = case.judge_at(&case.unit, RevocationRule::Required, Times { judged, now: now(), known_by });
        assert_eq!(found.0.outcome(), outcome, "{judged} {known_by:?}");
        if outcome == Outcome::Indeterminate {
            found.is(outcome, Code::RevocationStatusUnknown, "CN=unit");
            let RevocationStatus::Unknown(reasons) = found.0.revocation_status(0) else { panic!("known") };
            let stale = (reasons[0].code(), reasons[0].expected_text(), reasons[0].found_text());
            let needed = Some(">= 2026-12-01T00:00:00Z");
            assert_eq!(stale, (Code::CrlStale, needed, Some("2026-11-30T23:59:59Z")));
        }
    }
    // One that does not say when the next is due covers nothing after it.
    case.replace_crl(2, CrlTemplate { next_update: None, ..crl_template() });
    case.unknown(Code::CrlStale, "CN=Sub");
    let times = Times { judged: crl_template().this_update, now: now(), known_by: Some(crl_template().this_update) };
    assert_eq!(case.judge_at(&case.unit, RevocationRule::Required, times).0.outcome(), Outcome::Passed);
    // What it lists counts for good.
    let entries = vec![entry(3, "2026-02-01T00:00:00Z", None)];
    case.replace_crl(2, CrlTemplate { next_update: None, entries, ..crl_template() });
    case.judge(&case.unit).is(Outcome::Failed, Code::CertificateRevoked, "CN=unit");
}

#[test]
fn a_crl_that_is_not_valid_yet() {
    let mut case = Case::new();
    let this_update = time("2026-12-01T00:05:01Z");
    case.replace_crl(2, CrlTemplate { this_update, next_update: None, ..crl_template() });
    case.unknown(Code::CrlNotYetValid, "CN=Sub");
    // Clocks differ by five minutes.
    let this_update = now() + Crl::CLOCK_SKEW;
    case.replace_crl(2, CrlTemplate { this_update, next_update: None, ..crl_template() });
    assert_eq!(case.judge(&case.unit).0.outcome(), Outcome::Passed);
    let entries = vec![entry(3, "2026-11-30T00:00:00Z", Some(RevocationReason::CertificateHold))];
    case.add_crl(2, crl_template());
    case.replace_crl(2, CrlTemplate { this_update, next_update: None, entries, ..crl_template() });
    case.judge(&case.unit).is(Outcome::Failed, Code::CertificateRevoked, "CN=unit");
}

#[test]
fn a_crl_issued_after_the_certificate_expired() {
    let mut case = Case::new();
    let this_update = time("2036-02-01T00:00:00Z");
    let template = CrlTemplate { next_update: Some(time("2040-01-01T00:00:00Z")), this_update, ..crl_template() };
    let at = Times { judged: now(), now: time("2036-03-01T00:00:00Z"), known_by: Some(now()) };
    case.replace_crl(2, template.clone());
    let found = case.judge_at(&case.unit, RevocationRule::Required, at);
    found.is(Outcome::Indeterminate, Code::RevocationStatusUnknown, "CN=unit");
    assert_eq!(found.0.faults()[0].found_text(), Some("crl-after-expiry"));
    // Unless it says that expired certificates stay in it.
    let kept = Extension { oid: "2.5.29.60".into(), critical: false, value: tlv(0x18, b"20260101000000Z") };
    let template = CrlTemplate { extensions: vec![kept], ..template };
    case.replace_crl(2, template);
    assert_eq!(case.judge_at(&case.unit, RevocationRule::Required, at).0.outcome(), Outcome::Passed);
}

#[test]
fn a_crl_signed_by_another() {
    let mut case = Case::new();
    let impostor = ca("CN=Sub", 5, None).self_sign(&key(5)).unwrap();
    case.crls = [crl_template().sign(&key(5), &impostor).unwrap(), case.crl_of_root()].into_iter().collect();
    case.unknown(Code::CrlSignatureWrong, "CN=Sub");
    // What another lists does not count either.
    let entries = vec![entry(3, "2026-02-01T00:00:00Z", None)];
    let listed = CrlTemplate { entries, ..crl_template() }.sign(&key(5), &impostor).unwrap();
    case.crls = [listed, case.crl_of_root()].into_iter().collect();
    case.unknown(Code::CrlSignatureWrong, "CN=Sub");
}

#[test]
fn a_crl_whose_issuer_may_not_sign_crls() {
    let case = Case::with(Some(KeyUsage::KEY_CERT_SIGN));
    case.unknown(Code::CrlIssuerUsage, "CN=Sub");
    // What it lists counts: otherwise such a certificate would hide a revocation by the same key.
    let mut case = Case::new();
    case.crl(2, vec![entry(3, "2026-02-01T00:00:00Z", Some(RevocationReason::KeyCompromise))]);
    let template = CertificateTemplate { key_usage: Some(KeyUsage::KEY_CERT_SIGN), ..ca("CN=Sub", 9, None) };
    let without = [issued(template, 1, &case.root, 2)];
    for rule in [RevocationRule::Required, RevocationRule::IfAvailable] {
        let mut settings = case.settings();
        (settings.extra, settings.revocation) = (&without, rule);
        let prepared = settings.prepare(&case.unit, Purpose::Signing, now());
        assert_eq!(prepared.paths().all().len(), 2);
        Found(prepared.at(Times::present(now()))).is(Outcome::Failed, Code::CertificateCompromised, "CN=unit");
        let empty = CertificateStore::new();
        settings.store = &empty;
        let prepared = settings.prepare(&case.unit, Purpose::Signing, now());
        assert_eq!(prepared.paths().all().len(), 1);
        Found(prepared.at(Times::present(now()))).is(Outcome::Failed, Code::CertificateCompromised, "CN=unit");
    }
    // Where the certificate does not say, it may.
    assert_eq!(Case::with(None).judge(&case.unit).0.outcome(), Outcome::Passed);
    assert!(ca_usage().contains(KeyUsage::CRL_SIGN));
}

#[test]
fn a_crl_with_changed_content() {
    let mut case = Case::new();
    let entries = vec![entry(3, "2026-02-01T00:00:00Z", None)];
    let honest = CrlTemplate { entries, ..crl_template() }.sign(&key(2), &case.sub).unwrap();
    // The serial number that is revoked becomes another.
    let line = [tlv(2, &[3]), tlv(0x17, b"260201000000Z")].concat();
    let changed = replaced(honest.der(), &line, &[tlv(2, &[4]), tlv(0x17, b"260201000000Z")].concat());
    let changed = Crl::from_der(&changed).unwrap();
    assert_eq!((changed.find(&[3]), changed.len()), (None, 1));
    case.crls = [changed, case.crl_of_root()].into_iter().collect();
    case.unknown(Code::CrlSignatureWrong, "CN=Sub");
}

#[test]
fn a_crl_that_is_missing() {
    let mut case = Case::new();
    case.crls = [case.crl_of_root()].into_iter().collect();
    case.unknown(Code::CrlMissing, "CN=Sub");
}

#[test]
fn a_crl_with_a_critical_extension_nobody_knows() {
    let mut case = Case::new();
    let extensions = vec![Extension { oid: "1.2.3".into(), critical: true, value: vec![5, 0] }];
    let entries = vec![entry(3, "2026-02-01T00:00:00Z", None)];
    case.replace_crl(2, CrlTemplate { extensions, entries, ..crl_template() });
    case.unknown(Code::CrlCriticalExtension, "tbsCertList/crlExtensions");
}

#[test]
fn a_delta_and_an_indirect_crl() {
    let mut case = Case::new();
    let delta = Extension { oid: "2.5.29.27".into(), critical: true, value: tlv(2, &[1]) };
    case.replace_crl(2, CrlTemplate { extensions: vec![delta], ..crl_template() });
    case.unknown(Code::CrlDelta, "tbsCertList/crlExtensions/deltaCRLIndicator");
    case.replace_crl(2, CrlTemplate { extensions: vec![scope(&tlv(0x84, &[0xff]))], ..crl_template() });
    case.unknown(Code::CrlIndirect, "tbsCertList/crlExtensions/issuingDistributionPoint");
}

fn scope(content: &[u8]) -> Extension {
    Extension { oid: "2.5.29.28".into(), critical: true, value: tlv(0x30, content) }
}

#[test]
fn a_crl_of_partial_scope_counts_by_what_it_lists_alone() {
    for (content, name) in [
        (tlv(0x81, &[0xff]), "onlyContainsUserCerts"),
        (tlv(0x82, &[0xff]), "onlyContainsCACerts"),
        (tlv(0x83, &[1, 0x40]), "onlySomeReasons"),
        (tlv(0x85, &[0xff]), "onlyContainsAttributeCerts"),
    ] {
        let mut case = Case::new();
        let template = CrlTemplate { extensions: vec![scope(&content)], ..crl_template() };
        case.replace_crl(2, template.clone());
        let reason = case.unknown(Code::CrlPartial, "tbsCertList/crlExtensions/issuingDistributionPoint");
        assert_eq!(reason.found_text(), Some(name));
        case.replace_crl(2, CrlTemplate { entries: vec![entry(3, "2026-02-01T00:00:00Z", None)], ..template });
        case.judge(&case.unit).is(Outcome::Failed, Code::CertificateRevoked, "CN=unit");
    }
}

#[test]
fn a_crl_of_another_distribution_point() {
    let point = |url: &str| tlv(0xa0, &tlv(0xa0, &tlv(0x86, url.as_bytes())));
    let mut case = Case::new();
    let named = |url| Extension { oid: "2.5.29.31".into(), critical: false, value: tlv(0x30, &tlv(0x30, &point(url))) };
    let extensions = vec![named("http://ca.example/crl1.crl")];
    let leaf = issued(CertificateTemplate { extensions, ..end("CN=leaf", 7) }, 2, &case.sub, 7);
    assert_eq!(leaf.crl_urls().unwrap(), ["http://ca.example/crl1.crl"]);
    for (url, outcome) in
        [("http://ca.example/crl1.crl", Outcome::Passed), ("http://ca.example/crl2.crl", Outcome::Indeterminate)]
    {
        case.replace_crl(2, CrlTemplate { extensions: vec![scope(&point(url))], ..crl_template() });
        let found = case.judge(&leaf);
        assert_eq!(found.0.outcome(), outcome, "{url}");
        if outcome == Outcome::Indeterminate {
            let RevocationStatus::Unknown(reasons) = found.0.revocation_status(0) else { panic!("{url}") };
            assert_eq!((reasons[0].code(), reasons[0].found_text()), (Code::CrlOtherScope, Some(url)));
        }
    }
    // A certificate that names no point is covered by no part.
    case.unknown(Code::CrlOtherScope, "CN=Sub");
}

#[test]
fn a_distribution_point_that_is_a_name_is_compared_as_one() {
    // CN=part 7 with a string of this kind.
    let point = |string: u8, text: &[u8]| {
        let attribute = tlv(0x30, &[tlv(6, &[0x55, 4, 3]), tlv(string, text)].concat());
        tlv(0xa0, &tlv(0xa0, &tlv(0xa4, &tlv(0x30, &tlv(0x31, &attribute)))))
    };
    let mut case = Case::new();
    let value = tlv(0x30, &tlv(0x30, &point(0x13, b"part 7")));
    let extensions = vec![Extension { oid: "2.5.29.31".into(), critical: false, value }];
    let leaf = issued(CertificateTemplate { extensions, ..end("CN=leaf", 7) }, 2, &case.sub, 7);
    for (string, text, outcome) in [
        (0x13, "part 7", Outcome::Passed),
        (0x0c, "part 7", Outcome::Passed),
        (0x0c, "Part  7", Outcome::Passed),
        (0x0c, "part 8", Outcome::Indeterminate),
    ] {
        let scope = scope(&point(string, text.as_bytes()));
        case.replace_crl(2, CrlTemplate { extensions: vec![scope], ..crl_template() });
        assert_eq!(case.judge(&leaf).0.outcome(), outcome, "{text}");
    }
}

#[test]
fn the_newest_crl_decides_about_a_suspension() {
    let hold = || vec![entry(3, "2026-03-01T00:00:00Z", Some(RevocationReason::CertificateHold))];
    let old = |entries| CrlTemplate { this_update: time("2026-03-02T00:00:00Z"), entries, ..crl_template() };
    // Suspended, and taken back by the newer one.
    let mut case = Case::new();
    case.add_crl(2, old(hold()));
    assert_eq!(case.judge(&case.unit).0.outcome(), Outcome::Passed);
    // Not yet suspended in the older one.
    case.replace_crl(2, CrlTemplate { entries: hold(), ..crl_template() });
    case.add_crl(2, old(Vec::new()));
    case.judge(&case.unit).is(Outcome::Failed, Code::CertificateRevoked, "CN=unit");
    // A revocation stays, even if a newer CRL has dropped it.
    let mut case = Case::new();
    case.add_crl(2, old(vec![entry(3, "2026-03-01T00:00:00Z", None)]));
    case.judge(&case.unit).is(Outcome::Failed, Code::CertificateRevoked, "CN=unit");
}

#[test]
fn a_suspension_that_was_taken_back_is_told() {
    let hold = vec![entry(3, "2026-03-01T00:00:00Z", Some(RevocationReason::CertificateHold))];
    let mut case = Case::new();
    let until = |this: &str, entries| CrlTemplate { this_update: time(this), entries, ..crl_template() };
    case.add_crl(2, until("2026-03-02T00:00:00Z", hold));
    case.add_crl(2, until("2026-05-01T00:00:00Z", Vec::new()));
    for (judged, told) in [
        ("2026-02-28T00:00:00Z", false),
        ("2026-03-01T00:00:00Z", true),
        ("2026-04-30T00:00:00Z", true),
        ("2026-05-01T00:00:00Z", false),
    ] {
        let judged = time(judged);
        let found = case.judge_at(&case.unit, RevocationRule::Required, Times { judged, now: now(), known_by: None });
        if told {
            found.is(Outcome::Passed, Code::WasSuspended, "CN=unit");
            assert_eq!(found.0.faults()[0].found_text(), Some("2026-03-01T00:00:00Z"));
        } else {
            assert_eq!((found.0.outcome(), found.0.faults()), (Outcome::Passed, &[][..]), "{judged}");
        }
    }
}
