//! A public key.

use core::fmt;
use core::hash::{Hash, Hasher};

use czei_codes::Code as _;

use crate::combination;
use crate::curve;
use crate::field::FieldElement;
use crate::hex::Hex;
use crate::point::{Affine, Jacobian};
use crate::scalar::Scalar;
use crate::{Code, Error, Message, PreparedVerifyingKey, Signature, Sm3, UserId};

/// An SM2 public key: a point of the recommended curve (GB/T 32918.1-2016, 6.2.1).
///
/// It verifies single signatures. For a key that comes again (an authority's, a unit's) prepare it
/// once with [`VerifyingKey::prepare`].
///
/// ```
/// use czei_sm2::{Code, SigningKey, VerifyingKey};
///
/// let bytes = SigningKey::generate()?.verifying_key().to_sec1();
/// let key = VerifyingKey::from_sec1(&bytes)?;
/// assert_eq!(key.to_sec1(), bytes);
///
/// let mut wrong = bytes;
/// wrong[64] ^= 1;
/// assert_eq!(VerifyingKey::from_sec1(&wrong).unwrap_err().code(), Code::PublicKeyOffCurve);
/// # Ok::<(), czei_sm2::Error>(())
/// ```
#[derive(Clone)]
pub struct VerifyingKey {
    pub(crate) point: Affine,
    sec1: [u8; 65],
}

impl VerifyingKey {
    /// A key from its 65 bytes `04 || x || y`, the only form accepted (GB/T 32918.1-2016, 4.2.10).
    ///
    /// # Errors
    /// [`Code::PublicKeyCompressed`], [`Code::PublicKeyHybrid`], [`Code::PublicKeyInfinity`] for the
    /// other forms of a point; [`Code::PublicKeyEncoding`] for another length or first byte;
    /// [`Code::PublicKeyCoordinateRange`] at `x` or `y` if it is not below p;
    /// [`Code::PublicKeyOffCurve`].
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, Error> {
        let sec1: [u8; 65] = match (bytes.first(), bytes.try_into()) {
            (Some(0x04), Ok(sec1)) => sec1,
            (first, _) => return Err(encoding_fault(first.copied(), bytes.len())),
        };
        let (mut x, mut y) = ([0; 32], [0; 32]);
        x.copy_from_slice(&sec1[1..33]);
        y.copy_from_slice(&sec1[33..]);
        let element = |name, bytes: &[u8; 32]| {
            let fault = || Code::PublicKeyCoordinateRange.fault().at_path(name).found(Hex(bytes).to_string());
            FieldElement::from_bytes(bytes).ok_or_else(fault)
        };
        let point = Affine { x: element("x", &x)?, y: element("y", &y)? };
        if point.is_on_curve() { Ok(VerifyingKey { point, sec1 }) } else { Err(Code::PublicKeyOffCurve.into()) }
    }

    pub(crate) fn from_point(point: Affine) -> Self {
        let mut sec1 = [0x04; 65];
        sec1[1..33].copy_from_slice(&point.x.to_bytes());
        sec1[33..].copy_from_slice(&point.y.to_bytes());
        VerifyingKey { point, sec1 }
    }

    /// The 65 bytes `04 || x || y`.
    #[must_use]
    pub fn to_sec1(&self) -> [u8; 65] {
        self.sec1
    }

    /// Z, the digest of user id, curve and key: `SM3(ENTL || ID || a || b || xG || yG || x || y)`
    /// (GB/T 32918.2-2016, 5.5).
    #[must_use]
    pub fn z(&self, user_id: &UserId) -> [u8; 32] {
        Sm3::digest_parts(&[&user_id.entl(), user_id.as_bytes(), &curve::Z_CONSTANTS, &self.sec1[1..]])
    }

    /// e, the digest that is signed: `SM3(Z || parts)` (GB/T 32918.2-2016, 6.1, A1 and A2).
    #[must_use]
    pub fn digest(&self, user_id: &UserId, parts: &[&[u8]]) -> [u8; 32] {
        digest_with_z(&self.z(user_id), parts)
    }

    /// e of a message: made here, or the one it carries.
    #[must_use]
    pub fn message_digest(&self, message: Message<'_>) -> [u8; 32] {
        match message {
            Message::Parts { user_id, parts } => self.digest(user_id, parts),
            Message::Digest(e) => *e,
        }
    }

