//! The forms in which SignedData is written.

use core::fmt;
use core::str::FromStr;

use czei_codes::Code as _;

use super::{Compat, ContentFamily};
use crate::{Code, Error, oid};

/// How SignedData is written. The default is the plain form of GB/T 35275-2017; the other
/// constructors are the forms that products in the field write and expect.
///
/// A form has a name, for configurations: `gm`, `pkcs` or `cfca`, then `-attributes` where signed
/// attributes are what is signed, then any of `+301.1`, `+301` (signature algorithm), `+null`
/// (parameters), `+no-time` (no signing time among the attributes), `+key-id` (signer named by its
/// key), `+chain`, `+no-certificates`, `+attached`. Forms without Z are not among the names: they
/// come from [`SignedDataForm::compat`] alone.
///
/// ```
/// use czei_pki::{Carried, ContentFamily, Covered, SignedDataForm};
///
/// let form: SignedDataForm = "pkcs-attributes+chain".parse()?;
/// assert_eq!(form.family, ContentFamily::Pkcs);
/// assert_eq!(form.covered, Covered::Attributes { signing_time: true });
/// assert_eq!(form.carried, Carried::Chain);
/// assert_eq!(SignedDataForm::default().to_string(), "gm");
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SignedDataForm {
    /// Which identifiers name the content types.
    pub family: ContentFamily,
    /// Which identifier names the signature algorithm.
    pub algorithm: SignatureOid,
    /// Whether the parameters of SM3 and of the signature algorithm are NULL; by default absent.
    pub null_parameters: bool,
    /// What is signed.
    pub covered: Covered,
    /// How the signer is named.
    pub named_by: NamedBy,
    /// Which certificates come along.
    pub carried: Carried,
    /// Whether the content comes along.
    pub attached: bool,
}

/// The identifiers under which an SM2 signature is written in SignerInfo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SignatureOid {
    /// 1.2.156.10197.1.501, SM2 with SM3 (GB/T 33560-2017).
    #[default]
    Sm2WithSm3,
    /// 1.2.156.10197.1.301.1, SM2 signature.
    Sm2Signature,
    /// 1.2.156.10197.1.301, SM2.
    Sm2,
}

/// What the signature of a SignedData is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Covered {
    /// The content, with Z.
    #[default]
    Content,
    /// The DER encoding of signed attributes, with Z: contentType, messageDigest and, where wanted
    /// and given, signingTime (RFC 5652 5.4).
    Attributes {
        /// Whether the signing time is among them.
        signing_time: bool,
    },
    /// One of the forms without Z.
    Compat(Compat),
}

/// How a SignerInfo names its signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum NamedBy {
    /// Issuer and serial number: SignerInfo version 1.
    #[default]
    IssuerSerial,
    /// The subject key identifier: SignerInfo version 3, SignedData version 3 (RFC 5652 5.1).
    KeyId,
}

/// Which certificates a SignedData carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Carried {
    /// The signer's.
    #[default]
    Signer,
    /// The signer's and those of its chain that the signer has.
    Chain,
    /// None: verifiers have the signer's at hand.
    Nothing,
}

impl SignatureOid {
    /// All three.
    pub const ALL: [SignatureOid; 3] = [SignatureOid::Sm2WithSm3, SignatureOid::Sm2Signature, SignatureOid::Sm2];

    /// The dotted identifier.
    #[must_use]
    pub const fn dotted(self) -> &'static str {
        match self {
            SignatureOid::Sm2WithSm3 => "1.2.156.10197.1.501",
            SignatureOid::Sm2Signature => "1.2.156.10197.1.301.1",
            SignatureOid::Sm2 => "1.2.156.10197.1.301",
        }
    }

    /// The content octets.
    pub(crate) const fn octets(self) -> &'static [u8] {
        match self {
            SignatureOid::Sm2WithSm3 => oid::SM2_WITH_SM3,
            SignatureOid::Sm2Signature => oid::SM2_SIGNATURE,
            SignatureOid::Sm2 => oid::SM2,
        }
    }
}

impl SignedDataForm {
    /// `gm`: the content types of GB/T 35275-2017, no signed attributes, 1.2.156.10197.1.501. What
    /// BouncyCastle writes with these content types and no attributes.
    #[must_use]
    pub fn gm() -> Self {
        SignedDataForm::default()
    }

    /// `gm-attributes`: the same over signed attributes with the signing time.
    #[must_use]
    pub fn gm_attributes() -> Self {
        SignedDataForm { covered: Covered::Attributes { signing_time: true }, ..SignedDataForm::gm() }
    }

