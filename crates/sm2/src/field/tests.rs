//! Each function beside Fiat-crypto's, whose code is proved by machine. It uses the same form.

use fiat_crypto::sm2_64::{self as fiat, fiat_sm2_montgomery_domain_field_element as Fiat};

use super::*;
use crate::testing::{Random, edges};

/// Random pairs in the ordinary run; the long form takes a hundred times as many.
fn rounds() -> u32 {
    if std::env::var("CZEI_PROOF").is_ok_and(|proof| proof == "long") { 100_000_000 } else { 1_000_000 }
}

fn below_p(numbers: Vec<Limbs>) -> Vec<FieldElement> {
    numbers.into_iter().filter(|number| limbs::sub(number, &P).1 == 1).map(FieldElement).collect()
}

fn fiat(function: impl FnOnce(&mut Fiat)) -> FieldElement {
    let mut out = Fiat([0; 4]);
    function(&mut out);
    FieldElement(out.0)
}

fn compare(a: &FieldElement, b: &FieldElement) {
    let (x, y) = (Fiat(a.0), Fiat(b.0));
    assert_eq!(a.mul(b), fiat(|out| fiat::fiat_sm2_mul(out, &x, &y)), "{a:x?} * {b:x?}");
    assert_eq!(a.square(), fiat(|out| fiat::fiat_sm2_square(out, &x)), "{a:x?} squared");
    assert_eq!(a.add(b), fiat(|out| fiat::fiat_sm2_add(out, &x, &y)), "{a:x?} + {b:x?}");
    assert_eq!(a.sub(b), fiat(|out| fiat::fiat_sm2_sub(out, &x, &y)), "{a:x?} - {b:x?}");
    assert_eq!(a.neg(), fiat(|out| fiat::fiat_sm2_opp(out, &x)), "-{a:x?}");
    assert_eq!(a.half().double(), *a, "half of {a:x?}");
    assert_eq!(a.triple(), a.add(a).add(a), "3 * {a:x?}");
}

#[test]
fn every_pair_of_edges() {
    let edges = below_p(edges());
    assert!(edges.len() > 80);
    for a in &edges {
        for b in &edges {
            compare(a, b);
        }
    }
}

#[test]
fn a_million_random_pairs() {
    let mut random = Random::new(1);
    for _ in 0..rounds() {
        compare(&FieldElement(random.below(&P)), &FieldElement(random.below(&P)));
    }
}

#[test]
fn numbers_come_in_and_go_out() {
    let mut random = Random::new(2);
    let mut numbers = edges();
    numbers.extend((0..10_000).map(|_| random.limbs()));
    for number in numbers {
        let element = FieldElement::from_bytes(&limbs::to_bytes(&number));
        assert_eq!(element.is_some(), limbs::sub(&number, &P).1 == 1);
        let Some(element) = element else { continue };
        let mut plain = fiat::fiat_sm2_non_montgomery_domain_field_element([0; 4]);
        fiat::fiat_sm2_from_montgomery(&mut plain, &Fiat(element.0));
        assert_eq!(plain.0, number);
        assert_eq!(element.to_limbs(), number);
        assert_eq!(element.to_bytes(), limbs::to_bytes(&number));
    }
    assert_eq!(FieldElement::ONE.to_limbs(), [1, 0, 0, 0]);
}

#[test]
fn an_inverse_undoes_a_product() {
    let mut random = Random::new(3);
    let mut elements = below_p(edges());
    elements.extend((0..1_000).map(|_| FieldElement(random.below(&P))));
    for element in elements {
        let expected = if element == FieldElement::ZERO { FieldElement::ZERO } else { FieldElement::ONE };
        assert_eq!(element.mul(&element.invert()), expected, "{element:x?}");
    }
    assert_eq!(FieldElement::ZERO.invert(), FieldElement::ZERO);
}

#[test]
fn masks_choose() {
    let (a, b) = (FieldElement(P.map(|limb| limb / 3)), FieldElement::ONE);
    assert_eq!(FieldElement::select(u64::MAX, &a, &b), a);
    assert_eq!(FieldElement::select(0, &a, &b), b);
    assert_eq!(limbs::is_zero(&[0; 4]), u64::MAX);
    for limb in 0..4 {
        for bit in 0..64 {
            let mut number = [0; 4];
            number[limb] = 1 << bit;
            assert_eq!(limbs::is_zero(&number), 0);
        }
    }
}
