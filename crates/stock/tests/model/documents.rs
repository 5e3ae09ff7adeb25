//! Documents of the model's numbers: as small as a receipt can be, so that the stock finds what the unit
//! signs in them; or no receipts at all.

use czei_sm2::Sm3;

const OPEN: &[u8] = b"<EInvoice>";

/// The unsigned document of a number; other drafts have other documents, of different lengths.
pub fn unsigned(draft_digest: &[u8; 32], number: u64) -> Vec<u8> {
    let name: String = draft_digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let padding = match draft_digest[0] {
        0..=199 => usize::from(draft_digest[1]),
        200..=254 => 4_000 + usize::from(draft_digest[1]),
        _ => 70_000,
    };
    // No text of a receipt is very long: the length is in many elements.
    let padding = "<Text>xxxxxxxxxxxxxxxxxxx</Text>".repeat(padding / 32);
    let text = format!("<Header/><EInvoiceData>{number} {name} {padding}</EInvoiceData>");
    [OPEN, text.as_bytes(), b"</EInvoice>"].concat()
}

/// A document with the same original, as the unit signs it: versions differ in their bytes only.
pub fn signed(unsigned: &[u8], version: u8) -> Vec<u8> {
    spaced(unsigned, b'\n', version)
}

/// A document with the same original, as the authority answers.
pub fn issued(unsigned: &[u8], version: u8) -> Vec<u8> {
    spaced(unsigned, b' ', version)
}

/// SM3 over what the unit signs; over all of something that is no document.
pub fn original_sm3(document: &[u8]) -> [u8; 32] {
    let inner = document.strip_prefix(OPEN).and_then(|rest| rest.trim_ascii_start().strip_suffix(b"</EInvoice>"));
    Sm3::digest(inner.unwrap_or(document))
}

/// White space between the elements is not signed.
fn spaced(unsigned: &[u8], space: u8, version: u8) -> Vec<u8> {
    match unsigned.strip_prefix(OPEN) {
        Some(rest) => [OPEN, &vec![space; usize::from(version) + 1], rest].concat(),
        None => [unsigned, &[space], &version.to_be_bytes()].concat(),
    }
}

#[test]
fn versions_share_their_original() {
    for first in [7, 220, 255] {
        let document = unsigned(&[first; 32], 5);
        let versions = [signed(&document, 0), signed(&document, 1), issued(&document, 0), document.clone()];
        assert!((1..versions.len()).all(|index| versions[index] != versions[index - 1]));
        for version in &versions {
            let parsed = czei_core::xml::Document::parse(version, &czei_core::xml::Limits::default()).unwrap();
            let envelope = czei_core::xml::Envelope::read(&parsed).unwrap();
            assert_eq!(Sm3::digest(&envelope.unit_original().concat()), original_sm3(&document));
        }
    }
}