    /// `pkcs`: the content types of PKCS#7, no signed attributes, as BouncyCastle writes it.
    #[must_use]
    pub fn pkcs() -> Self {
        SignedDataForm { family: ContentFamily::Pkcs, ..SignedDataForm::gm() }
    }

    /// `pkcs-attributes`: the content types of PKCS#7 over signed attributes with the signing time:
    /// CMS as BouncyCastle and Tongsuo write it.
    #[must_use]
    pub fn pkcs_attributes() -> Self {
        SignedDataForm { family: ContentFamily::Pkcs, ..SignedDataForm::gm_attributes() }
    }

    /// `cfca`: as CFCA's SADK writes it: no signed attributes, 1.2.156.10197.1.301.1, parameters
    /// NULL.
    #[must_use]
    pub fn cfca() -> Self {
        SignedDataForm { algorithm: SignatureOid::Sm2Signature, null_parameters: true, ..SignedDataForm::gm() }
    }

    /// A form without Z, for counterparts that accept no other: [`Compat::NoZContent`] with the
    /// content types of PKCS#7 as Tongsuo writes it with `-noattr`, [`Compat::NoZContentInfo`] with
    /// those of GB/T 35275-2017 and the content attached as GmSSL's `cmssign` does.
    #[must_use]
    pub fn compat(compat: Compat) -> Self {
        let form = SignedDataForm { covered: Covered::Compat(compat), ..SignedDataForm::gm() };
        match compat {
            Compat::NoZContent => SignedDataForm { family: ContentFamily::Pkcs, ..form },
            Compat::NoZContentInfo => SignedDataForm { attached: true, ..form },
        }
    }

    /// Every form there is: 720.
    pub fn all() -> impl Iterator<Item = SignedDataForm> {
        const COVERED: [Covered; 5] = [
            Covered::Content,
            Covered::Attributes { signing_time: true },
            Covered::Attributes { signing_time: false },
            Covered::Compat(Compat::NoZContent),
            Covered::Compat(Compat::NoZContentInfo),
        ];
        (0..720).map(|number: usize| SignedDataForm {
            family: [ContentFamily::Gm, ContentFamily::Pkcs][number % 2],
            algorithm: SignatureOid::ALL[number / 2 % 3],
            null_parameters: number / 6 % 2 == 1,
            covered: COVERED[number / 12 % 5],
            named_by: [NamedBy::IssuerSerial, NamedBy::KeyId][number / 60 % 2],
            carried: [Carried::Signer, Carried::Chain, Carried::Nothing][number / 120 % 3],
            attached: number / 360 == 1,
        })
    }
}

/// The name; for a form without Z one that [`FromStr`] refuses.
impl fmt::Display for SignedDataForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cfca = SignedDataForm::cfca();
        let is_cfca = |form: &SignedDataForm| {
            (form.family, form.algorithm, form.null_parameters) == (cfca.family, cfca.algorithm, cfca.null_parameters)
        };
        let head = match self.family {
            _ if is_cfca(self) => "cfca",
            ContentFamily::Gm => "gm",
            ContentFamily::Pkcs => "pkcs",
        };
        f.write_str(head)?;
        match self.covered {
            Covered::Content => {}
            Covered::Attributes { .. } => f.write_str("-attributes")?,
            Covered::Compat(compat) => write!(f, "-{compat}")?,
        }
        for modifier in MODIFIERS {
            let told_by_head = is_cfca(self) && matches!(modifier, "301.1" | "null");
            if !told_by_head && has(self, modifier) {
                write!(f, "+{modifier}")?;
            }
        }
        Ok(())
    }
}

const HEADS: [&str; 6] = ["gm", "gm-attributes", "pkcs", "pkcs-attributes", "cfca", "cfca-attributes"];
const MODIFIERS: [&str; 8] = ["301.1", "301", "null", "no-time", "key-id", "chain", "no-certificates", "attached"];

fn has(form: &SignedDataForm, modifier: &str) -> bool {
    match modifier {
        "301.1" => form.algorithm == SignatureOid::Sm2Signature,
        "301" => form.algorithm == SignatureOid::Sm2,
        "null" => form.null_parameters,
        "no-time" => form.covered == Covered::Attributes { signing_time: false },
        "key-id" => form.named_by == NamedBy::KeyId,
        "chain" => form.carried == Carried::Chain,
        "no-certificates" => form.carried == Carried::Nothing,
        _ => form.attached,
    }
}

