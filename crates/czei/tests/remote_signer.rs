//! Issuing with a key elsewhere that dies, hangs or talks nonsense at each point of the protocol.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use common::{TestFolder, number, told};
use czei::pki::{EncryptionSettings, KeyFile, Password, SigningInput};
use czei::remote::{Address, KeyLabel, Keys, Options, Remote, Server, SocketServer};
use czei::sm2::{Signature, SigningKey};
use czei::stock::{By, NewGiven};
use czei::{
    Authority, Certificate, Configuration, Draft, Issued, Issuer, MemoryLedger, MemoryNumbers, ReceiptNumber, Sandbox,
    SandboxPlan, Signer, SystemClock, Verdict, Verifier,
};

/// What a server does to the bytes of a session, counted from its first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It goes after so many bytes of its answers.
    Dies(usize),
    /// It says no more after so many bytes.
    Hangs(usize),
    /// It says something else after so many bytes.
    Rubbish(usize),
    /// It changes this byte.
    Flips(usize),
    /// It goes after it has read so many bytes.
    Deaf(usize),
}

/// The answers to one signature: the greeting, `OK 1`, a space, the signature.
const ANSWERS: usize = "OK czei-sign/1\n".len() + "OK 1 \n".len() + 128;

/// The requests of one signature.
const REQUESTS: usize = "HELLO czei-sign/1\n".len() + "SIGN 1 unit-1 DIGEST \n".len() + 64;

/// A server with a fault that can be set.
struct Faulty {
    folder: TestFolder,
    stop: Arc<AtomicBool>,
    fault: Arc<Mutex<Fault>>,
    asked: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Faulty {
    fn new(key: SigningKey) -> Self {
        let folder = private_folder();
        let listener = UnixListener::bind(folder.path("sign.sock")).unwrap();
        std::fs::set_permissions(folder.path("sign.sock"), std::fs::Permissions::from_mode(0o600)).unwrap();
        let (stop, fault, asked) = (Arc::default(), Arc::new(Mutex::new(Fault::Dies(0))), Arc::default());
        let (stopped, current, count): (Arc<AtomicBool>, _, Arc<AtomicUsize>) =
            (Arc::clone(&stop), Arc::clone(&fault), Arc::clone(&asked));
        let thread = std::thread::spawn(move || {
            let server = server(key);
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let fault = *current.lock().unwrap();
                play(&server, fault, &count, stream.unwrap());
            }
        });
        Faulty { folder, stop, fault, asked, thread: Some(thread) }
    }

    fn address(&self) -> Address {
        Address::Socket(self.folder.path("sign.sock"))
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        UnixStream::connect(self.folder.path("sign.sock")).ok();
        self.thread.take().unwrap().join().ok();
    }
}

fn play(server: &Server, fault: Fault, asked: &AtomicUsize, mut stream: UnixStream) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    if let Fault::Deaf(count) = fault {
        std::io::copy(&mut std::io::Read::take(reader, count as u64), &mut std::io::sink()).ok();
        return;
    }
    let (mut request, mut said) = (String::new(), 0);
    loop {
        let before = request.len();
        // The end, or a client that gave up.
        if reader.read_line(&mut request).ok().filter(|count| *count > 0).is_none() {
            return;
        }
        asked.fetch_add(usize::from(request[before..].starts_with("SIGN ")), Ordering::SeqCst);
        let mut answers = Vec::new();
        server.serve(request.as_bytes(), &mut answers).unwrap();
        // All lines so far were answered again, the earlier ones of the same length.
        for byte in answers.split_off(said) {
            match fault {
                Fault::Dies(at) if said == at => return,
                Fault::Hangs(at) if said == at => {
                    reader.read_line(&mut request).ok();
                    return;
                }
                Fault::Rubbish(at) if said == at => {
                    stream.write_all(b"\x1b[31mpanic: \xff\n").ok();
                    reader.read_line(&mut request).ok();
                    return;
                }
                Fault::Flips(at) if said == at => drop(stream.write_all(&[byte ^ 1])),
                _ => drop(stream.write_all(&[byte])),
            }
            said += 1;
        }
    }
}

