//! A signing server on standard input and output, with the key of a file: where to begin with one for a device.
//!
//! ```text
//! sign_server unit-1 /etc/sign/unit-1.key
//! ```
#![allow(clippy::print_stderr)]

use std::process::ExitCode;

use czei_pki::KeyFile;
use czei_remote::{KeyLabel, Keys, Server};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [label, path] = arguments.as_slice() else {
        eprintln!("sign_server LABEL KEYFILE");
        return ExitCode::from(2);
    };
    let keys = match read(label, path) {
        Ok(keys) => keys,
        Err(error) => {
            // A log belongs on standard error: standard output is the protocol's.
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match Server::new(keys).serve(std::io::stdin().lock(), std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read(label: &str, path: &str) -> Result<Keys, Box<dyn std::error::Error>> {
    let file = KeyFile::read(&std::fs::read(path)?, None)?;
    let certificate = file.certificate().cloned();
    let mut keys = Keys::new();
    keys.add(KeyLabel::new(label)?, file.into_key(), certificate);
    Ok(keys)
}
