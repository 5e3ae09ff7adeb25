//! Writes the table of the base point as source, with the arithmetic that the library itself uses.
//!
//! Whether it is right is not taken from here: the tests compare every entry with its definition,
//! worked out by another implementation.
#![allow(dead_code)] // what the table does not need of the arithmetic

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

#[path = "src/field.rs"]
mod field;
#[path = "src/limbs.rs"]
mod limbs;
#[path = "src/point.rs"]
mod point;
#[path = "src/table.rs"]
mod table;

use field::FieldElement;
use point::Affine;

/// The base point G, in Montgomery's form.
const BASE_POINT: Affine = Affine {
    x: FieldElement::from_montgomery([
        0x6132_8990_f418_029e,
        0x3e79_81ed_dca6_c050,
        0xd6a1_ed99_ac24_c3c3,
        0x9116_7a5e_e1c1_3b05,
    ]),
    y: FieldElement::from_montgomery([
        0xc135_4e59_3c2d_0ddd,
        0xc1f5_e578_8d32_95fa,
        0x8d4c_fb06_6e2a_48f8,
        0x63cd_65d4_81d7_35bd,
    ]),
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for file in ["build.rs", "src/field.rs", "src/limbs.rs", "src/point.rs", "src/table.rs"] {
        println!("cargo:rerun-if-changed={file}");
    }
    let table = table::table(&BASE_POINT);
    let mut text = String::from("[\n");
    for row in table.iter() {
        text.push_str("[\n");
        for point in row {
            let (x, y) = (point.x.montgomery(), point.y.montgomery());
            writeln!(text, "entry({x:?}, {y:?}),")?;
        }
        text.push_str("],\n");
    }
    text.push_str("]\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("generator.rs"), text)?;
    Ok(())
}
