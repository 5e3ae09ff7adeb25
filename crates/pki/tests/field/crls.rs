//! CRLs: what is in them, whose key verifies them with which user id, whether they are usable, and
//! what they say of the certificates of their issuer.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use czei_pki::{
    Certificate, CertificateStore, ChainLimits, Code, Crl, CrlStore, JudgeSettings, KeyUsage, Purpose, RevocationRule,
    RevocationStatus, Times,
};
use czei_sm2::UserId;

use crate::certificates::{BOTH, Folders};
use crate::table::Row;

pub(crate) fn judge(root: &Path, row: &Row, bytes: &[u8], folders: &mut Folders) -> Result<(), String> {
    let crl = match Crl::from_pem_or_der(bytes) {
        Ok(crl) => crl,
        Err(fault) => return row.compare(&["malformed", fault.entry().name], &[]),
    };
    let certificates = folders.of(root, "certs");
    let (signature, may_sign, may_not) = signature(&crl, certificates);
    let named: Vec<&str> = certificates
        .iter()
        .filter(|(_, certificate)| certificate.subject() == crl.issuer())
        .map(|(name, _)| name.as_str())
        .collect();
    let (signature, issuer) = match signature {
        Some(id) if may_sign.is_empty() => (id, "absent".to_owned()),
        Some(id) => (id, may_sign.join(",")),
        None if named.is_empty() => ("unknown", "absent".to_owned()),
        None => ("wrong", named.join(",")),
    };
    let usable = match crl.check_usable() {
        Ok(()) => "yes",
        Err(fault) if fault.code() == Code::CrlCriticalExtension => "no:critical-extension",
        Err(fault) => return Err(fault.to_string()),
    };
    let time = |time: chrono::DateTime<chrono::Utc>| time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut values = vec![
        ("this", time(crl.this_update())),
        ("next", crl.next_update().map_or("absent".into(), time)),
        ("revoked", revoked(&crl)?),
        ("signature", signature.into()),
        ("issuer", issuer),
        ("usable", usable.into()),
    ];
    if !may_not.is_empty() {
        values.push(("no-crlsign", may_not.join(",")));
    }
    row.compare(&["read", &format!("v{}", crl.version())], &values)?;
    statuses(row, crl, certificates)
}

/// What the CRL makes of each certificate under each certificate of its issuer's name, at a time when
/// it is current and, for those it does not list, when it is not there yet and when it is stale.
fn statuses(row: &Row, crl: Crl, certificates: &BTreeMap<String, Arc<Certificate>>) -> Result<(), String> {
    let verified = matches!(row.value("signature"), Some("default" | "empty"));
    let listed: Vec<_> = row.value("revoked").unwrap_or_default().split(',').collect();
    let may_sign: Vec<_> = row.value("issuer").unwrap_or_default().split(',').collect();
    let may_not: Vec<_> = row.value("no-crlsign").unwrap_or_default().split(',').collect();
    let crl = Arc::new(crl);
    let mut crls = CrlStore::new();
    crls.add(Arc::clone(&crl));
    let soon = crl.this_update() + TimeDelta::seconds(1);
    let early = crl.this_update() - Crl::CLOCK_SKEW - TimeDelta::seconds(1);
    let late = crl.next_update().map(|next| next + TimeDelta::seconds(1));
    for (name, issuer) in certificates.iter().filter(|(_, issuer)| issuer.subject() == crl.issuer()) {
        // Any of the reasons that hold may be named first.
        let mut deaf = Vec::new();
        if row.value("usable") == Some("no:critical-extension") {
            deaf.push("crl-critical-extension");
        }
        if !may_sign_crls(issuer) {
            deaf.push("crl-issuer-usage");
        }
        if !verified || !(may_sign.contains(&name.as_str()) || may_not.contains(&name.as_str())) {
            deaf.push("crl-signature-wrong");
        }
        for (leaf_name, leaf) in certificates.iter().filter(|(_, leaf)| leaf.issuer() == crl.issuer()) {
            let Ok(key) = issuer.prepared_key() else { continue };
            if leaf == issuer || leaf.verify_signature_by(key, BOTH).is_err() {
                continue;
            }
            let is_listed = listed.contains(&leaf.serial_hex().as_str());
            for (time, unlisted) in [(Some(soon), "good"), (Some(early), "crl-not-yet-valid"), (late, "crl-stale")] {
                let Some(time) = time.filter(|time| (leaf.not_before()..=leaf.not_after()).contains(time)) else {
                    continue;
                };
                let current = [if is_listed { "revoked" } else { unlisted }];
                // Without the right to sign CRLs, what is listed counts all the same.
                let counts = deaf.is_empty() || (is_listed && deaf == ["crl-issuer-usage"]);
                let expected = if counts { &current[..] } else { &deaf };
                let found = status(issuer, leaf, &crls, time);
                if !expected.contains(&found.as_str()) && found != "no path" {
                    return Err(format!("{leaf_name} under {name} at {time}: {found}, not {expected:?}"));
                }
            }
        }
    }
    Ok(())
}

