//! All codes of all crates: unique, explained in both languages, and never changed once listed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use czei::{abi_line, entries, explain};

/// CJK ideographs and full-width punctuation.
fn is_chinese(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

#[test]
fn numbers_and_names_are_unique() {
    let (mut numbers, mut names) = (BTreeMap::new(), BTreeMap::new());
    for entry in entries() {
        if let Some(other) = numbers.insert(entry.number, entry.name) {
            panic!("{entry} is both {other} and {}", entry.name);
        }
        if let Some(other) = names.insert(entry.name, entry.number) {
            panic!("{} is both CZ{other:04} and {entry}", entry.name);
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(entry.name.chars().all(plain) && !entry.name.starts_with(char::is_numeric), "{}", entry.name);
    }
}

#[test]
fn every_code_lies_in_the_range_of_its_owner() {
    for entry in entries() {
        let expected = match entry.number {
            1000..=1999 => "sm2",
            2000..=2799 => "pki",
            2800..=2899 => "remote",
            3000..=3999 | 5000..=5999 => "core",
            4000..=4999 => "stock",
            6000..=6999 => "render",
            8000..=8999 => "czei",
            9000..=9999 => "cli",
            _ => "nobody",
        };
        assert_eq!(entry.owner, expected, "{entry}");
    }
}

#[test]
fn every_code_is_explained_in_both_languages() {
    for entry in entries() {
        let chinese = [entry.zh, entry.why_zh, entry.advice_zh];
        for text in chinese {
            assert!(text.chars().any(is_chinese), "{entry}: no Chinese in {text:?}");
        }
        assert!(!entry.en.chars().any(is_chinese), "{entry}: Chinese in {:?}", entry.en);
        for text in [entry.en, entry.why_en, entry.advice_en] {
            assert!(text.chars().any(|c| c.is_ascii_alphabetic()), "{entry}: no English in {text:?}");
        }
        assert!(!entry.clause.trim().is_empty(), "{entry}: no clause");
        for text in chinese.into_iter().chain([entry.en, entry.why_en, entry.advice_en]) {
            // A semicolon may close an entity such as &amp;.
            assert!(!text.ends_with(['.', '。', '!', '！', ',', '，', '；']), "{entry}: {text:?} ends like a sentence");
            assert_eq!(text.trim(), text, "{entry}");
        }
    }
}

#[test]
fn a_code_is_found_by_number_and_by_name() {
    for entry in entries() {
        for text in [entry.id(), entry.id().to_lowercase(), format!("{:04}", entry.number), entry.name.to_uppercase()] {
            assert_eq!(explain(&text), Some(entry), "{text}");
        }
    }
    for text in ["", "CZ", "cz1", "0000", "CZ0000", "CZ99999", "汉字", "no-such-name"] {
        assert_eq!(explain(text), None, "{text}");
    }
}

/// Lines of `abi/codes.txt` are what others rely on: old ones never change and never go. New codes
/// are appended with `CZEI_BLESS=1`, which touches nothing else.
#[test]
fn the_list_of_codes_only_grows() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../abi/codes.txt");
    let listed = std::fs::read_to_string(&path).unwrap_or_default();
    let listed: BTreeSet<&str> = listed.lines().collect();
    let present: BTreeMap<u16, String> = entries().map(|entry| (entry.number, abi_line(entry))).collect();

    let number = |line: &str| line.split(' ').next().and_then(|text| text.parse::<u16>().ok());
    let changed: Vec<String> = listed
        .iter()
        .filter_map(|line| match number(line).map(|number| present.get(&number)) {
            Some(Some(now)) if now == line => None,
            Some(Some(now)) => Some(format!("  {line}\n  is now\n  {now}")),
            Some(None) => Some(format!("  {line}\n  is gone")),
            None => Some(format!("  {line}\n  is no code")),
        })
        .collect();
    assert!(
        changed.is_empty(),
        "codes that were published have changed; numbers, names, kinds and severities stay for ever:\n{}",
        changed.join("\n")
    );

    let new: Vec<&String> = present.values().filter(|line| !listed.contains(line.as_str())).collect();
    if new.is_empty() {
        return;
    }
    if std::env::var_os("CZEI_BLESS").is_some_and(|value| value == "1") {
        let mut all: Vec<&str> = listed.iter().copied().chain(new.iter().map(|line| line.as_str())).collect();
        all.sort_unstable();
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, all.join("\n") + "\n").unwrap();
        return;
    }
    let lines = new.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n");
    panic!(
        "{} codes are not in abi/codes.txt yet; add them with\n  CZEI_BLESS=1 cargo test -p czei --test codes\n{lines}",
        new.len()
    );
}
