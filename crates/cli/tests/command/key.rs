//! `czei key`: key files are written whole, for their owner alone and over nothing; the key is never shown.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;
use std::time::Duration;

use czei::pki::{KeyFile, KeyFormat, Password};
use czei::sm2::{Message, Signature};
use serde_json::Value;

use crate::helper::{Folder, Ran, command, czei, czei_with_input, demo, name_of};

const PASSWORD: &str = "口令 secret-1";

/// A file with the password, closed to others.
fn password_file(folder: &Folder) -> String {
    secret_file(folder, "password", format!("{PASSWORD}\n").as_bytes())
}

fn secret_file(folder: &Folder, name: &str, bytes: &[u8]) -> String {
    let path = folder.write(name, bytes);
    set_mode(&path, 0o600);
    path
}

#[cfg(unix)]
fn set_mode(path: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
fn mode(path: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn set_mode(_path: &str, _mode: u32) {}

#[cfg(not(unix))]
fn mode(_path: &str) -> u32 {
    0o600
}

fn read(path: &str) -> KeyFile {
    KeyFile::read(&fs::read(path).unwrap(), Some(&Password::new(PASSWORD))).unwrap()
}

/// The key in every notation that output could have it in.
fn spellings(path: &str) -> Vec<String> {
    let secret = read(path).key().dangerous_to_bytes();
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let decimal = secret.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    // In base64 it looks different by where it begins; what depends on its neighbours is left out.
    let shifted = (0..3).map(|shift| {
        let padded: Vec<u8> = std::iter::repeat_n(0, shift).chain(secret.iter().copied()).collect();
        let text = base64(&padded);
        text[(shift * 8).div_ceil(6)..(padded.len() * 8) / 6].to_owned()
    });
    shifted.chain([hex.to_uppercase(), hex, decimal]).collect()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bit = |at: usize| bytes.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1);
    let digit = |at: usize| (0..6).fold(0, |sum, next| sum << 1 | usize::from(bit(at + next)));
    (0..bytes.len() * 8).step_by(6).map(|at| char::from(DIGITS[digit(at)])).collect()
}

fn is_silent_about(ran: &Ran, path: &str) {
    for text in spellings(path).iter().map(String::as_str).chain(["secret-1"]) {
        assert!(!ran.out.contains(text) && !ran.err.contains(text), "{text} in {}{}", ran.out, ran.err);
    }
}

/// Fewer turns than by default, so that tests are quick.
const QUICK: [&str; 2] = ["--iterations", "1000"];

#[test]
fn base64_is_that_of_others() {
    assert_eq!(base64(b"Man"), "TWFu");
    assert_eq!(base64(b"light work"), "bGlnaHQgd29yaw");
}

#[test]
fn a_new_key_is_for_its_owner_alone_and_never_shown() {
    let folder = Folder::new();
    let password = password_file(&folder);
    let named = ["--password-file", &password];
    for (format, encrypted, read_as, starts) in [
        ("pkcs8", false, KeyFormat::Pkcs8, "-----BEGIN PRIVATE KEY-----"),
        ("sec1", false, KeyFormat::Sec1, "-----BEGIN EC PRIVATE KEY-----"),
        ("encrypted-pkcs8", true, KeyFormat::Pkcs8Encrypted, "-----BEGIN ENCRYPTED PRIVATE KEY-----"),
        ("pkcs12", true, KeyFormat::Pkcs12, "0"),
    ] {
        for lang in ["zh", "en", "json"] {
            let path = folder.text(&format!("{format}-{lang}"));
            let mut arguments = vec!["key", "new", "--out", &path, "--format", format];
            arguments.extend(if encrypted { [named, QUICK].concat() } else { Vec::new() });
            match lang {
                "json" => arguments.push("--json"),
                lang => arguments.extend(["--lang", lang]),
            }
            let ran = czei(&arguments).with_code(0);
            assert_eq!((mode(&path), ran.err.as_str()), (0o600, ""), "{format}");
            assert!(fs::read(&path).unwrap().starts_with(starts.as_bytes()), "{format}");
            let file = read(&path);
            assert_eq!((file.format(), file.encryption().is_some()), (read_as, encrypted));
            is_silent_about(&ran, &path);
            let fingerprint = czei::key_fingerprint(file.key().verifying_key());
            match lang {
                "zh" => assert!(ran.out.starts_with("已生成密钥 ") && ran.out.contains("公钥指纹: "), "{}", ran.out),
                "en" => assert!(ran.out.starts_with("made ") && ran.out.contains("  format: "), "{}", ran.out),
                _ => {
                    let key = &ran.objects()[0]["key"];
                    assert_eq!(key["format"], read_as.name());
                    assert_eq!(key["encryption"].as_str(), file.encryption());
                    let public = key["public_key"].as_str().unwrap();
                    assert!(public.starts_with("04") && public.len() == 130, "{public}");
                }
            }
            assert!(ran.out.contains(&fingerprint), "{}", ran.out);
        }
    }
}

#[test]
fn a_password_makes_the_key_encrypted_and_the_public_key_goes_to_its_own_file() {
    let folder = Folder::new();
    let (key, public) = (folder.text("a.key"), folder.text("a.pub"));
    let ran = czei_with_input(
        &[&["key", "new", "--json", "--out", &key, "--public", &public, "--password-file", "-"], &QUICK[..]].concat(),
        PASSWORD.as_bytes(),
    );
    let ran = ran.with_code(0);
    assert_eq!(ran.objects()[0]["public"].as_str(), Some(&*public));
    let file = read(&key);
    assert_eq!(file.format(), KeyFormat::Pkcs8Encrypted);
    let written = czei::pki::read_public_key(&fs::read(&public).unwrap()).unwrap();
    assert_eq!(written, *file.key().verifying_key());
    assert_eq!(ran.objects()[0]["key"]["problems"][0]["code"], "CZ9103", "1,000 iterations are few");

    let other = folder.text("b.key");
    let mut from_environment = command(&["key", "new", "--out", &other, "--password-env", "CZEI_TEST_PASSWORD"]);
    assert!(from_environment.args(QUICK).env("CZEI_TEST_PASSWORD", PASSWORD).output().unwrap().status.success());
    assert_eq!(read(&other).format(), KeyFormat::Pkcs8Encrypted);

    let sm4 = folder.text("c.key");
    let password = password_file(&folder);
    let arguments = ["key", "new", "--out", &sm4, "--password-file", &password, "--encryption", "sm4-sm3"];
    let ran = czei(&[&arguments[..], &QUICK].concat()).with_code(0);
    assert!(ran.out.contains("SM4-CBC, HMAC-SM3"), "{}", ran.out);
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let folder = Folder::new();
    let taken = folder.write("taken", "of somebody");
    let free = folder.text("free");
    let run = |arguments: &[&str]| czei(&[&["--json"], arguments].concat()).with_code(2).error();
    let error = run(&["key", "new", "--out", &taken]);
    assert_eq!((name_of(&error["code"]), error["place"]["file"].as_str()), ("key-file-exists", Some(&*taken)));
    let error = run(&["key", "new", "--out", &free, "--public", &taken]);
    assert_eq!(name_of(&error["code"]), "key-file-exists");
    assert!(!folder.path("free").exists(), "nothing is done by halves");
    czei(&["key", "new", "--out", &free]).with_code(0);
    let error = run(&["key", "convert", &free, "--to", "sec1", "--out", &taken]);
    assert_eq!(name_of(&error["code"]), "key-file-exists");
    assert_eq!(fs::read_to_string(&taken).unwrap(), "of somebody");
    let error = run(&["key", "new", "--out", &folder.text("no/such/folder")]);
    assert_eq!(name_of(&error["code"]), "file-write");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", folder.path("link")).unwrap();
        let error = run(&["key", "new", "--out", &folder.text("link")]);
        assert_eq!(name_of(&error["code"]), "key-file-exists");
    }
}

