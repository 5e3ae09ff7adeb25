//! How a signature is made and joined: the parameters that the sources leave open.

use core::fmt;
use core::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, FixedOffset, Utc};
use czei_pki::{Certificate, Encoding, SignatureRequest, SignedDataForm};
use czei_sm2::{Sm3, UserId};

use crate::hex::hex;
use crate::{Code, Error};

use super::signing::from_pki;

/// How the authority's original is joined: the hash of the unit's original, then the unit's
/// signature. How exactly is open in the sources; the default is `hex-lower+element`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Joining {
    /// How SM3 of the unit's original is written.
    pub hash: JoiningHash,
    /// What of the unit's signature follows.
    pub value: JoiningValue,
}

/// How SM3 of the unit's original is written in the authority's original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum JoiningHash {
    /// 64 lower-case hex characters.
    #[default]
    HexLower,
    /// 64 upper-case hex characters.
    HexUpper,
    /// 44 characters of base64.
    Base64,
    /// The 32 bytes.
    Raw,
}

/// What of the unit's signature follows the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum JoiningValue {
    /// The exact bytes of the whole `<Signature>…</Signature>` element.
    #[default]
    Element,
    /// Only the decoded `SignatureValue`.
    Value,
}

impl Joining {
    /// All joinings, the default first.
    pub const ALL: [Joining; 8] = {
        use JoiningHash as H;
        use JoiningValue as V;
        [
            Joining { hash: H::HexLower, value: V::Element },
            Joining { hash: H::HexUpper, value: V::Element },
            Joining { hash: H::Base64, value: V::Element },
            Joining { hash: H::Raw, value: V::Element },
            Joining { hash: H::HexLower, value: V::Value },
            Joining { hash: H::HexUpper, value: V::Value },
            Joining { hash: H::Base64, value: V::Value },
            Joining { hash: H::Raw, value: V::Value },
        ]
    };

    /// The hash as it is written.
    #[must_use]
    pub fn written_hash(self, sm3: &[u8; 32]) -> Vec<u8> {
        match self.hash {
            JoiningHash::HexLower => hex(sm3).into_bytes(),
            JoiningHash::HexUpper => hex(sm3).to_ascii_uppercase().into_bytes(),
            JoiningHash::Base64 => STANDARD.encode(sm3).into_bytes(),
            JoiningHash::Raw => sm3.to_vec(),
        }
    }

    /// The authority's original.
    ///
    /// `unit_original` is the unit's original in parts, `element` the unit's whole `Signature`
    /// element, `value` its decoded `SignatureValue`.
    #[must_use]
    pub fn authority_original(self, unit_original: &[&[u8]], element: &[u8], value: &[u8]) -> Vec<u8> {
        self.join(&Sm3::digest_parts(unit_original), element, value)
    }

    /// The same, given SM3 of the unit's original.
    pub(crate) fn join(self, original_sm3: &[u8; 32], element: &[u8], value: &[u8]) -> Vec<u8> {
        let mut original = self.written_hash(original_sm3);
        original.extend_from_slice(match self.value {
            JoiningValue::Element => element,
            JoiningValue::Value => value,
        });
        original
    }

    /// The name: `hex-lower+element` and so on.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match (self.hash, self.value) {
            (JoiningHash::HexLower, JoiningValue::Element) => "hex-lower+element",
            (JoiningHash::HexUpper, JoiningValue::Element) => "hex-upper+element",
            (JoiningHash::Base64, JoiningValue::Element) => "base64+element",
            (JoiningHash::Raw, JoiningValue::Element) => "raw+element",
            (JoiningHash::HexLower, JoiningValue::Value) => "hex-lower+value",
            (JoiningHash::HexUpper, JoiningValue::Value) => "hex-upper+value",
            (JoiningHash::Base64, JoiningValue::Value) => "base64+value",
            (JoiningHash::Raw, JoiningValue::Value) => "raw+value",
        }
    }
}

