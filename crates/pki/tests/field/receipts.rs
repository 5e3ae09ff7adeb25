//! The two signature values of a receipt, over the bytes that its signers signed: Header and
//! EInvoiceData for the unit; the SM3 of those in hex and the unit's whole Signature element for
//! the authority.

use std::path::Path;

use base64::Engine as _;
use czei_pki::{Certificate, Encoding, SignatureValue};
use czei_sm2::{Sm3, UserId};

use crate::table::Row;

pub(crate) fn judge(root: &Path, row: &Row, bytes: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let signed = &text[text.find("<Header>").unwrap()..text.find("<EInvoiceSignature>").unwrap()];
    let element = format!("<Signature>{}</Signature>", between(text, "<Signature>", "</Signature>")[0]);
    let hash: String = Sm3::digest(signed.as_bytes()).iter().map(|octet| format!("{octet:02x}")).collect();
    let contents: [&[&[u8]]; 2] = [&[signed.as_bytes()], &[hash.as_bytes(), element.as_bytes()]];
    let values = between(text, "<SignatureValue>", "</SignatureValue>");
    let signers = row.value("signers").ok_or("no signers= in the row")?;
    let mut encoding = "";
    for ((value, content), signer) in values.iter().zip(contents).zip(signers.split(',')) {
        let value = base64::engine::general_purpose::STANDARD.decode(value).map_err(|error| error.to_string())?;
        let value = SignatureValue::parse(&value).map_err(|fault| fault.to_string())?;
        let file = std::fs::read(root.join(format!("receipts/{signer}.crt"))).unwrap();
        let certificate = Certificate::from_pem_or_der(&file).map_err(|fault| fault.to_string())?;
        let key = certificate.prepared_key().map_err(|fault| fault.to_string())?;
        value.verify(key, &UserId::DEFAULT, content).map_err(|fault| format!("{signer}: {fault}"))?;
        encoding = match value.encoding() {
            Encoding::Der => "der",
            Encoding::Raw => "raw",
            Encoding::SignedData => "signed-data",
        };
    }
    row.compare(
        &["verified"],
        &[("encoding", encoding.into()), ("values", values.len().to_string()), ("signers", signers.into())],
    )
}

/// What stands between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).map(|rest| rest.split(end).next().unwrap()).collect()
}
