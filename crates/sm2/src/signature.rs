//! A signature and its two encodings: DER and 64 bytes.

use core::fmt;

use czei_codes::Code as _;

use crate::hex::Hex;
use crate::scalar::Scalar;
use crate::{Code, Error};

/// An SM2 signature: two numbers r and s, each in 1..=n-1 (GB/T 32918.2-2016, 6.1).
///
/// It is public: comparing and printing it is fine.
///
/// ```
/// use czei_sm2::{Code, Message, Signature, SigningKey};
///
/// let signature = SigningKey::generate()?.sign(Message::of(&[b"abc"]))?;
/// assert_eq!(Signature::from_bytes(&signature.to_bytes())?, signature);
/// assert_eq!(Signature::from_der(&signature.to_der())?, signature);
///
/// let error = Signature::from_bytes(&[0; 64]).unwrap_err();
/// assert_eq!(error.code(), Code::SignatureRange);
/// assert_eq!(error.place().path.as_deref(), Some("r"));
/// # Ok::<(), czei_sm2::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature {
    r: [u8; 32],
    s: [u8; 32],
}

impl Signature {
    /// A signature from r and s, each 32 bytes big endian.
    ///
    /// # Errors
    /// [`Code::SignatureRange`] at `r` or `s` if one is 0 or not below n.
    pub fn new(r: [u8; 32], s: [u8; 32]) -> Result<Self, Error> {
        for (name, number) in [("r", &r), ("s", &s)] {
            if Scalar::from_bytes(number).is_none_or(|number| number == Scalar::ZERO) {
                return Err(out_of_range(name, number));
            }
        }
        Ok(Signature { r, s })
    }

    /// A signature from its 64 bytes r‖s.
    ///
    /// # Errors
    /// [`Code::SignatureRange`] at `r` or `s` if one is 0 or not below n.
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, Error> {
        let (mut r, mut s) = ([0; 32], [0; 32]);
        r.copy_from_slice(&bytes[..32]);
        s.copy_from_slice(&bytes[32..]);
        Signature::new(r, s)
    }

    /// A signature from r‖s where the length is not known beforehand.
    ///
    /// # Errors
    /// [`Code::SignatureLength`] unless there are 64 bytes, otherwise as [`Signature::from_bytes`].
    pub fn from_slice(bytes: &[u8]) -> Result<Self, Error> {
        let bytes: &[u8; 64] =
            bytes.try_into().map_err(|_| Code::SignatureLength.fault().found(format!("{} bytes", bytes.len())))?;
        Signature::from_bytes(bytes)
    }

    /// A signature from DER: `SEQUENCE { r INTEGER, s INTEGER }` (GB/T 35276-2017, 7.3).
    ///
    /// Exactly one encoding of a signature is accepted.
    ///
    /// # Errors
    /// [`Code::SignatureDerStructure`], [`Code::SignatureDerLength`],
    /// [`Code::SignatureDerTrailing`], [`Code::SignatureDerPadding`],
    /// [`Code::SignatureDerNegative`] if it is not DER; [`Code::SignatureRange`] if r or s is 0 or
    /// not below n. The place is `SEQUENCE`, `r` or `s`.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        let mut outer = Der { rest: bytes, place: "SEQUENCE" };
        let content = outer.element(0x30)?;
        outer.end()?;
        let mut inner = Der { rest: content, place: "r" };
        let r = inner.integer()?;
        inner.place = "s";
        let s = inner.integer()?;
        inner.place = "SEQUENCE";
        inner.end()?;
        Signature::new(r, s)
    }

    /// r, 32 bytes big endian.
    #[must_use]
    pub fn r(&self) -> [u8; 32] {
        self.r
    }

    /// s, 32 bytes big endian.
    #[must_use]
    pub fn s(&self) -> [u8; 32] {
        self.s
    }

    /// The 64 bytes r‖s.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&self.r);
        bytes[32..].copy_from_slice(&self.s);
        bytes
    }

    /// The DER encoding, 8 to 72 bytes.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let mut der = Vec::with_capacity(72);
        // The length is put in at the end: at most 70, as each number has at most 33 bytes.
        der.extend([0x30, 0]);
        for number in [&self.r, &self.s] {
            let zeros = number.iter().take_while(|byte| **byte == 0).count();
            let digits = &number[zeros..];
            let sign = digits.first().is_some_and(|byte| byte & 0x80 != 0);
            der.extend([0x02, (digits.len() + usize::from(sign)) as u8]);
            der.extend(sign.then_some(0));
            der.extend(digits);
        }
        der[1] = (der.len() - 2) as u8;
        der
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature").field("r", &Hex(&self.r)).field("s", &Hex(&self.s)).finish()
    }
}