impl fmt::Display for Joining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Joining {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Joining::ALL.into_iter().find(|joining| joining.name() == name);
        found.ok_or_else(|| {
            let names = Joining::ALL.map(Joining::name).join(" | ");
            Error::new(Code::SettingUnknown).expected(names).found(name)
        })
    }
}

/// How a signature is written.
#[derive(Debug, Clone)]
pub struct SignatureSettings {
    /// The encoding of the value; GB/T 35275 SignedData by default.
    pub encoding: Encoding,
    /// The form of SignedData; the plain one by default, and not used for the other encodings.
    pub form: SignedDataForm,
    /// The SM2 user id; `1234567812345678` by default.
    pub user_id: UserId,
    /// How the authority's original is joined; not used for the unit's signature.
    pub joining: Joining,
}

impl Default for SignatureSettings {
    fn default() -> Self {
        SignatureSettings {
            encoding: Encoding::SignedData,
            form: SignedDataForm::default(),
            user_id: UserId::default(),
            joining: Joining::default(),
        }
    }
}

impl SignatureSettings {
    /// What signing elsewhere starts with: the bytes to sign, their digest, and what makes a value of
    /// the signature that comes back. The original is [`Numbered::original`](super::Numbered::original)
    /// or [`UnitSigned::authority_original`](super::UnitSigned::authority_original), and the value
    /// goes to `with_signature` or `with_authority_signature` with the same time.
    ///
    /// # Errors
    /// [`Code::SigningFailed`] when the certificate has no SM2 key or lacks what the form needs.
    ///
    /// ```
    /// # use czei_pki::{CertificateTemplate, Name};
    /// # use czei_sm2::{Message, SigningKey};
    /// # let key = SigningKey::generate().unwrap();
    /// # let certificate = CertificateTemplate {
    /// #     subject: Name::parse_rfc4514("CN=示例单位,C=CN").unwrap(), serial: vec![1],
    /// #     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
    /// #     not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
    /// #     ca: None, key_usage: None, extensions: vec![],
    /// # }.self_sign(&key).unwrap();
    /// # let original: &[u8] = b"<Header></Header><EInvoiceData></EInvoiceData>";
    /// use czei_core::SignatureSettings;
    ///
    /// let settings = SignatureSettings { form: "gm-attributes".parse()?, ..SignatureSettings::default() };
    /// let at = "2026-12-01T10:15:30+08:00".parse().unwrap();
    /// let request = settings.request(&[original], &certificate, at).unwrap();
    /// # let sign_elsewhere = |digest: &[u8; 32]| key.sign(Message::Digest(digest)).unwrap();
    /// let value = request.finish(&sign_elsewhere(request.digest()))?;
    /// # assert!(value.len() > 500);
    /// # Ok::<(), czei_pki::Error>(())
    /// ```
    pub fn request<'a>(
        &'a self,
        original: &[&'a [u8]],
        certificate: &'a Certificate,
        at: DateTime<FixedOffset>,
    ) -> Result<SignatureRequest<'a>, Error> {
        let time = Some(at.with_timezone(&Utc));
        let request = SignatureRequest::new(self.encoding, self.form, certificate, &self.user_id, original, time);
        request.map_err(|error| from_pki(&error))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_joining_has_its_name() {
        for joining in Joining::ALL {
            assert_eq!(joining.name().parse::<Joining>().unwrap(), joining);
        }
        assert_eq!(Joining::default().name(), "hex-lower+element");
        assert_eq!("hex+element".parse::<Joining>().unwrap_err().code(), Code::SettingUnknown);
    }

    #[test]
    fn the_default_original_is_hash_then_element() {
        let original = Joining::default().authority_original(&[b"a", b"bc"], b"<Signature>", b"value");
        // SM3("abc"), GB/T 32905-2016 A.1
        let mut expected = b"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0".to_vec();
        expected.extend_from_slice(b"<Signature>");
        assert_eq!(original, expected);
    }
}