#[test]
fn passwords_come_from_where_they_are_named_and_nobody_is_asked_without_a_terminal() {
    let folder = Folder::new();
    let password = password_file(&folder);
    let key = folder.text("a.key");
    czei(&[&["key", "new", "--out", &key, "--password-file", &password], &QUICK[..]].concat()).with_code(0);
    let out = folder.text("out");
    let wide = folder.write("wide", PASSWORD);
    set_mode(&wide, 0o640);
    let empty = secret_file(&folder, "empty", b"\n");
    let bytes = secret_file(&folder, "bytes", b"\xff\n");
    let long = secret_file(&folder, "long", &[b'a'; 1025]);
    let new = ["key", "new", "--out", &out, "--format", "pkcs12"];
    let convert = ["key", "convert", &key, "--to", "pkcs12", "--out", &out];
    let cases: [(&[&str], &[&str], &str); 13] = [
        (&new, &[], "password-absent"),
        (&new, &["--password-file", &empty], "password-empty"),
        (&new, &["--password-file", "no such file"], "file-read"),
        (&new, &["--password-file", &bytes], "key-password-text"),
        (&new, &["--password-file", &long], "key-password-text"),
        (&new, &["--password-env", "CZEI_NO_SUCH_VARIABLE"], "password-variable"),
        (&new, &["--password-file", &password, "--iterations", "999"], "key-iterations"),
        (&new, &["--password-file", &password, "--password-env", "X"], "usage"),
        (&["key", "new", "--out", &out, "--format", "sec1"], &["--password-file", &password], "key-format-setting"),
        (&["key", "new", "--out", &out], &["--iterations", "5000"], "key-format-setting"),
        (&convert, &[], "private-key-encrypted"),
        (&convert, &["--password-file", "-", "--out-password-file", "-"], "standard-input-twice"),
        (&convert, &["--password-file", &empty], "key-password-wrong"),
    ];
    for (arguments, further, name) in cases {
        let ran = czei(&[&["--json"], arguments, further].concat()).with_code(2);
        assert_eq!(name_of(&ran.error()["code"]), name, "{arguments:?} {further:?}");
        assert_eq!(ran.out, "");
        assert!(!folder.path("out").exists(), "{name}");
    }
    #[cfg(unix)]
    {
        let ran = czei(&[&["--json"], &new[..], &["--password-file", &wide]].concat()).with_code(2);
        assert_eq!(name_of(&ran.error()["code"]), "secret-file-readable");
    }
    // There is no argument for the password itself.
    for argument in ["--password", "--out-password", "--pass"] {
        let ran = czei(&[&["--json"], &new[..], &[argument, "x"]].concat()).with_code(2);
        assert_eq!(name_of(&ran.error()["code"]), "usage", "{argument}");
    }
}

