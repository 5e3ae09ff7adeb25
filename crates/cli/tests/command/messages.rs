//! Languages, errors, help and explanations.

use crate::helper::{Ran, command, czei, demo};

fn with_environment(variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = command(arguments);
    for (name, value) in variables {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn the_locale_chooses_the_language() {
    let arguments = ["explain", "CZ9006"];
    let english = "What: No receipt was found";
    let chinese = "说明: 没有找到可检查的票据";
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[], english),
        (&[("LANG", "zh_CN.UTF-8")], chinese),
        (&[("LANG", "zh_CN.UTF-8"), ("LC_MESSAGES", "en_US.UTF-8")], english),
        (&[("LANG", "C"), ("LC_ALL", "zh_TW.UTF-8")], chinese),
        (&[("LC_ALL", "C"), ("LC_MESSAGES", "zh_CN")], english),
    ];
    for (variables, expected) in cases {
        let ran = with_environment(variables, &arguments).with_code(0);
        assert!(ran.out.contains(expected), "{variables:?}: {}", ran.out);
    }
    let ran = with_environment(&[("LANG", "zh_CN.UTF-8")], &["--lang", "en", "explain", "CZ9006"]);
    assert!(ran.out.contains(english), "{}", ran.out);
    let ran = with_environment(&[("LANG", "zh_CN.UTF-8")], &["verify", "--policy", "没有", "x"]).with_code(2);
    assert!(ran.err.starts_with("CZ8001 ") && ran.err.contains("，没有。"), "{}", ran.err);
}

#[test]
fn every_code_is_explained_in_both_languages() {
    let ran = czei(&["explain", "--all", "--json"]).with_code(0);
    let explained = ran.objects();
    let entries: Vec<_> = czei::entries().collect();
    assert_eq!(explained.len(), entries.len());
    for (line, entry) in explained.iter().zip(entries) {
        assert_eq!(line["code"], entry.id());
        for key in ["message", "message_en", "why", "why_en", "advice", "advice_en", "clause"] {
            assert!(!line[key].as_str().unwrap().is_empty(), "{entry} {key}");
        }
    }
    for form in ["CZ5201", "5201", "cz5201", "total-mismatch"] {
        let ran = czei(&["explain", "--json", form]).with_code(0);
        assert_eq!(ran.objects()[0]["code"], "CZ5201", "{form}");
    }
    let error = czei(&["explain", "--json", "CZ0000"]).with_code(2).error();
    assert_eq!(error["code"], "CZ9040");
}

#[test]
fn a_wrong_command_line_has_its_code() {
    for arguments in [&["verify"][..], &["verify", "--jobs", "0", "x"], &["no-such"], &["explain"]] {
        let ran = czei(arguments).with_code(2);
        assert!(ran.err.starts_with("CZ9001 "), "{arguments:?}: {}", ran.err);
        assert_eq!(ran.out, "");
        assert!(!ran.err.contains("For more information"), "{}", ran.err);
    }
    let ran = czei(&[]).with_code(2);
    assert!(ran.err.contains("Usage: czei ") && ran.out.is_empty(), "{}", ran.err);
    assert_eq!(czei(&["--json"]).with_code(2).error()["code"], "CZ9001");
    let ran = czei(&["--lang", "zh", "verify", "--json", "--nonsense"]).with_code(2);
    let error = ran.error();
    assert_eq!(error["code"], "CZ9001");
    assert!(error["message_en"].as_str().unwrap().contains("--nonsense"), "{error}");
}

#[test]
fn what_is_wrong_with_the_arguments_is_said_in_chinese() {
    let status = ["stock", "status"];
    for (arguments, found) in [
        (&status[..], "缺少参数 <--config <FILE>|--stock <FILE>>"),
        (&["stock", "statu"], "没有命令 statu；是否为 status"),
        (&["stock", "status", "--stok", "x"], "没有参数 --stok；是否为 --stock"),
        (&["stock", "status", "--stock", "a", "--config", "b"], "参数 --stock <FILE> 不能与 --config <FILE> 同时使用"),
        (&["stock", "status", "--stock"], "参数 --stock <FILE> 缺少值"),
        (&["stock", "status", "--stock", "a", "--stock", "b"], "参数 --stock <FILE> 只能给出一次"),
        (
            &["stock", "export", "--stock", "a", "--what", "x"],
            "参数 --what <WHAT> 的值 x 不正确，可取 numbers、segments、journal",
        ),
        (&["stock", "return", "--stock", "a", "x"], "参数 <SEGMENT> 的值 x 不正确"),
    ] {
        let ran = czei(&[&["--lang", "zh"], arguments].concat()).with_code(2);
        let said = format!("CZ9001 命令行参数不正确：{found}。请运行 czei --help 或 czei 命令 --help\n");
        assert_eq!(ran.err, said, "{arguments:?}");
    }
}

#[test]
fn help_and_version_are_no_errors() {
    let ran = czei(&["--version"]).with_code(0);
    assert_eq!(ran.out, format!("czei {}\n", env!("CARGO_PKG_VERSION")));
    for command in ["demo", "issue", "countersign", "verify", "inspect", "reverse", "explain", "key", "cert"] {
        let ran = czei(&[command, "--help"]).with_code(0);
        assert!(ran.out.contains("Usage: czei ") && ran.out.contains(" · "), "{command}: {}", ran.out);
    }
}

#[test]
fn messages_are_in_the_language_and_verdicts_too() {
    let demo = demo();
    let file = demo.receipts(1)[0].to_str().unwrap().to_owned();
    let zh = czei(&["--lang", "zh", "verify", "--policy", &demo.policy(), &file]).with_code(0).out;
    assert!(zh.starts_with("有效  ") && zh.contains("✓ 通过"), "{zh}");
    let en = czei(&["--lang", "en", "verify", "--policy", &demo.policy(), &file]).with_code(0).out;
    assert!(en.starts_with("VALID  ") && en.contains("unit_signature"), "{en}");
}

#[test]
fn without_a_policy_it_says_so() {
    let file = demo().receipts(1)[0].to_str().unwrap().to_owned();
    let ran = czei(&["verify", &file]).with_code(1);
    assert!(ran.out.starts_with("INDETERMINATE  "), "{}", ran.out);
    assert!(ran.err.starts_with("No policy was given") && ran.err.contains("--policy"), "{}", ran.err);
    let ran = czei(&["verify", "--json", &file]).with_code(1);
    assert_eq!((ran.err.as_str(), &ran.objects()[0]["policy"]), ("", &serde_json::Value::Null));
}
