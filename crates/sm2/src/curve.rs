//! The recommended curve of GB/T 32918.5-2017, y² = x³ + ax + b over the field of p elements: its
//! numbers in 32 bytes, big-endian, for whoever reads or writes them spelled out.
//!
//! ```
//! use czei_sm2::{SigningKey, curve};
//!
//! // A private key is below the order of the base point.
//! assert!(SigningKey::from_bytes(&curve::N).is_err());
//! ```

use crate::limbs::Limbs;
use crate::{field, scalar};

/// The prime p.
pub const P: [u8; 32] = big_endian(&field::P);
/// The coefficient a, which is p - 3.
pub const A: [u8; 32] = constant(0);
/// The coefficient b.
pub const B: [u8; 32] = constant(1);
/// x of the base point G.
pub const X: [u8; 32] = constant(2);
/// y of the base point G.
pub const Y: [u8; 32] = constant(3);
/// The order n of the base point.
pub const N: [u8; 32] = big_endian(&scalar::N);

/// a, b, x and y of the base point, as they enter Z.
pub(crate) const Z_CONSTANTS: [u8; 128] = [
    // a
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc, // b
    0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7, 0xf3, 0x97, 0x89,
    0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93, // x
    0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94, 0x8f, 0xe3, 0x0b,
    0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7, // y
    0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53, 0xd0, 0xa9, 0x87,
    0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0,
];

/// The number at this place among those of Z.
const fn constant(index: usize) -> [u8; 32] {
    let mut number = [0; 32];
    let mut at = 0;
    while at < 32 {
        number[at] = Z_CONSTANTS[32 * index + at];
        at += 1;
    }
    number
}

const fn big_endian(limbs: &Limbs) -> [u8; 32] {
    let mut number = [0; 32];
    let mut at = 0;
    while at < 32 {
        number[31 - at] = limbs[at / 8].to_le_bytes()[at % 8];
        at += 1;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::FieldElement;
    use crate::generator;
    use crate::hex::unhex32;
    use crate::point;

    #[test]
    fn they_are_those_of_the_arithmetic() {
        let minus_3 = FieldElement::ZERO.sub(&FieldElement::ONE.triple());
        let base = generator::TABLE[0][0];
        for (constant, element) in Z_CONSTANTS.chunks_exact(32).zip([minus_3, point::B, base.x, base.y]) {
            assert_eq!(constant, element.to_bytes());
        }
    }

    #[test]
    fn they_are_those_of_the_standard() {
        // GB/T 32918.5-2017 2.
        for (number, text) in [
            (P, "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF"),
            (A, "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"),
            (B, "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"),
            (X, "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"),
            (Y, "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"),
            (N, "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"),
        ] {
            assert_eq!(number, unhex32(text));
        }
    }
}
