//! Every entry beside its definition, worked out by RustCrypto's points.

use sm2::elliptic_curve::point::AffineCoordinates as _;
use sm2::elliptic_curve::{BatchNormalize as _, Group as _};
use sm2::{AffinePoint, ProjectivePoint};

use super::*;
use crate::generator;
use crate::scalar::Scalar;

/// Where a table differs from `[(j+1)·2^(7i)]P`, first row and place.
fn first_difference(table: &Table, definition: &[[u8; 64]]) -> Option<(usize, usize)> {
    let places = (0..ROWS).flat_map(|row| (0..MULTIPLES).map(move |place| (row, place)));
    places.zip(definition).find_map(|((row, place), bytes)| {
        let point = &table[row][place];
        let same = point.x.to_bytes() == bytes[..32] && point.y.to_bytes() == bytes[32..];
        (!same).then_some((row, place))
    })
}

fn definition(point: ProjectivePoint) -> Vec<[u8; 64]> {
    let mut multiples = Vec::new();
    let mut base = point;
    for _ in 0..ROWS {
        let mut multiple = base;
        for _ in 0..MULTIPLES {
            multiples.push(multiple);
            multiple += base;
        }
        for _ in 0..STEP {
            base = base.double();
        }
    }
    let affine: Vec<AffinePoint> = ProjectivePoint::batch_normalize(multiples.as_slice());
    let bytes = |point: &AffinePoint| {
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&point.x());
        bytes[32..].copy_from_slice(&point.y());
        bytes
    };
    affine.iter().map(bytes).collect()
}

#[test]
fn the_table_of_the_base_point_is_what_it_says() {
    let definition = definition(ProjectivePoint::GENERATOR);
    assert_eq!(definition.len(), ROWS * MULTIPLES);
    assert_eq!(first_difference(&generator::TABLE, &definition), None);
}

#[test]
fn one_changed_bit_anywhere_in_the_table_is_noticed() {
    let definition = definition(ProjectivePoint::GENERATOR);
    for row in 0..ROWS {
        for place in 0..MULTIPLES {
            let mut table = Box::new(generator::TABLE);
            let bit = (row * MULTIPLES + place) % 512;
            let entry = &mut table[row][place];
            let (coordinate, bit) = if bit < 256 { (&mut entry.x, bit) } else { (&mut entry.y, bit - 256) };
            let mut limbs = *coordinate.montgomery();
            limbs[bit / 64] ^= 1 << (bit % 64);
            *coordinate = FieldElement::from_montgomery(limbs);
            let rows = &definition[row * MULTIPLES..(row + 1) * MULTIPLES];
            // Only the row in question: the whole for each entry would take minutes.
            table.swap(0, row);
            assert_eq!(first_difference(&table, rows), Some((0, place)), "row {row}");
        }
    }
}

#[test]
fn tables_of_other_points() {
    let mut number = Scalar::from(1);
    for _ in 0..5 {
        number = number.mul(&Scalar::reduced(&[0x9b; 32])).neg();
        let point = generator::times(&number);
        let scalar = sm2::Scalar::from_bytes(&number.to_bytes().into()).into_option();
        let judge = scalar.map(|scalar| ProjectivePoint::GENERATOR * scalar);
        assert_eq!(judge.and_then(|judge| first_difference(&table(&point), &definition(judge))), None);
    }
    // The base point by the same way as any other.
    assert_eq!(*table(&generator::TABLE[0][0]), generator::TABLE);
}
