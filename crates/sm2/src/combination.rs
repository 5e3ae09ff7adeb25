//! `[s]G + [t]P` for public numbers, and what it is compared with.

use crate::field::{self, FieldElement};
use crate::generator;
use crate::limbs;
use crate::point::{Affine, Jacobian, WithPowers};
use crate::scalar::{self, Scalar};
use crate::table::{MULTIPLES, ROWS, Table};
use crate::window;

/// `[s]G + [t]P` for a point whose table is at hand: additions only. Not for secrets.
pub(crate) fn with_table(s: &Scalar, t: &Scalar, table: &Table) -> Jacobian {
    let (s, t) = (window::digits(s.limbs()), window::digits(t.limbs()));
    let mut sum = Jacobian::INFINITY;
    for row in 0..ROWS {
        sum = add_multiple(&sum, &generator::TABLE[row], s[row]);
        sum = add_multiple(&sum, &table[row], t[row]);
    }
    sum
}

/// `[s]G + [t]P` for a point seen for the first time. Not for secrets.
pub(crate) fn without_table(s: &Scalar, t: &Scalar, point: &Affine) -> Jacobian {
    let mut sum = times_vartime(t, point);
    for (row, digit) in generator::TABLE.iter().zip(window::digits(s.limbs())) {
        sum = add_multiple(&sum, row, digit);
    }
    sum
}

fn add_multiple(sum: &Jacobian, row: &[Affine; MULTIPLES], digit: i8) -> Jacobian {
    match digit {
        0 => *sum,
        1.. => sum.add_affine_vartime(&row[digit as usize - 1]),
        _ => sum.add_affine_vartime(&row[usize::from(digit.unsigned_abs()) - 1].neg()),
    }
}

/// `[t]P` by doublings and the odd multiples up to 15.
fn times_vartime(t: &Scalar, point: &Affine) -> Jacobian {
    let point = point.to_jacobian();
    let twice = WithPowers::from(point.double());
    let mut odd = [WithPowers::from(point); 8];
    for index in 1..odd.len() {
        odd[index] = odd[index - 1].point.add_vartime(&twice).into();
    }
    let mut sum = Jacobian::INFINITY;
    for digit in window::sparse_digits_vartime(t.limbs()).iter().rev() {
        // Twice infinity is infinity: the high zeros cost no more than they have to.
        if sum.z != FieldElement::ZERO {
            sum = sum.double();
        }
        let multiple = &odd[usize::from(digit.unsigned_abs()) / 2];
        match digit {
            0 => {}
            1.. => sum = sum.add_vartime(multiple),
            _ => sum = sum.add_vartime(&multiple.neg()),
        }
    }
    sum
}

/// Whether the x coordinate of the point, which is not at infinity, is this number modulo n.
///
/// Compares X with number·Z², which saves the inversion.
pub(crate) fn x_is(point: &Jacobian, number: &Scalar) -> bool {
    let zz = point.z.square();
    let fits = |x: &limbs::Limbs| FieldElement::from_limbs(x).is_some_and(|x| x.mul(&zz) == point.x);
    if fits(number.limbs()) {
        return true;
    }
    // n is below p, so that x may also be the number plus n.
    let (above, carry) = limbs::add(number.limbs(), &scalar::N);
    carry == 0 && limbs::sub(&above, &field::P).1 == 1 && fits(&above)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::points_above_n;
