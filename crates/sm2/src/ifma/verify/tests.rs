//! Answers against the portable sums.

#![allow(clippy::unwrap_used)]

use super::{Answer, Item, verify, verify_new, verify_one};
use crate::combination;
use crate::field::{self, FieldElement};
use crate::generator;
use crate::ifma::Ifma;
use crate::point::{Affine, B, Jacobian};
use crate::scalar::{N, Scalar};
use crate::table::{Table, table};
use crate::testing::Random;

fn small(number: u8) -> Scalar {
    let mut bytes = [0; 32];
    bytes[31] = number;
    Scalar::from_bytes(&bytes).unwrap()
}

fn affine(point: &Jacobian) -> Affine {
    point.to_affine_with(&point.z.invert())
}

fn x_of(s: &Scalar, t: &Scalar, table: &Table) -> Scalar {
    Scalar::reduced(&affine(&combination::with_table(s, t, table)).x.to_bytes())
}

/// The answers with tables. Asked for in groups of every size up to 20 they are the same, except that one in all
/// lanes, as which the last few are done, meets exceptions elsewhere.
fn answers(items: &[Item<'_, Table>]) -> Option<Vec<Answer>> {
    let Some(ifma) = Ifma::detect() else {
        eprintln!("skipped: no AVX512-IFMA");
        return None;
    };
    let all = verify(ifma, items);
    for size in 1..=20 {
        let parts = items.chunks(size).flat_map(|items| verify(ifma, items));
        for (part, all) in parts.zip(&all) {
            assert!(part == *all || part == Answer::Portable || *all == Answer::Portable, "in groups of {size}");
        }
    }
    Some(all)
}

/// The answers without tables, likewise.
fn answers_new(items: &[Item<'_, Affine>]) -> Option<Vec<Answer>> {
    let all = verify_new(Ifma::detect()?, items);
    for size in 1..=20 {
        let parts = items.chunks(size).flat_map(|items| verify_new(Ifma::detect().unwrap(), items));
        for ((place, part), all) in parts.enumerate().zip(&all) {
            // One that is left over is not done in lanes.
            let alone = place % 8 == 0 && size % 8 == 1 || (place % size) % 8 == 0 && place % size == size - 1;
            let alone = alone || place == items.len() - 1;
            assert!(part == *all || part == Answer::Portable && alone, "in groups of {size}");
        }
    }
    Some(all)
}

/// The same items with points instead of tables.
fn without_tables<'a>(items: &[Item<'a, Table>]) -> Vec<Item<'a, Affine>> {
    items.iter().map(|item| Item { s: item.s, t: item.t, x: item.x, key: &item.key[0][0] }).collect()
}

#[test]
fn true_and_false_ones_with_several_keys() {
    let mut numbers = Random::new(0x7e57);
    let tables: Vec<_> = (0..5).map(|_| table(&generator::times(&Scalar::reduced(&numbers.bytes())))).collect();
    let mut items = Vec::new();
    let mut expected = Vec::new();
    for index in 0..600_usize {
        let table = &*tables[index % 5];
        let (s, t) = (Scalar::reduced(&numbers.bytes()), Scalar::reduced(&numbers.bytes()));
        let x = x_of(&s, &t, table);
        let (s, t, x, table) = match numbers.word() % 10 {
            0 => (s.add(&Scalar::ONE), t, x, table),
            1 => (s, t.add(&Scalar::ONE), x, table),
            2 => (s, t, x.sub(&Scalar::ONE), table),
            3 => (s, t, x, &*tables[(index + 1) % 5]),
            4 => (t, s, x, table),
            // The sum's negative has the same x.
            5 => (s.neg(), t.neg(), x, table),
            _ => (s, t, x, table),
        };
        expected.push(if x_of(&s, &t, table) == x { Answer::Fits } else { Answer::DoesNot });
        items.push(Item { s, t, x, key: table });
    }
    assert!(expected.iter().filter(|answer| **answer == Answer::DoesNot).count() > 200);
    let Some(got) = answers(&items) else { return };
    assert_eq!(got, expected);
    assert_eq!(answers_new(&without_tables(&items)).unwrap(), expected);
    let ifma = Ifma::detect().unwrap();
    let alone: Vec<_> = items.iter().map(|item| verify_one(ifma, item)).collect();
    assert_eq!(alone, expected);
    for size in [3, 4, 5, 8, 9, 12, 13, 16, 17] {
        let parts: Vec<_> = items.chunks(size).flat_map(|items| verify(ifma, items)).collect();
        assert_eq!(parts, expected, "in groups of {size}");
    }
    assert!(verify(Ifma::detect().unwrap(), &[]).is_empty());
}

