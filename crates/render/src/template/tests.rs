#![allow(clippy::unwrap_used)]
use super::*;
use crate::Code;
use crate::samples;

#[test]
fn built_in_templates_are_right_and_chosen_by_class_kind_and_name() {
    let templates = Templates::new();
    for (content, name) in [
        (samples::general(), "general"),
        (samples::red(), "red"),
        (samples::medical(), "medical"),
        (samples::red_of(samples::medical()), "medical"),
        (samples::notice(), "notice"),
        (samples::red_of(samples::notice()), "notice"),
        (samples::bare(), "general"),
    ] {
        assert_eq!(templates.choose(&content).name(), name);
    }
}

const GENERAL: &str = include_str!("../../templates/general.toml");

/// What is wrong with templates, for the messages too.
const WRONG: &str = include_str!("../../../../testdata/templates/wrong.tsv");

/// The error of a text below `extends = "general"`.
fn error_below(text: &str) -> Error {
    Template::parse("t.toml", &format!("v = 1\nextends = \"general\"\n{text}")).unwrap_err()
}

/// The error of the general template with one text in place of another.
fn error_of(old: &str, new: &str) -> Error {
    assert_eq!(GENERAL.matches(old).count().min(1), 1, "{old}");
    Template::parse("t.toml", &GENERAL.replacen(old, new, 1)).unwrap_err()
}

#[test]
fn whatever_is_wrong_is_named_with_its_place() {
    let mut differ = Vec::new();
    for row in WRONG.lines().filter(|line| !line.starts_with('#')) {
        let [old, new, code, path] = row.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let (old, new) = (old.replace("\\n", "\n"), new.replace("\\n", "\n"));
        let error = if old.is_empty() { error_below(&new) } else { error_of(&old, &new) };
        if (error.entry().name, error.place().path.as_deref().unwrap_or_default()) != (code, path) {
            differ.push(format!("{row}\n    {error}"));
        }
        assert_eq!(error.place().file.as_deref(), Some("t.toml"));
        if error.code() != Code::TemplateIncomplete {
            assert!(error.place().line.is_some_and(|line| line >= 2) && error.place().column.is_some(), "{error}");
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn line_and_column_count_characters() {
    let error = Template::parse("t", "v = 1\nextends = \"general\"\n[names]\nx = \"名\"\ny = 1\n").unwrap_err();
    assert_eq!((error.code(), error.place().line, error.place().column), (Code::TemplateValue, Some(5), Some(5)));
    assert_eq!((error.expected_text(), error.found_text()), (Some("a string"), Some("a whole number")));
}

#[test]
fn a_variant_replaces_adds_and_removes_blocks() {
    let base = Template::parse("t", "v = 1\nextends = \"general\"").unwrap();
    let text = "v = 1\nextends = \"general\"\nremove = [\"unit-seal\"]\n[[block]]\nid = \"note\"\ntype = \"rows\"\n\
                after = \"sum\"\nrow_height = 5\ncolumns = [{ width = 194 }]\ncells = [{ value = \"示例\" }]\n";
    let variant = Template::parse("t", text).unwrap();
    let ids = |template: &Template| template.blocks.iter().map(|block| block.id.clone()).collect::<Vec<_>>();
    let mut expected = ids(&base);
    expected.retain(|id| id != "unit-seal");
    let sum = expected.iter().position(|id| id == "sum").unwrap();
    expected.insert(sum + 1, "note".to_owned());
    assert_eq!(ids(&variant), expected);
    assert!(variant.fixed_text().any(|text| text == "示例"));

    for (line, path) in [("remove = [\"no\"]", "remove[0]"), ("extends = \"no\"", "extends")] {
        let text = format!("v = 1\n{line}\n{}", if line.starts_with('r') { "extends = \"general\"" } else { "" });
        let error = Template::parse("t", &text).unwrap_err();
        assert_eq!((error.code(), error.place().path.as_deref()), (Code::TemplateUnknown, Some(path)));
    }
    let error = Template::parse("t", &text.replace("\"sum\"", "\"no\"")).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::TemplateUnknown, Some("block[0].after")));
}

#[test]
fn the_digest_covers_what_is_extended() {
    let mut templates = Templates::new();
    let red = templates.get("red").unwrap().digest();
    assert_ne!(red, templates.get("general").unwrap().digest());
    let own = GENERAL.replace("财政票据（通用）", "示例");
    templates.add("general", &own).unwrap();
    templates.add("red", include_str!("../../templates/red.toml")).unwrap();
    assert_ne!(templates.get("red").unwrap().digest(), red);
    assert_eq!(templates.get("red").unwrap().depth, 1);
}

#[test]
fn the_most_particular_template_is_chosen_and_of_equals_the_last_one() {
    let mut templates = Templates::new();
    let text = |scope: &str| format!("v = 1\nextends = \"general\"\n[for]\n{scope}\n");
    templates.add("province", &text("regions = [\"32\"]")).unwrap();
    assert_eq!(templates.choose(&samples::general()).name(), "province");
    assert_eq!(templates.choose(&samples::red()).name(), "province");
    assert_eq!(templates.choose(&samples::medical()).name(), "medical");
    templates.add("province-red", &text("regions = [\"32\"]\nkind = \"red\"")).unwrap();
    assert_eq!(templates.choose(&samples::red()).name(), "province-red");
    templates.add("other", &text("regions = [\"33\", \"32\"]")).unwrap();
    assert_eq!(templates.choose(&samples::general()).name(), "other");
    templates.add("far", &text("regions = [\"44\"]\nclasses = [\"01\"]")).unwrap();
    assert_eq!(templates.choose(&samples::general()).name(), "other");
    let error = templates.get("no").unwrap_err();
    assert_eq!(error.code(), Code::TemplateUnknown);
    assert_eq!(
        error.expected_text(),
        Some("`far` | `other` | `province-red` | `province` | `notice` | `medical` | `red` | `general`")
    );
}

#[test]
fn templates_are_bounded() {
    let long = format!("v = 1\n#{}", "x".repeat(64 * 1024));
    assert_eq!(Template::parse("t", &long).unwrap_err().code(), Code::TemplateLimit);
    let text = format!("v = 1\nextends = \"general\"\ntitle = \"{}\"", "题".repeat(401));
    assert_eq!(Template::parse("t", &text).unwrap_err().code(), Code::TemplateLimit);
    let invisible = "v = 1\nextends = \"general\"\ntitle = \"题\u{202E}\"";
    assert_eq!(Template::parse("t", invisible).unwrap_err().code(), Code::TemplateValue);
    let deep = format!("v = 1\nextends = \"general\"\ntitle = {}{}", "[".repeat(20_000), "]".repeat(20_000));
    assert_eq!(Template::parse("t", &deep).unwrap_err().code(), Code::TemplateSyntax);
    let mut templates = Templates::new();
    let mut before = "general".to_owned();
    for name in ["a", "b", "c"] {
        templates.add(name, &format!("v = 1\nextends = \"{before}\"")).unwrap();
        name.clone_into(&mut before);
    }
    assert_eq!(templates.add("d", "v = 1\nextends = \"c\"").unwrap_err().code(), Code::TemplateLimit);
}

/// A document promises what it shows: every example of the language's description is a template.
#[test]
fn the_examples_of_the_description_are_templates() {
    let text = include_str!("../../TEMPLATES.md");
    let examples: Vec<&str> = text.split("```toml\n").skip(1).map(|part| part.split("```").next().unwrap()).collect();
    assert_eq!(examples.len(), 3);
    for example in examples {
        Template::parse("example", example).unwrap();
    }
}
