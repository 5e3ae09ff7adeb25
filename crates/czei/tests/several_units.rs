//! Several units, codes and certificates in one configuration.
#![allow(clippy::unwrap_used)]

mod common;

use common::{CODE, OTHER_CODE, Province, REGISTRY, SCHOOL, TestFolder, draft, draft_of, number, receipt_code, told};
use czei::core::KeyedFields;
use czei::{CheckCodeRule, Configuration, Sandbox, SandboxPlan, SystemClock, Verdict, Verifier};

#[test]
fn each_unit_signs_with_its_own_certificate() {
    let province = Province::new();
    let (school, registry) = (draft("r-1"), draft_of("r-1", REGISTRY, OTHER_CODE));
    let drafts = [&school, &registry].map(|json| province.issuer.draft_from_json(json.as_bytes()).unwrap());
    let names = drafts.each_ref().map(|draft| draft.fields().unit.name.to_string());
    assert_eq!(names, ["示例市实验中学", "示例市不动产登记中心"]);
    // The same request id at two units is two requests.
    let issued = province.issuer.issue_many(&drafts);
    for (index, answer) in issued.into_iter().enumerate() {
        let signed = common::unit_signed(answer.unwrap());
        assert_eq!(signed.content().number, number(1));
        assert_eq!(
            signed.certificate().unwrap().fingerprint(),
            province.configuration.units[index].signer.certificate().fingerprint()
        );
        let receipt = province.authority.countersign(&signed.to_bytes()).unwrap();
        assert_eq!(province.verifier.verify(receipt.as_bytes()).verdict, Verdict::Valid);
    }
}

