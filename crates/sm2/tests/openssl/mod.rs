//! The system's OpenSSL behind `oracle.c`, a process that is spoken to over its pipes.

use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use czei_sm2::{Signature, UserId};

/// OpenSSL, ready to be asked.
pub(crate) struct OpenSsl {
    process: Child,
    requests: Option<BufWriter<ChildStdin>>,
    answers: BufReader<ChildStdout>,
}

/// A question to OpenSSL.
pub(crate) struct Request(Vec<u8>);

impl OpenSsl {
    /// Builds and starts it, or says that it was skipped, and why.
    pub(crate) fn start(test: &str) -> Option<OpenSsl> {
        let program = match build(test) {
            Ok(program) => program,
            Err(reason) => {
                // Straight to standard error: what a test prints in the usual way is not seen when it passes.
                let notice = format!("skipped: OpenSSL is not there as oracle of {test} ({reason})\n");
                std::io::stderr().write_all(notice.as_bytes()).ok();
                return None;
            }
        };
        let mut process = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let requests = process.stdin.take().map(BufWriter::new);
        let answers = BufReader::new(process.stdout.take().unwrap());
        Some(OpenSsl { process, requests, answers })
    }

    /// The answers to many requests, in their order; `meanwhile` runs while OpenSSL works on them.
    pub(crate) fn answers<T>(&mut self, requests: &[Request], meanwhile: impl FnOnce() -> T) -> (Vec<Vec<u8>>, T) {
        let input = self.requests.as_mut().unwrap();
        let output = &mut self.answers;
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for request in requests {
                    input.write_all(&request.0).unwrap();
                }
                input.flush().unwrap();
            });
            let reader = scope.spawn(move || requests.iter().map(|_| answer(output)).collect());
            let result = meanwhile();
            (reader.join().unwrap(), result)
        })
    }

    pub(crate) fn ask(&mut self, request: Request) -> Vec<u8> {
        self.answers(&[request], || ()).0.remove(0)
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.requests.take());
        self.process.wait().ok();
    }
}

impl Request {
    /// The SM3 of bytes.
    pub(crate) fn sm3(bytes: &[u8]) -> Self {
        Request::new(b'H', &[bytes])
    }

    /// `[k]G` as 65 bytes.
    pub(crate) fn generator_times(k: &[u8; 32]) -> Self {
        Request::new(b'G', &[k])
    }

    /// A signature in DER over a message.
    pub(crate) fn sign(d: &[u8; 32], public: &[u8; 65], user_id: &UserId, message: &[u8]) -> Self {
        let id = user_id.as_bytes();
        Request::new(b'S', &[d, public, &length(id), id, message])
    }

    /// A signature in DER over a digest.
    pub(crate) fn sign_digest(d: &[u8; 32], public: &[u8; 65], e: &[u8; 32]) -> Self {
        Request::new(b'D', &[d, public, e])
    }

    /// Whether a signature over a message fits: one byte, 1 or 0.
    pub(crate) fn verify(public: &[u8; 65], user_id: &UserId, message: &[u8], signature: &Signature) -> Self {
        let (id, der) = (user_id.as_bytes(), signature.to_der());
        Request::new(b'V', &[public, &length(id), id, &length(&der), &der, message])
    }

    /// Whether a signature over a digest fits: one byte, 1 or 0.
    pub(crate) fn verify_digest(public: &[u8; 65], e: &[u8; 32], signature: &Signature) -> Self {
        let der = signature.to_der();
        Request::new(b'E', &[public, &length(&der), &der, e])
    }

    fn new(operation: u8, parts: &[&[u8]]) -> Self {
        let content = parts.concat();
        let mut bytes = vec![operation];
        bytes.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        bytes.extend(content);
        Request(bytes)
    }
}

fn length(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).unwrap().to_le_bytes()
}

fn answer(output: &mut impl Read) -> Vec<u8> {
    let mut length = [0; 4];
    output.read_exact(&mut length).unwrap();
    let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
    output.read_exact(&mut bytes).unwrap();
    bytes
}

/// Each test builds its own, so that tests at the same time do not disturb each other.
fn build(test: &str) -> Result<PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openssl/oracle.c");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("openssl-oracle-{test}"));
    let have = |code: &str| {
        let mut compiler = Command::new("cc")
            .args(["-fsyntax-only", "-x", "c", "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cc: {error}"))?;
        compiler.stdin.take().unwrap().write_all(code.as_bytes()).map_err(|error| error.to_string())?;
        Ok::<bool, String>(compiler.wait().map_err(|error| error.to_string())?.success())
    };
    // Only what is missing on the machine is a reason to skip; that the program is wrong is none.
    if !have("#include <openssl/opensslv.h>\n#if OPENSSL_VERSION_MAJOR < 3\n#error\n#endif\n")? {
        return Err("cc finds no headers of OpenSSL 3".to_owned());
    }
    let output = Command::new("cc")
        .args(["-O1", "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&program)
        .arg(&source)
        .arg("-lcrypto")
        .output()
        .map_err(|error| error.to_string())?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(program)
}
