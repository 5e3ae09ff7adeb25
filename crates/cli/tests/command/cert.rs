//! `czei cert`: what stands in certificates, and whether a signer's can be relied on.

use std::fs;
use std::process::Command;

use chrono::{DateTime, Duration, Utc};
use czei::pki::{
    CertificateRequest, CertificateTemplate, CrlTemplate, KeyFile, KeyUsage, Name, RevocationReason, RevokedEntry,
};
use czei::sm2::SigningKey;
use czei::{Certificate, Clock as _};
use serde_json::Value;

use crate::helper::{Folder, czei, czei_with_input, demo, name_of};

/// A key of the demonstration's authorities.
fn ca_key(name: &str) -> SigningKey {
    KeyFile::read(&fs::read(demo().path(&format!("ca/{name}.key"))).unwrap(), None).unwrap().into_key()
}

fn certificate(path: &str) -> Certificate {
    Certificate::from_pem_or_der(&fs::read(demo().path(path)).unwrap()).unwrap()
}

fn now() -> DateTime<Utc> {
    czei::SystemClock.now().to_utc()
}

/// A CRL of an authority of the demonstration, forty days old, the next due in so many.
fn crl(authority: &str, revoked: &[(&Certificate, Option<RevocationReason>)], days: i64) -> String {
    let mut template = CrlTemplate::new(now() - Duration::days(40));
    template.next_update = Some(now() + Duration::days(days));
    for (certificate, reason) in revoked {
        let serial = certificate.serial().to_vec();
        let revoked_at = now() - Duration::hours(1);
        template.entries.push(RevokedEntry { serial, revoked_at, reason: *reason, invalid_since: None });
    }
    let issuer = certificate(&format!("ca/{authority}.crt"));
    template.sign(&ca_key(authority), &issuer).unwrap().to_pem()
}

fn codes(line: &Value) -> Vec<&'static str> {
    line["problems"].as_array().unwrap().iter().map(|problem| name_of(&problem["code"])).collect()
}

#[test]
fn show_says_what_stands_in_certificates() {
    let demo = demo();
    let (school, sub) = (demo.path("certs/school.crt"), demo.path("ca/sub.crt"));
    let ran = czei(&["cert", "show", "--json", &school, &sub]).with_code(0);
    let lines = ran.objects();
    let (own, ca) = (&lines[0]["certificate"], &lines[1]["certificate"]);
    let read = certificate("certs/school.crt");
    assert_eq!(own["subject"].as_str(), Some(&*read.subject().to_rfc4514()));
    assert_eq!(own["serial"].as_str(), Some(&*read.serial_hex()));
    assert_eq!(own["key_usage"], serde_json::json!(["digitalSignature", "nonRepudiation"]));
    assert_eq!((&own["ca"], &own["encryption_certificate"]), (&false.into(), &false.into()));
    assert_eq!(own["key_algorithm"], "1.2.840.10045.2.1 1.2.156.10197.1.301");
    assert_eq!(own["signature_algorithm"], "1.2.156.10197.1.501");
    assert_eq!(own["days_left"].as_i64(), Some(read.days_left(now())));
    assert_eq!(own["pem"].as_str(), Some(&*read.to_pem()));
    assert_eq!(own["authority_key_id"], ca["subject_key_id"]);
    assert_eq!((&ca["ca"], &ca["path_len"]), (&true.into(), &0.into()));
    let zh = czei(&["cert", "show", "--lang", "zh", &school, &sub]).with_code(0).out;
    for text in ["密钥用途: 数字签名、抗抵赖", "密钥用途: 证书签发、CRL 签发", "剩余 ", "最终实体", "其下至多 0 级"]
    {
        assert!(zh.contains(text), "{text}: {zh}");
    }
    let en = czei(&["cert", "show", "--lang", "en", &school]).with_code(0).out;
    for text in ["key usage: digitalSignature, nonRepudiation", " days left)", "end entity", "SM2-SM3"] {
        assert!(en.contains(text), "{text}: {en}");
    }
}

