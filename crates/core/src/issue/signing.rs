//! Making the `Signature` element of either role. Every signature, also one from elsewhere, is
//! verified before it is used.

use chrono::{DateTime, FixedOffset};
use czei_pki::{Certificate, SignatureValue, Signer, SigningInput, encode};
use czei_sm2::{Message, Signature};

use crate::role::Role;
use crate::xml::canonical::{self, SignatureFields};
use crate::{Code, Error, SignatureTime};

use super::SignatureSettings;

/// A signature as it was made: the element, and the value that a joining may need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MadeSignature {
    /// The whole `Signature` element.
    pub(crate) element: Vec<u8>,
    /// The decoded `SignatureValue`.
    pub(crate) value: Vec<u8>,
}

/// What a signer is given.
pub(super) fn input<'a>(
    original: &'a [&'a [u8]],
    certificate: &Certificate,
    settings: &'a SignatureSettings,
) -> Result<SigningInput<'a>, Error> {
    SigningInput::new(certificate, &settings.user_id, original).map_err(|error| from_pki(&error))
}

/// The element, signed by a signer.
pub(super) fn sign(
    role: Role,
    original: &[&[u8]],
    signer: &dyn Signer,
    settings: &SignatureSettings,
    at: DateTime<FixedOffset>,
) -> Result<MadeSignature, Error> {
    let input = input(original, signer.certificate(), settings)?;
    let signature = signer.sign(&input).map_err(|error| from_pki(&error))?;
    element(role, &input, &signature, signer.certificate(), settings, at)
}

/// The element around a signature over `input`, verified first.
pub(super) fn element(
    role: Role,
    input: &SigningInput<'_>,
    signature: &Signature,
    certificate: &Certificate,
    settings: &SignatureSettings,
    at: DateTime<FixedOffset>,
) -> Result<MadeSignature, Error> {
    verify(input.digest(), signature, certificate)?;
    let value = encode(settings.encoding, signature, certificate);
    write(role, value, certificate, at)
}

/// The element around a value that was made elsewhere, in whatever encoding, verified first.
pub(super) fn element_from_value(
    role: Role,
    original: &[&[u8]],
    value: &[u8],
    certificate: &Certificate,
    settings: &SignatureSettings,
    at: DateTime<FixedOffset>,
) -> Result<MadeSignature, Error> {
    let parsed = SignatureValue::parse(value).map_err(|error| from_pki(&error))?;
    crate::verify::value_fits(&parsed, original, certificate, &settings.user_id)?;
    write(role, value.to_vec(), certificate, at)
}

fn verify(digest: &[u8; 32], signature: &Signature, certificate: &Certificate) -> Result<(), Error> {
    let key = certificate.prepared_key().map_err(|error| from_pki(&error))?;
    key.verify(Message::Digest(digest), signature).map_err(|_| Error::new(Code::SignatureRefused))
}

fn write(
    role: Role,
    value: Vec<u8>,
    certificate: &Certificate,
    at: DateTime<FixedOffset>,
) -> Result<MadeSignature, Error> {
    let element = canonical::write_signature(&SignatureFields {
        reference: role.reference(),
        algorithm: "SM3withSM2",
        time: &SignatureTime::from_moment(&at)?,
        value: &value,
        serial: &certificate.serial_hex(),
        issuer: &certificate.issuer().to_rfc4514(),
    })?;
    Ok(MadeSignature { element, value })
}

/// Errors of keys and certificates keep their message; the code here says that signing stopped.
pub(super) fn from_pki(error: &czei_pki::Error) -> Error {
    Error::new(Code::SigningFailed).at(error.place().clone()).found(format!("{} {}", error.entry(), error.message_en()))
}
