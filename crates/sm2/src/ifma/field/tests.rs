//! Every operation against integers computed bit by bit.

#![allow(clippy::unwrap_used)]

use super::{Fe8, LIMB, Loose};
use crate::field::FieldElement;
use crate::ifma::{Ifma, lanes_of, words_of};
use crate::testing::{self, Random};

type Words = [u64; 4];

/// The limbs of eight lanes.
type Lanes = [[u64; 5]; 8];

const PRIME: Words = [u64::MAX, 0xffff_ffff_0000_0000, u64::MAX, 0xffff_fffe_ffff_ffff];

/// a − b, and whether it borrows.
fn difference(a: &Words, b: &Words) -> (Words, bool) {
    let mut out = [0; 4];
    let mut borrow = false;
    for i in 0..4 {
        let (x, first) = a[i].overflowing_sub(b[i]);
        let (x, second) = x.overflowing_sub(u64::from(borrow));
        out[i] = x;
        borrow = first | second;
    }
    (out, borrow)
}

fn reduced(a: &Words) -> Words {
    match difference(a, &PRIME) {
        (less, false) => less,
        _ => *a,
    }
}

/// 2a + bit modulo p, for a < p.
fn twice(a: &Words, bit: u64) -> Words {
    let over = a[3] >> 63 == 1;
    let doubled = [a[0] << 1 | bit, a[1] << 1 | a[0] >> 63, a[2] << 1 | a[1] >> 63, a[3] << 1 | a[2] >> 63];
    if over { difference(&doubled, &PRIME).0 } else { reduced(&doubled) }
}

/// The residue of an integer of any number of words, bit by bit.
fn residue(words: &[u64]) -> Words {
    let (low, high) = words.split_at(words.len() - 4);
    let mut a = [high[0], high[1], high[2], high[3]];
    a = reduced(&a);
    for word in low.iter().rev() {
        for bit in (0..64).rev() {
            a = twice(&a, word >> bit & 1);
        }
    }
    a
}

fn product(a: &[u64], b: &[u64]) -> Words {
    let mut out = vec![0_u64; a.len() + b.len()];
    for (i, &x) in a.iter().enumerate() {
        let mut carry = 0_u128;
        for (j, &y) in b.iter().enumerate() {
            let sum = u128::from(x) * u128::from(y) + u128::from(out[i + j]) + carry;
            out[i + j] = sum as u64;
            carry = sum >> 64;
        }
        out[i + b.len()] = carry as u64;
    }
    residue(&out)
}

fn sum(a: &Words, b: &Words) -> Words {
    let mut out = [0; 5];
    let mut carry = 0_u128;
    for i in 0..4 {
        carry += u128::from(a[i]) + u128::from(b[i]);
        out[i] = carry as u64;
        carry >>= 64;
    }
    out[4] = carry as u64;
    residue(&out)
}

fn negated(a: &Words) -> Words {
    reduced(&difference(&PRIME, a).0)
}

/// The 260 bits of a carried element in one lane, as five words.
fn integer(limbs: &[u64; 5]) -> [u64; 5] {
    let mut out = [0; 5];
    for (i, &limb) in limbs.iter().enumerate() {
        assert!(limb >> 52 == 0, "limb {i} is not carried: {limb:x}");
        let (word, bit) = (52 * i / 64, 52 * i % 64);
        out[word] |= limb << bit;
        if bit > 12 {
            out[word + 1] |= limb >> (64 - bit);
        }
    }
    out
}

/// 260 bits; in half of the draws each limb is one of the values next to a carry.
fn limbs(numbers: &mut Random) -> [u64; 5] {
    let edge = [0, 1, LIMB as u64, LIMB as u64 - 1, 1 << 51, 1 << 48, 1 << 16];
    let odd = numbers.word() & 1 == 1;
    core::array::from_fn(|_| {
        let draw = numbers.word();
        if odd { edge[(draw >> 32) as usize % edge.len()] } else { draw >> 12 }
    })
}