/// Good, revoked, or the first reason why that is unknown.
fn status(issuer: &Arc<Certificate>, leaf: &Arc<Certificate>, crls: &CrlStore, time: DateTime<Utc>) -> String {
    let mut anchors = CertificateStore::new();
    anchors.add(Arc::clone(issuer));
    let settings = JudgeSettings {
        anchors: &anchors,
        store: &CertificateStore::new(),
        crls,
        extra: &[],
        user_ids: BOTH,
        limits: ChainLimits::default(),
        revocation: RevocationRule::Required,
        fetcher: None,
    };
    let judgement = settings.judge(leaf, Purpose::Signing, Times::present(time));
    match judgement.revocation_status(0) {
        RevocationStatus::Good { .. } => "good".into(),
        RevocationStatus::Revoked { .. } => "revoked".into(),
        // An authority that may not issue certificates: nothing is looked at below it.
        RevocationStatus::NotMade if judgement.path().is_none() => "no path".into(),
        RevocationStatus::Unknown(reasons) => reasons.first().map_or("unknown", |fault| fault.entry().name).into(),
        other => format!("{other:?}"),
    }
}

/// The serial numbers in order, each of which the index finds.
fn revoked(crl: &Crl) -> Result<String, String> {
    let mut serials: Vec<String> = Vec::new();
    for entry in crl.entries() {
        if crl.find(&entry.serial).is_none_or(|found| found.serial != entry.serial) {
            return Err(format!("{} is not found", entry.serial_hex()));
        }
        serials.push(entry.serial_hex());
    }
    if serials.len() != crl.len() {
        return Err("an entry is lost".into());
    }
    serials.sort();
    Ok(if serials.is_empty() { "none".into() } else { serials.join(",") })
}

/// The user id, the certificates that verify the CRL and may sign CRLs, and those that may not.
fn signature<'a>(
    crl: &Crl,
    certificates: &'a BTreeMap<String, Arc<Certificate>>,
) -> (Option<&'static str>, Vec<&'a str>, Vec<&'a str>) {
    let (mut id, mut may_sign, mut may_not) = (None, Vec::new(), Vec::new());
    for (name, certificate) in certificates.iter().filter(|(_, certificate)| certificate.subject() == crl.issuer()) {
        let Ok(key) = certificate.prepared_key() else { continue };
        for (user_id, text) in [(UserId::DEFAULT, "default"), (UserId::EMPTY, "empty")] {
            if crl.verify_signature_by(key, &[user_id]).is_ok() {
                id = Some(text);
                if may_sign_crls(certificate) { may_sign.push(name.as_str()) } else { may_not.push(name.as_str()) }
            }
        }
    }
    (id, may_sign, may_not)
}

fn may_sign_crls(issuer: &Certificate) -> bool {
    issuer.key_usage().is_none_or(|usage| usage.contains(KeyUsage::CRL_SIGN))
}