#[test]
fn show_reads_every_kind_of_file_and_writes_pem() {
    let folder = Folder::new();
    let demo = demo();
    let bundle =
        ["certs/school.crt", "ca/sub.crt", "ca/root.crt"].map(|path| fs::read_to_string(demo.path(path)).unwrap());
    let bundle = format!("Text before\n{}{}", bundle.concat(), crl("sub", &[], 30));
    let pem = folder.write("bundle.pem", &bundle);
    let der = folder.write("school.der", certificate("certs/school.crt").der());
    let request = folder.text("school.csr");
    let key = demo.path("keys/school.key");
    let subject = "CN=示例单位,O=示例单位,C=CN";
    let arguments = ["cert", "request", "--json", "--key", &key, "--subject", subject, "--out", &request];
    let made = czei(&arguments).with_code(0).objects()[0].clone();
    let p12 = folder.text("school.p12");
    let password = folder.write("password", "secret");
    close(&password);
    let convert = ["key", "convert", &key, "--to", "pkcs12", "--out", &p12, "--out-password-file", &password];
    let school = demo.path("certs/school.crt");
    czei(&[&convert[..], &["--certificate", &school, "--iterations", "1000"]].concat()).with_code(0);

    let arguments = ["cert", "check", "--json", &p12, "--password-file", &password, "--policy", &demo.policy()];
    assert_eq!(czei(&arguments).with_code(0).objects()[0]["path"].as_array().unwrap().len(), 3);

    let files = [&*pem, &der, &request, &p12, "--password-file", &password];
    let lines = czei(&[&["cert", "show", "--json"], &files[..]].concat()).with_code(0).objects();
    let kinds: Vec<_> = lines
        .iter()
        .map(|line| ["certificate", "crl", "request", "key"].into_iter().find(|kind| line[kind].is_object()).unwrap())
        .collect();
    let of_bundle = ["certificate", "certificate", "certificate", "crl"];
    assert_eq!(kinds, [&of_bundle[..], &["certificate", "request", "key", "certificate"]].concat());
    assert_eq!((&lines[3]["crl"]["usable"], &lines[3]["crl"]["entries"]), (&true.into(), &0.into()));
    assert_eq!(lines[5]["request"]["subject"], subject);
    assert_eq!(lines[5]["request"], made["request"]);
    assert_eq!(lines[4]["certificate"]["fingerprint"], lines[7]["certificate"]["fingerprint"]);
    let text = czei(&[&["cert", "show", "--lang", "zh"], &files[..]].concat()).with_code(0).out;
    for title in
        ["bundle.pem [1]  证书\n", "bundle.pem [4]  证书吊销列表\n", "school.csr  证书申请\n", "school.p12  密钥文件\n"]
    {
        assert!(text.contains(title), "{title}: {text}");
    }

    let text = czei(&[&["cert", "show", "--pem"], &files[..]].concat()).with_code(0).out;
    let all = Certificate::many_from_pem(text.as_bytes()).unwrap();
    assert_eq!(all.len(), 5);
    assert!(text.starts_with("-----BEGIN CERTIFICATE-----") && !text.contains("PRIVATE"), "{text}");
    let (own, public) = (folder.text("own.key"), folder.text("own.pub"));
    let made = czei(&["key", "new", "--json", "--out", &own, "--public", &public]).with_code(0).objects()[0].clone();
    let line = czei(&["cert", "show", "--json", &public]).with_code(0).objects()[0].clone();
    assert_eq!(line["public_key"]["fingerprint"], made["key"]["fingerprint"]);
    let ran = czei_with_input(&["cert", "show", "--json", "-"], bundle.as_bytes()).with_code(0);
    assert_eq!((ran.objects().len(), &ran.objects()[0]["file"]), (4, &"-".into()));
}

