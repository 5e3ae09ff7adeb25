//! Verification of a batch, eight signatures at a time: with a table for each key, or with keys seen for the
//! first time. Everything here is public: time varies with the values.

use core::arch::x86_64::{
    __m512i, __mmask8, _MM_HINT_T0, _mm_prefetch, _mm512_setzero_si512, _mm512_shuffle_i64x2, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi64,
};

use super::field::Fe8;
use super::point::{Sums, Terms};
use super::times::times;
use super::{Ifma, lanes_of};
use crate::field;
use crate::generator;
use crate::limbs::{self, Limbs};
use crate::point::Affine;
use crate::scalar::{self, Scalar};
use crate::table::{MULTIPLES, ROWS, Table};
use crate::window;

/// What one signature comes down to: is x of [s]G + [t]P equal to r − e modulo n?
pub(crate) struct Item<'a, Key> {
    /// s of the signature.
    pub(crate) s: Scalar,
    /// t = r + s, not 0.
    pub(crate) t: Scalar,
    /// r − e.
    pub(crate) x: Scalar,
    /// The key P: its [`Table`], or the point itself.
    pub(crate) key: &'a Key,
}

/// What is known of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// x is as it should be.
    Fits,
    /// It is not.
    DoesNot,
    /// To be done by the portable path: the sum is the point at infinity, or a sum on the way met the formula's
    /// exception, which only a key or signature made for it does; or the lanes would not be faster.
    Portable,
}