/// Every carried element that stands at an edge: multiples of p and their neighbours, single limbs,
/// all ones.
fn edges() -> Vec<[u64; 5]> {
    let mut out = Vec::new();
    for k in 0..=16_u128 {
        let mut limbs = [0_u64; 5];
        let mut carry = 0_u128;
        for i in 0..5 {
            let limb = u128::from(super::P[i] as u64) * k + carry;
            limbs[i] = limb as u64 & LIMB as u64;
            carry = limb >> 52;
        }
        assert_eq!(carry, 0);
        out.push(limbs);
        for step in [1, 2] {
            let mut next = limbs;
            next[0] = next[0].wrapping_add(step);
            if next[0] <= LIMB as u64 {
                out.push(next);
            }
            if limbs[0] >= step {
                next = limbs;
                next[0] -= step;
                out.push(next);
            }
        }
    }
    for i in 0..5 {
        for limb in [1, LIMB as u64] {
            let mut limbs = [0; 5];
            limbs[i] = limb;
            out.push(limbs);
            let mut limbs = [LIMB as u64; 5];
            limbs[i] -= limb;
            out.push(limbs);
        }
    }
    out.push([LIMB as u64; 5]);
    out
}

/// Gives `check` groups of eight pairs of elements: all pairs of edges, then random ones.
fn pairs(random: usize, mut check: impl FnMut(&[[u64; 5]; 8], &[[u64; 5]; 8])) {
    let edges = edges();
    let all: Vec<_> = edges.iter().flat_map(|a| edges.iter().map(move |b| (*a, *b))).collect();
    for group in all.chunks_exact(8) {
        check(&core::array::from_fn(|i| group[i].0), &core::array::from_fn(|i| group[i].1));
    }
    let mut numbers = Random::new(0x5eed);
    for _ in 0..random {
        let a = core::array::from_fn(|_| limbs(&mut numbers));
        let b = core::array::from_fn(|_| limbs(&mut numbers));
        check(&a, &b);
    }
}

