//! Many callers at once, over programs and sockets that work.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{Fake, Folder, Peer, certificate, inputs, key, options, server, signer_at};
use czei_pki::{Certificate, Signer as _};
use czei_remote::{
    Address, Class, Code, KeyLabel, KeyProvider, Options, Program, Refusal, RemoteSigner, Server, SocketServer,
};
use czei_sm2::{Message, Signature};

/// A socket server in a thread, until the end of the test.
struct Running {
    folder: Folder,
    shutdown: czei_remote::Shutdown,
    thread: Option<std::thread::JoinHandle<Result<(), czei_remote::Error>>>,
}

impl Running {
    fn new(server: Server, set: impl FnOnce(SocketServer) -> SocketServer) -> Self {
        let folder = Folder::new();
        let server = set(SocketServer::bind(folder.path("sign.sock"), server).unwrap());
        let shutdown = server.shutdown_handle();
        Running { folder, shutdown, thread: Some(std::thread::spawn(move || server.run())) }
    }

    fn signer(&self, options: Options) -> RemoteSigner {
        signer_at(Address::Socket(self.folder.path("sign.sock")), options)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.now();
        self.thread.take().unwrap().join().unwrap().unwrap();
        assert!(!self.folder.path("sign.sock").exists(), "the socket goes with its server");
    }
}

/// Signs with key 1, and notes how many do so at once.
#[derive(Default)]
struct Counted {
    now: AtomicUsize,
    most: AtomicUsize,
    all: AtomicUsize,
    pause: Duration,
}

impl KeyProvider for Counted {
    fn certificate(&self, _: &KeyLabel) -> Result<Option<Arc<Certificate>>, Refusal> {
        Ok(Some(certificate(1)))
    }

    fn sign_digest(&self, _: &KeyLabel, digest: &[u8; 32]) -> Result<Signature, Refusal> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.all.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(self.pause);
        self.now.fetch_sub(1, Ordering::SeqCst);
        key(1).sign(Message::Digest(digest)).map_err(|_| Refusal::new(Class::Failed, ""))
    }
}

fn sign_one(signer: &RemoteSigner, text: &str) -> Result<(), czei_remote::Error> {
    let parts = [[text.as_bytes()]];
    let inputs = inputs(signer.certificate(), &parts);
    let signature = signer.try_sign_batch(&inputs)?.pop().unwrap();
    key(1).verifying_key().verify(Message::Digest(inputs[0].digest()), &signature).unwrap();
    Ok(())
}

#[test]
fn sixty_four_threads_share_four_sessions() {
    let counted = Arc::new(Counted { pause: Duration::from_millis(1), ..Counted::default() });
    let running = Running::new(Server::new(Arc::clone(&counted)), |server| server);
    let signer = running.signer(options());
    std::thread::scope(|scope| {
        for thread in 0..64 {
            let signer = &signer;
            scope.spawn(move || {
                for at in 0..5 {
                    sign_one(&signer.clone(), &format!("{thread} {at}")).unwrap();
                }
            });
        }
    });
    assert_eq!(counted.all.load(Ordering::SeqCst), 320);
    let most = counted.most.load(Ordering::SeqCst);
    assert!((2..=4).contains(&most), "{most} sessions signed at once");
}

#[test]
fn a_batch_spreads_over_the_sessions_and_keeps_its_order() {
    let counted = Arc::new(Counted { pause: Duration::from_millis(1), ..Counted::default() });
    let running = Running::new(Server::new(Arc::clone(&counted)), |server| server);
    let signer = running.signer(options());
    let texts: Vec<String> = (0..333).map(|at| at.to_string()).collect();
    let parts: Vec<[&[u8]; 1]> = texts.iter().map(|text| [text.as_bytes()]).collect();
    let inputs = inputs(signer.certificate(), &parts);
    let signatures = signer.sign_batch(&inputs).unwrap();
    assert_eq!(signatures.len(), 333);
    for (input, signature) in inputs.iter().zip(&signatures) {
        key(1).verifying_key().verify(Message::Digest(input.digest()), signature).unwrap();
    }
    assert_eq!(counted.all.load(Ordering::SeqCst), 333);
    assert!((2..=4).contains(&counted.most.load(Ordering::SeqCst)));
    assert_eq!(signer.sign_batch(&[]).unwrap(), []);
    // One part fails: none of it is used, and the error is that part's own.
    let fake = Fake::new(|number, peer| {
        peer.greet();
        match number {
            2 => {
                peer.line();
                peer.say("rubbish\n");
            }
            _ => peer.behave(),
        }
    });
    let error = fake.signer(options()).try_sign_batch(&inputs).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::AnswerMalformed, Some("rubbish")));
}