/// Runs a command at a terminal of its own and types an answer to each question, which ends in a colon and a blank,
/// once the terminal does not show any more what is typed.
#[cfg(unix)]
const TERMINAL: &str = r"
import os, pty, signal, sys, termios, time
answers, command = sys.argv[1].split(','), sys.argv[2:]
signal.alarm(120)
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
said = b''
while True:
    try:
        read = os.read(terminal, 4096)
    except OSError:
        read = b''
    if not read:
        break
    said += read
    if said.endswith(b': ') and answers:
        while termios.tcgetattr(terminal)[3] & termios.ECHO:
            time.sleep(0.01)
        os.write(terminal, answers.pop(0).encode() + b'\n')
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
";

#[cfg(unix)]
#[test]
fn at_a_terminal_the_password_is_asked_for_and_not_shown() {
    use std::process::Command;
    if !Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: python3 is not installed");
        return;
    }
    let folder = Folder::new();
    let at_terminal = |answers: &[&str], arguments: &[&str], code: i32| {
        let mut python = Command::new("python3");
        python.args(["-c", TERMINAL, &answers.join(","), env!("CARGO_BIN_EXE_czei"), "--lang", "en"]).args(arguments);
        let output = python.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(answers.iter().all(|answer| answer.is_empty() || !said.contains(answer)), "typed and shown: {said}");
        said
    };
    let key = folder.text("a.key");
    let new = ["key", "new", "--out", &key, "--format", "encrypted-pkcs8", QUICK[0], QUICK[1]];
    let said = at_terminal(&["zaa1", "zbb2"], &new, 2);
    assert!(said.contains("CZ9082 ") && !folder.path("a.key").exists(), "{said}");
    let said = at_terminal(&["", ""], &new, 2);
    assert!(said.contains("CZ9084 ") && !folder.path("a.key").exists(), "{said}");
    let said = at_terminal(&["zaa1", "zaa1"], &new, 0);
    assert_eq!(said.matches("New password of ").count(), 1, "{said}");
    let said = at_terminal(&["zaa1"], &["key", "show", &key, &key], 0);
    assert_eq!(said.matches("Password of ").count(), 1, "it is not asked for twice: {said}");
    let said = at_terminal(&["zcc3"], &["key", "show", &key], 2);
    assert!(said.contains("CZ2305 "), "{said}");
}

