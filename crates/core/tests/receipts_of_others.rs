//! Receipts that an independent program made: valid under a policy that names their authority and
//! unit; thirty one-change mutants give the codes of a table.
//!
//! The files are read from `$CZEI_VECTORS/receipts`; without the variable the tests say so and end.
#![allow(missing_docs, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use czei_core::{AuthorityRule, Check, Policy, Report, Status, Verdict, Verifier, Who};
use czei_pki::{Certificate, Name};

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("CZEI_VECTORS").map(|root| PathBuf::from(root).join("receipts"));
    if folder.is_none() {
        eprintln!("skipped: CZEI_VECTORS is not set");
    }
    folder.filter(|folder| folder.is_dir())
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap()
}

fn certificate(folder: &Path, name: &str) -> Arc<Certificate> {
    Arc::new(Certificate::from_pem_or_der(&read(folder, name)).unwrap())
}

fn policy(folder: &Path) -> Policy {
    let mut policy = Policy::default();
    policy.unit_anchors.add(certificate(folder, "root.crt"));
    policy.authority_anchors.add(certificate(folder, "root.crt"));
    for name in ["sub.crt", "unit.crt", "authority.crt"] {
        policy.certificates.add(certificate(folder, name));
    }
    policy.authorities.push(AuthorityRule {
        areas: vec!["11".to_owned()],
        who: Who::Subject(Name::parse_rfc4514("O=北京市财政局").unwrap()),
    });
    policy
}

fn now() -> DateTime<Utc> {
    "2026-12-02T00:00:00Z".parse().unwrap()
}

fn verify(policy: Policy, bytes: &[u8]) -> Report {
    Verifier::new(policy).verify(bytes, now())
}

#[test]
fn the_three_are_valid() {
    let Some(folder) = folder() else { return };
    for name in ["der.xml", "signed-data.xml", "red-raw.xml"] {
        let report = verify(policy(&folder), &read(&folder, name));
        assert_eq!(report.verdict, Verdict::Valid, "{name}: {:#?}", report.findings);
        for check in Check::ALL.into_iter().filter(|check| check.is_required()) {
            assert_eq!(report.checks.get(check), Status::Passed, "{name} {check}");
        }
    }
}

/// One change to one of the files, and what must come of it.
struct Mutant {
    file: &'static str,
    name: &'static str,
    change: Change,
    verdict: Verdict,
    /// The name of the deciding code; of a valid receipt, that of the finding about the change.
    code: &'static str,
    /// The groups that did not pass.
    open: &'static str,
}

enum Change {
    /// The first place.
    First(&'static str, &'static str),
    /// The last place: in the authority's signature.
    Last(&'static str, &'static str),
    /// Anything else, with the folder of the other files.
    Text(fn(&str, &Path) -> String),
}

use Change::{First, Last, Text};
use Verdict::{Indeterminate, Invalid, Valid};

const BOTH: &str = "unit_signature=failed authority_signature=failed";
const AUTHORITY: &str = "authority_signature=failed";
const AUTHORITY_UNREAD: &str = "authority_signature=failed authority_certificate=not-made";
const UNREADABLE_FIELD: &str = "form=failed codes=not-made totals=not-made unit_signature=failed \
    authority_signature=failed binding=not-made time=not-made";
const REFUSED: &str = "form=failed codes=not-made totals=not-made unit_signature=not-made \
    authority_signature=not-made unit_certificate=not-made authority_certificate=not-made binding=not-made \
    time=not-made";
const CODES_AND_BOTH: &str = "codes=failed unit_signature=failed authority_signature=failed";
const TOTALS_AND_BOTH: &str = "totals=failed unit_signature=failed authority_signature=failed";

const DER: &str = "der.xml";
const DATA: &str = "signed-data.xml";
const RED: &str = "red-raw.xml";

