//! Keys, folders and servers that misbehave, for the tests beside this folder.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use czei_pki::{Certificate, CertificateTemplate, Name, SigningInput};
use czei_remote::{Address, KeyLabel, Keys, Options, Remote, RemoteSigner, Server};
use czei_sm2::{SigningKey, UserId};

pub fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32]).unwrap()
}

pub fn certificate(number: u8) -> Arc<Certificate> {
    let template = CertificateTemplate {
        subject: Name::parse_rfc4514(&format!("CN=unit {number},C=CN")).unwrap(),
        serial: vec![number],
        not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
        not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
        ca: None,
        key_usage: None,
        extensions: Vec::new(),
    };
    Arc::new(template.self_sign(&key(number)).unwrap())
}

pub fn label() -> KeyLabel {
    KeyLabel::new("unit-1").unwrap()
}

/// A server that has the key number 1 as `unit-1`, with its certificate.
pub fn server() -> Server {
    let mut keys = Keys::new();
    assert!(keys.add(label(), key(1), Some(certificate(1))));
    Server::new(keys)
}

/// What the server answers to these bytes.
pub fn answers(request: impl AsRef<[u8]>) -> String {
    let mut out = Vec::new();
    server().serve(request.as_ref(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The same after the greeting.
pub fn answers_after_hello(request: &str) -> String {
    answers(format!("HELLO czei-sign/1\n{request}")).strip_prefix("OK czei-sign/1\n").unwrap().to_owned()
}

/// Times that are short where a test waits for their end, and long where it does not.
pub fn options() -> Options {
    Options {
        connect: Duration::from_secs(20),
        answer: Duration::from_secs(20),
        deadline: Duration::from_secs(60),
        ..Options::default()
    }
}

pub fn signer_at(address: Address, options: Options) -> RemoteSigner {
    Remote::new(address, options).unwrap().signer(label(), certificate(1)).unwrap()
}

/// Inputs of one part each, which they borrow.
pub fn inputs<'a>(certificate: &Certificate, parts: &'a [[&'a [u8]; 1]]) -> Vec<SigningInput<'a>> {
    const ID: &UserId = &UserId::DEFAULT;
    parts.iter().map(|parts| SigningInput::new(certificate, ID, parts).unwrap()).collect()
}

/// A folder of mode 0700, which goes at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("czei-remote-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        let folder = Folder(path.canonicalize().unwrap());
        folder.set_mode("", 0o700);
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.0.clone() } else { self.0.join(name) }
    }

    pub fn set_mode(&self, name: &str, mode: u32) {
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::set_permissions(&self.0, std::fs::Permissions::from_mode(0o700)).ok();
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A server that does what a test says with each connection, which are counted from 0.
pub struct Fake {
    folder: Folder,
    stop: Arc<AtomicBool>,
    pub connections: Arc<AtomicUsize>,
    /// Every line that came.
    pub lines: Arc<Mutex<Vec<String>>>,
    thread: Option<JoinHandle<()>>,
}

/// A connection of a [`Fake`].
pub struct Peer {
    pub reader: BufReader<UnixStream>,
    pub stream: UnixStream,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    pub fn new(play: impl Fn(usize, &mut Peer) + Send + Sync + 'static) -> Self {
        let folder = Folder::new();
        let listener = UnixListener::bind(folder.path("sign.sock")).unwrap();
        folder.set_mode("sign.sock", 0o600);
        let (stop, connections) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (stopped, counted, noted) = (Arc::clone(&stop), Arc::clone(&connections), Arc::clone(&lines));
        let play = Arc::new(play);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let number = counted.fetch_add(1, Ordering::SeqCst);
                let (play, lines) = (Arc::clone(&play), Arc::clone(&noted));
                std::thread::spawn(move || {
                    let reader = BufReader::new(stream.try_clone().unwrap());
                    play(number, &mut Peer { reader, stream, lines });
                });
            }
        });
        Fake { folder, stop, connections, lines, thread: Some(thread) }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path("sign.sock")
    }

    pub fn address(&self) -> Address {
        Address::Socket(self.path())
    }

    pub fn signer(&self, options: Options) -> RemoteSigner {
        signer_at(self.address(), options)
    }

    /// How many whole SIGN lines came.
    pub fn asked(&self) -> usize {
        self.lines.lock().unwrap().iter().filter(|line| line.starts_with("SIGN ")).count()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        UnixStream::connect(self.path()).ok();
        self.thread.take().unwrap().join().ok();
    }
}

impl Peer {
    /// The next line; none at the end.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.reader.read_line(&mut line).ok().filter(|_| line.ends_with('\n'))?;
        self.lines.lock().unwrap().push(line.clone());
        Some(line)
    }

    pub fn say(&mut self, text: impl AsRef<[u8]>) {
        // The other end may be gone, which is its right.
        self.stream.write_all(text.as_ref()).ok();
    }

    /// Reads the greeting and answers it.
    pub fn greet(&mut self) {
        self.line();
        self.say("OK czei-sign/1\n");
    }

    /// The right answer to a line.
    pub fn answer(line: &str) -> String {
        answers_after_hello(line)
    }

    /// Goes on as it should.
    pub fn behave(&mut self) {
        while let Some(line) = self.line() {
            self.say(Self::answer(&line));
        }
    }
}

/// A file that a program of a test wrote.
pub fn wait_for(path: &Path) -> String {
    for _ in 0..10_000 {
        match std::fs::read_to_string(path) {
            Ok(text) if text.ends_with('\n') => return text,
            _ => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    panic!("the program wrote no {}", path.display());
}
