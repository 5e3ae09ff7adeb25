//! The side of this crate in the crosswise matrix: makes files for the readers of other
//! implementations and reads what their makers wrote. See `testdata/crosswise/README.md`.
//!
//! ```text
//! crosswise make DIR CONTENT PASSWORDFILE
//! crosswise read LIST PASSWORDFILE
//! ```
#![allow(clippy::print_stdout, missing_docs)]

mod make;
mod read;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use czei_pki::Password;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", dir, content, password] => {
            let password = Password::from_bytes(&std::fs::read(password)?)?;
            make::all(Path::new(dir), &std::fs::read(content)?, &password)
        }
        ["read", list, password] => {
            let password = Password::from_bytes(&std::fs::read(password)?)?;
            for line in std::fs::read_to_string(list)?.lines() {
                println!("{}", read::answer(line, &password)?);
            }
            Ok(())
        }
        _ => Err("usage: crosswise make DIR CONTENT PASSWORDFILE | read LIST PASSWORDFILE".into()),
    }
}