/// A strict reader of the little DER there is in a signature.
struct Der<'a> {
    rest: &'a [u8],
    /// What is being read, for the error.
    place: &'static str,
}

impl<'a> Der<'a> {
    /// The content of the next element, which must have this tag.
    fn element(&mut self, tag: u8) -> Result<&'a [u8], Error> {
        let found = self.byte()?;
        if found != tag {
            return Err(self
                .fault(Code::SignatureDerStructure)
                .expected(format!("tag {tag:02x}"))
                .found(format!("tag {found:02x}")));
        }
        let length = self.length()?;
        let Some((content, rest)) = self.rest.split_at_checked(length) else {
            return Err(self.ends_early());
        };
        self.rest = rest;
        Ok(content)
    }

    /// A definite length in its shortest form.
    fn length(&mut self) -> Result<usize, Error> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(usize::from(first));
        }
        let mut length = 0usize;
        for position in 0..first & 0x7f {
            let byte = self.byte()?;
            if position == 0 && byte == 0 {
                return Err(self.fault(Code::SignatureDerLength).found("a length with a leading 00"));
            }
            // Longer than any memory: the content cannot be there.
            length = length.checked_mul(256).ok_or_else(|| self.ends_early())? + usize::from(byte);
        }
        if first == 0x80 {
            return Err(self.fault(Code::SignatureDerLength).found("an indefinite length"));
        }
        if length < 0x80 {
            return Err(self.fault(Code::SignatureDerLength).found("a long form below 128"));
        }
        Ok(length)
    }

    /// The next INTEGER, filled up to 32 bytes.
    fn integer(&mut self) -> Result<[u8; 32], Error> {
        let content = self.element(0x02)?;
        let digits = match content {
            [] => return Err(self.fault(Code::SignatureDerPadding).found("no content")),
            [0x00, next, ..] if next & 0x80 == 0 => {
                return Err(self.fault(Code::SignatureDerPadding).found("a needless 00"));
            }
            [0xff, next, ..] if next & 0x80 != 0 => {
                return Err(self.fault(Code::SignatureDerPadding).found("a needless ff"));
            }
            [first, ..] if first & 0x80 != 0 => {
                return Err(self.fault(Code::SignatureDerNegative));
            }
            [0x00, digits @ ..] if !digits.is_empty() => digits,
            digits => digits,
        };
        let mut number = [0; 32];
        let Some(start) = number.len().checked_sub(digits.len()) else {
            return Err(out_of_range(self.place, digits));
        };
        number[start..].copy_from_slice(digits);
        Ok(number)
    }

    /// Nothing may follow.
    fn end(&self) -> Result<(), Error> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(self.fault(Code::SignatureDerTrailing).found(format!("{} bytes", self.rest.len())))
    }

    fn byte(&mut self) -> Result<u8, Error> {
        let (first, rest) = self.rest.split_first().ok_or_else(|| self.ends_early())?;
        self.rest = rest;
        Ok(*first)
    }

    fn ends_early(&self) -> Error {
        self.fault(Code::SignatureDerStructure).found("an early end")
    }

    fn fault(&self, code: Code) -> Error {
        code.fault().at_path(self.place)
    }
}

