//! Forms of signatures outside the standards.

use core::fmt;
use core::str::FromStr;

use czei_codes::Code as _;

use crate::{Code, Error};

/// A form of signature outside the standards: e is made without Z (GB/T 32918.2-2016, 6.1 wants
/// it), so that neither the signer's user id nor its key is part of what is signed. Written and
/// accepted only by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compat {
    /// `no-z-content`: e is SM3 of the content, as Tongsuo makes it with `-noattr`.
    NoZContent,
    /// `no-z-contentinfo`: e is SM3 of the DER encoding of the content info inside the SignedData
    /// with the content attached, as GmSSL's `cmssign` makes it.
    ///
    /// Hashed are the header and the content alike: `SEQUENCE { contentType, [0] EXPLICIT OCTET
    /// STRING content }`, tags and lengths included (GmSSL 3.1, `cms_signed_data_sign_to_der`:
    /// `cms_content_info_header_to_der`, the header of the OCTET STRING, then the data, all into one
    /// `sm3_update` chain whose digest goes to `sm2_sign` as it is). That program always attaches
    /// the content; where it was taken out, what is hashed is the content info as it was.
    NoZContentInfo,
}

impl Compat {
    /// Both forms.
    pub const ALL: [Compat; 2] = [Compat::NoZContent, Compat::NoZContentInfo];

    /// The name in policies, configurations and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Compat::NoZContent => "no-z-content",
            Compat::NoZContentInfo => "no-z-contentinfo",
        }
    }
}

impl fmt::Display for Compat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Compat {
    type Err = Error;

    /// # Errors
    /// [`Code::FormUnknown`].
    fn from_str(name: &str) -> Result<Self, Error> {
        Compat::ALL.into_iter().find(|compat| compat.name() == name).ok_or_else(|| {
            let names = Compat::ALL.map(Compat::name).join(" | ");
            Code::FormUnknown.fault().expected(names).found(name.chars().take(64).collect::<String>())
        })
    }
}
