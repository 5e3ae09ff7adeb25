//! Issue, sign and verify Chinese electronic fiscal receipts (财政电子票据, 财综〔2017〕32号).
//!
//! The facade over the crates below it: what a school, a real-estate registry, a finance authority
//! or an auditor links. Two flows, each in one direction:
//!
//! ```text
//! Draft ─number▶ Numbered ─unit signs▶ UnitSigned ─authority signs▶ Receipt
//! bytes ─parse▶ checks ▶ Report (findings, verdict)
//! ```
//!
//! # Issuing
//!
//! [`Issuer`] holds the units' keys and ends where the unit has signed; [`Authority`] holds the
//! authority's. They are different parties: only a sandbox has both.
//!
//! ```
//! # use czei::{Sandbox, SandboxPlan, SystemClock};
//! # let folder = std::env::temp_dir().join(format!("czei-doc-issue-{}", std::process::id()));
//! # let json = Sandbox::create(&folder, &SandboxPlan::default(), &SystemClock)?.example_draft();
//! use czei::{Authority, Configuration, Issued, Issuer};
//!
//! let configuration = Configuration::load(folder.join("czei.toml"))?;
//! let issuer = Issuer::open(&configuration)?; // with the stock of numbers that [stock] names
//! let draft = issuer.draft_from_json(json.as_bytes())?;
//! let Issued::UnitSigned(signed) = issuer.issue(&draft)? else { return Ok(()) }; // done before
//! let answer = Authority::from_configuration(&configuration)?.countersign(&signed.to_bytes())?;
//! let receipt = issuer.accept(&signed, answer.as_bytes())?;
//! czei::files::write_new_or_replace(folder.join("receipt.xml"), receipt.as_bytes())?;
//! # std::fs::remove_dir_all(&folder).ok();
//! # Ok::<(), czei::Error>(())
//! ```
//!
//! # Verifying
//!
//! A report comes back for any input. Without a policy nobody is trusted, and the verdict is
//! indeterminate at best.
//!
//! ```
//! # use czei::{Sandbox, SandboxPlan, SystemClock};
//! # let folder = std::env::temp_dir().join(format!("czei-doc-verify-{}", std::process::id()));
//! # Sandbox::create(&folder, &SandboxPlan::default(), &SystemClock)?;
//! use czei::{Verdict, Verifier};
//!
//! let verifier = Verifier::from_policy_file(folder.join("policy.toml"))?;
//! let report = verifier.verify(b"<EInvoice>...</EInvoice>");
//! for finding in &report.findings {
//!     println!("{} {} {}", finding.entry, finding.message_en(), finding.place);
//! }
//! assert_eq!(report.verdict, Verdict::Invalid);
//! # std::fs::remove_dir_all(&folder).ok();
//! # Ok::<(), czei::Error>(())
//! ```
//!
//! # Where things are
//!
//! | what | where |
//! |---|---|
//! | who issues, with which keys | [`Configuration`], [`UnitProfile`], [`AuthorityProfile`] |
//! | whom to trust, what to accept | [`load_policy`], [`Policy`] |
//! | one receipt, a stream of receipts | [`Verifier::verify`], [`Verifier::verify_stream`] |
//! | every error and finding | [`explain`], [`entries`], [`Error`] |
//! | a province to try things in | [`Sandbox`] |
//! | the stock of numbers, the authority's ledger | [`Configuration::open_stock`], [`Configuration::open_ledger`], [`stock`] |
//! | values, XML, states, checks | [`core`] |
//! | the printed receipt: PDF/A-3 with its document inside | [`Renderer`], [`render`] |
//! | certificates, keys | [`pki`] |
//! | keys elsewhere: callbacks, programs, sockets | [`remote`] |
#![forbid(unsafe_code)]

mod authority;
mod batch;
mod certificate_check;
mod cli_code;
mod clock;
mod code;
mod configuration;
mod error;
mod explain;
pub mod files;
mod heads;
mod in_order;
mod issuer;
mod key_check;
mod phrases;
mod policy_file;
mod preview_stream;
mod print_stream;
mod printed;
mod render_settings;
mod renderer;
mod sandbox;
mod settings;
mod signature_settings;
mod signer_settings;
mod store_configuration;
mod store_settings;
mod tables;
mod verifier;
mod whole_file;
mod witness;

#[cfg(test)]
mod test_folder;

pub use authority::Authority;
pub use certificate_check::{CertificateCheck, CheckedCertificate, SignerRole, certificate_expires, crl_expires};
pub use cli_code::{CliCode, CliError};
pub use clock::{Clock, FixedClock, SystemClock};
pub use code::Code;
pub use configuration::{AuthorityProfile, CheckCodeRule, Configuration, UnitProfile};
pub use error::{Error, Result};
pub use explain::{abi_line, entries, explain};
pub use heads::{ConfiguredHeadVerifier, UnitHeadSigner};
pub use in_order::InOrder;
pub use issuer::{Issued, Issuer};
pub use key_check::{common_name, key_file_problems, key_fingerprint};
pub use policy_file::{load_policy, parse_policy};
pub use preview_stream::Preview;
pub use print_stream::{Printable, Printed};
pub use printed::{document_in_pdf, is_pdf, is_printed};
pub use renderer::Renderer;
pub use sandbox::{Sandbox, SandboxPlan, SandboxUnit};
pub use settings::{Files, SystemFiles};
pub use store_configuration::StoreConfiguration;
pub use verifier::Verifier;
pub use witness::{LedgerWitness, StockWitness};

/// Codes and errors: for a source of numbers with codes of its own.
pub use czei_codes as codes;
/// Receipts: values, XML, states, checks and reports.
pub use czei_core as core;
/// Certificates, keys, signature values, and the trait for signers elsewhere.
pub use czei_pki as pki;
/// Keys elsewhere: callbacks, signing programs and sockets, and the serving end.
pub use czei_remote as remote;
/// Printed receipts: templates, fonts, QR codes, PDF, and reading them back.
pub use czei_render as render;
/// SM2, SM3 and HMAC-SM3.
pub use czei_sm2 as sm2;
/// The stock of numbers, and the authority's ledger.
pub use czei_stock as stock;

pub use czei_codes::{AnyFault, Entry, Place, Severity};
pub use czei_core::{
    Check, Content, Draft, DraftDefaults, DraftFields, DraftRules, Finding, Held, Language, MemoryNumbers,
    NumberRequest, NumberSource, Numbered, Numbering, Policy, Receipt, ReceiptCode, ReceiptNumber, Report, RequestId,
    Reservation, Reversal, SignatureSettings, Status, StepError, Token, UnitSigned, Verdict, Voiding,
};
pub use czei_pki::{Certificate, LocalSigner, Signer};
pub use czei_render::{PrintCopy, RenderSettings};
pub use czei_stock::{Ledger, MemoryLedger, NumberId, OpenOptions, SqliteLedger, SqliteStock, Stock};

/// The examples of the readmes run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
#[doc = include_str!("../../../README.zh-CN.md")]
mod readme {}