#[test]
fn every_format_is_converted_into_every_other() {
    let folder = Folder::new();
    let password = password_file(&folder);
    let formats = ["pkcs8", "encrypted-pkcs8", "pkcs12", "sec1"];
    let is_encrypted = |format: &str| ["encrypted-pkcs8", "pkcs12"].contains(&format);
    let source = folder.text("source");
    czei(&["key", "new", "--out", &source]).with_code(0);
    let public = read(&source).key().verifying_key().clone();
    for from in formats {
        let first = folder.text(&format!("{from}.first"));
        let mut arguments = vec!["key", "convert", &source, "--to", from, "--out", &first];
        if is_encrypted(from) {
            arguments.extend(["--out-password-file", &password].iter().chain(&QUICK));
        }
        czei(&arguments).with_code(0);
        for to in formats {
            let second = folder.text(&format!("{from}.{to}"));
            let mut arguments = vec!["key", "convert", &first, "--json", "--to", to, "--out", &second];
            // The password of the source protects the new file too, where it has one.
            let option = if is_encrypted(from) { "--password-file" } else { "--out-password-file" };
            if is_encrypted(from) || is_encrypted(to) {
                arguments.extend([option, &password]);
            }
            if is_encrypted(to) {
                arguments.extend(QUICK);
            }
            let ran = czei(&arguments).with_code(0);
            let line = &ran.objects()[0];
            assert_eq!(*read(&second).key().verifying_key(), public, "{from} to {to}");
            assert_eq!(mode(&second), 0o600);
            assert_eq!(line["source"]["file"].as_str(), Some(&*first));
            assert_eq!(line["source"]["public_key"], line["key"]["public_key"]);
            assert_eq!(line["key"]["encryption"].is_null(), !is_encrypted(to));
            is_silent_about(&ran, &second);
        }
    }
}

#[test]
fn a_certificate_goes_along_with_its_key() {
    let folder = Folder::new();
    let demo = demo();
    let password = password_file(&folder);
    let (key, certificate) = (demo.path("keys/school.key"), demo.path("certs/school.crt"));
    let chain = [demo.path("ca/sub.crt"), certificate.clone()].map(|path| fs::read_to_string(path).unwrap()).concat();
    let chain = folder.write("chain.pem", chain);
    let p12 = folder.text("school.p12");
    let run = |arguments: &[&str]| czei(&[&["key", "convert", "--json"], arguments].concat());
    let out = ["--to", "pkcs12", "--out", &p12, "--out-password-file", &password, QUICK[0], QUICK[1]];
    let ran = run(&[&[&*key], &out[..], &["--certificate", &chain, "--name", "示例学校"]].concat()).with_code(0);
    let certificates = ran.objects()[0]["key"]["certificates"].clone();
    assert_eq!((&certificates[0]["is_of_key"], &certificates[1]["is_of_key"]), (&true.into(), &false.into()));
    assert!(certificates[0]["subject"].as_str().unwrap().starts_with("CN=示例市实验中学"), "its own comes first");
    let file = read(&p12);
    assert_eq!(file.certificates().len(), 2);
    assert!(file.certificate().is_some_and(|own| own.verifying_key().unwrap() == file.key().verifying_key()));

    // Another's certificate, and a format that holds none.
    let other = folder.text("other.p12");
    let stranger = demo.path("certs/registry.crt");
    let error =
        run(&[&key, "--to", "pkcs12", "--out", &other, "--out-password-file", &password, "--certificate", &stranger]);
    assert_eq!(name_of(&error.with_code(2).error()["code"]), "signer-key-mismatch");
    for further in [["--certificate", &certificate], ["--name", "x"]] {
        let error = run(&[&[&*key, "--to", "pkcs8", "--out", &other], &further[..]].concat()).with_code(2).error();
        assert_eq!(name_of(&error["code"]), "key-format-setting");
    }
    assert!(!folder.path("other.p12").exists());

    // What a format cannot hold is said.
    let plain = folder.text("plain.key");
    let arguments = [&p12, "--password-file", &password, "--to", "pkcs8", "--out", &plain];
    assert_eq!(run(&arguments).with_code(0).objects()[0]["left_out"], 2);
    let again = folder.text("plain-again.key");
    let arguments = ["key", "convert", &p12, "--password-file", &password, "--to", "pkcs8", "--out", &again];
    let ran = czei(&arguments).with_code(0);
    assert!(ran.out.contains("2 certificates of the source are not in the new file"), "{}", ran.out);
}

