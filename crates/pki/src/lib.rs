//! Certificates, paths, signature values and private keys of the SM2 world, as electronic fiscal
//! receipts use them.
//!
//! | what | where it is defined | here |
//! |---|---|---|
//! | certificates | GB/T 20518-2018, RFC 5280 | [`Certificate`], [`Name`], [`CertificateStore`] |
//! | paths to a trust anchor | RFC 5280 6.1 | [`ChainBuilder`], [`Paths`], [`signer_usage`] |
//! | SignatureValue | GB/T 35275-2017, GB/T 35276-2017 | [`SignatureValue`], [`SignatureRequest`], [`SignedDataForm`] |
//! | private keys | RFC 5208, RFC 5915, RFC 7292 | [`KeyFile`], [`to_pkcs8_pem`], [`to_pkcs12`] |
//! | signing | GB/T 32918.2-2016 | [`Signer`], [`LocalSigner`] |
//! | revocation | RFC 5280 5, 6.3 | [`Crl`], [`CrlStore`], [`CrlFetcher`] |
//! | the verdict on a certificate | RFC 5280 6, ETSI EN 319 102-1 | [`JudgeSettings`], [`Judgement`] |
//! | certificate requests | RFC 2986 | [`CertificateRequest`], [`RequestTemplate`] |
//! | certificates and CRLs for sandboxes and tests | | [`CertificateTemplate`], [`CrlTemplate`] |
//!
//! Verifying a signature value takes four steps, none of which does the work of another:
//!
//! ```
//! # let key = czei_sm2::SigningKey::generate().unwrap();
//! # let template = czei_pki::CertificateTemplate {
//! #     subject: czei_pki::Name::parse_rfc4514("CN=示例单位,C=CN").unwrap(), serial: vec![1],
//! #     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
//! #     not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
//! #     ca: None, key_usage: None, extensions: vec![],
//! # };
//! # let certificate = template.self_sign(&key).unwrap();
//! # let signature = key.sign(czei_sm2::Message::of(&[b"content"])).unwrap();
//! # let bytes = czei_pki::encode(czei_pki::Encoding::SignedData, &signature, &certificate);
//! # let mut anchors = czei_pki::CertificateStore::new();
//! # anchors.add(std::sync::Arc::new(certificate));
//! use czei_pki::{Certificate, ChainBuilder, ChainLimits, SignatureValue, signer_usage};
//! use czei_sm2::UserId;
//! use std::sync::Arc;
//!
//! // 1. Read the value and find the certificate it names.
//! let value = SignatureValue::parse(&bytes)?;
//! let signed_data = value.signed_data().unwrap();
//! let signer = Arc::new(Certificate::from_der(signed_data.embedded().next().unwrap())?);
//! signed_data.require_signer(&signer)?;
//! // 2. May it sign?
//! let note = signer_usage(&signer)?;
//! // 3. Does it lead to an anchor, and was it valid at the time?
//! let user_ids = [UserId::DEFAULT];
//! let builder = ChainBuilder {
//!     anchors: &anchors, store: &anchors, extra: &[], user_ids: &user_ids,
//!     limits: ChainLimits::default(),
//! };
//! let paths = builder.paths_to(&signer);
//! let path = paths.at("2026-12-01T00:00:00Z".parse().unwrap())?;
//! // 4. Does the signature cover the content?
//! value.verify(signer.prepared_key()?, &UserId::DEFAULT, &[b"content"])?;
//! # let _ = (note, path);
//! # Ok::<(), czei_pki::Error>(())
//! ```
//!
//! Everything is strict DER, read without recursion and without allocating by announced lengths.
//! Nothing here reads files, clocks or the network.
#![forbid(unsafe_code)]

mod attribute_type;
mod ber;
mod brief;
mod certificate;
mod chain;
mod code;
mod crl;
mod crl_store;
mod distribution_point;
mod extensions;
mod fetched_crls;
mod file_object;
mod hex;
mod issue;
mod judgement;
mod key_file;
mod key_usage;
mod name;
mod name_text;
mod oid;
mod path_line;
mod pem;
mod public_key;
mod request;
mod revocation;
mod revocation_check;
mod signature_value;
mod signed;
mod signer;
mod store;
#[cfg(test)]
mod test_certificates;
mod time;
mod tlv;

pub use certificate::Certificate;
pub use chain::{ChainBuilder, ChainLimits, Path, Paths, signer_usage};
pub use code::Code;
pub use crl::{Crl, CrlTemplate, RevocationReason, RevokedEntry};
pub use crl_store::CrlStore;
pub use fetched_crls::{CrlFetcher, FetchedCrls};
pub use file_object::FileObject;
pub use issue::{CaTemplate, CertificateTemplate, Extension};
pub use judgement::{Aspect, JudgeSettings, Judgement, Outcome, Prepared, Purpose, RevocationRule};
pub use key_file::{
    EncryptionSettings, KeyEncryption, KeyFile, KeyFormat, Password, to_encrypted_pkcs8_pem, to_pkcs8_der,
    to_pkcs8_pem, to_pkcs12, to_sec1_pem,
};
pub use key_usage::{BasicConstraints, KeyUsage};
pub use name::Name;
pub use path_line::PathLine;
pub use public_key::{read_public_key, to_public_key_der, to_public_key_pem};
pub use request::{CertificateRequest, RequestTemplate};
pub use revocation::{RevocationStatus, Times};
pub use signature_value::{
    Carried, Compat, ContentFamily, Covered, Encoding, NamedBy, SignatureOid, SignatureRequest, SignatureValue,
    SignedAttributes, SignedData, SignedDataForm, SignedParts, SignerId, encode,
};
pub use signer::{LocalSigner, Signer, SigningInput, certificate_for};
pub use store::CertificateStore;

/// The error of this crate.
pub type Error = czei_codes::Fault<Code>;
