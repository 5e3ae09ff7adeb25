//! What xmllint refuses, the reader refuses: over the whole corpus, and over small changes to it.

use std::process::{Command, Stdio};

use czei_core::xml::{Document, Limits};

fn xmllint_refuses(path: &std::path::Path) -> bool {
    let status = Command::new("xmllint").args(["--noout", "--nonet"]).arg(path).stderr(Stdio::null()).status();
    !status.unwrap().success()
}

#[test]
fn what_xmllint_refuses_is_refused() {
    if Command::new("xmllint").arg("--version").stderr(Stdio::null()).status().is_err() {
        eprintln!("xmllint is not installed: the comparison is not made");
        return;
    }
    let folder = std::env::temp_dir().join(format!("czei-xmllint-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("case.xml");
    let mut refused = 0;
    let mut passed = Vec::new();
    for (name, bytes) in super::corpus() {
        std::fs::write(&path, &bytes).unwrap();
        if xmllint_refuses(&path) {
            refused += 1;
            if Document::parse(&bytes, &Limits::default()).is_ok() {
                passed.push(name);
            }
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(passed.is_empty(), "xmllint refuses, the reader does not: {passed:?}");
    // A comparison in which nothing is refused compares nothing.
    assert!(refused > 60, "{refused}");
}