/// Answers for items with tables, in their order.
pub(crate) fn verify(_: Ifma, items: &[Item<'_, Table>]) -> Vec<Answer> {
    let mut out = Vec::with_capacity(items.len());
    for items in items.chunks(8) {
        // SAFETY: whoever has an `Ifma` has asked the processor.
        unsafe {
            if items.len() > 4 {
                answers(items, &with_tables(items), &mut out);
            } else {
                // Eight at once take as long as five alone.
                out.extend(items.iter().map(|item| verify_in_all_lanes(item)));
            }
        }
    }
    out
}

/// The answer for one item with a table, in a third of the portable path's time: each lane adds every eighth
/// row, then the lanes are added.
pub(crate) fn verify_one(_: Ifma, item: &Item<'_, Table>) -> Answer {
    // SAFETY: whoever has an `Ifma` has asked the processor.
    unsafe { verify_in_all_lanes(item) }
}

/// Answers for items with keys that have no table, in their order; one that is left over is [`Answer::Portable`].
pub(crate) fn verify_new(_: Ifma, items: &[Item<'_, Affine>]) -> Vec<Answer> {
    let mut out = Vec::with_capacity(items.len());
    for items in items.chunks(8) {
        if items.len() == 1 {
            // Eight at once take longer than one by the portable path.
            out.push(Answer::Portable);
            continue;
        }
        // SAFETY: whoever has an `Ifma` has asked the processor.
        unsafe { answers(items, &without_tables(items), &mut out) };
    }
    out
}

/// [s]G + [t]P for up to 8 items, by additions alone. Lanes without an item do the last one again.
#[target_feature(enable = "avx512f,avx512ifma")]
fn with_tables(items: &[Item<'_, Table>]) -> Sums<1> {
    let mut sums = Sums::empty();
    let Some(lanes) = lanes(items) else { return sums };
    let of_generator = lanes.map(|item| window::digits(item.s.limbs()));
    let of_key = lanes.map(|item| window::digits(item.t.limbs()));
    for row in 0..ROWS {
        if row + 1 < ROWS {
            // The next rows are on their way while this one is added.
            for lane in 0..8 {
                prefetch(&generator::TABLE[row + 1], of_generator[lane][row + 1]);
                prefetch(&lanes[lane].key[row + 1], of_key[lane][row + 1]);
            }
        }
        let entries = core::array::from_fn(|lane| (&generator::TABLE[row], of_generator[lane][row]));
        sums.add_vartime(&[chosen(&entries)]);
        let entries = core::array::from_fn(|lane| (&lanes[lane].key[row], of_key[lane][row]));
        sums.add_vartime(&[chosen(&entries)]);
    }
    sums
}

/// [s]G + [t]P for up to 8 items: [t]P by doublings, [s]G from the table.
#[target_feature(enable = "avx512f,avx512ifma")]
fn without_tables(items: &[Item<'_, Affine>]) -> Sums<1> {
    let Some(lanes) = lanes(items) else { return Sums::empty() };
    let points = affine(&lanes.map(|item| item.key));
    let mut sums = times(&points, &lanes.map(|item| *item.t.limbs()));
    let of_generator = lanes.map(|item| window::digits(item.s.limbs()));
    for row in 0..ROWS {
        let entries = core::array::from_fn(|lane| (&generator::TABLE[row], of_generator[lane][row]));
        sums.add_vartime(&[chosen(&entries)]);
    }
    sums
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn verify_in_all_lanes(item: &Item<'_, Table>) -> Answer {
    let of_generator = window::digits(item.s.limbs());
    let of_key = window::digits(item.t.limbs());
    let mut sums = Sums::<1>::empty();
    for first in (0..ROWS).step_by(8) {
        for (table, digits) in [(&generator::TABLE, &of_generator), (item.key, &of_key)] {
            let entries = core::array::from_fn(|lane| match (table.get(first + lane), digits.get(first + lane)) {
                (Some(row), Some(digit)) => (row, *digit),
                // The digit 0 adds nothing.
                _ => (&table[0], 0),
            });
            sums.add_vartime(&[chosen(&entries)]);
        }
    }
    sums.add_jacobian(&sums.turned::<4>().as_terms());
    sums.add_jacobian(&sums.turned::<2>().as_terms());
    sums.add_jacobian(&sums.turned::<1>().as_terms());
    let (fits, none) = compared(&sums.x[0], &sums.z[0], &[item.x.limbs(); 8]);
    answer(fits, none, 0)
}

/// The items as eight, the last one again where there are fewer; `None` for none.
fn lanes<'a, 'b, Key>(items: &'a [Item<'b, Key>]) -> Option<[&'a Item<'b, Key>; 8]> {
    let last = items.last()?;
    Some(core::array::from_fn(|lane| items.get(lane).unwrap_or(last)))
}

/// Appends what the sums say of up to 8 items.
#[target_feature(enable = "avx512f,avx512ifma")]
fn answers<Key>(items: &[Item<'_, Key>], sums: &Sums<1>, out: &mut Vec<Answer>) {
    let Some(lanes) = lanes(items) else { return };
    let (fits, none) = compared(&sums.x[0], &sums.z[0], &lanes.map(|item| item.x.limbs()));
    out.extend((0..items.len()).map(|lane| answer(fits, none, lane)));
}

/// What the masks of [`compared`] say of a lane.
fn answer(fits: __mmask8, none: __mmask8, lane: usize) -> Answer {
    match (none >> lane & 1, fits >> lane & 1) {
        (1, _) => Answer::Portable,
        (_, 1) => Answer::Fits,
        _ => Answer::DoesNot,
    }
}

/// The lanes whose X/Z² is the number modulo n, and the lanes where Z is 0. Compares X with number·Z², which
/// saves the inversion. X < 2.01p, Z < 4p.
#[target_feature(enable = "avx512f,avx512ifma")]
fn compared(x: &Fe8, z: &Fe8, numbers: &[&Limbs; 8]) -> (__mmask8, __mmask8) {
    let zz = z.sqr(); // < 2p
    let one = [1, 0, 0, 0];
    // Both sides leave the Montgomery form: < 2p and < 3p.
    let x = x.mul(&integers(&[&one; 8]));
    let mut fits = x.equals(&integers(numbers).mul(&zz));

    // n is below p, so x may also be the number plus n, if that is below p. Such numbers are rare.
    let mut second = [[0; 4]; 8];
    let mut there = 0;
    for (lane, number) in numbers.iter().enumerate() {
        let (above, carry) = limbs::add(number, &scalar::N);
        if carry == 0 && limbs::sub(&above, &field::P).1 == 1 {
            second[lane] = above;
            there |= 1 << lane;
        }
    }
    if there != 0 {
        let second = integers(&second.each_ref());
        fits |= there & x.equals(&second.mul(&zz));
    }
    (fits, z.is_zero())
}

/// Integers below 2^256 as carried elements, without a factor of R.
#[target_feature(enable = "avx512f,avx512ifma")]
fn integers(numbers: &[&Limbs; 8]) -> Fe8 {
    Fe8::from_integers(&core::array::from_fn(|i| lanes_of(&numbers.map(|number| number[i]))))
}

/// The entry of a row for a digit; for 0 one that is not used.
#[inline(always)]
fn entry(row: &[Affine; MULTIPLES], digit: i8) -> &Affine {
    // Digits are −63..=64: the remainder only tells the compiler so.
    &row[usize::from(digit.unsigned_abs()).wrapping_sub(1) % MULTIPLES]
}

#[inline(always)]
fn prefetch(row: &[Affine; MULTIPLES], digit: i8) {
    // SAFETY: a prefetch reads nothing that the program sees; the pointer is that of a reference.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(core::ptr::from_ref(entry(row, digit)).cast()) };
}

/// The multiples that eight digits stand for, each in its own row.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn chosen(rows: &[(&[Affine; MULTIPLES], i8); 8]) -> Terms {
    let mut negative = 0;
    let mut present = 0;
    for (lane, (_, digit)) in rows.iter().enumerate() {
        negative |= u8::from(*digit < 0) << lane;
        present |= u8::from(*digit != 0) << lane;
    }
    Terms { negative, present, ..affine(&core::array::from_fn(|lane| entry(rows[lane].0, rows[lane].1))) }
}

/// Eight points, < 16p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn affine(points: &[&Affine; 8]) -> Terms {
    let [a, b, c, d, e, f, g, h] = transposed(core::array::from_fn(|lane| {
        let ([a, b, c, d], [e, f, g, h]) = (*points[lane].x.montgomery(), *points[lane].y.montgomery());
        lanes_of(&[a, b, c, d, e, f, g, h])
    }));
    let (x, y) = (Fe8::from_portable(&[a, b, c, d]), Fe8::from_portable(&[e, f, g, h]));
    Terms { x, y, negative: 0, present: 0xff }
}

/// Rows of eight words become columns.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn transposed(rows: [__m512i; 8]) -> [__m512i; 8] {
    // Pairs of words: [0 of row 2i, 0 of row 2i + 1, 2 of row 2i, …] and the same of the odd words.
    let even: [_; 4] = core::array::from_fn(|i| _mm512_unpacklo_epi64(rows[2 * i], rows[2 * i + 1]));
    let odd: [_; 4] = core::array::from_fn(|i| _mm512_unpackhi_epi64(rows[2 * i], rows[2 * i + 1]));
    let mut out = [_mm512_setzero_si512(); 8];
    for (parity, pairs) in [even, odd].iter().enumerate() {
        // Blocks of 128 bits: 0x88 takes blocks 0 and 2 of both, 0xdd blocks 1 and 3.
        let (a, b) =
            (_mm512_shuffle_i64x2::<0x88>(pairs[0], pairs[1]), _mm512_shuffle_i64x2::<0x88>(pairs[2], pairs[3]));
        let (c, d) =
            (_mm512_shuffle_i64x2::<0xdd>(pairs[0], pairs[1]), _mm512_shuffle_i64x2::<0xdd>(pairs[2], pairs[3]));
        out[parity] = _mm512_shuffle_i64x2::<0x88>(a, b);
        out[parity + 4] = _mm512_shuffle_i64x2::<0xdd>(a, b);
        out[parity + 2] = _mm512_shuffle_i64x2::<0x88>(c, d);
        out[parity + 6] = _mm512_shuffle_i64x2::<0xdd>(c, d);
    }
    out
}

#[cfg(test)]
mod tests;