#[test]
fn few_digits() {
    let key = table(&generator::times(&small(201)));
    let mut items = Vec::new();
    let mut expected = Vec::new();
    for s in [0, 1, 2, 63, 64, 65, 127, 128] {
        for t in [1, 2, 63, 64, 65, 127, 128] {
            for (s, t) in [(small(s), small(t)), (small(s).neg(), small(t)), (small(s), small(t).neg())] {
                let x = x_of(&s, &t, &key);
                items.push(Item { s, t, x, key: &*key });
                items.push(Item { s, t, x: x.add(&Scalar::ONE), key: &*key });
                expected.extend([Answer::Fits, Answer::DoesNot]);
            }
        }
    }
    let Some(got) = answers(&items) else { return };
    assert_eq!(got, expected);
    assert_eq!(answers_new(&without_tables(&items)).unwrap(), expected);
}

#[test]
fn exceptions_are_noticed_in_their_lane_alone() {
    let (of_g, of_minus_g) = (table(&generator::TABLE[0][0]), table(&generator::TABLE[0][0].neg()));
    let of_128_g = table(&generator::times(&small(128)));
    let k = Scalar::reduced(&[0x5a; 32]);
    let x = |k: &Scalar| Scalar::reduced(&generator::times(k).x.to_bytes());
    let item = |s, t, x, key| Item { s, t, x, key };
    let one = Scalar::ONE;
    let items = [
        // A double at the first addition, and in the middle.
        item(one, one, x(&small(2)), &*of_g),
        item(k, k, x(&k.add(&k)), &*of_g),
        item(small(128), one, x(&k), &*of_128_g),
        // The point at infinity, at once or after other sums.
        item(one, one, one, &*of_minus_g),
        item(k, k.neg(), one, &*of_g),
        item(small(128), one.neg(), one, &*of_128_g),
        // No point at all.
        item(Scalar::ZERO, Scalar::ZERO, Scalar::ZERO, &*of_g),
        // The others.
        item(k, one, x(&k.add(&one)), &*of_g),
        item(one, k, x(&k.add(&one)), &*of_g),
        item(Scalar::ZERO, k, x(&k), &*of_g),
        item(Scalar::ZERO, k, x(&k), &*of_minus_g),
        item(one, k, x(&k), &*of_minus_g),
    ];
    let Some(got) = answers(&items) else { return };
    // Equal digits in the same row meet at the lowest one that is not zero.
    assert_eq!(got[..2], [Answer::Portable; 2]);
    // s = 128 is a digit 1 in row 1, t = 1 a digit 1 in row 0: the row of G comes second.
    assert_eq!(got[2], Answer::Portable);
    assert_eq!(got[3..7], [Answer::Portable; 4]);
    assert_eq!(got[7..], [Answer::Fits, Answer::Fits, Answer::Fits, Answer::Fits, Answer::DoesNot]);
}

