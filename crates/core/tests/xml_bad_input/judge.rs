//! Reading a document as far as it goes.

use czei_core::xml::{Document, Envelope, Limits, read_content};
use czei_core::{Code, Content, Error, Finding};

/// How far a document came.
#[derive(Debug)]
pub(crate) enum Judged {
    /// `Document::parse` refused it.
    Malformed(Error),
    /// `Envelope::read` refused it.
    NoReceipt(Error),
    /// It was read.
    Read { content: Option<Box<Content>>, findings: Vec<Finding>, original: Vec<u8> },
}

pub(crate) fn judge(bytes: &[u8]) -> Judged {
    let document = match Document::parse(bytes, &Limits::default()) {
        Ok(document) => document,
        Err(error) => return Judged::Malformed(error),
    };
    let envelope = match Envelope::read(&document) {
        Ok(envelope) => envelope,
        Err(error) => return Judged::NoReceipt(error),
    };
    let reading = read_content(&document, &envelope);
    let mut findings = envelope.findings().to_vec();
    findings.extend(reading.findings);
    Judged::Read { content: reading.content.map(Box::new), findings, original: envelope.unit_original().concat() }
}

/// The document is refused as malformed with this code at this line and column.
#[track_caller]
pub(crate) fn malformed(bytes: &[u8], code: Code, line: u32, column: u32) {
    match judge(bytes) {
        Judged::Malformed(error) => {
            let place = error.place();
            assert_eq!((error.code(), place.line, place.column), (code, Some(line), Some(column)), "{error}");
        }
        other => panic!("not refused as malformed: {other:?}"),
    }
}

/// The document is well formed but refused as a receipt, with this code at this element.
#[track_caller]
pub(crate) fn no_receipt(bytes: &[u8], code: Code, path: &str) {
    match judge(bytes) {
        Judged::NoReceipt(error) => {
            assert_eq!((error.code(), error.place().path.as_deref()), (code, Some(path)), "{error}");
            assert!(error.place().line.is_some() && error.place().column.is_some());
        }
        other => panic!("not refused as a receipt: {other:?}"),
    }
}

/// The document is read with exactly these findings, and has values only if none is an error.
#[track_caller]
pub(crate) fn found(bytes: &[u8], expected: &[(&str, &str)]) {
    match judge(bytes) {
        Judged::Read { content, findings, .. } => {
            let got: Vec<(&str, &str)> = findings
                .iter()
                .map(|finding| (finding.entry.name, finding.place.path.as_deref().unwrap_or_default()))
                .collect();
            assert_eq!(got, expected);
            let failed = findings.iter().any(|finding| finding.severity == czei_codes::Severity::Error);
            assert_eq!(content.is_none(), failed);
            assert!(findings.iter().all(|finding| finding.check == czei_core::Check::Form));
        }
        other => panic!("not read: {other:?}"),
    }
}

/// Declares the cases of a group: a test each, and all of them as a corpus.
macro_rules! cases {
    ($($judge:ident { $($name:ident: $bytes:expr => $($expected:expr),+;)* })*) => {
        $($(
            #[test]
            fn $name() {
                let bytes: Vec<u8> = $bytes;
                crate::judge::$judge(&bytes, $($expected),+);
            }
        )*)*

        pub(crate) fn corpus() -> Vec<(String, Vec<u8>)> {
            vec![$($((stringify!($name).to_owned(), $bytes)),*),*]
        }
    };
}
pub(crate) use cases;