#[rustfmt::skip]
const MUTANTS: [Mutant; 62] = [
    // Values in the signed span.
    Mutant { file: DER, name: "the total", change: First("<TotalAmount>80.00", "<TotalAmount>81.00"), verdict: Invalid, code: "signature-wrong", open: TOTALS_AND_BOTH },
    Mutant { file: DATA, name: "the amount of an item", change: First("<ItemAmount>10.00", "<ItemAmount>99.00"), verdict: Invalid, code: "signature-wrong", open: TOTALS_AND_BOTH },
    Mutant { file: RED, name: "the sign of the total", change: First("<TotalAmount>-", "<TotalAmount>"), verdict: Invalid, code: "signature-wrong", open: TOTALS_AND_BOTH },
    Mutant { file: DER, name: "the writing of the total", change: First("<TotalAmount>80.00", "<TotalAmount>80.0"), verdict: Invalid, code: "signature-wrong", open: UNREADABLE_FIELD },
    Mutant { file: DER, name: "the id", change: First("2293393100-62101011", "3293393100-62101011"), verdict: Invalid, code: "signature-wrong", open: CODES_AND_BOTH },
    Mutant { file: DER, name: "the tag", change: First("CZ-EI-11", "CZ-EI-12"), verdict: Invalid, code: "signature-wrong", open: CODES_AND_BOTH },
    Mutant { file: DATA, name: "the number", change: First("0013933923", "0013933929"), verdict: Invalid, code: "signature-wrong", open: CODES_AND_BOTH },
    Mutant { file: DER, name: "the year of the code", change: First("<EInvoiceCode>11010126", "<EInvoiceCode>11010127"), verdict: Invalid, code: "signature-wrong", open: CODES_AND_BOTH },
    Mutant { file: DER, name: "the check code", change: First("07892e", "07892f"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DER, name: "a date that does not exist", change: First("<IssueDate>20261201", "<IssueDate>20260230"), verdict: Invalid, code: "signature-wrong", open: UNREADABLE_FIELD },
    Mutant { file: DER, name: "24:00:00", change: First("09:15:30", "24:00:00"), verdict: Invalid, code: "signature-wrong", open: UNREADABLE_FIELD },
    Mutant { file: DER, name: "the payer", change: First("陈𠮷", "陈吉"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DATA, name: "the payer's account", change: First("32001647236051117660", "32001647236051117661"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: RED, name: "the blue receipt", change: First("<RelatedInvoiceNumber>0013933922", "<RelatedInvoiceNumber>0013933921"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: RED, name: "red made blue", change: Text(|text, _| cut(text, "<MainExt>", "</MainExt>")), verdict: Invalid, code: "signature-wrong", open: CODES_AND_BOTH },
    // The same text in other bytes.
    Mutant { file: DER, name: "another normalisation of 北", change: First("北京市非税", "\u{F963}京市非税"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DER, name: "a comment in a text", change: First("80.00</TotalAmount>", "80<!---->.00</TotalAmount>"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DER, name: "CDATA", change: First("<Checker>王五", "<Checker><![CDATA[王五]]>"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DER, name: "a character reference", change: First("<Checker>王五", "<Checker>&#29579;五"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DATA, name: "an entity written out", change: First("&lt;两宗", "&#60;两宗"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DER, name: "a blank in a start tag", change: First("<Header>", "<Header >"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DER, name: "a blank in an end tag", change: First("</EInvoiceData>", "</EInvoiceData >"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DER, name: "an empty element", change: First("<HandlingPerson>", "<Remark/><HandlingPerson>"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DER, name: "a line break inside", change: First("<Main>", "<Main>\n"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DER, name: "an attribute inside", change: First("<TotalAmount>", "<TotalAmount a=\"1\">"), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DER, name: "the total twice", change: First("<IssueDate>", "<TotalAmount>80.00</TotalAmount><IssueDate>"), verdict: Invalid, code: "signature-wrong", open: UNREADABLE_FIELD },
    // Outside the signed span.
    Mutant { file: DER, name: "white space between the two parts", change: First("</Header><EInvoiceData>", "</Header>\n\t <EInvoiceData>"), verdict: Valid, code: "", open: "" },
    Mutant { file: DER, name: "a byte order mark", change: First("<?xml", "\u{FEFF}<?xml"), verdict: Valid, code: "bom", open: "" },
    Mutant { file: DER, name: "CR LF outside", change: First("?><EInvoice>", "?>\r\n<EInvoice>\r\n"), verdict: Valid, code: "", open: "" },
    Mutant { file: DER, name: "no declaration", change: First("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", ""), verdict: Valid, code: "", open: "" },
    Mutant { file: DER, name: "single quotes in the declaration", change: First("version=\"1.0\" encoding=\"UTF-8\"", "version='1.0' encoding='utf-8'"), verdict: Valid, code: "", open: "" },
    Mutant { file: DER, name: "a comment outside", change: First("</Header><EInvoiceData>", "</Header><!-- 99.00 --><EInvoiceData>"), verdict: Valid, code: "comment-outside", open: "" },
    Mutant { file: DER, name: "an instruction outside", change: First("<EInvoice>", "<?xml-stylesheet href=\"http://127.0.0.1/\"?><EInvoice>"), verdict: Valid, code: "instruction-outside", open: "" },
    // Structure.
    Mutant { file: DER, name: "a second EInvoiceData", change: First("<EInvoiceSignature>", "<EInvoiceData></EInvoiceData><EInvoiceSignature>"), verdict: Invalid, code: "part-twice", open: REFUSED },
    Mutant { file: DER, name: "a second Header in front", change: First("<Header>", "<Header></Header><Header>"), verdict: Invalid, code: "part-twice", open: REFUSED },
    Mutant { file: DER, name: "an unsigned sibling", change: First("<EInvoiceSignature>", "<TotalAmount>8000.00</TotalAmount><EInvoiceSignature>"), verdict: Invalid, code: "unsigned-element", open: REFUSED },
    Mutant { file: DER, name: "unsigned text", change: First("</EInvoiceSignature>", "</EInvoiceSignature>8000.00"), verdict: Invalid, code: "unsigned-text", open: REFUSED },
    Mutant { file: DER, name: "an attribute of EInvoice", change: First("<EInvoice>", "<EInvoice total=\"8000.00\">"), verdict: Invalid, code: "unsigned-attribute", open: REFUSED },
    Mutant { file: DER, name: "a DOCTYPE", change: First("<EInvoice>", "<!DOCTYPE EInvoice><EInvoice>"), verdict: Invalid, code: "doctype", open: REFUSED },
    Mutant { file: DER, name: "a namespace", change: First("<EInvoice>", "<EInvoice xmlns=\"urn:x\">"), verdict: Invalid, code: "namespace", open: REFUSED },
    Mutant { file: DER, name: "a prefix", change: Text(|text, _| text.replace("<EInvoice>", "<x:EInvoice>").replace("</EInvoice>", "</x:EInvoice>")), verdict: Invalid, code: "namespace", open: REFUSED },
    Mutant { file: DER, name: "the data wrapped", change: Text(|text, _| text.replace("<EInvoiceData>", "<W><EInvoiceData>").replace("</EInvoiceData>", "</EInvoiceData></W>")), verdict: Invalid, code: "unsigned-element", open: REFUSED },
    Mutant { file: DER, name: "a GBK label", change: First("UTF-8", "GBK"), verdict: Invalid, code: "encoding-declared", open: REFUSED },
    Mutant { file: DER, name: "the last byte missing", change: Text(|text, _| text[..text.len() - 1].to_owned()), verdict: Invalid, code: "truncated", open: REFUSED },
    // Whose signatures.
    Mutant { file: DER, name: "signatures swapped", change: Text(|text, _| with_signatures(text, &[1, 0].map(|n| signature(text, n)))), verdict: Invalid, code: "signature-wrong", open: "unit_signature=failed authority_signature=failed authority_certificate=indeterminate binding=indeterminate" },
    Mutant { file: DER, name: "the unit's removed", change: Text(|text, _| with_signatures(text, &[signature(text, 1)])), verdict: Invalid, code: "signature-wrong", open: "unit_signature=failed authority_signature=indeterminate authority_certificate=not-made binding=indeterminate" },
    Mutant { file: DER, name: "the authority's removed", change: Text(|text, _| with_signatures(text, &[signature(text, 0)])), verdict: Indeterminate, code: "authority-signature-missing", open: "authority_signature=indeterminate authority_certificate=not-made" },
    Mutant { file: DATA, name: "both removed", change: Text(|text, _| with_signatures(text, &[])), verdict: Invalid, code: "unit-signature-missing", open: "unit_signature=failed authority_signature=indeterminate unit_certificate=not-made authority_certificate=not-made binding=not-made time=not-made" },
    Mutant { file: DER, name: "the authority's twice", change: Text(|text, _| with_signatures(text, &[0, 1, 1].map(|n| signature(text, n)))), verdict: Invalid, code: "signature-count", open: REFUSED },
    Mutant { file: DER, name: "the unit's of another receipt", change: Text(|text, folder| with_signatures(text, &[signature(&other(folder, RED), 0), signature(text, 1)])), verdict: Invalid, code: "signature-wrong", open: BOTH },
    Mutant { file: DATA, name: "the authority's of another receipt", change: Text(|text, folder| with_signatures(text, &[signature(text, 0), signature(&other(folder, DER), 1)])), verdict: Invalid, code: "signature-wrong", open: AUTHORITY },
    // Parts of a signature.
    Mutant { file: DER, name: "KeyInfo of the authority", change: Last("<SerialNumber>20240002", "<SerialNumber>20240009"), verdict: Indeterminate, code: "certificate-not-at-hand", open: "authority_signature=indeterminate authority_certificate=not-made" },
    Mutant { file: DER, name: "KeyInfo of the unit", change: First("<SerialNumber>20240001", "<SerialNumber>20240009"), verdict: Invalid, code: "signature-wrong", open: "unit_signature=indeterminate authority_signature=failed unit_certificate=not-made binding=not-made time=not-made" },
    Mutant { file: DATA, name: "KeyInfo beside the certificate", change: Last("<SerialNumber>20240002", "<SerialNumber>20240001"), verdict: Invalid, code: "key-info-names-another", open: AUTHORITY },
    Mutant { file: DER, name: "the authority's label none", change: Last("SM3withSM2", "none"), verdict: Valid, code: "label-unusual", open: "" },
    Mutant { file: DER, name: "the unit's label RSA", change: First("SM3withSM2", "SHA256withRSA"), verdict: Invalid, code: "signature-wrong", open: AUTHORITY },
    Mutant { file: DER, name: "SignatureTime of the authority", change: Last("20261201164202+0800", "20301201164202+0800"), verdict: Valid, code: "signature-time-unproved", open: "" },
    Mutant { file: DER, name: "SignatureTime of the unit", change: First("20261201164202+0800", "20301201164202+0800"), verdict: Invalid, code: "signature-wrong", open: AUTHORITY },
    Mutant { file: RED, name: "base64 without padding", change: Last("==</SignatureValue>", "</SignatureValue>"), verdict: Invalid, code: "signature-base64", open: AUTHORITY_UNREAD },
    Mutant { file: RED, name: "base64 with non-zero tail bits", change: Last("g==</SignatureValue>", "h==</SignatureValue>"), verdict: Invalid, code: "signature-base64", open: AUTHORITY_UNREAD },
    Mutant { file: DER, name: "DER with a trailing byte", change: Text(|text, _| with_value(text, |value| [value, &[0]].concat())), verdict: Invalid, code: "signature-malformed", open: AUTHORITY_UNREAD },
    Mutant { file: RED, name: "r and s as hex", change: Text(|text, _| with_value(text, |value| value.iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect())), verdict: Invalid, code: "signature-value-unknown", open: AUTHORITY_UNREAD },
];

#[test]
fn one_change_gives_the_code_of_the_table() {
    let Some(folder) = folder() else { return };
    for mutant in &MUTANTS {
        let good = other(&folder, mutant.file);
        let (file, name) = (mutant.file, mutant.name);
        let changed = match mutant.change {
            First(from, to) => good.replacen(from, to, 1),
            Last(from, to) => {
                let (before, after) = good.rsplit_once(from).unwrap_or_else(|| panic!("{name}: {file} has no {from}"));
                format!("{before}{to}{after}")
            }
            Text(change) => change(&good, &folder),
        };
        assert_ne!(changed, good, "{file} {name}: nothing changed");
        let report = verify(policy(&folder), changed.as_bytes());
        let open: Vec<_> = report
            .checks
            .iter()
            .filter(|(check, status)| *status != Status::Passed && (*status != Status::NotMade || check.is_required()))
            .map(|(check, status)| format!("{check}={status}"))
            .collect();
        let found = (report.verdict, open.join(" "));
        assert_eq!(found, (mutant.verdict, mutant.open.to_owned()), "{file} {name}: {:#?}", report.findings);
        match report.headline() {
            Some(headline) => assert_eq!(headline.entry.name, mutant.code, "{file} {name}"),
            None => {
                let named = report.findings.iter().any(|finding| finding.entry.name == mutant.code);
                assert!(named || mutant.code.is_empty(), "{file} {name}: {:#?}", report.findings);
            }
        }
        // Nothing of a document whose form failed is shown as data.
        assert_eq!(report.content.is_some(), report.status(Check::Form) == Status::Passed, "{file} {name}");
    }
}

fn other(folder: &Path, name: &str) -> String {
    String::from_utf8(read(folder, name)).unwrap()
}

/// The text without what stands from `from` to the end of `to`.
fn cut(text: &str, from: &str, to: &str) -> String {
    let (start, end) = (text.find(from).unwrap(), text.find(to).unwrap() + to.len());
    format!("{}{}", &text[..start], &text[end..])
}

/// One `Signature` element of a document.
fn signature(text: &str, index: usize) -> String {
    let (start, _) = text.match_indices("<Signature>").nth(index).unwrap();
    let end = start + text[start..].find("</Signature>").unwrap() + "</Signature>".len();
    text[start..end].to_owned()
}

/// A document with other signatures.
fn with_signatures(text: &str, signatures: &[String]) -> String {
    let (before, rest) = text.split_once("<EInvoiceSignature>").unwrap();
    let (_, after) = rest.split_once("</EInvoiceSignature>").unwrap();
    format!("{before}<EInvoiceSignature>{}</EInvoiceSignature>{after}", signatures.concat())
}

/// A document with the authority's value changed.
fn with_value(text: &str, change: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let (before, rest) = text.rsplit_once("<SignatureValue>").unwrap();
    let (value, after) = rest.split_once("</SignatureValue>").unwrap();
    let changed = STANDARD.encode(change(&STANDARD.decode(value).unwrap()));
    format!("{before}<SignatureValue>{changed}</SignatureValue>{after}")
}