    /// Verifies a signature (GB/T 32918.2-2016, 7.1).
    ///
    /// # Errors
    /// [`Code::SignatureMismatch`] if it does not fit, [`Code::SignatureDegenerate`] if r+s is 0
    /// modulo n (at `t`) or the computed point is at infinity (at `point`).
    pub fn verify(&self, message: Message<'_>, signature: &Signature) -> Result<(), Error> {
        self.verify_digest(&self.message_digest(message), signature)
    }

    /// The key with everything worked out that does not depend on the message.
    #[must_use]
    pub fn prepare(&self) -> PreparedVerifyingKey {
        PreparedVerifyingKey::from(self.clone())
    }

    pub(crate) fn verify_digest(&self, e: &[u8; 32], signature: &Signature) -> Result<(), Error> {
        let equation = Equation::new(e, signature)?;
        equation.holds_at(&combination::without_table(&equation.s, &equation.t, &self.point))
    }
}

/// What a signature claims (GB/T 32918.2-2016, 7.1, B5 to B7): the x coordinate of `[s]G + [t]P`,
/// modulo n, is r − e.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Equation {
    pub(crate) s: Scalar,
    /// r + s, not 0.
    pub(crate) t: Scalar,
    /// r − e.
    pub(crate) x: Scalar,
}

impl Equation {
    /// That r and s are in range is known by their type.
    pub(crate) fn new(e: &[u8; 32], signature: &Signature) -> Result<Equation, Error> {
        // Already below n, so that reducing changes nothing.
        let r = Scalar::reduced(&signature.r());
        let s = Scalar::reduced(&signature.s());
        let t = r.add(&s);
        if t == Scalar::ZERO {
            return Err(Code::SignatureDegenerate.fault().at_path("t"));
        }
        Ok(Equation { s, t, x: r.sub(&Scalar::reduced(e)) })
    }

    /// Whether the point is the one that was claimed.
    pub(crate) fn holds_at(&self, point: &Jacobian) -> Result<(), Error> {
        if point.z == FieldElement::ZERO {
            return Err(Code::SignatureDegenerate.fault().at_path("point"));
        }
        if combination::x_is(point, &self.x) { Ok(()) } else { Err(Code::SignatureMismatch.into()) }
    }
}

impl PartialEq for VerifyingKey {
    fn eq(&self, other: &Self) -> bool {
        self.sec1 == other.sec1
    }
}

impl Eq for VerifyingKey {}

impl Hash for VerifyingKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sec1.hash(state);
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifyingKey").field(&Hex(&self.sec1)).finish()
    }
}

/// e for a Z already known.
pub(crate) fn digest_with_z(z: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut sm3 = Sm3::new().chain(z);
    for part in parts {
        sm3.update(part);
    }
    sm3.finalize()
}

