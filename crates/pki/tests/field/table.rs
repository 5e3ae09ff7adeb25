//! The table of expectations.

use std::collections::BTreeMap;

/// One file.
pub(crate) struct Row {
    /// Folder and name.
    pub(crate) file: String,
    /// Words and `key=value` tokens, separated by spaces.
    pub(crate) expected: String,
}

impl Row {
    pub(crate) fn folder(&self) -> &str {
        self.file.split('/').next().unwrap()
    }

    /// The words without an equals sign, in their order.
    pub(crate) fn words(&self) -> Vec<&str> {
        self.expected.split(' ').filter(|token| !token.contains('=')).collect()
    }

    /// What stands after `key=`.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.expected.split(' ').find_map(|token| token.strip_prefix(key)?.strip_prefix('='))
    }

    /// Whether the words and values are these and no others.
    pub(crate) fn compare(&self, words: &[&str], values: &[(&str, String)]) -> Result<(), String> {
        let expected: BTreeMap<&str, &str> =
            self.expected.split(' ').filter_map(|token| token.split_once('=')).collect();
        let found: BTreeMap<&str, &str> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
        if words == self.words() && expected == found {
            return Ok(());
        }
        let values: Vec<_> = found.iter().map(|(key, value)| format!("{key}={value}")).collect();
        Err(format!("found {} {}", words.join(" "), values.join(" ")))
    }
}

pub(crate) fn rows() -> Vec<Row> {
    let mut lines = include_str!("expected.tsv").lines().filter(|line| !line.starts_with('#'));
    assert_eq!(lines.next(), Some("file\twhat\texpected\twhy"));
    lines
        .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            [file, _what, expected, why] if !why.is_empty() => Row { file: file.into(), expected: expected.into() },
            _ => panic!("not four columns: {line}"),
        })
        .collect()
}
