//! A fixed policy and the receipts that are valid under it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_core::xml::{Document, Envelope, Limits};
use czei_core::{AuthorityRule, Policy, Verifier, Who};
use czei_pki::{Certificate, CertificateStore};

/// Where the certificates and the receipts stand.
#[must_use]
pub fn seeds_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds")
}

/// The verifier of the fixed policy, and what it may call valid.
pub struct Province {
    verifier: Verifier,
    now: DateTime<Utc>,
    originals: Vec<Vec<u8>>,
}

impl Province {
    /// Reads `seeds/`. A fuzz target without its seeds proves nothing, so that a fault here ends
    /// the process.
    #[must_use]
    pub fn load() -> Self {
        let folder = seeds_folder();
        let certificate = |name: &str| {
            let file = std::fs::read(folder.join(name)).expect("the seeds are part of the repository");
            Arc::new(Certificate::from_pem_or_der(&file).expect("a certificate of the seeds"))
        };
        let root = certificate("root.crt");
        let authority = certificate("authority.crt");
        let mut certificates = CertificateStore::new();
        for each in [certificate("sub.crt"), certificate("unit.crt"), Arc::clone(&authority), certificate("other.crt")]
        {
            certificates.add(each);
        }
        let mut anchors = CertificateStore::new();
        anchors.add(root);
        let mut policy = Policy::default();
        policy.unit_anchors = anchors.clone();
        policy.authority_anchors = anchors;
        policy.certificates = certificates;
        policy.authorities =
            vec![AuthorityRule { areas: vec!["3206".to_owned()], who: Who::Fingerprint(authority.fingerprint()) }];
        let mut province = Province {
            verifier: Verifier::new(policy),
            now: "2026-12-01T00:00:00Z".parse().expect("a fixed time"),
            originals: Vec::new(),
        };
        let mut receipts: Vec<_> = std::fs::read_dir(&folder)
            .expect("the seeds are part of the repository")
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
            .collect();
        receipts.sort();
        for path in receipts {
            let bytes = std::fs::read(&path).expect("a receipt of the seeds");
            let original = original_of(&bytes).expect("a receipt of the seeds");
            province.originals.push(original);
            let report = province.verifier.verify(&bytes, province.now);
            assert_eq!(report.verdict.name(), "valid", "{}: {:?}", path.display(), report.findings);
        }
        assert!(province.originals.len() >= 3, "seeds are missing");
        province
    }

    /// The verifier.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The time of verification.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whether the unit of this province ever signed what this document says.
    #[must_use]
    pub fn ever_signed(&self, bytes: &[u8]) -> bool {
        original_of(bytes).is_some_and(|original| self.originals.contains(&original))
    }
}

fn original_of(bytes: &[u8]) -> Option<Vec<u8>> {
    let document = Document::parse(bytes, &Limits::default()).ok()?;
    Some(Envelope::read(&document).ok()?.unit_original().concat())
}