#[cfg(unix)]
fn close(path: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn close(_path: &str) {}

#[test]
fn show_refuses_bad_files_each_for_its_reason() {
    let folder = Folder::new();
    let demo = demo();
    let der = certificate("certs/school.crt").der().to_vec();
    let mut damaged = der.clone();
    // The tag of the validity's first date.
    let date = damaged.windows(2).position(|pair| pair == [0x17, 13]).unwrap();
    damaged[date] = 0x18;
    let damaged = folder.write("damaged.der", damaged);
    let cut = folder.write("cut.der", &der[..der.len() - 1]);
    let text = folder.write("text", "something else");
    let open_pem = folder.write("open.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n");
    fs::create_dir(folder.path("folder")).unwrap();
    let (directory, missing) = (folder.text("folder"), folder.text("missing"));
    for (file, name) in [
        (&damaged, "certificate-malformed"),
        (&cut, "file-not-recognised"),
        (&text, "file-not-recognised"),
        (&open_pem, "pem-malformed"),
        (&directory, "cannot-read"),
        (&missing, "cannot-read"),
    ] {
        let line = czei(&["cert", "show", "--json", file]).with_code(2).objects()[0].clone();
        assert_eq!(name_of(&line["error"]["code"]), name, "{file}");
        assert_eq!(line["error"]["place"]["file"].as_str(), Some(&**file));
    }
    let school = demo.path("certs/school.crt");
    let ran = czei(&["cert", "show", "--json", &missing, &school]).with_code(1);
    assert!(ran.objects()[1]["certificate"].is_object(), "one bad file stops no other");
    let ran = czei(&["cert", "show", "--json", "-", "--password-file", "-"]).with_code(2);
    assert_eq!(name_of(&ran.error()["code"]), "standard-input-twice");
}

/// A certificate under the demonstration's sub CA.
fn issued(usage: KeyUsage, not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Certificate {
    let template = CertificateTemplate {
        subject: Name::parse_rfc4514("CN=某单位,O=某单位,C=CN").unwrap(),
        serial: vec![0x77],
        not_before,
        not_after,
        ca: None,
        key_usage: Some(usage),
        extensions: Vec::new(),
    };
    let key = SigningKey::from_bytes(&[9; 32]).unwrap();
    template.sign_by(&ca_key("sub"), &certificate("ca/sub.crt"), key.verifying_key()).unwrap()
}

#[test]
fn the_encryption_certificate_of_a_pair_is_named_and_refused() {
    let folder = Folder::new();
    let usage = KeyUsage::KEY_ENCIPHERMENT | KeyUsage::DATA_ENCIPHERMENT;
    let file =
        folder.write("pair.crt", issued(usage, now() - Duration::hours(1), now() + Duration::days(100)).to_pem());
    let shown = czei(&["cert", "show", "--lang", "zh", &file]).with_code(0).out;
    assert!(shown.contains("密钥加密、数据加密（双证书中的加密证书，不能用于签名）"), "{shown}");
    let policy = demo().policy();
    let line = czei(&["cert", "check", "--json", &file, "--policy", &policy]).with_code(1).objects()[0].clone();
    assert_eq!((&line["verdict"], &line["checks"]["usage"]), (&"failed".into(), &"failed".into()));
    assert!(codes(&line).contains(&"usage-encryption"), "{line}");
}

#[test]
fn check_shows_the_path_taken_and_what_was_not_made() {
    let demo = demo();
    let (school, authority, policy) = (demo.path("certs/school.crt"), demo.path("certs/authority.crt"), demo.policy());
    let line = czei(&["cert", "check", "--json", &school, "--policy", &policy]).with_code(0).objects()[0].clone();
    assert_eq!(line["verdict"], "passed");
    let checks =
        ["usage", "path", "validity", "revocation", "binding"].map(|name| line["checks"][name].as_str().unwrap());
    assert_eq!(checks, ["passed", "passed", "passed", "not-made", "not-made"]);
    let path = line["path"].as_array().unwrap();
    let anchors: Vec<_> = path.iter().map(|line| line["anchor"].as_bool().unwrap()).collect();
    assert_eq!(anchors, [false, false, true]);
    assert_eq!(path[0]["user_id"], "1234567812345678");
    assert_eq!(path[0]["key_usage"], serde_json::json!(["digitalSignature", "nonRepudiation"]));
    assert_eq!(path[2]["user_id"], Value::Null);
    assert_eq!(path[0]["revocation"]["state"], "unknown");
    assert_eq!(name_of(&path[0]["revocation"]["problems"][0]["code"]), "crl-missing");
    assert_eq!(codes(&line), ["revocation-status-accepted", "revocation-status-accepted"]);
    assert!(line["policy"].as_str().unwrap().starts_with("sm3:"));
    let arguments = ["cert", "check", &authority, "--policy", &policy, "--role", "authority"];
    let en = czei(&[&arguments[..], &["--lang", "en"]].concat()).with_code(0).out;
    assert!(
        en.starts_with("PASSED  ") && en.contains("- not made revocation") && en.contains("(trust anchor)"),
        "{en}"
    );
    let zh = czei(&[&arguments[..], &["--lang", "zh"]].concat()).with_code(0).out;
    assert!(zh.starts_with("通过  ") && zh.contains("- 未检查 吊销状态") && zh.contains("（信任锚）"), "{zh}");

    // The same without a policy; and trusting nobody.
    let (root, sub) = (demo.path("ca/root.crt"), demo.path("ca/sub.crt"));
    let arguments = ["cert", "check", "--json", &school, "--anchor", &root, "--certificates", &sub];
    assert_eq!(czei(&arguments).with_code(0).objects()[0]["path"].as_array().unwrap().len(), 3);
    let line = czei(&["cert", "check", "--json", &school, "--anchor", &root]).with_code(1).objects()[0].clone();
    assert_eq!((&line["verdict"], codes(&line)), (&"indeterminate".into(), vec!["no-trust-anchor"]));
    let folder = Folder::new();
    let chain = [&school, &sub].map(|path| fs::read_to_string(path).unwrap()).concat();
    let chain = folder.write("chain.pem", chain);
    czei(&["cert", "check", "--json", &chain, "--anchor", &root]).with_code(0);
}

#[test]
fn check_judges_revocation_by_the_crls() {
    let folder = Folder::new();
    let demo = demo();
    let school_file = demo.path("certs/school.crt");
    let school = certificate("certs/school.crt");
    let write = |name: &str, text: String| folder.write(name, text);
    let of_root = write("root.crl", crl("root", &[], 30));
    let clean = write("clean.crl", crl("sub", &[(&certificate("certs/registry.crt"), None)], 30));
    let superseded = write("superseded.crl", crl("sub", &[(&school, Some(RevocationReason::Superseded))], 30));
    let stolen = write("stolen.crl", crl("sub", &[(&school, Some(RevocationReason::KeyCompromise))], 30));
    let stale = write("stale.crl", crl("sub", &[], -1));
    let before = (now() - Duration::hours(2)).to_rfc3339();
    let cases: [(&[&str], &str, &str, &str, i32); 8] = [
        (&["--crl", &of_root, &clean], "passed", "passed", "", 0),
        (&["--crl", &of_root, &superseded], "failed", "failed", "certificate-revoked", 1),
        (&["--crl", &of_root, &stolen, "--at", &before], "failed", "failed", "certificate-compromised", 1),
        (&["--crl", &of_root, &superseded, "--at", &before], "passed", "passed", "certificate-revoked-later", 0),
        (&["--crl", &of_root, &stale], "indeterminate", "indeterminate", "revocation-status-unknown", 1),
        (&["--crl", &clean], "indeterminate", "indeterminate", "revocation-status-unknown", 1),
        (&["--revocation", "if-available"], "passed", "not-made", "revocation-status-accepted", 0),
        (&["--crl", &stolen, "--revocation", "off"], "passed", "not-made", "revocation-not-made", 0),
    ];
    for (arguments, verdict, revocation, code, exit) in cases {
        let base = ["cert", "check", "--json", &school_file, "--policy", &demo.policy()];
        let rule: &[&str] = if arguments.contains(&"--revocation") { &[] } else { &["--revocation", "required"] };
        let line = czei(&[&base, rule, arguments].concat()).with_code(exit).objects()[0].clone();
        assert_eq!(
            (&line["verdict"], &line["checks"]["revocation"]),
            (&verdict.into(), &revocation.into()),
            "{arguments:?}"
        );
        assert!(code.is_empty() || codes(&line).contains(&code), "{arguments:?}: {:?}", codes(&line));
    }
    let arguments = ["cert", "check", &school_file, "--policy", &demo.policy(), "--crl", &of_root, &stolen];
    let zh = czei(&[&arguments[..], &["--lang", "zh"]].concat()).with_code(1).out;
    assert!(zh.starts_with("未通过  ") && zh.contains("已吊销，自 ") && zh.contains("原因 密钥泄露"), "{zh}");
    let line = czei(&[&arguments[..], &["--json"]].concat()).with_code(1).objects()[0].clone();
    let revocation = &line["path"][0]["revocation"];
    assert_eq!((&revocation["state"], &revocation["reason"]), (&"revoked".into(), &"keyCompromise".into()));
    assert!(revocation["crl"]["next_update"].is_string());
}

#[test]
fn check_takes_the_crls_of_the_policy() {
    let folder = Folder::new();
    let demo = demo();
    let school = certificate("certs/school.crt");
    folder.write("root.crl", crl("root", &[], 30));
    folder.write("sub.crl", crl("sub", &[(&school, Some(RevocationReason::CessationOfOperation))], 30));
    for file in ["ca/root.crt", "ca/sub.crt"] {
        folder.write(file, fs::read(demo.path(file)).unwrap());
    }
    let trust = "unit = [\"ca/root.crt\"]\ncertificates = [\"ca/sub.crt\"]\ncrls = [\"root.crl\", \"sub.crl\"]\n";
    let policy = folder.write("policy.toml", format!("v = 1\n[trust]\n{trust}[judge]\nrevocation = \"required\"\n"));
    let run = |file: &str, code| {
        let ran = czei(&["cert", "check", "--json", &demo.path(file), "--policy", &policy]).with_code(code);
        ran.objects()[0].clone()
    };
    let line = run("certs/school.crt", 1);
    assert_eq!((&line["verdict"], codes(&line)), (&"failed".into(), vec!["certificate-revoked"]));
    let line = run("certs/registry.crt", 0);
    assert_eq!((&line["verdict"], &line["checks"]["revocation"]), (&"passed".into(), &"passed".into()));
    assert_eq!((&line["revocation"], codes(&line)), (&"required".into(), Vec::new()));
}

#[test]
fn check_warns_of_what_expires_within_the_days() {
    let folder = Folder::new();
    let usage = KeyUsage::DIGITAL_SIGNATURE;
    let soon = issued(usage, now() - Duration::hours(1), now() + Duration::days(10));
    let (soon, root) = (folder.write("soon.crt", soon.to_pem()), folder.write("root.crl", crl("root", &[], 200)));
    let due = folder.write("due.crl", crl("sub", &[], 3));
    let policy = demo().policy();
    let base = ["cert", "check", "--json", &soon, "--policy", &policy, "--crl", &root, &due];
    for (days, expected) in
        [("30", &["certificate-expires-soon", "crl-expires-soon"][..]), ("5", &["crl-expires-soon"]), ("1", &[])]
    {
        let line = czei(&[&base[..], &["--warn-days", days]].concat()).with_code(0).objects()[0].clone();
        assert_eq!((&line["verdict"], codes(&line)), (&"passed".into(), expected.to_vec()), "{days}");
    }
    let zh = czei(&["cert", "check", &soon, "--policy", &policy, "--lang", "zh"]).with_code(0).out;
    assert!(zh.contains("警告 CZ9110 证书即将过期（实为 ") && zh.contains(" 天） [CN=某单位"), "{zh}");
}

#[test]
fn check_judges_at_the_time_that_is_asked_for() {
    let folder = Folder::new();
    let usage = KeyUsage::DIGITAL_SIGNATURE;
    let over = issued(usage, now() - Duration::hours(12), now() - Duration::hours(6));
    let over = folder.write("over.crt", over.to_pem());
    let policy = demo().policy();
    let run = |at: Option<DateTime<Utc>>, code| {
        let at = at.map(|time| time.to_rfc3339());
        let mut arguments = vec!["cert", "check", "--json", &over, "--policy", &policy];
        arguments.extend(at.iter().flat_map(|time| ["--at", time]));
        czei(&arguments).with_code(code).objects()[0].clone()
    };
    let line = run(None, 1);
    assert_eq!((&line["verdict"], &line["checks"]["validity"]), (&"failed".into(), &"failed".into()));
    assert!(codes(&line).contains(&"certificate-expired"), "{line}");
    assert_eq!(run(Some(now() - Duration::hours(8)), 0)["verdict"], "passed");
    let line = run(Some(now() - Duration::hours(13)), 1);
    assert!(codes(&line).contains(&"certificate-not-yet-valid"), "{line}");
}

#[test]
fn check_refuses_what_it_cannot_read() {
    let folder = Folder::new();
    let demo = demo();
    let (school, key, policy) = (demo.path("certs/school.crt"), demo.path("keys/school.key"), demo.policy());
    let text = folder.write("text", "something else");
    let cases: [(&[&str], &str); 11] = [
        (&["no such file"], "file-read"),
        (&[&text], "file-not-recognised"),
        (&[&key], "no-certificate"),
        (&[&school, "--anchor", &text], "certificate-malformed"),
        (&[&school, "--crl", &text], "crl-malformed"),
        (&[&school, "--crl", &school], "pem-no-block"),
        (&[&school, "--policy", "no such policy"], "file-read"),
        (&[&school, "--policy", &policy, "--anchor", &school], "usage"),
        (&[&school, "--role", "authority"], "usage"),
        (&[&school, "--at", "yesterday"], "usage"),
        (&[&school, "--warn-days", "-1"], "usage"),
    ];
    for (arguments, name) in cases {
        let ran = czei(&[&["cert", "check", "--json"], arguments].concat()).with_code(2);
        assert_eq!((name_of(&ran.error()["code"]), ran.out.as_str()), (name, ""), "{arguments:?}");
    }
    // With another user id no signature on a certificate fits.
    let line = czei(&["cert", "check", "--json", &school, "--policy", &policy, "--user-id", "x"]).with_code(1);
    assert!(codes(&line.objects()[0]).contains(&"certificate-signature-wrong"), "{}", line.out);
}

#[test]
fn a_request_proves_that_the_key_is_there() {
    let folder = Folder::new();
    let key = demo().path("keys/school.key");
    let subject = "CN=示例单位,O=示例单位,C=CN";
    let pem = czei(&["cert", "request", "--key", &key, "--subject", subject]).with_code(0).out;
    let request = CertificateRequest::from_pem_or_der(pem.as_bytes()).unwrap();
    let own = KeyFile::read(&fs::read(&key).unwrap(), None).unwrap();
    assert_eq!(
        (request.subject().to_rfc4514().as_str(), request.verifying_key()),
        (subject, own.key().verifying_key())
    );
    assert!(request.verify(&[czei::sm2::UserId::DEFAULT]).is_ok());

    let taken = folder.write("taken", "of somebody");
    let wide = folder.write("wide.key", fs::read(&key).unwrap());
    #[cfg(unix)]
    fs::set_permissions(&wide, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let cases: [(&[&str], &str); 4] = [
        (&["--key", &key, "--subject", "no name"], "name-text-malformed"),
        (&["--key", "no such key", "--subject", subject], "file-read"),
        (&["--key", &key, "--subject", subject, "--out", &taken], "file-exists"),
        (&["--key", &wide, "--subject", subject], "secret-file-readable"),
    ];
    for (arguments, name) in cases {
        let ran = czei(&[&["cert", "request", "--json"], arguments].concat()).with_code(2);
        assert_eq!(name_of(&ran.error()["code"]), name, "{arguments:?}");
    }
    assert_eq!(fs::read_to_string(&taken).unwrap(), "of somebody");
}

#[test]
fn openssl_verifies_a_request() {
    let version = Command::new("openssl").arg("version").output();
    if !version.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).starts_with("OpenSSL 3.")) {
        eprintln!("skipped: openssl 3 is not installed");
        return;
    }
    let folder = Folder::new();
    let (key, out) = (demo().path("keys/school.key"), folder.text("school.csr"));
    czei(&["cert", "request", "--key", &key, "--subject", "CN=a,C=CN", "--out", &out]).with_code(0);
    let verify = |id: &str| {
        let arguments = ["req", "-in", &out, "-noout", "-verify", "-vfyopt", id];
        let output = Command::new("openssl").args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
    };
    assert!(verify("distid:1234567812345678").contains("verify OK"));
    assert!(!verify("distid:another").contains("verify OK"), "its yes means something");
}

#[test]
fn certificates_of_live_authorities_lead_to_the_national_root_or_to_none_at_hand() {
    let Some(vectors) = std::env::var_os("CZEI_VECTORS") else {
        eprintln!("skipped: CZEI_VECTORS is not set");
        return;
    };
    let root = std::path::Path::new(&vectors).join("real-ca");
    let file = |name: &str| root.join(name).to_str().unwrap().to_owned();
    // The national root, under which three authorities were certified.
    let anchor = file("nrcac_rootca.crt.der");
    for (name, purpose, verdict) in [
        ("sheca_sm2.crt.der", "issue", "passed"),
        ("zjca_oca1.crt.der", "issue", "passed"),
        ("mcsca.crt.der", "issue", "passed"),
        ("cfca_sm2_oca1.crt.der", "issue", "indeterminate"),
        ("boc_sign.crt.der", "sign", "indeterminate"),
    ] {
        let code = i32::from(verdict != "passed");
        let check = |more: &[&str]| {
            let at = ["cert", "check", "--json", &file(name), "--anchor", &anchor, "--at", "2024-06-01T00:00:00Z"];
            czei(&[&at, more].concat())
        };
        let object = check(&[]).with_code(code).objects()[0].clone();
        assert_eq!((&object["purpose"], &object["verdict"]), (&purpose.into(), &verdict.into()), "{name}");
        // An authority's certificate is none to sign documents with.
        let object = check(&["--purpose", "sign"]).with_code(1).objects()[0].clone();
        let usage = if purpose == "issue" { "failed" } else { "passed" };
        assert_eq!(object["checks"]["usage"], usage, "{name}");
        czei(&["cert", "show", "--json", &file(name)]).with_code(0);
    }
}