#[test]
fn show_says_what_a_file_is_and_what_deserves_a_look() {
    let folder = Folder::new();
    let password = password_file(&folder);
    let (plain, weak) = (folder.text("plain.key"), folder.text("weak.p12"));
    czei(&["key", "new", "--out", &plain]).with_code(0);
    let arguments = ["key", "new", "--out", &weak, "--format", "pkcs12", "--password-file", &password];
    czei(&[&arguments[..], &QUICK].concat()).with_code(0);
    set_mode(&plain, 0o644);
    let both = ["key", "show", &plain, &weak, "--password-file", &password];
    let ran = czei(&[&both[..], &["--json"]].concat()).with_code(0);
    let codes = |line: &Value| -> Vec<String> {
        let problems = line["key"]["problems"].as_array().unwrap();
        problems.iter().map(|problem| name_of(&problem["code"]).to_owned()).collect()
    };
    let lines = ran.objects();
    #[cfg(unix)]
    assert_eq!(codes(&lines[0]), ["key-file-open", "key-file-plain"]);
    assert_eq!(lines[0]["key"]["problems"][0]["severity"], "warning");
    assert_eq!(codes(&lines[1]), ["key-iterations-few"]);
    assert_eq!(lines[1]["key"]["format"], "pkcs12");
    assert_eq!(lines[1]["key"]["integrity"], "HMAC-SHA256, 1000 iterations");
    assert_eq!(lines[0]["key"]["integrity"], Value::Null);
    for lang in ["zh", "en"] {
        let ran = czei(&[&both[..], &["--lang", lang]].concat()).with_code(0);
        is_silent_about(&ran, &plain);
        is_silent_about(&ran, &weak);
        let warned = ran.out.contains(if lang == "zh" { "  警告 CZ9103 " } else { "  warning CZ9103 " });
        assert!(warned, "{}", ran.out);
    }
    is_silent_about(&ran, &plain);
}

#[test]
fn bad_files_are_refused_each_for_its_reason() {
    let folder = Folder::new();
    let (password, wrong) = (password_file(&folder), secret_file(&folder, "wrong", b"another"));
    let key = folder.text("a.key");
    czei(&[&["key", "new", "--out", &key, "--password-file", &password], &QUICK[..]].concat()).with_code(0);
    let p12 = folder.text("a.p12");
    let to_p12 = ["key", "convert", &key, "--password-file", &password, "--to", "pkcs12", "--out", &p12];
    czei(&[&to_p12[..], &QUICK].concat()).with_code(0);
    // An EncryptedPrivateKeyInfo under the algorithm 1.2.3.4.
    let mut foreign = vec![0x30, 25, 0x30, 5, 6, 3, 0x2a, 3, 4, 4, 16];
    foreign.extend([0; 16]);
    let foreign = folder.write("foreign.key", foreign);
    let whole = fs::read(&p12).unwrap();
    let cut = folder.write("cut.p12", &whole[..whole.len() / 2]);
    let text = folder.write("text.key", "not a key at all");
    fs::create_dir(folder.path("folder")).unwrap();
    let directory = folder.text("folder");
    let certificate = demo().path("certs/school.crt");
    for (file, password, name) in [
        (&key, &wrong, "key-password-wrong"),
        (&p12, &wrong, "key-password-wrong"),
        (&foreign, &password, "key-encryption-unsupported"),
        (&cut, &password, "private-key-malformed"),
        (&text, &password, "private-key-malformed"),
        (&directory, &password, "file-read"),
        (&folder.text("missing"), &password, "file-read"),
        (&certificate, &password, "pem-no-block"),
    ] {
        let ran = czei(&["key", "show", "--json", file, "--password-file", password]).with_code(2);
        let line = &ran.objects()[0];
        assert_eq!(name_of(&line["error"]["code"]), name, "{file}: {line}");
        assert_eq!(line["file"].as_str(), Some(&**file));
        assert_eq!(line["error"]["place"]["file"].as_str(), Some(&**file));
        is_silent_about(&ran, &key);
        let out = folder.text("out");
        let ran = czei(&["key", "convert", "--json", file, "--password-file", password, "--to", "sec1", "--out", &out]);
        assert_eq!(name_of(&ran.with_code(2).error()["code"]), name, "{file}");
        assert!(!folder.path("out").exists());
    }
    let ran = czei(&["key", "show", "--lang", "zh", &key, &cut, "--password-file", &password]).with_code(1);
    assert!(ran.out.contains(&format!("无法读取 {cut}: CZ2300 ")), "{}", ran.out);
}

