//! The multiples of a point that make products with it a matter of additions.

use crate::field::FieldElement;
use crate::point::{Affine, invert_all};

/// Multiples in a row: the digits' sizes, see `window.rs`.
pub(crate) const MULTIPLES: usize = 64;

/// Rows: one for each digit.
pub(crate) const ROWS: usize = 37;

/// Bits from one row to the next.
const STEP: usize = 7;

/// `[(j+1)·2^(7i)]P` in row i at place j: 148 KiB.
pub(crate) type Table = [[Affine; MULTIPLES]; ROWS];

/// The table of a point: about 2,100 affine additions, 480 doublings and 7 inversions.
///
/// Not for secrets, though it branches on nothing but places.
pub(crate) fn table(point: &Affine) -> Box<Table> {
    let mut products = Vec::new();
    let mut rows = vec![[*point; MULTIPLES]; ROWS];
    first_places(&mut rows, point, &mut products);

    // From the multiples 1 to m follow m+1 to 2m: each is one plus the m-th, and the last is the m-th
    // twice. Neither equal nor opposite points are ever added, as n is prime and far above 64; a
    // double's y is never 0, as n is odd.
    let mut inverses = Vec::with_capacity(ROWS * MULTIPLES / 2);
    let mut known = 1;
    while known < MULTIPLES {
        inverses.clear();
        for row in &rows {
            let top = &row[known - 1];
            inverses.extend(row[..known - 1].iter().map(|point| point.x.sub(&top.x)));
            inverses.push(top.y.double());
        }
        invert_all(&mut inverses, &mut products);
        for (row, inverses) in rows.iter_mut().zip(inverses.chunks_exact(known)) {
            let top = row[known - 1];
            let (double, sums) = (&inverses[known - 1], &inverses[..known - 1]);
            for (place, inverse) in sums.iter().enumerate() {
                let slope = row[place].y.sub(&top.y).mul(inverse);
                row[known + place] = on_line(&slope, &top, &row[place].x);
            }
            // (3x² − 3) / 2y
            let slope = top.x.square().sub(&FieldElement::ONE).triple().mul(double);
            row[2 * known - 1] = on_line(&slope, &top, &top.x);
        }
        known *= 2;
    }

    match rows.into_boxed_slice().try_into() {
        Ok(table) => table,
        // The vector was made with so many rows.
        Err(_) => unreachable!(),
    }
}

/// `[2^(7i)]P` at the first place of each row.
fn first_places(rows: &mut [[Affine; MULTIPLES]], point: &Affine, products: &mut Vec<FieldElement>) {
    let mut power = point.to_jacobian();
    let mut powers = Vec::with_capacity(ROWS);
    for _ in 0..ROWS {
        powers.push(power);
        for _ in 0..STEP {
            power = power.double();
        }
    }
    let mut inverses: Vec<FieldElement> = powers.iter().map(|power| power.z).collect();
    invert_all(&mut inverses, products);
    for ((row, power), inverse) in rows.iter_mut().zip(&powers).zip(&inverses) {
        row[0] = power.to_affine_with(inverse);
    }
}

/// The sum of a point and one with this x on the line of this slope through it.
fn on_line(slope: &FieldElement, point: &Affine, other_x: &FieldElement) -> Affine {
    let x = slope.square().sub(&point.x).sub(other_x);
    Affine { x, y: slope.mul(&point.x.sub(&x)).sub(&point.y) }
}

#[cfg(test)]
#[path = "table/tests.rs"] // build.rs reads this file too, from another place
mod tests;