#[test]
fn exceptions_of_one_in_all_lanes() {
    let Some(ifma) = Ifma::detect() else {
        eprintln!("skipped: no AVX512-IFMA");
        return;
    };
    let (of_g, of_minus_g) = (table(&generator::TABLE[0][0]), table(&generator::TABLE[0][0].neg()));
    let k = Scalar::reduced(&[0x5a; 32]);
    let x = |k: &Scalar| Scalar::reduced(&generator::times(k).x.to_bytes());
    let one = |s, t, x, key| verify_one(ifma, &Item { s, t, x, key });
    let (unit, zero) = (Scalar::ONE, Scalar::ZERO);
    // Equal and opposite points inside lanes.
    assert_eq!(one(k, k, x(&k.add(&k)), &*of_g), Answer::Portable);
    assert_eq!(one(k, k, unit, &*of_minus_g), Answer::Portable);
    assert_eq!(one(unit, unit, x(&small(2)), &*of_g), Answer::Portable);
    // No point at all.
    assert_eq!(one(zero, zero, zero, &*of_g), Answer::Portable);
    // One lane has a point, or two have points that are none of each other.
    assert_eq!(one(unit, zero, x(&unit), &*of_g), Answer::Fits);
    assert_eq!(one(zero, unit, x(&unit), &*of_minus_g), Answer::Fits);
    assert_eq!(one(unit, small(128), x(&small(129)), &*of_g), Answer::Fits);
    assert_eq!(one(small(128), unit, x(&small(127)), &*of_minus_g), Answer::Fits);
    assert_eq!(one(small(128), unit, x(&small(129)), &*of_minus_g), Answer::DoesNot);
    // Points of different lanes that are equal, or opposite: 128 [1]G and 1 [128]G.
    let of_128_g = table(&generator::times(&small(128)));
    assert_eq!(one(small(128), unit, x(&small(255).add(&unit)), &*of_128_g), Answer::Portable);
    assert_eq!(one(small(128), unit.neg(), unit, &*of_128_g), Answer::Portable);
}

#[test]
fn exceptions_without_tables() {
    let (g, minus_g) = (generator::TABLE[0][0], generator::TABLE[0][0].neg());
    let k = Scalar::reduced(&[0x5a; 32]);
    let x = |k: &Scalar| Scalar::reduced(&generator::times(k).x.to_bytes());
    let item = |s, t, x, key| Item { s, t, x, key };
    let one = Scalar::ONE;
    // Of n − 6 the last digit is −3 and the others make n − 3: the sum so far is the term itself.
    let minus_six = small(6).neg();
    assert_eq!(N[0] % 32, 3);
    let items = [
        item(one, one, x(&small(2)), &g),
        item(k, k.neg(), one, &g),
        item(one, one, one, &minus_g),
        item(one, minus_six, x(&small(5)), &g),
        item(Scalar::ZERO, Scalar::ZERO, Scalar::ZERO, &g),
        item(k, one, x(&k.add(&one)), &g),
        item(one, k, x(&k.add(&one)), &g),
        item(k, Scalar::ZERO, x(&k), &g),
        item(Scalar::ZERO, k, x(&k), &minus_g),
        item(one, small(5).neg(), x(&small(4)), &g),
        item(one, small(7).neg(), x(&small(5)), &g),
    ];
    let Some(got) = answers_new(&items) else {
        eprintln!("skipped: no AVX512-IFMA");
        return;
    };
    assert_eq!(got[..5], [Answer::Portable; 5]);
    assert_eq!(got[5..], [Answer::Fits, Answer::Fits, Answer::Fits, Answer::Fits, Answer::Fits, Answer::DoesNot]);
}

#[test]
fn x_between_the_order_and_the_prime() {
    // A point whose x is n plus a small number, taken as a sum with G.
    let (number, point) = (1..=100)
        .find_map(|number| {
            let above = [N[0] + u64::from(number), N[1], N[2], N[3]];
            let x = FieldElement::from_limbs(&above).unwrap();
            let square = x.square().mul(&x).sub(&x.triple()).add(&B);
            let y = root(&square);
            (y.square() == square).then_some((number, Affine { x, y }))
        })
        .unwrap();
    let key = table(&affine(&point.to_jacobian().add_affine_vartime(&generator::TABLE[0][0].neg())));
    let item = |x| Item { s: Scalar::ONE, t: Scalar::ONE, x, key: &*key };
    let items = [item(small(number)), item(small(number + 1)), item(small(number).neg())];
    let Some(got) = answers(&items) else { return };
    assert_eq!(got, [Answer::Fits, Answer::DoesNot, Answer::DoesNot]);
    assert_eq!(answers_new(&without_tables(&items)).unwrap(), got);
}

/// The power (p + 1)/4: a square root of what has one.
fn root(square: &FieldElement) -> FieldElement {
    let mut power = FieldElement::ONE;
    for bit in (2..256).rev() {
        power = power.square();
        // (p + 1)/4: p ends in 64 ones, so p + 1 is p with those cleared and the next bit set.
        let exponent = [0, field::P[1] + 1, field::P[2], field::P[3]];
        if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
            power = power.mul(square);
        }
    }
    power
}
