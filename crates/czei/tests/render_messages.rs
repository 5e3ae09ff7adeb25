//! What is wrong with templates and print settings is said in one language.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use czei::{Error, Renderer, render::template::Template};

const WRONG: &str = include_str!("../../../testdata/templates/wrong.tsv");

const GENERAL: &str = include_str!("../../render/templates/general.toml");

/// The first word of Latin letters that is not quoted from the file.
fn english_word(chinese: &str) -> Option<&str> {
    let outside = chinese.split(['`', '"']).step_by(2);
    let mut words = outside.flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric()));
    words.find(|word| {
        let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
        letters > 1 && !["TOML", "PNG", "JSON", "UTF", "QR", "Unicode", "id"].contains(word)
    })
}

#[test]
fn errors_of_templates_are_chinese_but_for_what_they_quote() {
    let (mut count, mut chinese) = (0, String::new());
    for row in WRONG.lines().filter(|line| !line.starts_with('#')) {
        let [old, new, ..] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let (old, new) = (old.replace("\\n", "\n"), new.replace("\\n", "\n"));
        let text = match old.is_empty() {
            true => format!("v = 1\nextends = \"general\"\n{new}"),
            false => GENERAL.replacen(&old, &new, 1),
        };
        let error = Error::from(Template::parse("t", &text).unwrap_err());
        assert_eq!(english_word(&error.message_zh()), None, "{row}\n{}", error.message_zh());
        chinese.push_str(&error.message_zh());
        let in_accents: String = error.message_en().split('`').step_by(2).collect();
        assert!(in_accents.is_ascii() || in_accents.contains('…'), "{row}\n{in_accents}");
        count += 1;
    }
    assert!(count > 50 && chinese.contains("应为 `width` | `height`"), "{count} {chinese}");
}

#[test]
fn errors_of_print_settings_are_chinese_but_for_what_they_quote() {
    let folder = std::env::temp_dir().join(format!("czei-render-messages-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.png"), b"GIF89a").unwrap();
    std::fs::write(folder.join("a.ttf"), b"GIF89a").unwrap();
    let address = |pattern: &str| format!("v = 1\n[qr]\nreceipt = \"{pattern}\"\n");
    let (file, mut differ) = (folder.join("render.toml"), Vec::new());
    for (text, code) in [
        ("v = 2\n".to_owned(), "toml-version"),
        ("v = 1\nfonts = 1\n".to_owned(), "toml-type"),
        ("v = 1\n[fonts]\nbundle = true\n".to_owned(), "toml-unknown-key"),
        ("v = 1\n[fonts\n".to_owned(), "toml-syntax"),
        ("v = \n".to_owned(), "toml-syntax"),
        ("[fonts]\n".to_owned(), "toml-missing-key"),
        ("v = 1\n[fonts]\nbundled = false\n".to_owned(), "setting-value"),
        ("v = 1\n[fonts]\nbundled = \"no\"\n".to_owned(), "toml-type"),
        ("v = 1\n[fonts]\nfiles = [\"a.ttf\"]\n".to_owned(), "font-malformed"),
        ("v = 1\n[layout]\nidentity_numbers = \"hidden\"\n".to_owned(), "setting-unknown"),
        ("v = 1\n[layout]\nparameters = { days = \"1\" }\n".to_owned(), "setting-value"),
        ("v = 1\n[layout]\ntemplates = [\"*/x.toml\"]\n".to_owned(), "setting-value"),
        ("v = 1\n[[seal.unit]]\ncode = \"1\"\nimage = \"a.png\"\nwidth_mm = 99\n".to_owned(), "setting-value"),
        ("v = 1\n[[seal.unit]]\ncode = \"1\"\nimage = \"a.png\"\n".to_owned(), "seal-image-format"),
        ("v = 1\n[[seal.unit]]\ncode = \"1\"\n".to_owned(), "toml-missing-key"),
        ("v = 1\n[[seal.supervision]]\narea = [\"x\"]\nimage = \"a.png\"\n".to_owned(), "setting-value"),
        (address("{code}"), "qr-pattern-field"),
        (address("ftp://a/{code}"), "qr-pattern"),
        (address("https://u@a/{code}"), "qr-pattern"),
        (address("https://a/{code}"), "qr-pattern-field"),
        (address("https://a/{amount}{code}{number}"), "qr-pattern-field"),
        (address("https://a/{codes}"), "qr-pattern-field"),
        (address("https://a/{code"), "qr-pattern-field"),
        (address("https://a/票{code}"), "qr-pattern"),
    ] {
        std::fs::write(&file, &text).unwrap();
        let error = Renderer::from_settings_file(&file).err().unwrap_or_else(|| panic!("{text}"));
        if error.entry().name != code || english_word(&error.message_zh()).is_some() {
            differ.push(format!("{text}{}\n{error}", error.message_zh()));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    std::fs::remove_dir_all(Path::new(&folder)).unwrap();
}
