//! Sums beside RustCrypto's, above all where the formulas have their exceptions.

use sm2::elliptic_curve::Group as _;
use sm2::elliptic_curve::point::AffineCoordinates as _;
use sm2::{AffinePoint, ProjectivePoint};

use super::*;
use crate::table::table;
use crate::testing::{Random, edges};

/// The coordinates, or none at infinity.
fn ours(point: &Jacobian) -> Option<([u8; 32], [u8; 32])> {
    if point.z == FieldElement::ZERO {
        return None;
    }
    let affine = point.to_affine_with(&point.z.invert());
    Some((affine.x.to_bytes(), affine.y.to_bytes()))
}

fn judge(s: &Scalar, t: &Scalar, d: &Scalar) -> Option<([u8; 32], [u8; 32])> {
    let number = |number: &Scalar| sm2::Scalar::from_bytes(&number.to_bytes().into()).into_option().unwrap_or_default();
    let sum = ProjectivePoint::GENERATOR * number(s) + ProjectivePoint::GENERATOR * number(d) * number(t);
    let affine = AffinePoint::from(sum);
    (!bool::from(sum.is_identity())).then(|| (affine.x().into(), affine.y().into()))
}

fn small(number: i64) -> Scalar {
    let size = Scalar::from(number.unsigned_abs());
    if number < 0 { size.neg() } else { size }
}

fn compare(s: &Scalar, t: &Scalar, d: &Scalar, point: &Affine, table: &Table) {
    let expected = judge(s, t, d);
    assert_eq!(ours(&with_table(s, t, table)), expected, "s {s:x?} t {t:x?} d {d:x?}, with a table");
    assert_eq!(ours(&without_table(s, t, point)), expected, "s {s:x?} t {t:x?} d {d:x?}, without a table");
}

/// P = [d]G with d of 1, −1, 2, …: with s and t equal, opposite or multiples of each other the sums
/// meet the same point, its opposite, and infinity, at every row and in the middle.
#[test]
fn sums_that_double_cancel_and_begin_again() {
    for d in [1, -1, 2, -2, 3, 64, -64, 127, 128, -128] {
        let d = small(d);
        let point = generator::times(&d);
        let table = table(&point);
        for base in [small(1), small(63), small(64), small(65), Scalar::reduced(&[0x5a; 32]), small(-1)] {
            for factor in [-129, -128, -65, -64, -2, -1, 0, 1, 2, 64, 128] {
                let other = base.mul(&small(factor));
                compare(&base, &other, &d, &point, &table);
                compare(&other, &base, &d, &point, &table);
                // One row more than what cancels.
                compare(&other.add(&small(1 << 35)), &base, &d, &point, &table);
            }
        }
    }
}

#[test]
fn edges_of_both_numbers() {
    let d = Scalar::reduced(&[0x77; 32]);
    let point = generator::times(&d);
    let table = table(&point);
    let edges: Vec<Scalar> = edges().iter().filter_map(|edge| Scalar::from_bytes(&limbs::to_bytes(edge))).collect();
    let mut partners = edges.iter().cycle().skip(17);
    for s in &edges {
        for t in partners.by_ref().take(5) {
            compare(s, t, &d, &point, &table);
        }
    }
}

#[test]
fn random_numbers_and_keys() {
    let mut random = Random::new(6);
    let mut next = || Scalar::reduced(&random.bytes());
    for _ in 0..20 {
        let d = next().add(&Scalar::ONE);
        let point = generator::times(&d);
        let table = table(&point);
        for _ in 0..25 {
            compare(&next(), &next(), &d, &point, &table);
        }
    }
}

#[test]
fn products_with_the_base_point() {
    let mut random = Random::new(7);
    let mut numbers: Vec<Scalar> =
        edges().iter().filter_map(|edge| Scalar::from_bytes(&limbs::to_bytes(edge))).collect();
    numbers.retain(|number| *number != Scalar::ZERO);
    numbers.extend((0..300).map(|_| Scalar::reduced(&random.bytes()).add(&Scalar::ONE)));
    // The last rows hold what is next to n: where a sum could come round.
    numbers.extend((1..200).map(|number| small(-number)));
    numbers.extend((0..256).map(|bit| {
        Scalar::reduced(&limbs::to_bytes(&core::array::from_fn(
            |limb| {
                if limb == bit / 64 { 1 << (bit % 64) } else { 0 }
            },
        )))
    }));
    let expected: Vec<_> = numbers.iter().map(|number| judge(number, &Scalar::ZERO, &Scalar::ONE)).collect();
    for (number, expected) in numbers.iter().zip(&expected) {
        let point = generator::times(number);
        assert_eq!(Some((point.x.to_bytes(), point.y.to_bytes())), *expected, "{number:x?}");
    }
    for path in crate::lanes::Path::ALL {
        if !path.is_there() {
            eprintln!("skipped: {path:?} is not on this processor");
            continue;
        }
        let x1s = generator::times_x(path, &numbers);
        for (number, (x1, expected)) in numbers.iter().zip(x1s.iter().zip(&expected)) {
            assert_eq!(Some(x1), expected.as_ref().map(|(x, _)| x), "{number:x?} by {path:?}");
        }
    }
}

/// Points whose x is n or more: about one in 2^128, so they are looked for, not met.
pub(crate) fn points_above_n() -> Vec<Affine> {
    let mut points = Vec::new();
    for offset in 0..100 {
        let x = limbs::add(&scalar::N, &[offset, 0, 0, 0]).0;
        let Some(x) = FieldElement::from_limbs(&x) else { continue };
        let square = x.square().mul(&x).sub(&x.triple()).add(&crate::point::B);
        // p is 3 modulo 4: a root, if there is one, is the power of (p + 1) / 4.
        let mut y = FieldElement::ONE;
        let exponent = shifted_right_2(&limbs::add(&field::P, &[1, 0, 0, 0]).0);
        for bit in (0..256).rev() {
            y = y.square();
            if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
                y = y.mul(&square);
            }
        }
        if y.square() == square {
            points.push(Affine { x, y });
        }
    }
    points
}

fn shifted_right_2(number: &limbs::Limbs) -> limbs::Limbs {
    core::array::from_fn(|limb| number[limb] >> 2 | number.get(limb + 1).map_or(0, |next| next << 62))
}

#[test]
fn an_x_coordinate_above_n_counts_modulo_n() {
    let points = points_above_n();
    assert!(points.len() > 20);
    for point in points {
        assert!(point.is_on_curve());
        let reduced = Scalar::reduced(&point.x.to_bytes());
        assert!(reduced.limbs()[1..] == [0; 3], "x is n and a little");
        for scale in [FieldElement::ONE, FieldElement::ONE.triple(), point.y] {
            let zz = scale.square();
            let scaled = Jacobian { x: point.x.mul(&zz), y: point.y.mul(&zz).mul(&scale), z: scale };
            assert!(x_is(&scaled, &reduced));
            assert!(!x_is(&scaled, &reduced.add(&Scalar::ONE)));
            assert!(!x_is(&scaled, &reduced.neg()));
        }
    }
}