fn server(key: SigningKey) -> Server {
    let mut keys = Keys::new();
    keys.add(KeyLabel::new("unit-1").unwrap(), key, None);
    Server::new(keys)
}

fn private_folder() -> TestFolder {
    let folder = TestFolder::new();
    std::fs::set_permissions(folder.path(""), std::fs::Permissions::from_mode(0o700)).unwrap();
    folder
}

/// A signer that can be exchanged for another with the same certificate.
struct Exchangeable(Mutex<Arc<dyn Signer>>, Arc<Certificate>);

impl Exchangeable {
    fn set(&self, signer: Arc<dyn Signer>) {
        *self.0.lock().unwrap() = signer;
    }
}

impl Signer for Exchangeable {
    fn certificate(&self) -> &Arc<Certificate> {
        &self.1
    }

    fn sign(&self, input: &SigningInput<'_>) -> Result<Signature, czei::pki::Error> {
        let signer = Arc::clone(&self.0.lock().unwrap());
        signer.sign(input)
    }

    fn sign_batch(&self, inputs: &[SigningInput<'_>]) -> Result<Vec<Signature>, czei::pki::Error> {
        let signer = Arc::clone(&self.0.lock().unwrap());
        signer.sign_batch(inputs)
    }
}

/// A sandbox with its stock, of which the school's key is elsewhere.
struct School {
    folder: TestFolder,
    issuer: Issuer,
    authority: Authority,
    verifier: Verifier,
    signer: Arc<Exchangeable>,
    good: Arc<dyn Signer>,
    draft: String,
}

/// Where the school's numbers are.
enum Stock {
    File,
    Memory,
}

/// Without a disk, whose syncs would be most of a test's time.
fn in_memory(configuration: &Configuration, verifier: Verifier) -> (Issuer, Authority) {
    let (numbers, ledger) = (Arc::new(MemoryNumbers::new()), Arc::new(MemoryLedger::new()));
    let (verifier, clock) = (Arc::new(verifier), Arc::new(SystemClock));
    // The code of the sandbox's example.
    let (code, first, last) = (common::receipt_code("32990126"), number(1), number(10_000));
    numbers.add_segment(code, first, last).unwrap();
    ledger.give(&NewGiven { unit: common::SCHOOL, code, first, last }, By::one("张三")).unwrap();
    let units = configuration.units.clone();
    let issuer = Issuer::new(units, numbers, Arc::clone(&verifier), clock.clone()).unwrap();
    let authority = Authority::new(configuration.authorities.clone(), ledger, verifier, clock).unwrap();
    (issuer, authority)
}

impl School {
    fn new(stock: &Stock) -> Self {
        let folder = private_folder();
        Sandbox::create(folder.path("s"), &SandboxPlan::default(), &SystemClock).unwrap();
        let mut configuration = Configuration::load(folder.path("s/czei.toml")).unwrap();
        let good = Arc::clone(&configuration.units[0].signer);
        let signer = Arc::new(Exchangeable(Mutex::new(Arc::clone(&good)), Arc::clone(good.certificate())));
        configuration.units[0].signer = Arc::clone(&signer) as Arc<dyn Signer>;
        let verifier = Verifier::from_policy_file(folder.path("s/policy.toml")).unwrap();
        let (issuer, authority) = match stock {
            Stock::File => {
                (Issuer::open(&configuration).unwrap(), Authority::from_configuration(&configuration).unwrap())
            }
            Stock::Memory => in_memory(&configuration, verifier.clone()),
        };
        School {
            draft: Sandbox::in_memory(&SandboxPlan::default(), &SystemClock).unwrap().example_draft(),
            issuer,
            authority,
            verifier,
            folder,
            signer,
            good,
        }
    }

    fn key(&self) -> SigningKey {
        let bytes = std::fs::read(self.folder.path("s/keys/school.key")).unwrap();
        KeyFile::read(&bytes, None).unwrap().into_key()
    }

    fn draft(&self, request_id: &str) -> Draft {
        self.issuer.draft_from_json(self.draft.replace("example-1", request_id).as_bytes()).unwrap()
    }