fn out_of_range(name: &str, number: &[u8]) -> Error {
    let fault = Code::SignatureRange.fault().at_path(name);
    match number.len() {
        ..=32 => fault.found(Hex(number).to_string()),
        // A hostile number may have any length: it is not repeated.
        length => fault.found(format!("{length} bytes")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::hex::{unhex, unhex32};

    /// GB/T 32918.5-2017, annex A.
    const R: &str = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3";
    const S: &str = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";
    const N: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
    const N_MINUS_1: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122";

    fn number(low: u8) -> [u8; 32] {
        let mut number = [0; 32];
        number[31] = low;
        number
    }

    fn refused(der: &[u8]) -> (Code, Option<String>, Option<String>) {
        let error = Signature::from_der(der).unwrap_err();
        (error.code(), error.place().path.clone(), error.found_text().map(str::to_owned))
    }

    fn refused_hex(der: &str) -> (Code, String) {
        let (code, place, _) = refused(&unhex(der));
        (code, place.unwrap())
    }

    #[test]
    fn der_has_one_form_for_each_signature() {
        let cases = [
            (R, S, format!("3046022100{R}022100{S}")),
            (N_MINUS_1, N_MINUS_1, format!("3046022100{N_MINUS_1}022100{N_MINUS_1}")),
            (
                "0000000000000000000000000000000000000000000000000000000000000001",
                "000000000000000000000000000000000000000000000000000000000000007f",
                "300602010102017f".to_owned(),
            ),
            (
                "0000000000000000000000000000000000000000000000000000000000000080",
                "0000000000000000000000000000000000000000000000000000000000000100",
                "30080202008002020100".to_owned(),
            ),
            (
                "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                format!("304402 20 00{} 02 20 7f{}", "ff".repeat(31), "ff".repeat(31)),
            ),
        ];
        for (r, s, der) in cases {
            let signature = Signature::new(unhex32(r), unhex32(s)).unwrap();
            assert_eq!(signature.to_der(), unhex(&der));
            assert_eq!(Signature::from_der(&unhex(&der)).unwrap(), signature);
            assert_eq!(Signature::from_bytes(&signature.to_bytes()).unwrap(), signature);
            assert_eq!((signature.r(), signature.s()), (unhex32(r), unhex32(s)));
        }
    }

    #[test]
    fn the_range_ends_at_n_minus_1() {
        for text in &["00".repeat(32), N.to_owned(), "ff".repeat(32)] {
            for (name, r, s) in
                [("r", unhex32(text), number(1)), ("s", number(1), unhex32(text)), ("r", unhex32(text), unhex32(text))]
            {
                let error = Signature::new(r, s).unwrap_err();
                assert_eq!(error.code(), Code::SignatureRange);
                assert_eq!(error.place().path.as_deref(), Some(name));
                assert_eq!(error.found_text(), Some(&**text));
            }
        }
        assert!(Signature::new(unhex32(N_MINUS_1), number(1)).is_ok());
        assert!(Signature::new(number(1), unhex32(N_MINUS_1)).is_ok());
    }

    #[test]
    fn der_of_numbers_out_of_range() {
        let r = |place: &str| (Code::SignatureRange, place.to_owned());
        assert_eq!(refused_hex("3006 0201 00 0201 01"), r("r"));
        assert_eq!(refused_hex("3006 0201 01 0201 00"), r("s"));
        assert_eq!(refused_hex(&format!("3026 0221 00{N} 0201 01")), r("r"));
        assert_eq!(refused_hex(&format!("3026 0201 01 0221 00{N}")), r("s"));
        // 33 bytes, that is 2^256, and 200 bytes, both proper DER.
        assert_eq!(refused_hex(&format!("3026 0221 01{} 0201 01", "00".repeat(32))), r("r"));
        let long = format!("3081 ce 0281 c8 01{} 0201 01", "00".repeat(199));
        assert_eq!(refused_hex(&long), r("r"));
        assert_eq!(refused(&unhex(&long)).2.as_deref(), Some("200 bytes"));
    }

    #[test]
    fn der_of_another_structure() {
        let at = |place: &str| (Code::SignatureDerStructure, place.to_owned());
        for (der, place) in [
            ("", "SEQUENCE"),
            ("30", "SEQUENCE"),
            ("3006", "SEQUENCE"),
            ("3006 020101 0201", "SEQUENCE"),
            ("3106 020101 020101", "SEQUENCE"),
            ("0206 020101 020101", "SEQUENCE"),
            ("3000", "r"),
            ("3003 020101", "s"),
            ("3006 030101 020101", "r"),
            ("3006 020101 040101", "s"),
            ("3006 020501 020101", "r"),
            ("3006 020101 020201", "s"),
            ("3001 02", "r"),
            ("3088 ffffffffffffffff", "SEQUENCE"),
            ("3089 ffffffffffffffffff", "SEQUENCE"),
            ("30ff", "SEQUENCE"),
            ("3081", "SEQUENCE"),
        ] {
            assert_eq!(refused_hex(der), at(place), "{der}");
        }
    }

    #[test]
    fn der_of_lengths_that_are_not_the_shortest() {
        let at = |place: &str| (Code::SignatureDerLength, place.to_owned());
        for (der, place) in [
            ("308106 020101 020101", "SEQUENCE"),
            ("30820006 020101 020101", "SEQUENCE"),
            ("3080 020101 020101 0000", "SEQUENCE"),
            ("3007 02810101 020101", "r"),
            ("3007 020101 02810101", "s"),
            ("3006 028001 020101", "r"),
        ] {
            assert_eq!(refused_hex(der), at(place), "{der}");
        }
    }

    #[test]
    fn der_with_more_than_a_signature() {
        let at = |found: &str| (Code::SignatureDerTrailing, Some("SEQUENCE".to_owned()), Some(found.to_owned()));
        assert_eq!(refused(&unhex("3006 020101 020101 00")), at("1 bytes"));
        assert_eq!(refused(&unhex("3008 020101 020101 0500")), at("2 bytes"));
        assert_eq!(refused(&unhex("3009 020101 020101 020101")), at("3 bytes"));
    }

    #[test]
    fn der_of_integers_that_are_padded_or_negative() {
        let padding = |place: &str| (Code::SignatureDerPadding, place.to_owned());
        let negative = |place: &str| (Code::SignatureDerNegative, place.to_owned());
        for (der, answer) in [
            ("3007 02020001 020101", padding("r")),
            ("3007 020101 02020001", padding("s")),
            ("3007 0202007f 020101", padding("r")),
            ("3008 0203000080 020101", padding("r")),
            ("3007 0202ff80 020101", padding("r")),
            ("3005 0200 020101", padding("r")),
            ("3005 020101 0200", padding("s")),
            ("3006 020180 020101", negative("r")),
            ("3006 020101 0201ff", negative("s")),
            ("3007 0202ff7f 020101", negative("r")),
        ] {
            assert_eq!(refused_hex(der), answer, "{der}");
        }
        // r and s as they come out of 32 bytes, without the sign byte.
        assert_eq!(refused_hex(&format!("3044 0220{R} 0220{S}")), negative("r"));
    }

    #[test]
    fn no_one_byte_change_of_der_is_another_encoding_of_the_same_signature() {
        let good = unhex(&format!("3046022100{R}022100{S}"));
        let signature = Signature::from_der(&good).unwrap();
        for position in 0..good.len() {
            for value in 0..=255 {
                let mut der = good.clone();
                der[position] = value;
                if der != good
                    && let Ok(other) = Signature::from_der(&der)
                {
                    assert_ne!(other, signature, "byte {position} as {value:02x}");
                    assert_eq!(other.to_der(), der, "byte {position} as {value:02x}");
                }
            }
        }
        for length in 0..good.len() {
            assert_eq!(refused(&good[..length]).0, Code::SignatureDerStructure, "{length} bytes");
        }
    }

    #[test]
    fn raw_of_another_length() {
        for length in [0, 63, 65, 72] {
            let error = Signature::from_slice(&vec![1; length]).unwrap_err();
            assert_eq!(error.code(), Code::SignatureLength);
            assert_eq!(error.found_text(), Some(format!("{length} bytes").as_str()));
        }
        assert_eq!(Signature::from_slice(&[1; 64]).unwrap().r(), [1; 32]);
    }
}