/// The elements of eight lanes from their limbs.
#[target_feature(enable = "avx512f,avx512ifma")]
fn gather(lanes: &[[u64; 5]; 8]) -> Fe8 {
    Fe8(core::array::from_fn(|i| lanes_of(&core::array::from_fn(|lane| lanes[lane][i]))))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn scatter(a: &Fe8) -> [[u64; 5]; 8] {
    let limbs = a.0.map(|limb| words_of(limb));
    core::array::from_fn(|lane| core::array::from_fn(|i| limbs[i][lane]))
}

/// R modulo p.
fn radix() -> Words {
    residue(&[0, 0, 0, 0, 16])
}

fn residues(lanes: &[[u64; 5]; 8]) -> [Words; 8] {
    lanes.map(|limbs| residue(&integer(&limbs)))
}

/// Products of two arbitrary carried elements reach 17p, one too many to carry: the second factor is
/// brought below 15p for what follows.
fn below_15p(lanes: &[[u64; 5]; 8]) -> [[u64; 5]; 8] {
    lanes.map(|mut limbs| {
        limbs[4] = limbs[4].min((15 << 48) - (1 << 21));
        limbs
    })
}

#[test]
fn products_and_squares() {
    let Some(_ifma) = Ifma::detect() else {
        eprintln!("skipped: no AVX512-IFMA");
        return;
    };
    pairs(5_000, |a, b| {
        let b = below_15p(b);
        // SAFETY: the processor has the instructions.
        let (got, squared, two) = unsafe { multiplied(a, &b) };
        let (a, b) = (residues(a), residues(&b));
        for lane in 0..8 {
            assert_eq!(product(&integer(&got[lane]), &radix()), product(&a[lane], &b[lane]));
            assert_eq!(product(&integer(&squared[lane]), &radix()), product(&b[lane], &b[lane]));
            let expected = sum(&product(&a[lane], &b[lane]), &product(&b[lane], &b[lane]));
            assert_eq!(product(&two[lane], &radix()), expected);
        }
    });
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn multiplied(a: &[[u64; 5]; 8], b: &[[u64; 5]; 8]) -> ([[u64; 5]; 8], [[u64; 5]; 8], [Words; 8]) {
    let (a, b) = (gather(a), gather(b));
    // The sum of two such products is up to 31p: folded before it is carried.
    let two = a.mul_mul(&b, &b, &b).plus_loose(&Loose::multiple_of_p(2)).fold().carry();
    (scatter(&a.mul(&b)), scatter(&b.sqr()), scatter(&two).map(|l| residue(&integer(&l))))
}

#[test]
fn sums_differences_and_folding() {
    let Some(_ifma) = Ifma::detect() else {
        eprintln!("skipped: no AVX512-IFMA");
        return;
    };
    pairs(5_000, |a, b| {
        // SAFETY: the processor has the instructions.
        let [plus, minus, tripled, chosen, canonical, added] = unsafe { linear(a, b) };
        let (ra, rb) = (residues(a), residues(b));
        for lane in 0..8 {
            let (x, y) = (ra[lane], rb[lane]);
            assert_eq!(residue(&integer(&plus[lane])), sum(&x, &y));
            assert_eq!(residue(&integer(&minus[lane])), sum(&x, &negated(&y)));
            assert_eq!(residue(&integer(&tripled[lane])), sum(&x, &sum(&x, &x)));
            let expected = if lane % 2 == 0 { negated(&x) } else { y };
            assert_eq!(residue(&integer(&chosen[lane])), expected);
            assert_eq!(integer(&canonical[lane]), [x[0], x[1], x[2], x[3], 0]);
            let expected = sum(&product(&x, &x), &negated(&product(&y, &radix())));
            assert_eq!(product(&integer(&added[lane]), &radix()), expected);
        }
    });
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn linear(a: &[[u64; 5]; 8], b: &[[u64; 5]; 8]) -> [[[u64; 5]; 8]; 6] {
    let (a, b) = (gather(a), gather(b));
    let two = Loose::multiple_of_p(2);
    let folded = |sum: Loose| sum.plus_loose(&two).fold().carry();
    let even = Fe8::select(0b0101_0101, &a, &b);
    let negative = even.loose().negated_where(0b0101_0101).plus_loose(&Loose::multiple_of_p(16));
    [
        scatter(&folded(a.loose().plus(&b))),
        scatter(&folded(a.loose().minus(&b).plus_loose(&Loose::multiple_of_p(16)))),
        scatter(&folded(a.loose().doubled().plus(&a))),
        scatter(&folded(negative)),
        scatter(&a.canonical()),
        // a² / R − b, brought into range.
        scatter(&folded(a.sqr_add(&b.negative(16)))),
    ]
}

#[test]
fn comparing_and_inverting() {
    let Some(_ifma) = Ifma::detect() else {
        eprintln!("skipped: no AVX512-IFMA");
        return;
    };
    pairs(300, |a, b| {
        // SAFETY: the processor has the instructions.
        let (equal, zero, products) = unsafe { compared(a, b) };
        let (ra, rb) = (residues(a), residues(b));
        for lane in 0..8 {
            assert_eq!(equal >> lane & 1 == 1, ra[lane] == rb[lane]);
            assert_eq!(zero >> lane & 1 == 1, ra[lane] == [0; 4]);
            let one = if ra[lane] == [0; 4] { [0; 4] } else { radix() };
            assert_eq!(residue(&integer(&products[lane])), one);
        }
    });
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn compared(a: &[[u64; 5]; 8], b: &[[u64; 5]; 8]) -> (u8, u8, [[u64; 5]; 8]) {
    let (a, b) = (gather(a), gather(b));
    let (x, y) = (a.mul(&Fe8::one()), b.mul(&Fe8::one()));
    (x.equals(&y), a.is_zero(), scatter(&x.mul(&x.invert())))
}

#[test]
fn words_in_and_out() {
    let Some(_ifma) = Ifma::detect() else {
        eprintln!("skipped: no AVX512-IFMA");
        return;
    };
    let mut numbers = Random::new(0xface);
    for round in 0..20_000 {
        let words: [[u64; 8]; 4] = core::array::from_fn(|_| {
            core::array::from_fn(|_| match round % 4 {
                0 => [0, u64::MAX][(numbers.word() >> 40) as usize % 2],
                _ => numbers.word(),
            })
        });
        // SAFETY: the processor has the instructions.
        let (plain, portable, back) = unsafe { spread(&words) };
        assert_eq!(back, words);
        for lane in 0..8 {
            let w: Words = core::array::from_fn(|i| words[i][lane]);
            assert_eq!(integer(&plain[lane]), [w[0], w[1], w[2], w[3], 0]);
            assert_eq!(
                integer(&portable[lane]),
                [w[0] << 4, w[1] << 4 | w[0] >> 60, w[2] << 4 | w[1] >> 60, w[3] << 4 | w[2] >> 60, w[3] >> 60]
            );
        }
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn spread(words: &[[u64; 8]; 4]) -> (Lanes, Lanes, [[u64; 8]; 4]) {
    let words: [_; 4] = core::array::from_fn(|i| lanes_of(&words[i]));
    let plain = Fe8::from_integers(&words);
    (scatter(&plain), scatter(&Fe8::from_portable(&words)), plain.words().map(|limb| words_of(limb)))
}

/// Random elements in the ordinary run; the long form takes a hundred times as many.
fn rounds() -> usize {
    if std::env::var("CZEI_PROOF").is_ok_and(|proof| proof == "long") { 12_500_000 } else { 125_000 }
}

#[test]
fn a_million_products_as_the_portable_ones() {
    let Some(_ifma) = Ifma::detect() else {
        eprintln!("skipped: no AVX512-IFMA");
        return;
    };
    let edges: Vec<_> = testing::edges().iter().filter_map(FieldElement::from_limbs).collect();
    for a in &edges {
        for some in edges.chunks(8) {
            // SAFETY: the processor has the instructions.
            unsafe { compare(&[*a; 8], &core::array::from_fn(|lane| *some.get(lane).unwrap_or(a))) };
        }
    }
    let mut numbers = Random::new(0x1f3a);
    for _ in 0..rounds() {
        let mut eight = || [(); 8].map(|()| FieldElement::from_montgomery(numbers.below(&crate::field::P)));
        let (a, b) = (eight(), eight());
        // SAFETY: the processor has the instructions.
        unsafe { compare(&a, &b) };
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn compare(a: &[FieldElement; 8], b: &[FieldElement; 8]) {
    let (x, y) = (portable(a), portable(b));
    // a below 16p, b below p.
    let y_low = y.canonical();
    let same = |got: Fe8, expected: [FieldElement; 8]| {
        assert_eq!(scatter(&got.canonical()), scatter(&portable(&expected).canonical()), "{a:x?} {b:x?}");
    };
    let each = |of: fn(&FieldElement, &FieldElement) -> FieldElement| core::array::from_fn(|i| of(&a[i], &b[i]));
    same(x.mul(&y_low), each(|a, b| a.mul(b)));
    same(x.canonical().sqr(), each(|a, _| a.square()));
    same(y_low.sqr(), each(|_, b| b.square()));
    same(x.mul_mul(&y_low, &y_low, &y_low).carry(), each(|a, b| a.mul(b).add(&b.square())));
    same(y_low.negative(3).plus(&x).fold().carry(), each(|a, b| a.sub(b)));
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn portable(elements: &[FieldElement; 8]) -> Fe8 {
    Fe8::from_portable(&core::array::from_fn(|i| lanes_of(&elements.map(|element| element.montgomery()[i]))))
}
