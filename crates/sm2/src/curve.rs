//! The recommended curve of GB/T 32918.5-2017: its constants, numbers modulo n, and points.
//!
//! This and `sm3.rs` are the only files that know whose arithmetic is underneath.

use sm2::elliptic_curve::{
    BatchNormalize, Group,
    ops::{LinearCombination, Reduce},
    point::AffineCoordinates,
};
use sm2::{AffinePoint, FieldBytes, ProjectivePoint};
use zeroize::Zeroizing;

/// A number modulo n. Arithmetic and comparison take constant time.
pub(crate) use sm2::Scalar;

/// The prime p of the base field.
pub(crate) const P: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

/// The order n of the base point.
pub(crate) const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x72, 0x03, 0xdf,
    0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23,
];

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

/// Whether a public number lies in 1..=n-1. Not for secrets.
pub(crate) fn in_order_range(number: &[u8; 32]) -> bool {
    *number != [0; 32] && *number < N
}

/// The number, if it is below n. Takes constant time but for the answer.
pub(crate) fn scalar(bytes: &[u8; 32]) -> Option<Scalar> {
    Scalar::from_bytes(&FieldBytes::from(*bytes)).into_option()
}

/// The number modulo n.
pub(crate) fn scalar_reduced(bytes: &[u8; 32]) -> Scalar {
    Scalar::reduce(&FieldBytes::from(*bytes))
}

/// The number of 64 bytes modulo n: the bias against uniform is below 2^-255.
pub(crate) fn scalar_reduced_wide(high: &[u8; 32], low: &[u8; 32]) -> Scalar {
    // 2^256 modulo n = 2^256 - n, since n is above 2^255.
    const TWO_256: [u8; 32] = [
        0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x8d, 0xfc,
        0x20, 0x94, 0xde, 0x39, 0xfa, 0xd4, 0xac, 0x44, 0x0b, 0xf6, 0xc6, 0x2a, 0xbe, 0xdd,
    ];
    scalar_reduced(high) * scalar_reduced(&TWO_256) + scalar_reduced(low)
}

/// The 32 bytes of a number.
pub(crate) fn scalar_bytes(scalar: &Scalar) -> [u8; 32] {
    scalar.to_bytes().into()
}

/// A point of the curve other than the point at infinity.
#[derive(Clone, Copy)]
pub(crate) struct Point(AffinePoint);

impl Point {
    /// The point with these coordinates, if it is on the curve and both are below p.
    pub(crate) fn from_coordinates(x: &[u8; 32], y: &[u8; 32]) -> Option<Point> {
        AffinePoint::from_coordinates(&FieldBytes::from(*x), &FieldBytes::from(*y)).map(Point).into_option()
    }

    /// The x coordinate.
    pub(crate) fn x(&self) -> [u8; 32] {
        self.0.x().into()
    }

    /// The y coordinate.
    pub(crate) fn y(&self) -> [u8; 32] {
        self.0.y().into()
    }
}

/// `[k]G` for a secret k other than 0, in constant time.
pub(crate) fn generator_times(k: &Scalar) -> Point {
    let product = Zeroizing::new(ProjectivePoint::mul_by_generator(k));
    Point(product.to_affine())
}

/// `[k]G` for several secret k other than 0, in constant time, with one inversion for all.
pub(crate) fn generator_times_many(ks: &[Scalar]) -> Vec<Point> {
    let products: Zeroizing<Vec<ProjectivePoint>> =
        Zeroizing::new(ks.iter().map(ProjectivePoint::mul_by_generator).collect());
    let affine: Vec<AffinePoint> = ProjectivePoint::batch_normalize(products.as_slice());
    affine.into_iter().map(Point).collect()
}

/// `[s]G + [t]P`, or `None` for the point at infinity. Only for public numbers: takes variable time.
pub(crate) fn generator_and_point_vartime(s: &Scalar, t: &Scalar, p: &Point) -> Option<Point> {
    let sum = ProjectivePoint::lincomb_vartime(&[(ProjectivePoint::GENERATOR, *s), (ProjectivePoint::from(p.0), *t)]);
    if bool::from(sum.is_identity()) {
        return None;
    }
    Some(Point(sum.to_affine()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_reduced_modulo_n() {
        let mut below = N;
        below[31] -= 1;
        let mut above = N;
        above[31] += 1;
        assert!(scalar(&below).is_some());
        assert!(scalar(&N).is_none());
        assert!(scalar(&[0xff; 32]).is_none());
        assert!(scalar_reduced(&N) == Scalar::ZERO);
        assert!(scalar_reduced(&above) == Scalar::ONE);
        assert!(scalar_reduced(&below) == -Scalar::ONE);
        assert_eq!(scalar_bytes(&scalar_reduced(&below)), below);
    }

    #[test]
    fn wide_numbers_are_reduced_modulo_n() {
        let mut one = [0; 32];
        one[31] = 1;
        // 2^256 = n + (2^256 - n)
        let difference = scalar_reduced(&[0xff; 32]) + Scalar::ONE;
        assert!(scalar_reduced_wide(&one, &[0; 32]) == difference);
        assert!(scalar_reduced_wide(&[0; 32], &N) == Scalar::ZERO);
        assert!(scalar_reduced_wide(&N, &one) == Scalar::ONE);
        // (2^256 - 1)(2^256 + 1) = 2^512 - 1
        let all = scalar_reduced_wide(&[0xff; 32], &[0xff; 32]);
        assert!(all == difference * difference - Scalar::ONE);
    }

    #[test]
    fn many_products_are_the_single_ones() {
        let ks: Vec<Scalar> = (1..=9u64).map(Scalar::from).collect();
        let points = generator_times_many(&ks);
        assert_eq!(points.len(), 9);
        for (k, point) in ks.iter().zip(&points) {
            let single = generator_times(k);
            assert_eq!((point.x(), point.y()), (single.x(), single.y()));
        }
        assert!(generator_times_many(&[]).is_empty());
    }

    #[test]
    fn both_roads_to_a_sum_meet() {
        // [s]G + [t]P with P = [d]G is [s + td]G.
        let mut s = Scalar::from(3u64);
        let mut t = -Scalar::from(5u64);
        let mut d = scalar_reduced(&[0x9b; 32]);
        for round in 0..64 {
            let sum = generator_and_point_vartime(&s, &t, &generator_times(&d)).unwrap();
            let expected = generator_times(&(s + t * d));
            assert_eq!((sum.x(), sum.y()), (expected.x(), expected.y()), "round {round}");
            (s, t, d) = (s * d + t, t * t - s, d * s + Scalar::ONE);
        }
    }
}
