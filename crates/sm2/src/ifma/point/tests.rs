//! Every operation against the portable formulas, with coordinates as far from reduced as their bounds allow.

use core::arch::x86_64::__m512i;

use super::{JacobianTerms, Sums, Terms};
use crate::field::FieldElement;
use crate::generator;
use crate::ifma::field::{Fe8, Loose};
use crate::ifma::{Ifma, lanes_of, words_of};
use crate::point::{Affine, Jacobian};
use crate::scalar::Scalar;
use crate::testing::Random;

/// Eight elements plus k p.
#[target_feature(enable = "avx512f,avx512ifma")]
fn elements(elements: &[FieldElement; 8], k: i64) -> Fe8 {
    let words: [__m512i; 4] = core::array::from_fn(|i| lanes_of(&elements.map(|element| element.montgomery()[i])));
    Loose::multiple_of_p(k).plus(&Fe8::from_portable(&words).canonical()).carry()
}

/// The held points with multiples of p added: k of (X, Y, Z).
#[target_feature(enable = "avx512f,avx512ifma")]
fn sums(points: &[Jacobian; 8], negative: u8, k: (i64, i64, i64)) -> Sums<1> {
    let y = core::array::from_fn(|i| if negative >> i & 1 == 1 { points[i].y.neg() } else { points[i].y });
    Sums {
        x: [elements(&points.map(|point| point.x), k.0)],
        y: [elements(&y, k.1)],
        z: [elements(&points.map(|point| point.z), k.2)],
        negative: [negative],
        empty: [0],
    }
}

/// Whether the sums are those points, and within the bounds that they promise.
#[target_feature(enable = "avx512f,avx512ifma")]
fn check(sums: &Sums<1>, expected: &[Affine; 8]) {
    let (x, y, z) = (&sums.x[0], &sums.y[0], &sums.z[0]);
    for (element, hundredths) in [(x, 201), (y, 400), (z, 400)] {
        for limb in &element.0[..4] {
            assert!(words_of(*limb).iter().all(|limb| limb >> 52 == 0));
        }
        let bound = hundredths * (0xffff_ffff_0000_u64 / 100);
        assert!(words_of(element.0[4]).iter().all(|limb| *limb <= bound));
    }
    let zz = z.sqr();
    let zzz = zz.mul(z);
    let expected_y =
        core::array::from_fn(|i| if sums.negative[0] >> i & 1 == 1 { expected[i].y.neg() } else { expected[i].y });
    assert_eq!(elements(&expected.map(|point| point.x), 0).mul(&zz).equals(&x.mul(&Fe8::one())), 0xff);
    assert_eq!(elements(&expected_y, 0).mul(&zzz).equals(&y.mul(&Fe8::one())), 0xff);
    assert_eq!(z.is_zero(), 0);
}

/// A random point with a random Z.
fn point(numbers: &mut Random) -> Jacobian {
    let Affine { x, y } = generator::times(&Scalar::reduced(&numbers.bytes()));
    let z = generator::times(&Scalar::reduced(&numbers.bytes())).x;
    let zz = z.square();
    Jacobian { x: x.mul(&zz), y: y.mul(&zz).mul(&z), z }
}

fn affine(point: &Jacobian) -> Affine {
    point.to_affine_with(&point.z.invert())
}