#[test]
fn whoever_waits_too_long_for_a_session_is_told_so() {
    let fake = Fake::new(|_, peer| {
        peer.greet();
        let line = peer.line().unwrap();
        std::thread::sleep(Duration::from_millis(600));
        peer.say(Peer::answer(&line));
        peer.behave();
    });
    let signer = fake.signer(Options { sessions: 1, deadline: Duration::from_millis(200), ..options() });
    // A batch has a deadline for each of its signatures.
    let parts = [[&b"slow"[..]]; 2];
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| signer.try_sign_batch(&inputs(signer.certificate(), &parts)).map(|all| all.len()));
        while fake.asked() == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let error = sign_one(&signer, "waits").unwrap_err();
        assert_eq!((error.code(), error.expected_text()), (Code::NoSession, Some("<= 1 sessions")));
        assert_eq!(slow.join().unwrap(), Ok(2));
    });
    sign_one(&signer, "has its turn").unwrap();
}

#[test]
fn sessions_beyond_the_servers_limit_are_told_that_it_is_busy() {
    let running = Running::new(server(), |server| server.with_sessions(1));
    let first = running.signer(options());
    sign_one(&first, "a").unwrap();
    let second = running.signer(Options { attempts: 2, ..options() });
    let error = sign_one(&second, "b").unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::Busy, Some("too many sessions")));
    drop(first);
    // The server needs a moment to see that the first is gone.
    sign_one(&running.signer(Options { attempts: 10, ..options() }), "c").unwrap();
}

#[test]
fn a_session_that_the_server_ended_for_silence_is_replaced() {
    let running = Running::new(server(), |server| server.with_idle(Duration::from_millis(30)));
    let signer = running.signer(Options { sessions: 1, ..options() });
    for _ in 0..3 {
        sign_one(&signer, "a").unwrap();
        std::thread::sleep(Duration::from_millis(120));
    }
}

#[test]
fn a_shutdown_answers_what_was_asked() {
    let counted = Arc::new(Counted { pause: Duration::from_millis(200), ..Counted::default() });
    let running = Running::new(Server::new(Arc::clone(&counted)), |server| server);
    let signer = running.signer(Options { attempts: 1, ..options() });
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| sign_one(&signer, "a"));
        while counted.all.load(Ordering::SeqCst) == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        running.shutdown.now();
        asked.join().unwrap().unwrap();
    });
    let path = running.folder.path("sign.sock");
    drop(running);
    assert!(!path.exists());
    assert_eq!(sign_one(&signer, "b").unwrap_err().code(), Code::Connect);
}

#[test]
fn a_shutdown_does_not_wait_for_whoever_does_not_read() {
    use std::io::Write as _;
    let folder = Folder::new();
    let path = folder.path("sign.sock");
    let server = SocketServer::bind(&path, server()).unwrap();
    let shutdown = server.shutdown_handle();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(server.run()));
    let mut client = std::os::unix::net::UnixStream::connect(&path).unwrap();
    client.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    client.write_all(b"HELLO czei-sign/1\n").unwrap();
    // Until the answers fill the one queue and the requests the other.
    while client.write_all("CERT 1 unit-1\n".repeat(1000).as_bytes()).is_ok() {}
    shutdown.now();
    receiver.recv_timeout(Duration::from_secs(30)).expect("the server ends").unwrap();
    assert!(!path.exists());
    drop(client);
}

/// The example, built for this test.
fn sign_server() -> PathBuf {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["build", "--quiet", "-p", "czei-remote", "--example", "sign_server", "--message-format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut executables = text.lines().filter_map(|line| line.split_once("\"executable\":\"")?.1.split('"').next());
    PathBuf::from(executables.next_back().expect("cargo names what it built"))
}

#[test]
fn a_program_signs() {
    let folder = Folder::new();
    let file = folder.path("unit.key");
    std::fs::write(&file, czei_pki::to_pkcs8_pem(&key(1)).as_bytes()).unwrap();
    // Where it was built, the group may write.
    let program = folder.path("sign_server");
    std::fs::copy(sign_server(), &program).unwrap();
    folder.set_mode("sign_server", 0o755);
    let file = file.display().to_string();
    let program = Program::new([program.to_str().unwrap(), "unit-1", &file]).unwrap();
    let signer = signer_at(Address::Program(program.clone()), options());
    signer.check().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let signer = &signer;
            scope.spawn(move || sign_one(signer, &thread.to_string()).unwrap());
        }
    });
    let parts = [[&b"content"[..]]; 100];
    assert_eq!(signer.try_sign_batch(&inputs(signer.certificate(), &parts)).unwrap().len(), 100);
    // It cannot read its key: it ends before it greets.
    std::fs::remove_file(&file).unwrap();
    let error = sign_one(&signer_at(Address::Program(program.clone()), Options { attempts: 2, ..options() }), "a");
    let error = error.unwrap_err();
    assert_eq!((error.code(), error.place().file.as_deref()), (Code::Closed, program.path().to_str()));
}
