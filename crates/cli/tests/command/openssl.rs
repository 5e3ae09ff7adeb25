//! Another implementation verifies both signatures from what `inspect` prints.

use std::fs;
use std::process::Command;

use crate::helper::{Folder, czei, demo};
use crate::inspect::bytes_of;

fn openssl_3() -> bool {
    let version = Command::new("openssl").arg("version").output();
    version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).starts_with("OpenSSL 3."))
}

fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn openssl_verifies_both_signatures_of_a_receipt() {
    if !openssl_3() {
        eprintln!("skipped: openssl 3 is not installed");
        return;
    }
    let folder = Folder::new();
    let path = demo().receipts(1)[0].to_str().unwrap().to_owned();
    let object = czei(&["inspect", "--json", &path]).with_code(0).objects()[0].clone();
    for role in ["unit", "authority"] {
        let bytes = bytes_of(&["inspect", &path, "--signed-bytes", role]);
        let signed = folder.write("signed", &bytes);
        let signature = folder.write("signature.der", from_hex(object[role]["signature"].as_str().unwrap()));
        let certificate = folder.write("signer.pem", object[role]["certificate"]["pem"].as_str().unwrap());
        let verify = || {
            Command::new("openssl")
                .args(["pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-in", &signed, "-sigfile", &signature])
                .args(["-certin", "-inkey", &certificate, "-pkeyopt", "distid:1234567812345678"])
                .output()
                .unwrap()
        };
        let output = verify();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("Signature Verified Successfully"), "{role}: {said}");
        // The same tool refuses one bit more or less, so that its yes means something.
        let mut changed = bytes;
        changed[10] ^= 1;
        fs::write(&signed, changed).unwrap();
        assert!(!verify().status.success(), "{role}");
    }
}
