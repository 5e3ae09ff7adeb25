//! The documents at the root of the repository are held to what they say: commands run, paths exist,
//! crates depend on what the table allows. Their Rust examples run as doctests of the facade.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const DOCUMENTS: [&str; 5] = ["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/// Licences that may stand below MIT OR Apache-2.0: each lets its code be used without a word of the
/// receipts' issuer.
const LICENCES: [&str; 9] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-3-Clause",
    "ISC",
    "Unicode-3.0",
    "Zlib",
    "0BSD",
    "OFL-1.1",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn read(document: &str) -> String {
    std::fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
}

/// The fenced blocks of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), None);
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(name)) => open = Some((name == language, String::new())),
            (Some(_), Some(_)) => {
                let (wanted, block) = open.take().unwrap();
                if wanted {
                    found.push(block);
                }
            }
            (Some((_, block)), None) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// A text without its fenced blocks.
fn prose(text: &str) -> String {
    let mut inside = false;
    let outside = |line: &&str| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !inside && !fence
    };
    text.lines().filter(outside).collect::<Vec<_>>().join("\n")
}

fn metadata(dependencies: bool) -> Value {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--locked"]).current_dir(root());
    if !dependencies {
        command.arg("--no-deps");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The command line, built for this test.
fn czei() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--quiet", "-p", "czei-cli", "--message-format", "json"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let built = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let executable = built.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back();
    executable.expect("cargo names what it built")
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("czei-documents-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// Every `sh` block runs, from the first to the last of a document in one folder, with the built
/// `czei`. `make` itself would run this test again: it is asked only whether it knows the target.
#[test]
fn the_commands_of_the_documents_run() {
    const PRELUDE: &str =
        "set -eu\nmake() { command make --dry-run --no-print-directory -C \"$CZEI_ROOT\" \"$1\" >/dev/null; }\n";
    let czei = czei();
    let path = std::env::join_paths(
        std::iter::once(czei.parent().unwrap().to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    )
    .unwrap();
    let mut count = 0;
    for document in DOCUMENTS {
        let folder = Folder::new(document);
        for block in blocks(&read(document), "sh") {
            count += 1;
            let output = Command::new("sh")
                .args(["-c", &format!("{PRELUDE}{block}")])
                .current_dir(&folder.0)
                .env("PATH", &path)
                .env("CZEI_ROOT", root())
                .env("LC_ALL", "C")
                .output()
                .unwrap();
            let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success(), "{document}:\n{block}\n{out}{err}");
            // What the documents promise the demonstration ends with.
            if block.contains("czei demo\n") {
                let promised = blocks(&read(document), "text").into_iter().find(|block| block.starts_with("issued="));
                let promised = promised.expect("the last line of the demonstration stands in the document");
                assert!(out.lines().any(|line| line == promised.trim_end()), "{document}:\n{out}");
            }
        }
    }
    assert!(count >= 6, "only {count} blocks were found");
}

/// Both languages show the same commands, and the same code but for comments and texts.
#[test]
fn both_readmes_show_the_same_commands_and_code() {
    let (english, chinese) = (read("README.md"), read("README.zh-CN.md"));
    assert_eq!(blocks(&english, "sh"), blocks(&chinese, "sh"));
    let code = |text: &str| -> Vec<Vec<String>> {
        let lines = |block: &String| {
            let line = |line: &str| line.split(" //").next().unwrap_or_default().to_owned();
            block
                .lines()
                .filter(|each| !each.contains("message_") && !each.contains("verifier.verify("))
                .map(line)
                .collect()
        };
        blocks(text, "rust").iter().map(lines).collect()
    };
    assert_eq!(code(&english).len(), 3);
    assert_eq!(code(&english), code(&chinese));
}

/// A path is what stands in backticks or in a link, has a slash or a known extension, and no blank.
#[test]
fn every_path_of_the_documents_exists() {
    const EXTENSIONS: [&str; 5] = [".md", ".rs", ".lock", ".py", ".sh"];
    let mut checked = BTreeSet::new();
    let documents = DOCUMENTS.into_iter().chain([
        "crates/core/src/xml/CANONICAL.md",
        "crates/core/src/xml/READING.md",
        "crates/stock/README.md",
        "testdata/independent/README.md",
        "testdata/demo/README.md",
    ]);
    for document in documents {
        let text = prose(&read(document));
        let ticks = text.split('`').skip(1).step_by(2);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let home = root().join(document).parent().unwrap().to_owned();
        for path in ticks.chain(links) {
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
            // A dotted name in capitals is an element or a file of a reader's own.
            let is_path = path.contains('/') || EXTENSIONS.iter().any(|extension| path.ends_with(extension));
            let made = ["target/", "fuzz/artifacts", "czei-demo"].iter().any(|made| path.starts_with(made));
            if !is_path || made || !path.chars().all(plain) || path.starts_with(['/', '-']) || path.contains("//") {
                continue;
            }
            let there = root().join(path).exists() || home.join(path).exists() || anywhere(path);
            assert!(there, "{document} names {path}, which does not exist");
            checked.insert(path.to_owned());
        }
    }
    assert!(checked.len() > 40, "only {} paths were found", checked.len());
}

/// A bare file name is enough where a document speaks of a folder's files.
fn anywhere(name: &str) -> bool {
    !name.contains('/') && root().join("crates/core/src").join(name).exists()
}

/// The table of crates in ARCHITECTURE.md, and what cargo says.
#[test]
fn crates_depend_on_what_the_table_allows_and_on_nothing_else() {
    let text = read("ARCHITECTURE.md");
    let rows = text.lines().filter(|line| line.starts_with("| `crates/") && line.matches(" |").count() == 4);
    let table: BTreeMap<String, BTreeSet<String>> = rows
        .map(|row| {
            let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
            let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
            let folder = names(cells[0]).remove(0).trim_start_matches("crates/").to_owned();
            (folder, names(cells[3]).into_iter().collect())
        })
        .collect();

    let metadata = metadata(false);
    let packages = metadata["packages"].as_array().unwrap();
    let folder = |package: &Value| {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        manifest.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned()
    };
    let by_name: BTreeMap<&str, String> =
        packages.iter().map(|package| (package["name"].as_str().unwrap(), folder(package))).collect();
    let edges: BTreeMap<String, BTreeSet<String>> = packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap().iter();
            let ours = dependencies
                .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
                .filter_map(|dependency| by_name.get(dependency["name"].as_str().unwrap()).cloned());
            (folder(package), ours.collect())
        })
        .collect();
    assert_eq!(edges, table);
}

/// Each foreign crate of the workspace has its reason in one line, and crates take it from there.
#[test]
fn every_dependency_has_its_reason() {
    let manifest = read("Cargo.toml");
    let table = manifest.split("[workspace.dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let mut count = 0;
    for line in table.lines().filter(|line| line.contains(" = ") && !line.starts_with('#')) {
        if line.starts_with("czei") {
            continue;
        }
        count += 1;
        let reason = line.split_once('#').map_or("", |(_, reason)| reason.trim());
        assert!(reason.len() >= 15, "no reason: {line}");
    }
    assert!(count >= 10, "only {count} dependencies were found");

    let metadata = metadata(false);
    for package in metadata["packages"].as_array().unwrap() {
        let path = package["manifest_path"].as_str().unwrap();
        let manifest: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(dependencies) = manifest.get(section).and_then(toml::Value::as_table) else { continue };
            for (name, value) in dependencies {
                let inherited = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
                assert!(inherited, "{path}: {name} is not taken from the workspace");
            }
        }
    }
}

#[test]
fn every_licence_is_on_the_list() {
    let metadata = metadata(true);
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 20);
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_else(|| panic!("{name} names no licence"));
        // `a OR b` lets us choose, `a AND b` does not; `a/b` is how OR was written once.
        let allowed = licence.replace('/', " OR ").replace(['(', ')'], "");
        let allowed =
            allowed.split(" AND ").all(|part| part.split(" OR ").any(|choice| LICENCES.contains(&choice.trim())));
        assert!(allowed, "{name}: {licence}");
    }
}
