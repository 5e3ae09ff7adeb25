//! keyUsage and basicConstraints.

use core::fmt;

use crate::Error;
use crate::tlv::{self, Reader};

/// What a key may be used for (RFC 5280 4.2.1.3): a set of the nine named bits.
///
/// ```
/// use czei_pki::KeyUsage;
///
/// let usage = KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION;
/// assert!(usage.contains(KeyUsage::NON_REPUDIATION));
/// assert!(!usage.intersects(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN));
/// assert_eq!(usage.to_string(), "digitalSignature, nonRepudiation");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// No use at all.
    pub const NONE: KeyUsage = KeyUsage(0);
    /// Bit 0: signatures other than those on certificates and CRLs.
    pub const DIGITAL_SIGNATURE: KeyUsage = KeyUsage(1 << 0);
    /// Bit 1: signatures that bind the signer, also called contentCommitment.
    pub const NON_REPUDIATION: KeyUsage = KeyUsage(1 << 1);
    /// Bit 2: encrypting keys.
    pub const KEY_ENCIPHERMENT: KeyUsage = KeyUsage(1 << 2);
    /// Bit 3: encrypting data.
    pub const DATA_ENCIPHERMENT: KeyUsage = KeyUsage(1 << 3);
    /// Bit 4: key agreement.
    pub const KEY_AGREEMENT: KeyUsage = KeyUsage(1 << 4);
    /// Bit 5: signatures on certificates.
    pub const KEY_CERT_SIGN: KeyUsage = KeyUsage(1 << 5);
    /// Bit 6: signatures on CRLs.
    pub const CRL_SIGN: KeyUsage = KeyUsage(1 << 6);
    /// Bit 7: with key agreement, for encrypting alone.
    pub const ENCIPHER_ONLY: KeyUsage = KeyUsage(1 << 7);
    /// Bit 8: with key agreement, for decrypting alone.
    pub const DECIPHER_ONLY: KeyUsage = KeyUsage(1 << 8);

    const NAMES: [&'static str; 9] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];

    /// Whether all of these are allowed.
    #[must_use]
    pub const fn contains(self, all: KeyUsage) -> bool {
        self.0 & all.0 == all.0
    }

    /// Whether any of these is allowed.
    #[must_use]
    pub const fn intersects(self, any: KeyUsage) -> bool {
        self.0 & any.0 != 0
    }

    /// Reads the value of the extension, a BIT STRING.
    pub(crate) fn read(reader: &mut Reader<'_>, path: &'static str) -> Result<Self, Error> {
        let bits = reader.bit_string(path)?;
        let octets = bits.raw_bytes();
        let last = octets.last().copied().unwrap_or(0);
        if last.trailing_zeros() < u32::from(bits.unused_bits()) {
            return Err(reader.fault(path, "a BIT STRING whose unused bits are not zero"));
        }
        // Bit 0 of the standard is the highest bit of the first octet. Bits past the ninth have no
        // meaning yet and allow nothing.
        let first = octets.first().copied().unwrap_or(0).reverse_bits();
        let second = octets.get(1).copied().unwrap_or(0) >> 7;
        Ok(KeyUsage(u16::from(first) | u16::from(second) << 8))
    }

    /// The BIT STRING.
    pub(crate) fn write(self) -> Vec<u8> {
        // The low eight bits, and the ninth.
        let octets = [(self.0 as u8).reverse_bits(), ((self.0 >> 8) as u8) << 7];
        let octets = match octets {
            [0, 0] => &octets[..0],
            [_, 0] => &octets[..1],
            _ => &octets[..],
        };
        let unused = octets.last().map_or(0, |last| last.trailing_zeros() as u8);
        tlv::write(tlv::BIT_STRING, &[&[unused], octets])
    }
}

impl core::ops::BitOr for KeyUsage {
    type Output = KeyUsage;

    fn bitor(self, other: KeyUsage) -> KeyUsage {
        KeyUsage(self.0 | other.0)
    }
}