impl FromStr for SignedDataForm {
    type Err = Error;

    /// # Errors
    /// [`Code::FormUnknown`] for a name that does not exist, a modifier given twice, and modifiers
    /// that exclude each other.
    fn from_str(name: &str) -> Result<Self, Error> {
        let unknown = || {
            let expected = format!("{}, +{}", HEADS.join(" | "), MODIFIERS.join(" +"));
            Code::FormUnknown.fault().expected(expected).found(name.chars().take(64).collect::<String>())
        };
        let mut words = name.split('+');
        let head = words.next().unwrap_or_default();
        let (kind, attributes) = match head.strip_suffix("-attributes") {
            Some(kind) => (kind, true),
            None => (head, false),
        };
        let mut form = match kind {
            "gm" => SignedDataForm::gm(),
            "pkcs" => SignedDataForm::pkcs(),
            "cfca" => SignedDataForm::cfca(),
            _ => return Err(unknown()),
        };
        if attributes {
            form.covered = Covered::Attributes { signing_time: true };
        }
        for word in words {
            let plain = SignedDataForm::gm();
            match word {
                "301.1" if form.algorithm == plain.algorithm => form.algorithm = SignatureOid::Sm2Signature,
                "301" if form.algorithm == plain.algorithm => form.algorithm = SignatureOid::Sm2,
                "null" if !form.null_parameters => form.null_parameters = true,
                "no-time" if form.covered == Covered::Attributes { signing_time: true } => {
                    form.covered = Covered::Attributes { signing_time: false };
                }
                "key-id" if form.named_by == plain.named_by => form.named_by = NamedBy::KeyId,
                "chain" if form.carried == plain.carried => form.carried = Carried::Chain,
                "no-certificates" if form.carried == plain.carried => form.carried = Carried::Nothing,
                "attached" if !form.attached => form.attached = true,
                _ => return Err(unknown()),
            }
        }
        Ok(form)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_form_has_its_name_and_those_without_z_have_none_to_ask_for() {
        let mut names = BTreeSet::new();
        for form in SignedDataForm::all() {
            let name = form.to_string();
            assert!(names.insert(name.clone()), "{name} twice");
            match form.covered {
                Covered::Compat(_) => {
                    assert_eq!(name.parse::<SignedDataForm>().unwrap_err().code(), Code::FormUnknown, "{name}");
                }
                _ => assert_eq!(name.parse::<SignedDataForm>().unwrap(), form, "{name}"),
            }
        }
        assert_eq!(names.len(), 720);
    }

    #[test]
    fn the_constructors_are_the_short_names() {
        for (name, form) in [
            ("gm", SignedDataForm::gm()),
            ("gm-attributes", SignedDataForm::gm_attributes()),
            ("pkcs", SignedDataForm::pkcs()),
            ("pkcs-attributes", SignedDataForm::pkcs_attributes()),
            ("cfca", SignedDataForm::cfca()),
        ] {
            assert_eq!(form.to_string(), name);
            assert_eq!(name.parse::<SignedDataForm>().unwrap(), form);
        }
        assert_eq!("gm+null+301.1".parse::<SignedDataForm>().unwrap(), SignedDataForm::cfca());
        assert_eq!(SignedDataForm::compat(Compat::NoZContent).to_string(), "pkcs-no-z-content");
        assert_eq!(SignedDataForm::compat(Compat::NoZContentInfo).to_string(), "gm-no-z-contentinfo+attached");
        for compat in Compat::ALL {
            assert_eq!(compat.name().parse::<Compat>().unwrap(), compat);
        }
    }

    #[test]
    fn other_names_are_refused_with_those_that_exist() {
        for name in [
            "",
            "GM",
            "gm-",
            "-attributes",
            "gm+",
            "gm+chain+chain",
            "gm+chain+no-certificates",
            "cfca+301",
            "cfca+null",
            "gm+301+301.1",
            "gm+no-time",
            "gm-attributes+no-time+no-time",
            "no-z-content",
            "gm-no-z-content",
            "gm+no-z",
        ] {
            let fault = name.parse::<SignedDataForm>().unwrap_err();
            assert_eq!((fault.code(), fault.found_text()), (Code::FormUnknown, Some(name)));
            assert!(fault.expected_text().unwrap().starts_with("gm | gm-attributes | pkcs"), "{fault}");
        }
        let fault = "no-z".parse::<Compat>().unwrap_err();
        assert_eq!((fault.code(), fault.expected_text()), (Code::FormUnknown, Some("no-z-content | no-z-contentinfo")));
    }
}