    fn issue(&self, request_id: &str) -> czei::Result<ReceiptNumber> {
        let Issued::UnitSigned(signed) = self.issuer.issue(&self.draft(request_id))? else { panic!("finished before") };
        // What comes out is whole: it can be countersigned, and verifies.
        let answer = self.authority.countersign(&signed.to_bytes())?;
        let receipt = self.issuer.accept(&signed, answer.as_bytes())?;
        let report = self.verifier.verify(receipt.as_bytes());
        assert_eq!(report.verdict, Verdict::Valid, "{:?}", common::against(&report));
        Ok(signed.content().number)
    }

    fn remote(&self, address: Address, options: Options) -> Arc<dyn Signer> {
        let remote = Remote::new(address, options).unwrap();
        Arc::new(remote.signer(KeyLabel::new("unit-1").unwrap(), Arc::clone(self.good.certificate())).unwrap())
    }
}

/// Times as short as a fault may be met; what should succeed does not use them.
fn impatient() -> Options {
    let short = Duration::from_millis(30);
    Options { connect: short, answer: short, deadline: short * 2, attempts: 1, sessions: 1, ..Options::default() }
}

fn every_fault() -> impl Iterator<Item = Fault> {
    let each = (0..ANSWERS).flat_map(|at| [Fault::Dies(at), Fault::Hangs(at), Fault::Rubbish(at), Fault::Flips(at)]);
    each.chain((0..REQUESTS).map(Fault::Deaf))
}

#[test]
fn a_fault_at_each_byte_leaves_the_number_reserved_and_nothing_half_signed() {
    faults_leave_the_number_reserved(&Stock::Memory, every_fault());
}

#[test]
fn a_stock_on_disk_keeps_the_number_of_a_fault_as_well() {
    faults_leave_the_number_reserved(&Stock::File, every_fault().step_by(53));
}

fn faults_leave_the_number_reserved(stock: &Stock, faults: impl Iterator<Item = Fault>) {
    let school = School::new(stock);
    let faulty = Faulty::new(school.key());
    let mut next = 1;
    for fault in faults {
        let name = format!("{fault:?}");
        let id: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        *faulty.fault.lock().unwrap() = fault;
        faulty.asked.store(0, Ordering::SeqCst);
        school.signer.set(school.remote(faulty.address(), impatient()));
        let error = school.issue(&id).unwrap_err();
        assert_eq!(error.entry().name, "signing-stopped", "{name}: {error}");
        let found = error.found_text().unwrap();
        assert!(found.contains("CZ28"), "{name}: {found}");
        assert!(faulty.asked.load(Ordering::SeqCst) <= 1, "{name}: asked again");
        // Another receipt in between gets the next number, and the retry the number that was kept for it.
        school.signer.set(Arc::clone(&school.good));
        assert_eq!(school.issue(&format!("{id}-other")).unwrap(), number(next + 1), "{name}");
        assert_eq!(school.issue(&id).unwrap(), number(next), "{name}");
        next += 2;
    }
    // Without a fault: the harness itself signs.
    *faulty.fault.lock().unwrap() = Fault::Dies(ANSWERS);
    school.signer.set(school.remote(faulty.address(), Options::default()));
    assert_eq!(school.issue("control").unwrap(), number(next));
    // Its session ends with it, and the server with its session.
    school.signer.set(Arc::clone(&school.good));
}

#[test]
fn a_batch_is_signed_whole_or_keeps_its_numbers() {
    let school = School::new(&Stock::File);
    let faulty = Faulty::new(school.key());
    // In the third signature of five.
    *faulty.fault.lock().unwrap() = Fault::Dies(ANSWERS + 2 * ("OK 1 \n".len() + 128) - 7);
    school.signer.set(school.remote(faulty.address(), Options { attempts: 4, ..impatient() }));
    let drafts: Vec<_> = (0..5).map(|at| school.draft(&format!("r-{at}"))).collect();
    for answer in school.issuer.issue_many(&drafts) {
        let error = answer.unwrap_err();
        assert_eq!(error.entry().name, "signing-stopped");
        assert!(error.found_text().unwrap().contains("CZ2811"), "{error}");
    }
    assert_eq!(faulty.asked.load(Ordering::SeqCst), 3, "it went at the third, and none was asked for again");
    school.signer.set(Arc::clone(&school.good));
    for (at, answer) in school.issuer.issue_many(&drafts).into_iter().enumerate() {
        assert_eq!(answer.unwrap().content().number, number(at as u64 + 1));
    }
}

/// The sandbox's configuration with other lines for the school's key.
fn configured(folder: &TestFolder, lines: &str) -> czei::Result<Configuration> {
    let path = folder.path("s/other.toml");
    let text = std::fs::read_to_string(folder.path("s/czei.toml")).unwrap();
    let old = "key = \"keys/school.key\"\ncertificate = \"certs/school.crt\"\n";
    assert!(text.contains(old));
    std::fs::write(&path, text.replace(old, lines)).unwrap();
    Configuration::load(path)
}

#[test]
fn a_server_that_was_away_signs_when_it_is_back() {
    let school = School::new(&Stock::File);
    let lines = "certificate = \"certs/school.crt\"\n\
                 signer = { socket = \"../sign.sock\", key = \"unit-1\", attempts = 2 }\n";
    // Nobody serves yet: the configuration is read all the same.
    let configuration = configured(&school.folder, lines).unwrap();
    let draft = school.draft("away");
    let error = Issuer::open(&configuration).unwrap().issue(&draft).unwrap_err();
    assert_eq!(error.entry().name, "signing-stopped");
    let found = error.found_text().unwrap();
    assert!(found.contains("CZ2810") && found.contains("sign.sock"), "{found}");
    school.issue("between").unwrap();
    let server = SocketServer::bind(school.folder.path("sign.sock"), server(school.key())).unwrap();
    let shutdown = server.shutdown_handle();
    let thread = std::thread::spawn(move || server.run());
    let issued = Issuer::open(&configuration).unwrap().issue(&draft).unwrap();
    assert_eq!(issued.content().number, number(1));
    shutdown.now();
    thread.join().unwrap().unwrap();
}

#[test]
fn keys_under_a_password_and_with_their_certificate_are_read() {
    let school = School::new(&Stock::File);
    let path = |name: &str| school.folder.path(format!("s/keys/{name}"));
    let secret = |name: &str, bytes: &[u8]| czei::files::write_secret(path(name), bytes).unwrap();
    let settings = EncryptionSettings { iterations: 1000, ..EncryptionSettings::default() };
    let (key, password) = (school.key(), Password::new("开门"));
    let mut entropy = czei::sm2::SystemEntropy;
    let pem = czei::pki::to_encrypted_pkcs8_pem(&key, &password, &settings, &mut entropy).unwrap();
    let own = [Arc::clone(school.good.certificate())];
    let p12 = czei::pki::to_pkcs12(&key, &own, "school", &password, &settings, &mut entropy).unwrap();
    secret("school.pem", pem.as_bytes());
    secret("school.p12", &p12);
    secret("password", "开门\r\n".as_bytes());
    secret("wrong", b"other");
    secret("empty", b"\n");
    std::fs::write(path("open"), "开门").unwrap();
    std::fs::set_permissions(path("open"), std::fs::Permissions::from_mode(0o644)).unwrap();

    let with_certificate = |more: &str| format!("certificate = \"certs/school.crt\"\n{more}");
    let pem = "key = \"keys/school.pem\"\n";
    let word = "key_password_file = \"keys/password\"\n";
    for lines in [with_certificate(&format!("{pem}{word}")), format!("key = \"keys/school.p12\"\n{word}")] {
        let configuration = configured(&school.folder, &lines).unwrap();
        assert_eq!(configuration.units[0].signer.certificate().der(), own[0].der());
    }
    let text = |path: PathBuf| path.display().to_string();
    let toml = text(school.folder.path("s/other.toml"));
    for (lines, name, file, key) in [
        (with_certificate(pem), "private-key-encrypted", text(path("school.pem")), None),
        (
            with_certificate(&format!("{pem}key_password_file = \"keys/wrong\"\n")),
            "key-password-wrong",
            text(path("school.pem")),
            Some("EncryptedPrivateKeyInfo/encryptedData"),
        ),
        (
            with_certificate(&format!("{pem}key_password_file = \"keys/empty\"\n")),
            "secret-file-empty",
            text(path("empty")),
            None,
        ),
        (
            with_certificate(&format!("{pem}key_password_file = \"keys/open\"\n")),
            "secret-file-readable",
            text(path("open")),
            None,
        ),
        (format!("{pem}{word}"), "toml-missing-key", toml.clone(), Some("unit[0]")),
    ] {
        let error = configured(&school.folder, &lines).unwrap_err();
        assert_eq!(told(&error).0, name, "{lines}");
        assert_eq!((error.place().file.clone(), error.place().path.as_deref()), (Some(file), key), "{lines}");
    }
    // Whoever has no key cannot know a certificate that stands beside it alone.
    configured(&school.folder, &format!("key = \"keys/school.p12\"\n{word}")).unwrap();
    let store = czei::StoreConfiguration::load(school.folder.path("s/other.toml")).unwrap();
    let error = store.head_verifier().unwrap_err();
    assert_eq!(told(&error), ("toml-missing-key", Some(toml.as_str()), Some("unit[0]")));
}

#[test]
fn each_error_of_a_signer_names_its_key() {
    let folder = TestFolder::new();
    Sandbox::create(folder.path("s"), &SandboxPlan::default(), &SystemClock).unwrap();
    let file = folder.path("s/other.toml").display().to_string();
    let program = "program = [\"/usr/bin/hsm-sign\", \"--slot\", \"3\"], key = \"unit-1\"";
    let good = format!(
        "{program}, environment = [\"PKCS11_MODULE\"], send = \"message\", timeout_ms = 5000, \
         connect_timeout_ms = 1, deadline_ms = 3600000, sessions = 64, attempts = 10"
    );
    let signer = |table: &str| format!("certificate = \"certs/school.crt\"\nsigner = {{ {table} }}\n");
    for table in
        [program, &good, "socket = \"/run/czei/sign.sock\", key = \"a\"", "program = [\"./sign\"], key = \"a\""]
    {
        configured(&folder, &signer(table)).unwrap();
    }
    let with = |more: &str| signer(&format!("{program}, {more}"));
    for (lines, name, key) in [
        (String::new(), "toml-missing-key", "unit[0]"),
        ("key = \"keys/school.key\"\n".to_owned(), "toml-missing-key", "unit[0]"),
        (format!("signer = {{ {program} }}\n"), "toml-missing-key", "unit[0]"),
        (format!("{}key = \"keys/school.key\"\n", signer(program)), "setting-value", "unit[0].signer"),
        (format!("{}key_password_file = \"x\"\n", signer(program)), "setting-value", "unit[0].key_password_file"),
        (signer("key = \"a\""), "toml-missing-key", "unit[0].signer"),
        (signer("socket = \"a\""), "toml-missing-key", "unit[0].signer"),
        (signer("socket = \"\", key = \"a\""), "setting-value", "unit[0].signer.socket"),
        (signer("program = [], key = \"a\""), "setting-value", "unit[0].signer.program"),
        (signer("socket = \"a\", key = \"a b\""), "remote-settings", "unit[0].signer.key"),
        (signer("socket = \"a\", key = \"a\", environment = [\"A\"]"), "setting-value", "unit[0].signer.environment"),
        (with("environment = [\"A=1\"]"), "remote-settings", "unit[0].signer.environment"),
        (with("socket = \"a\""), "setting-value", "unit[0].signer.socket"),
        (with("send = \"hash\""), "setting-unknown", "unit[0].signer.send"),
        (with("timeout_ms = 0"), "remote-settings", "unit[0].signer.timeout_ms"),
        (with("timeout_ms = 3600001"), "remote-settings", "unit[0].signer.timeout_ms"),
        (with("connect_timeout_ms = 0"), "remote-settings", "unit[0].signer.connect_timeout_ms"),
        (with("deadline_ms = 0"), "remote-settings", "unit[0].signer.deadline_ms"),
        (with("sessions = 65"), "remote-settings", "unit[0].signer.sessions"),
        (with("attempts = 0"), "remote-settings", "unit[0].signer.attempts"),
        (with("pin = \"1234\""), "toml-unknown-key", "unit[0].signer.pin"),
    ] {
        let error = configured(&folder, &lines).unwrap_err();
        assert_eq!(told(&error), (name, Some(file.as_str()), Some(key)), "{lines}");
    }
}
