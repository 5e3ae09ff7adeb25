//! What certificates, CRLs and requests have in common: a part that is signed, with SM2 and SM3.

use czei_codes::Code as _;
use czei_sm2::{Message, PreparedVerifyingKey, Signature, UserId};

use crate::certificate::signature_fault;
use crate::tlv::{self, Tlv};
use crate::{Code, Error, oid};

/// A signed part and its signature, as they stand in the document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) tbs: &'a [u8],
    /// The dotted identifier of the algorithm.
    pub(crate) algorithm: &'a str,
    /// Whether it is the one this crate can check, see [`is_sm2_with_sm3`].
    pub(crate) with_sm2: bool,
    pub(crate) signature: &'a [u8],
    /// The path of the signature, and the codes of this kind of document for another algorithm and
    /// for a signature that does not verify.
    pub(crate) path: &'static str,
    pub(crate) other_algorithm: Code,
    pub(crate) wrong: Code,
}

/// Whether an algorithm identifier means SM2 with SM3: 1.2.156.10197.1.501, parameters absent or
/// NULL.
pub(crate) fn is_sm2_with_sm3(oid: &[u8], parameters: Option<Tlv<'_>>) -> bool {
    oid == oid::SM2_WITH_SM3 && tlv::absent_or_null(parameters)
}

impl Signed<'_> {
    /// Tries the user ids in their order and returns the one that the signature was made with.
    pub(crate) fn verify<'b>(self, key: &PreparedVerifyingKey, user_ids: &'b [UserId]) -> Result<&'b UserId, Error> {
        let signature = self.signature()?;
        let parts = [self.tbs];
        user_ids
            .iter()
            .find(|user_id| {
                let message = Message::Parts { user_id, parts: &parts };
                key.verify(message, &signature).is_ok()
            })
            .ok_or_else(|| self.wrong.fault().at_path(self.path))
    }

    /// The signature, when it is of the algorithm that can be checked.
    pub(crate) fn signature(self) -> Result<Signature, Error> {
        if !self.with_sm2 {
            return Err(self.other_algorithm.fault().expected("1.2.156.10197.1.501").found(self.algorithm));
        }
        Signature::from_der(self.signature).map_err(|error| signature_fault(&error).at_path(self.path))
    }
}