impl fmt::Display for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        for (bit, name) in KeyUsage::NAMES.iter().enumerate() {
            if self.0 & 1 << bit != 0 {
                write!(f, "{gap}{name}")?;
                gap = ", ";
            }
        }
        Ok(())
    }
}

impl fmt::Debug for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyUsage({self})")
    }
}

/// Whether a certificate may issue others, and how deep (RFC 5280 4.2.1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct BasicConstraints {
    /// Whether the subject is a certification authority.
    pub ca: bool,
    /// How many authorities may stand between this one and an end entity; no bound when absent.
    pub path_len: Option<u32>,
}

impl BasicConstraints {
    /// Reads the value of the extension, a SEQUENCE.
    pub(crate) fn read(reader: &mut Reader<'_>, path: &'static str) -> Result<Self, Error> {
        let mut inner = reader.enter(tlv::SEQUENCE, path)?;
        let ca = inner.peek() == Some(tlv::BOOLEAN) && inner.boolean(path)?;
        let path_len = if inner.is_empty() { None } else { Some(inner.integer(path)?) };
        inner.finish(path)?;
        let path_len = match path_len {
            Some([first, ..]) if *first >= 0x80 => {
                return Err(reader.fault(path, "a negative path length"));
            }
            // A bound beyond 32 bits bounds nothing.
            Some(octets) => Some(
                octets
                    .iter()
                    .fold(0u32, |sum, octet| sum.checked_mul(256).map_or(u32::MAX, |sum| sum | u32::from(*octet))),
            ),
            None => None,
        };
        Ok(BasicConstraints { ca, path_len })
    }

    /// The SEQUENCE, with the default of `cA` left out.
    pub(crate) fn write(self) -> Vec<u8> {
        let ca = if self.ca { tlv::write(tlv::BOOLEAN, &[&[0xff]]) } else { Vec::new() };
        let path_len = self.path_len.map(|bound| tlv::write_unsigned(&bound.to_be_bytes())).unwrap_or_default();
        tlv::write(tlv::SEQUENCE, &[&ca, &path_len])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Code;

    fn reader(bytes: &[u8]) -> Reader<'_> {
        Reader::new(bytes, Code::CertificateMalformed)
    }

    #[test]
    fn every_set_of_bits_is_read_as_it_was_written() {
        for bits in 0..512 {
            let usage = KeyUsage(bits);
            assert_eq!(KeyUsage::read(&mut reader(&usage.write()), "u").unwrap(), usage);
        }
        let usage = KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN;
        assert_eq!(usage.write(), [3, 2, 1, 6]);
        assert_eq!(KeyUsage::DECIPHER_ONLY.write(), [3, 3, 7, 0, 0x80]);
    }

    #[test]
    fn bad_bit_strings_are_refused() {
        for bytes in [&[3, 0][..], &[3, 1, 1], &[3, 2, 8, 0], &[3, 2, 6, 0x21], &[4, 1, 0]] {
            let fault = KeyUsage::read(&mut reader(bytes), "u").unwrap_err();
            assert_eq!(fault.code(), Code::CertificateMalformed, "{bytes:?}");
        }
    }

    #[test]
    fn basic_constraints_are_read_as_they_were_written() {
        for (ca, path_len) in [(false, None), (true, None), (true, Some(0)), (true, Some(300))] {
            let value = BasicConstraints { ca, path_len };
            assert_eq!(BasicConstraints::read(&mut reader(&value.write()), "b").unwrap(), value);
        }
        // The default written out, which live issuers do.
        let read = BasicConstraints::read(&mut reader(&[0x30, 3, 1, 1, 0]), "b").unwrap();
        assert_eq!(read, BasicConstraints::default());
        let huge = [0x30, 0x0b, 1, 1, 0xff, 2, 6, 1, 0, 0, 0, 0, 0];
        let read = BasicConstraints::read(&mut reader(&huge), "b").unwrap();
        assert_eq!(read.path_len, Some(u32::MAX));
        let negative = [0x30, 6, 1, 1, 0xff, 2, 1, 0xff];
        let fault = BasicConstraints::read(&mut reader(&negative), "b").unwrap_err();
        assert_eq!(fault.found_text(), Some("a negative path length"));
    }
}