/// What is wrong with bytes that are not the uncompressed form.
fn encoding_fault(first: Option<u8>, length: usize) -> Error {
    let code = match (first, length) {
        (Some(0x00), 1) => Code::PublicKeyInfinity,
        (Some(0x02 | 0x03), 33) => Code::PublicKeyCompressed,
        (Some(0x06 | 0x07), 65) => Code::PublicKeyHybrid,
        _ => Code::PublicKeyEncoding,
    };
    let first = first.map_or(String::new(), |byte| format!(" starting with {byte:02x}"));
    code.fault().found(format!("{length} bytes{first}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::hex::{unhex, unhex32};

    /// GB/T 32918.5-2017, annex A.
    const KEY: &str = "04 09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020
        ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";

    fn refused(bytes: &[u8]) -> Error {
        VerifyingKey::from_sec1(bytes).unwrap_err()
    }

    #[test]
    fn only_the_uncompressed_form() {
        let good = unhex(KEY);
        assert_eq!(VerifyingKey::from_sec1(&good).unwrap().to_sec1()[..], good);

        let with_first = |first: u8, length: usize| {
            let mut bytes = good.clone();
            bytes.resize(length, 0);
            bytes[0] = first;
            bytes
        };
        for (bytes, code, found) in [
            (vec![], Code::PublicKeyEncoding, "0 bytes"),
            (vec![0], Code::PublicKeyInfinity, "1 bytes starting with 00"),
            (with_first(0x02, 33), Code::PublicKeyCompressed, "33 bytes starting with 02"),
            (with_first(0x03, 33), Code::PublicKeyCompressed, "33 bytes starting with 03"),
            (with_first(0x06, 65), Code::PublicKeyHybrid, "65 bytes starting with 06"),
            (with_first(0x07, 65), Code::PublicKeyHybrid, "65 bytes starting with 07"),
            (with_first(0x05, 65), Code::PublicKeyEncoding, "65 bytes starting with 05"),
            (with_first(0x00, 65), Code::PublicKeyEncoding, "65 bytes starting with 00"),
            (with_first(0x04, 64), Code::PublicKeyEncoding, "64 bytes starting with 04"),
            (with_first(0x04, 66), Code::PublicKeyEncoding, "66 bytes starting with 04"),
            (good[1..].to_vec(), Code::PublicKeyEncoding, "64 bytes starting with 09"),
        ] {
            let error = refused(&bytes);
            assert_eq!(error.code(), code, "{found}");
            assert_eq!(error.found_text(), Some(found));
        }
    }

    #[test]
    fn coordinates_are_below_p() {
        // x = 0 is on the curve; x = p is another way to write the same point.
        let p = crate::limbs::to_bytes(&crate::field::P);
        let y = unhex("fd4511e81736a60f07e88a83d6cf5a167fae6d1a9c9330e76e232e00f5cdc154");
        let canonical = [&[0x04][..], &[0; 32], &y].concat();
        assert_eq!(VerifyingKey::from_sec1(&canonical).unwrap().to_sec1()[..], canonical);

        for (name, bytes) in [
            ("x", [&[0x04][..], &p, &y].concat()),
            ("x", [&[0x04][..], &[0xff; 32], &y].concat()),
            ("y", [&[0x04][..], &[0; 32], &p].concat()),
        ] {
            let error = refused(&bytes);
            assert_eq!(error.code(), Code::PublicKeyCoordinateRange);
            assert_eq!(error.place().path.as_deref(), Some(name));
        }
    }

    #[test]
    fn points_off_the_curve() {
        for position in [1, 32, 33, 64] {
            let mut bytes = unhex(KEY);
            bytes[position] ^= 0x10;
            assert_eq!(refused(&bytes).code(), Code::PublicKeyOffCurve, "byte {position}");
        }
        assert_eq!(refused(&[&[0x04][..], &[0; 64]].concat()).code(), Code::PublicKeyOffCurve);
        // The base point of P-256.
        let p256 = unhex(
            "04 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296
                4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        );
        assert_eq!(refused(&p256).code(), Code::PublicKeyOffCurve);
    }

    #[test]
    fn z_and_e_of_the_annex() {
        // GB/T 32918.5-2017, annex A.
        let key = VerifyingKey::from_sec1(&unhex(KEY)).unwrap();
        let z = unhex32("b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3");
        let e = unhex32("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640");
        let prepared = key.prepare();
        assert_eq!(key.z(&UserId::DEFAULT), z);
        assert_eq!(prepared.z(&UserId::DEFAULT), z);
        assert_eq!(key.digest(&UserId::DEFAULT, &[b"message digest"]), e);
        assert_eq!(prepared.digest(&UserId::DEFAULT, &[b"message ", b"digest"]), e);
        assert_eq!(key.message_digest(Message::of(&[b"message digest"])), e);
        assert_eq!(prepared.message_digest(Message::Digest(&e)), e);
    }

    #[test]
    fn another_user_id_gives_another_z_prepared_or_not() {
        let key = VerifyingKey::from_sec1(&unhex(KEY)).unwrap();
        let ids = [UserId::DEFAULT, UserId::EMPTY, UserId::new("ALICE123@YAHOO.COM").unwrap()];
        for (index, id) in ids.iter().enumerate() {
            assert_eq!(key.prepare().z(id), key.z(id));
            for other in &ids[..index] {
                assert_ne!(key.z(id), key.z(other));
            }
        }
    }

    #[test]
    fn debug_is_the_point() {
        let key = VerifyingKey::from_sec1(&unhex(KEY)).unwrap();
        let shown = format!("{key:?}");
        assert!(shown.starts_with("VerifyingKey(0409f9df31"), "{shown}");
        assert!(shown.ends_with("2da9ad13)"), "{shown}");
    }
}
