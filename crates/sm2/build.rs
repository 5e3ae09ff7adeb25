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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for file in ["build.rs", "src/field.rs", "src/limbs.rs", "src/point.rs", "src/table.rs"] {
        println!("cargo:rerun-if-changed={file}");
    }
    let table = table::table(&point::GENERATOR);
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
