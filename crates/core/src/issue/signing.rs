//! Making the `Signature` element of either role. Every signature, also one from elsewhere, is
//! verified before it is used.

use chrono::{DateTime, FixedOffset};
use czei_pki::{Certificate, Covered, Encoding, SignatureRequest, SignatureValue, SignedDataForm, Signer};
use czei_sm2::Signature;

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

/// What a signer is asked for.
pub(super) fn request<'a>(
    original: &[&'a [u8]],
    signer: &'a dyn Signer,
    settings: &'a SignatureSettings,
    at: DateTime<FixedOffset>,
) -> Result<SignatureRequest<'a>, Error> {
    let request = settings.request(original, signer.certificate(), at)?;
    request.with_chain(signer.chain()).map_err(|error| from_pki(&error))
}

/// The element, signed by a signer.
pub(super) fn sign(
    role: Role,
    original: &[&[u8]],
    signer: &dyn Signer,
    settings: &SignatureSettings,
    at: DateTime<FixedOffset>,
) -> Result<MadeSignature, Error> {
    let request = request(original, signer, settings, at)?;
    let signature = signer.sign(&request.input()).map_err(|error| from_pki(&error))?;
    element(role, &request, &signature, signer.certificate(), at)
}

/// The element around a signature that was asked for, verified first.
pub(super) fn element(
    role: Role,
    request: &SignatureRequest<'_>,
    signature: &Signature,
    certificate: &Certificate,
    at: DateTime<FixedOffset>,
) -> Result<MadeSignature, Error> {
    let value = request.finish(signature).map_err(|_| Error::new(Code::SignatureRefused))?;
    write(role, value, certificate, at)
}

/// The element around a value that was made elsewhere, in whatever encoding and form, verified
/// first.
pub(super) fn element_from_value(
    role: Role,
    original: &[&[u8]],
    value: &[u8],
    certificate: &Certificate,
    settings: &SignatureSettings,
    at: DateTime<FixedOffset>,
) -> Result<MadeSignature, Error> {
    // A value that is taken in here is written here: one in BER, as BouncyCastle writes unless told otherwise, in DER.
    let (parsed, value) = SignatureValue::parse_ber(value).map_err(|error| from_pki(&error))?;
    // Whatever its form, a whole value needs nothing that the settings' form asks of the certificate.
    let form = match settings.form.covered {
        Covered::Compat(compat) if settings.encoding == Encoding::SignedData => SignedDataForm::compat(compat),
        _ => SignedDataForm::default(),
    };
    let settings = SignatureSettings { encoding: Encoding::SignedData, form, ..settings.clone() };
    let request = settings.request(original, certificate, at)?;
    request.check(&parsed).map_err(|error| {
        Error::new(Code::SignatureRefused).found(format!("{} {}", error.entry(), error.message_en()))
    })?;
    write(role, value.into_owned(), certificate, at)
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
