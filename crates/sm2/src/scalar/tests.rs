//! Each function beside Fiat-crypto's.

use fiat_crypto::sm2_scalar_64::{self as fiat, fiat_sm2_scalar_montgomery_domain_field_element as Fiat};

use super::*;
use crate::testing::{Random, edges};

fn bytes(limbs: Limbs) -> [u8; 32] {
    limbs::to_bytes(&limbs)
}

#[test]
fn numbers_are_reduced_modulo_n() {
    let below = [N[0] - 1, N[1], N[2], N[3]];
    let above = [N[0] + 1, N[1], N[2], N[3]];
    assert_eq!(Scalar::from_bytes(&bytes(below)).unwrap().limbs(), &below);
    assert!(Scalar::from_bytes(&bytes(N)).is_none());
    assert!(Scalar::from_bytes(&[0xff; 32]).is_none());
    assert_eq!(Scalar::reduced(&bytes(N)), Scalar::ZERO);
    assert_eq!(Scalar::reduced(&bytes(above)), Scalar::ONE);
    assert_eq!(Scalar::reduced(&bytes(below)), Scalar::ONE.neg());
    assert_eq!(Scalar::reduced(&bytes(below)).to_bytes(), bytes(below));
}

#[test]
fn wide_numbers_are_reduced_modulo_n() {
    let one = bytes([1, 0, 0, 0]);
    // 2^256 = n + (2^256 - n)
    let difference = Scalar::reduced(&[0xff; 32]).add(&Scalar::ONE);
    assert_eq!(Scalar::reduced_wide(&one, &[0; 32]), difference);
    assert_eq!(Scalar::reduced_wide(&[0; 32], &bytes(N)), Scalar::ZERO);
    assert_eq!(Scalar::reduced_wide(&bytes(N), &one), Scalar::ONE);
    // (2^256 - 1)(2^256 + 1) = 2^512 - 1
    let all = Scalar::reduced_wide(&[0xff; 32], &[0xff; 32]);
    assert_eq!(all, difference.mul(&difference).sub(&Scalar::ONE));
}

#[test]
fn an_inverse_undoes_a_product() {
    let mut a = Scalar::from(2);
    for _ in 0..200 {
        assert_eq!(a.mul(&a.invert()), Scalar::ONE);
        a = a.mul(&a).add(&Scalar::ONE);
    }
    assert_eq!(Scalar::ZERO.invert(), Scalar::ZERO);
    assert_eq!(Scalar::ONE.neg().invert(), Scalar::ONE.neg());
}

/// Montgomery's product of Fiat-crypto, whose code is proved by machine.
fn fiat_product(a: &Limbs, b: &Limbs) -> Limbs {
    let mut out = Fiat([0; 4]);
    fiat::fiat_sm2_scalar_mul(&mut out, &Fiat(*a), &Fiat(*b));
    out.0
}

fn compare(a: &Scalar, b: &Scalar) {
    let (x, y) = (Fiat(a.0), Fiat(b.0));
    let mut out = Fiat([0; 4]);
    assert_eq!(montgomery_product(&a.0, &b.0), fiat_product(&a.0, &b.0), "{a:x?} * {b:x?}");
    assert_eq!(a.mul(b).0, fiat_product(&fiat_product(&a.0, &b.0), &R_SQUARED), "{a:x?} * {b:x?}");
    fiat::fiat_sm2_scalar_add(&mut out, &x, &y);
    assert_eq!(a.add(b).0, out.0, "{a:x?} + {b:x?}");
    fiat::fiat_sm2_scalar_sub(&mut out, &x, &y);
    assert_eq!(a.sub(b).0, out.0, "{a:x?} - {b:x?}");
    fiat::fiat_sm2_scalar_opp(&mut out, &x);
    assert_eq!(a.neg().0, out.0, "-{a:x?}");
}

#[test]
fn every_pair_of_edges() {
    let edges: Vec<Scalar> = edges().iter().filter_map(|edge| Scalar::from_bytes(&bytes(*edge))).collect();
    assert!(edges.len() > 80);
    for a in &edges {
        for b in &edges {
            compare(a, b);
        }
    }
}

#[test]
fn a_million_random_pairs() {
    let rounds = if std::env::var("CZEI_PROOF").is_ok_and(|proof| proof == "long") { 100_000_000 } else { 1_000_000 };
    let mut random = Random::new(4);
    for _ in 0..rounds {
        compare(&Scalar(random.below(&N)), &Scalar(random.below(&N)));
    }
}

#[test]
fn one_factor_may_be_any_number() {
    // 64 random bytes are reduced by a product whose first factor may be n or more.
    let mut random = Random::new(5);
    let mut numbers = edges();
    numbers.extend((0..100_000).map(|_| random.limbs()));
    for number in numbers {
        let reduced = Scalar::reduced(&bytes(number));
        assert_eq!(montgomery_product(&number, &R_SQUARED), fiat_product(&reduced.0, &R_SQUARED), "{number:x?}");
    }
}