#[test]
fn one_unit_may_have_a_certificate_for_each_code() {
    let province = Province::with(|units| {
        units[1] = units[0].clone();
        units[0].codes = vec![receipt_code(CODE)];
        units[1].codes = vec![receipt_code(OTHER_CODE)];
        units[1].seal = Some(common::seal('7'));
    });
    for (code, seal) in [(CODE, None), (OTHER_CODE, Some(common::seal('7')))] {
        let signed = province.unit_signed(&draft_of("r-1", SCHOOL, code).replace("r-1", code));
        assert_eq!(signed.content().unit_seal, seal, "{code}");
    }
    // The draft must say which, and say one that is there.
    let without = draft("r-2").replace(r#""code": "32020126","#, "");
    let error = province.issuer.draft_from_json(without.as_bytes()).unwrap_err();
    assert_eq!(told(&error), ("unit-not-named", None, Some("/code")));
    let error = province.issuer.draft_from_json(draft_of("r-2", SCHOOL, "32040126").as_bytes()).unwrap_err();
    assert_eq!(told(&error), ("unit-unknown", None, Some("/code")));
    assert_eq!(error.found_text(), Some("32040126"));
}

#[test]
fn the_draft_says_which_unit_unless_there_is_one() {
    let without = draft("r-1").replace(&format!(r#""unit": {{ "code": "{SCHOOL}" }},"#), "");
    let several = Province::new();
    let error = several.issuer.draft_from_json(without.as_bytes()).unwrap_err();
    assert_eq!(told(&error), ("unit-not-named", None, Some("/unit/code")));
    let error = several.issuer.draft_from_json(draft_of("r-1", "0104901", CODE).as_bytes()).unwrap_err();
    assert_eq!(told(&error), ("unit-unknown", None, Some("/unit/code")));
    assert_eq!(error.found_text(), Some("0104901"));

    let single = Province::with(|units| units.truncate(1));
    let draft = single.issuer.draft_from_json(without.as_bytes()).unwrap();
    assert_eq!(draft.fields().unit.code.as_str(), SCHOOL);
    assert_eq!(draft.fields().unit.name.as_str(), "示例市实验中学");
}

#[test]
fn a_draft_does_not_rename_the_unit() {
    let province = Province::new();
    let renamed = draft("r-1").replace(SCHOOL, &format!(r#"{SCHOOL}", "name": "示例市第二中学"#));
    let error = province.issuer.draft_from_json(renamed.as_bytes()).unwrap_err();
    assert_eq!(told(&error), ("unit-name-differs", None, Some("/unit/name")));
    assert_eq!((error.expected_text(), error.found_text()), (Some("示例市实验中学"), Some("示例市第二中学")));
}

#[test]
fn a_keyed_check_code_is_recomputed_by_who_holds_the_secret() {
    let secret = b"a secret of the issuing system";
    let province = Province::with(|units| units[0].check_code = CheckCodeRule::Keyed(secret.to_vec().into()));
    let receipt = province.receipt(&draft("r-1"));
    let content = receipt.content();
    let expected = czei::core::CheckCode::keyed(
        secret,
        &KeyedFields {
            code: receipt_code(CODE),
            number: number(1),
            issue_date: czei::core::IssueDate::parse("20260615").unwrap(),
            unit_code: SCHOOL,
            payer_name: "𠮷永昝",
            total: czei::core::Amount::parse("1450.50").unwrap(),
        },
    );
    assert_eq!(content.check_code, expected);
    let mut policy = province.configuration.policy.clone();
    policy.check_code_secret = Some(secret.to_vec().into());
    let report = Verifier::with_clock(policy.clone(), province.clock.clone()).verify(receipt.as_bytes());
    assert_eq!(report.verdict, Verdict::Valid);
    assert_eq!(report.checks.get(czei::Check::CheckCode), czei::Status::Passed);
    policy.check_code_secret = Some(b"another".to_vec().into());
    let report = Verifier::with_clock(policy, province.clock.clone()).verify(receipt.as_bytes());
    assert_eq!(report.verdict, Verdict::Invalid);
    assert_eq!(common::against(&report), [(czei::Check::CheckCode, "check-code-mismatch")]);
}

/// A sandbox folder whose configuration can be changed.
struct Folder(TestFolder);

impl Folder {
    fn new() -> Self {
        let folder = TestFolder::new();
        Sandbox::create(folder.path("s"), &SandboxPlan::default(), &SystemClock).unwrap();
        Folder(folder)
    }

    fn load(&self, text: &str) -> czei::Result<Configuration> {
        std::fs::write(self.0.path("s/czei.toml"), text).unwrap();
        Configuration::load(self.0.path("s/czei.toml"))
    }

    fn file(&self, name: &str) -> String {
        self.0.path("s").join(name).display().to_string()
    }
}

const UNIT: &str = r#"[[unit]]
code = "123299990000000353"
name = "示例市实验中学"
key = "keys/school.key"
certificate = "certs/school.crt"
"#;

const AUTHORITY: &str = r#"[[authority]]
area = ["3206"]
key = "keys/authority.key"
certificate = "certs/authority.crt"
"#;

const HEAD: &str = "v = 1\npolicy = \"policy.toml\"\n";

#[test]
fn every_setting_of_a_unit_is_read() {
    let folder = Folder::new();
    czei::files::write_secret(folder.0.path("s/check.secret"), b"secret\n").unwrap();
    let text = format!(
        r#"{HEAD}{UNIT}codes = ["32020126", "32040126"]
signature = {{ encoding = "raw", user_id = "ALICE" }}
check_code = {{ rule = "keyed", secret_file = "check.secret" }}
rules = {{ strict_payer_code = true, allow_unknown_class = true, allow_fractional_quantity = true }}
seal = {{ id = "{id}", name = "章", hash = "ab" }}
authority_seal = {{ id = "{id}", name = "监制章", hash = "cd" }}
defaults = {{ name = "票据", code = "32020126", specimen = "3202012601", area = "320600", handler = "李四", checker = "王五", ext = [["a", "b"]], payee = {{ name = "收款人" }} }}
{AUTHORITY}signature = {{ encoding = "der", user_id = "BOB", joining = "raw+value" }}
"#,
        id = "1".repeat(32),
    );
    let configuration = folder.load(&text).unwrap();
    let unit = &configuration.units[0];
    assert_eq!(unit.codes, [receipt_code("32020126"), receipt_code("32040126")]);
    assert_eq!(unit.signature.encoding, czei::pki::Encoding::Raw);
    assert_eq!(unit.signature.user_id.as_bytes(), b"ALICE");
    let CheckCodeRule::Keyed(secret) = &unit.check_code else { panic!() };
    assert_eq!(***secret, b"secret"[..]);
    assert_eq!(format!("{:?}", unit.check_code), "Keyed(..)");
    assert!(unit.rules.strict_payer_code && unit.rules.allow_unknown_class && unit.rules.allow_fractional_quantity);
    assert_eq!(unit.seal.as_ref().unwrap().name.as_str(), "章");
    assert_eq!(unit.authority_seal.as_ref().unwrap().hash.as_str(), "cd");
    let authority = &configuration.authorities[0];
    assert_eq!(authority.signature.joining.name(), "raw+value");
    assert_eq!(authority.signature.encoding, czei::pki::Encoding::Der);

    let numbers = std::sync::Arc::new(czei::MemoryNumbers::new());
    let issuer = czei::Issuer::from_configuration(&configuration, numbers).unwrap();
    let short = r#"{ "v": 1, "request_id": "r", "payer": { "type": "person", "name": "张三" },
        "items": [ { "code": "1", "name": "学费", "amount": "1.00" } ] }"#;
    let draft = issuer.draft_from_json(short.as_bytes()).unwrap();
    assert_eq!(draft.fields().handler.as_str(), "李四");
    assert_eq!(draft.fields().ext[0].text, "b");
    assert_eq!(draft.fields().unit.payee.name.as_ref().unwrap().as_str(), "收款人");
}

#[test]
fn forms_of_signed_data_are_named_in_the_configuration() {
    use czei::pki::{Covered, SignedDataForm};
    let folder = Folder::new();
    let form = |settings: &str| {
        let text = format!("{HEAD}{UNIT}signature = {{ {settings} }}\n{AUTHORITY}signature = {{ {settings} }}\n");
        let configuration = folder.load(&text).unwrap();
        assert_eq!(configuration.units[0].signature.form, configuration.authorities[0].signature.form);
        configuration.units[0].signature.form
    };
    assert_eq!(form(""), SignedDataForm::gm());
    assert_eq!(form("form = \"pkcs-attributes\""), SignedDataForm::pkcs_attributes());
    assert_eq!(form("encoding = \"signed-data\", form = \"cfca\""), SignedDataForm::cfca());
    for compat in czei::core::Compat::ALL {
        assert_eq!(form(&format!("compat = \"{compat}\"")), SignedDataForm::compat(compat));
        let no_certificates = form(&format!("form = \"gm+no-certificates\", compat = \"{compat}\""));
        assert_eq!(no_certificates.covered, Covered::Compat(compat));
        assert_eq!(no_certificates.to_string(), format!("gm-{compat}+no-certificates"));
    }
}

#[test]
fn a_chain_in_the_certificate_s_file_comes_along_where_the_form_says_so() {
    let folder = Folder::new();
    let path = folder.0.path("s/certs/school.crt");
    let own = std::fs::read(&path).unwrap();
    let other = std::fs::read(folder.0.path("s/certs/authority.crt")).unwrap();
    std::fs::write(&path, [other.clone(), own.clone()].concat()).unwrap();
    let configuration = folder.load(&format!("{HEAD}{UNIT}signature = {{ form = \"gm+chain\" }}\n")).unwrap();
    let unit = &configuration.units[0];
    assert_eq!(*unit.signer.certificate().der(), *czei::pki::Certificate::from_pem_or_der(&own).unwrap().der());
    let chain: Vec<_> = unit.signer.chain().iter().map(|above| above.der().to_vec()).collect();
    assert_eq!(chain, [czei::pki::Certificate::from_pem_or_der(&other).unwrap().der().to_vec()]);

    let request = unit
        .signature
        .request(&[b"original"], unit.signer.certificate(), "2026-12-01T10:15:30+08:00".parse().unwrap())
        .unwrap();
    let request = request.with_chain(unit.signer.chain()).unwrap();
    let value = request.finish(&unit.signer.sign(&request.input()).unwrap()).unwrap();
    let value = czei::pki::SignatureValue::parse(&value).unwrap();
    assert_eq!(value.signed_data().unwrap().embedded().len(), 2);
}

#[test]
fn each_error_of_a_configuration_names_its_key() {
    let folder = Folder::new();
    let path = folder.file("czei.toml");
    let unit_with = |line: &str| format!("{HEAD}{UNIT}{line}\n");
    let twice = |first: &str, second: &str| format!("{HEAD}{UNIT}{first}\n{UNIT}{second}\n");
    for (text, name, key) in [
        (HEAD.replace("v = 1", "v = 2"), "toml-version", Some("v")),
        ("policy = \"policy.toml\"".to_owned(), "toml-missing-key", None),
        (format!("{HEAD}unit = 1"), "toml-type", Some("unit")),
        (unit_with("code = \"1\""), "toml-syntax", None),
        (unit_with("kay = \"1\""), "toml-unknown-key", Some("unit[0].kay")),
        (unit_with("codes = [\"3202012\"]"), "receipt-code-length", Some("unit[0].codes[0]")),
        (unit_with("signature = { encoding = \"pem\" }"), "setting-unknown", Some("unit[0].signature.encoding")),
        (
            unit_with("signature = { form = \"gm+chain+chain\" }"),
            "signed-data-form-unknown",
            Some("unit[0].signature.form"),
        ),
        (
            unit_with("signature = { form = \"no-z-content\" }"),
            "signed-data-form-unknown",
            Some("unit[0].signature.form"),
        ),
        (unit_with("signature = { compat = \"no-z\" }"), "setting-unknown", Some("unit[0].signature.compat")),
        (
            unit_with("signature = { form = \"gm-attributes\", compat = \"no-z-content\" }"),
            "setting-value",
            Some("unit[0].signature.form"),
        ),
        (
            unit_with("signature = { encoding = \"raw\", form = \"gm\" }"),
            "setting-value",
            Some("unit[0].signature.form"),
        ),
        (
            unit_with("signature = { encoding = \"der\", compat = \"no-z-content\" }"),
            "setting-value",
            Some("unit[0].signature.compat"),
        ),
        (unit_with("signature = { joining = \"raw+value\" }"), "toml-unknown-key", Some("unit[0].signature.joining")),
        (unit_with("check_code = { rule = \"fixed\" }"), "setting-unknown", Some("unit[0].check_code.rule")),
        (unit_with("check_code = { rule = \"keyed\" }"), "toml-missing-key", Some("unit[0].check_code.secret_file")),
        (
            unit_with("check_code = { rule = \"random\", secret_file = \"x\" }"),
            "setting-value",
            Some("unit[0].check_code.secret_file"),
        ),
        (unit_with("seal = { id = \"1\", name = \"a\", hash = \"b\" }"), "text-length", Some("unit[0].seal.id")),
        (unit_with("rules = { strict = true }"), "toml-unknown-key", Some("unit[0].rules.strict")),
        (unit_with("defaults = { total = \"1.00\" }"), "defaults-field", Some("unit[0].defaults.total")),
        (unit_with("defaults = { request_id = \"1\" }"), "defaults-field", Some("unit[0].defaults.request_id")),
        (unit_with("defaults = { unit = { code = \"1\" } }"), "defaults-field", Some("unit[0].defaults.unit")),
        (unit_with("defaults = { handlr = \"1\" }"), "toml-unknown-key", Some("unit[0].defaults.handlr")),
        (unit_with("defaults = { handler = 1 }"), "toml-type", Some("unit[0].defaults.handler")),
        (twice("", ""), "unit-ambiguous", Some("unit[1]")),
        (twice("codes = [\"32020126\"]", ""), "unit-ambiguous", Some("unit[1]")),
        (twice("codes = [\"32020126\"]", "codes = [\"32020126\"]"), "unit-ambiguous", Some("unit[1]")),
        (format!("{HEAD}{AUTHORITY}{AUTHORITY}"), "area-ambiguous", Some("authority[1].area")),
        (format!("{HEAD}{}", AUTHORITY.replace("3206", "江苏")), "setting-value", Some("authority[0].area[0]")),
        (
            format!("{HEAD}{AUTHORITY}signature = {{ joining = \"hex\" }}"),
            "setting-unknown",
            Some("authority[0].signature.joining"),
        ),
    ] {
        let error = folder.load(&text).unwrap_err();
        assert_eq!(told(&error), (name, Some(path.as_str()), key), "{text}\n{error}");
    }
    // What fails in another file names that file.
    for (text, name, file) in [
        (unit_with("").replace("keys/school.key", "keys/none.key"), "file-read", "keys/none.key"),
        (unit_with("").replace("keys/school.key", "keys/registry.key"), "signer-key-mismatch", "keys/registry.key"),
        (unit_with("").replace("certs/school.crt", "policy.toml"), "certificate-malformed", "policy.toml"),
        (unit_with("").replace("certs/school.crt", "keys/school.key"), "pem-no-block", "keys/school.key"),
        (HEAD.replace("policy.toml", "none.toml"), "file-read", "none.toml"),
    ] {
        let error = folder.load(&text).unwrap_err();
        assert_eq!(
            (error.entry().name, error.place().file.clone()),
            (name, Some(folder.file(file))),
            "{text}\n{error}"
        );
    }
    let two = twice("codes = [\"32020126\"]", "codes = [\"32040126\"]");
    assert_eq!(folder.load(&two).unwrap().units.len(), 2);
}