#[test]
fn sums_and_doubles_within_the_loosest_bounds() {
    let Some(_ifma) = Ifma::detect() else {
        eprintln!("skipped: no AVX512-IFMA");
        return;
    };
    let mut numbers = Random::new(0xadd);
    for round in 0..300 {
        let held: [Jacobian; 8] = core::array::from_fn(|_| point(&mut numbers));
        let terms: [Jacobian; 8] = core::array::from_fn(|_| point(&mut numbers));
        let masks = numbers.word().to_le_bytes();
        let k = if round % 2 == 0 { [1, 3, 3, 15, 15] } else { [0, 1, 2, 8, 0] };
        // SAFETY: the processor has the instructions.
        unsafe { one_round(&held, &terms, masks, k) };
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn one_round(held: &[Jacobian; 8], terms: &[Jacobian; 8], masks: [u8; 8], k: [i64; 5]) {
    let [held_negative, negative, present, empty, ..] = masks;
    let bit = |mask: u8, i: usize| mask >> i & 1 == 1;
    let start = sums(held, held_negative, (k[0], k[1], k[2]));
    let expected_held = held.each_ref().map(affine);
    let expected_terms: [Affine; 8] = core::array::from_fn(|i| {
        let term = affine(&terms[i]);
        if bit(negative, i) { term.neg() } else { term }
    });
    check(&start, &expected_held);

    // Doubles.
    let mut doubled = start.clone();
    doubled.double();
    check(&doubled, &held.each_ref().map(|point| affine(&point.double())));

    // Sums where all lanes have a term.
    let total: [Affine; 8] = core::array::from_fn(|i| affine(&held[i].add_affine_vartime(&expected_terms[i])));
    let of_terms = terms.each_ref().map(affine);
    let mut term = Terms {
        x: elements(&of_terms.map(|point| point.x), k[3]),
        y: elements(&of_terms.map(|point| point.y), k[4]),
        negative,
        present: 0xff,
    };
    for vartime in [false, true] {
        let mut sum = start.clone();
        if vartime {
            sum.add_vartime(&[term])
        } else {
            sum.add(&[term])
        }
        check(&sum, &total);
    }

    // Jacobian terms of both signs, themselves held as a negative in some lanes.
    let [mut jacobian] = sums(terms, masks[4], (k[0], k[1], k[2])).as_terms();
    jacobian.term.negative ^= negative;
    let mut sum = start.clone();
    sum.add_jacobian(&[jacobian]);
    check(&sum, &total);

    // Some lanes have no term, some no point yet; what both lack stays empty and is set aside.
    let nothing = !present & empty;
    let expected: [Affine; 8] = core::array::from_fn(|i| match (bit(present, i), bit(empty, i)) {
        (true, true) => expected_terms[i],
        (true, false) => total[i],
        (false, _) => expected_held[i],
    });
    term.present = present;
    jacobian.term.present = present;
    let reduced = Terms { x: term.x.canonical(), y: term.y.canonical(), ..term };
    for way in 0..3 {
        let mut sum = start.clone();
        sum.empty = [empty];
        sum.z = [Fe8::select(empty, &Fe8::zero(), &sum.z[0])];
        match way {
            0 => sum.add(&[reduced]),
            1 => sum.add_vartime(&[term]),
            _ => sum.add_jacobian(&[jacobian]),
        }
        assert_eq!(sum.empty, [nothing]);
        assert_eq!(sum.z[0].is_zero(), nothing);
        sum.z = [Fe8::select(nothing, &start.z[0], &sum.z[0])];
        check(&sum, &expected);
    }
}

#[test]
fn equal_and_opposite_points_leave_z_at_zero() {
    let Some(_ifma) = Ifma::detect() else {
        eprintln!("skipped: no AVX512-IFMA");
        return;
    };
    let mut numbers = Random::new(0xe0);
    let held: [Jacobian; 8] = core::array::from_fn(|_| point(&mut numbers));
    let other: [Jacobian; 8] = core::array::from_fn(|_| point(&mut numbers));
    // SAFETY: the processor has the instructions.
    unsafe { exceptional(&held, &other) };
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn exceptional(held: &[Jacobian; 8], other: &[Jacobian; 8]) {
    let same = held.each_ref().map(affine);
    let (x, y) = (same.map(|point| point.x), same.map(|point| point.y));
    let [other] = sums(other, 0, (0, 0, 0)).as_terms();
    for negative in [0, 0xff, 0x0f] {
        let term = Terms { x: elements(&x, 9), y: elements(&y, 9), negative, present: 0xff };
        let mut sum = sums(held, 0x3c, (1, 3, 3));
        sum.add(&[term]);
        assert_eq!(sum.z[0].is_zero(), 0xff);
        // Nothing that follows brings the lane back.
        sum.double();
        assert_eq!(sum.z[0].is_zero(), 0xff);
        sum.add_jacobian(&[JacobianTerms { ..other }]);
        assert_eq!(sum.z[0].is_zero(), 0xff);
        sum.add_vartime(&[other.term]);
        assert_eq!(sum.z[0].is_zero(), 0xff);
        let mut sum = sums(held, 0x3c, (1, 3, 3));
        let [mut itself] = sums(held, 0, (0, 0, 0)).as_terms();
        itself.term.negative ^= negative;
        sum.add_jacobian(&[itself]);
        assert_eq!(sum.z[0].is_zero(), 0xff);
    }
}
