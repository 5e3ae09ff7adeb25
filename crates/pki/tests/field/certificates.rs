//! Certificates: what is in them, whose key verifies them with which user id, and the verdict of
//! the path to the anchor that the row names.

use std::collections::BTreeMap;
use std::fs;
use std::iter::once;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use czei_codes::Severity;
use czei_pki::{Certificate, CertificateStore, ChainBuilder, ChainLimits, Code, Error, Paths, signer_usage};
use czei_sm2::UserId;

use crate::table::Row;

pub(crate) const BOTH: &[UserId] = &[UserId::DEFAULT, UserId::EMPTY];

/// The readable certificates of each folder by the name that the table uses.
#[derive(Default)]
pub(crate) struct Folders(BTreeMap<String, BTreeMap<String, Arc<Certificate>>>);

impl Folders {
    pub(crate) fn of(&mut self, root: &Path, folder: &str) -> &BTreeMap<String, Arc<Certificate>> {
        self.0.entry(folder.to_owned()).or_insert_with(|| {
            let mut found = BTreeMap::new();
            for entry in fs::read_dir(root.join(folder)).unwrap() {
                let entry = entry.unwrap();
                if let Ok(certificate) = Certificate::from_pem_or_der(&fs::read(entry.path()).unwrap()) {
                    found.insert(short(&entry.file_name().into_string().unwrap()).to_owned(), Arc::new(certificate));
                }
            }
            found
        })
    }
}

/// The name of a file without its endings.
pub(crate) fn short(name: &str) -> &str {
    name.strip_suffix(".der").unwrap_or(name).strip_suffix(".crt").unwrap_or(name)
}

pub(crate) fn judge(root: &Path, row: &Row, bytes: &[u8], folders: &mut Folders) -> Result<(), String> {
    let certificate = match Certificate::from_pem_or_der(bytes) {
        Ok(certificate) => Arc::new(certificate),
        Err(fault) => return row.compare(&["malformed", fault.entry().name], &[]),
    };
    let all = folders.of(root, row.folder());
    let own = short(row.file.split('/').next_back().unwrap());
    let version = format!("v{}", certificate.version());
    let mut values = vec![("sign", sign(&certificate)), ("signature", signature(row, &certificate, own, all)?)];
    for key in ["issuer", "anchor", "via", "at"] {
        // Given, not found: what the row asks about.
        values.extend(row.value(key).map(|value| (key, value.to_owned())));
    }
    values.push(("chain", chain(row, &certificate, own, all)));
    row.compare(&["read", &version], &values)
}

fn sign(certificate: &Certificate) -> String {
    match signer_usage(certificate) {
        Ok(None) => "yes".into(),
        Ok(Some(note)) if note.code() == Code::UsageAbsent => "noted".into(),
        Err(fault) if matches!(fault.code(), Code::UsageNotSigning | Code::UsageEncryption) => "no".into(),
        other => format!("{other:?}"),
    }
}

/// The user id that verifies the certificate, and that no other certificate of the issuer's name
/// verifies it where the row says so.
fn signature(
    row: &Row,
    certificate: &Certificate,
    own: &str,
    all: &BTreeMap<String, Arc<Certificate>>,
) -> Result<String, String> {
    let issuer = row.value("issuer").ok_or("no issuer= in the row")?;
    let expected = row.value("signature").ok_or("no signature= in the row")?;
    let by = |issuer: &Certificate, id| {
        issuer.prepared_key().is_ok_and(|key| certificate.verify_signature_by(key, &[id]).is_ok())
    };
    let named = all.iter().filter(|(_, other)| other.subject() == certificate.issuer());
    if matches!(expected, "unknown" | "wrong") {
        for (name, other) in named {
            if by(other, UserId::DEFAULT) || by(other, UserId::EMPTY) {
                return Ok(format!("verified by {name}"));
            }
        }
        return Ok(expected.to_owned());
    }
    let issuer = &all[if issuer == "self" { own } else { issuer }];
    if issuer.subject() != certificate.issuer() {
        return Err("the names of issuer and subject differ".into());
    }
    let ours = match (by(issuer, UserId::DEFAULT), by(issuer, UserId::EMPTY)) {
        (true, false) => "default",
        (false, true) => "empty",
        (true, true) => "both",
        // This crate never verifies certificates without Z: such a one must not verify at all.
        (false, false) if expected == "none" => "none",
        (false, false) => "neither",
    };
    Ok(ours.into())
}

fn chain(row: &Row, leaf: &Arc<Certificate>, own: &str, all: &BTreeMap<String, Arc<Certificate>>) -> String {
    let anchors = match row.value("anchor") {
        None | Some("none") => CertificateStore::new(),
        Some("self") => store(all, own),
        Some(name) => store(all, name),
    };
    let known = store(all, row.value("via").unwrap_or_default());
    let builder =
        ChainBuilder { anchors: &anchors, store: &known, extra: &[], user_ids: BOTH, limits: ChainLimits::default() };
    let paths = builder.paths_to(leaf);
    match paths.at(row.value("at").unwrap().parse().unwrap()) {
        Ok(path) => {
            let via = row.value("via").into_iter().flat_map(|names| names.split(','));
            let anchor = row.value("anchor").filter(|anchor| *anchor != "self");
            let expected: Vec<_> = once(own).chain(via).chain(anchor).map(|name| &all[name]).collect();
            let late = path.not_after().checked_add_signed(TimeDelta::seconds(1));
            if !path.certificates().iter().eq(expected) {
                "passed by another path".into()
            } else if late.is_some_and(|late| code_at(&paths, late) != Some(Code::CertificateExpired)) {
                "passed after the end".into()
            } else {
                "passed".into()
            }
        }
        Err(fault) => verdict(&fault),
    }
}

fn code_at(paths: &Paths, time: DateTime<Utc>) -> Option<Code> {
    paths.at(time).err().map(|fault| fault.code())
}

fn store(all: &BTreeMap<String, Arc<Certificate>>, names: &str) -> CertificateStore {
    let mut store = CertificateStore::new();
    for name in names.split(',').filter(|name| !name.is_empty()) {
        store.add(Arc::clone(&all[name]));
    }
    store
}

/// The outcome and the name of the code.
fn verdict(fault: &Error) -> String {
    let outcome = if fault.entry().severity == Severity::Indeterminate { "indeterminate" } else { "failed" };
    format!("{outcome}:{}", fault.entry().name)
}