#[test]
fn a_writer_that_is_killed_leaves_a_whole_key_or_none() {
    let folder = Folder::new();
    let begun = std::time::Instant::now();
    czei(&["key", "new", "--out", &folder.text("whole.key")]).with_code(0);
    let duration = begun.elapsed();
    let (mut whole, mut none) = (0, 0);
    for round in 0..40u32 {
        let path = folder.text(&format!("{round}.key"));
        let mut child = command(&["key", "new", "--out", &path]).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(duration.mul_f64(f64::from(round) / 30.0));
        // It may have ended by itself.
        child.kill().unwrap();
        child.wait().unwrap();
        match fs::read(&path) {
            Ok(bytes) => {
                assert!(KeyFile::read(&bytes, None).is_ok(), "a part of a key in round {round}");
                assert_eq!(mode(&path), 0o600);
                whole += 1;
            }
            Err(_) => none += 1,
        }
    }
    eprintln!("{whole} whole, {none} none");
    assert!(none > 0, "the first round is killed at once");
    // What was left beside is no less secret.
    for entry in fs::read_dir(folder.path("")).unwrap() {
        assert_eq!(mode(entry.unwrap().path().to_str().unwrap()), 0o600);
    }
}

/// What is signed, as the protocol has it.
const DIGEST: &str = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";

fn from_hex<const N: usize>(text: &str) -> [u8; N] {
    let byte = |at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap();
    std::array::from_fn(byte)
}

#[test]
fn serve_signs_over_standard_input_and_output() {
    let demo = demo();
    let (key, certificate) = (demo.path("keys/school.key"), demo.path("certs/school.crt"));
    let request =
        format!("HELLO czei-sign/1\nSIGN 1 school DIGEST {DIGEST}\nSIGN 2 other DIGEST {DIGEST}\nCERT 3 school\n");
    let ran = czei_with_input(&["key", "serve", "--key", &key, "--certificate", &certificate], request.as_bytes());
    let ran = ran.with_code(0);
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(lines[0], "OK czei-sign/1");
    let signature = lines[1].strip_prefix("OK 1 ").unwrap();
    let signature = Signature::from_bytes(&from_hex(signature)).unwrap();
    let verifying = read(&key).key().verifying_key().clone();
    assert!(verifying.verify(Message::Digest(&from_hex(DIGEST)), &signature).is_ok());
    assert!(lines[2].starts_with("ERR 2 no-key"), "{}", lines[2]);
    assert!(lines[3].starts_with("OK 3 MII"), "{}", lines[3]);
    is_silent_about(&ran, &key);
}

#[cfg(unix)]
#[test]
fn serve_listens_at_a_socket_of_its_own() {
    use std::os::unix::net::UnixStream;
    let folder = Folder::new();
    let (socket, key) = (folder.text("s"), demo().path("keys/school.key"));
    let mut server = command(&["key", "serve", "--key", &key, "--label", "unit-1", "--socket", &socket]);
    let mut child = server.stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    assert_eq!(said, format!("listening at {socket} for requests, keys: unit-1\n"));
    assert_eq!(mode(&socket), 0o600);
    let mut stream = UnixStream::connect(&socket).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "HELLO czei-sign/1\nSIGN 1 unit-1 DIGEST {DIGEST}\n").unwrap();
    let mut lines = BufReader::new(stream).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "OK czei-sign/1");
    assert!(lines.next().unwrap().unwrap().starts_with("OK 1 "));
    // The place is taken while it is served.
    let ran = czei(&["key", "serve", "--json", "--key", &key, "--socket", &socket]).with_code(2);
    assert_eq!(name_of(&ran.error()["code"]), "remote-socket-taken");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn serve_refuses_what_it_could_not_serve() {
    let folder = Folder::new();
    let demo = demo();
    let (key, other) = (demo.path("keys/school.key"), demo.path("keys/registry.key"));
    let stranger = demo.path("certs/registry.crt");
    let wide = folder.write("wide.key", fs::read(&key).unwrap());
    set_mode(&wide, 0o644);
    let cases: [(&[&str], &str); 5] = [
        (&["--key", &key, &other, "--label", "one"], "key-label-count"),
        (&["--key", &key, &other, "--label", "one", "one"], "key-label-count"),
        (&["--key", &key, "--certificate", &stranger], "signer-key-mismatch"),
        (&["--key", &key, "--password-file", "-"], "standard-input-twice"),
        (&["--key", &wide], "secret-file-readable"),
    ];
    for (arguments, name) in cases {
        let ran = czei(&[&["key", "serve", "--json"], arguments].concat()).with_code(2);
        assert_eq!((name_of(&ran.error()["code"]), ran.out.as_str()), (name, ""), "{arguments:?}");
    }
}
