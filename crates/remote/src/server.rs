//! The serving end, over any pair of byte streams.

use std::io::{self, BufRead, Read as _, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::line::{self, MAX_REQUEST, Payload, Request};
use crate::{Class, KeyProvider, Refusal};

/// A server of `czei-sign/1`: the reference for those who write one for their device, and what
/// `czei key serve` runs.
///
/// ```
/// use czei_remote::{KeyLabel, Keys, Server};
///
/// let mut keys = Keys::new();
/// keys.add(KeyLabel::new("unit-1")?, czei_sm2::SigningKey::generate().unwrap(), None);
/// let server = Server::new(keys);
/// let mut answers = Vec::new();
/// server.serve(&b"HELLO czei-sign/1\nPING 1\nCERT 2 unit-1\nCERT 3 other\n"[..], &mut answers).unwrap();
/// assert_eq!(answers, b"OK czei-sign/1\nOK 1\nOK 2 -\nERR 3 no-key no key other\n");
/// # Ok::<(), czei_remote::Error>(())
/// ```
#[derive(Clone)]
pub struct Server {
    keys: Arc<dyn KeyProvider>,
}

impl Server {
    /// A server with its keys.
    #[must_use]
    pub fn new(keys: impl KeyProvider + 'static) -> Self {
        Server { keys: Arc::new(keys) }
    }

    /// Serves one session: answers each line in its order until the input ends. A request that breaks the
    /// rules ends the session after it was answered; a last line without its end is no request.
    ///
    /// # Errors
    /// What reading or writing reports.
    pub fn serve(&self, mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
        let mut line = Vec::new();
        let mut greeted = false;
        loop {
            line.clear();
            let most = MAX_REQUEST as u64 + 1;
            input.by_ref().take(most).read_until(b'\n', &mut line)?;
            if line.len() > MAX_REQUEST {
                return end(&mut output, None, "the line is too long");
            }
            if line.pop() != Some(b'\n') {
                return Ok(());
            }
            let answer = match line::read_request(&line) {
                Err((id, what)) => return end(&mut output, id, what),
                Ok(Request::Hello) if !greeted => line::greeting(),
                Ok(Request::Hello) => return end(&mut output, None, "greeted before"),
                Ok(_) if !greeted => return end(&mut output, None, "the first line is HELLO"),
                Ok(request) => self.answer(request),
            };
            greeted = true;
            output.write_all(answer.as_bytes())?;
            output.flush()?;
        }
    }

    fn answer(&self, request: Request) -> String {
        let id = match &request {
            Request::Hello => 0,
            Request::Ping { id } | Request::Certificate { id, .. } | Request::Sign { id, .. } => *id,
        };
        let value = catch_unwind(AssertUnwindSafe(|| self.value(request))).unwrap_or_else(|payload| {
            // Its drop is code of the provider's, which may panic again.
            std::mem::forget(payload);
            Err(Refusal::new(Class::Failed, "the provider of the keys panicked"))
        });
        match value {
            Ok(value) => line::done(id, &value),
            Err(refusal) => line::refused(Some(id), &refusal),
        }
    }

    fn value(&self, request: Request) -> Result<String, Refusal> {
        let signature = match request {
            Request::Hello | Request::Ping { .. } => return Ok(String::new()),
            Request::Certificate { key, .. } => {
                let certificate = self.keys.certificate(&key)?;
                return Ok(certificate.map_or("-".to_owned(), |own| line::write_certificate(own.der())));
            }
            Request::Sign { key, payload: Payload::Digest(digest), .. } => self.keys.sign_digest(&key, &digest)?,
            Request::Sign { key, payload: Payload::Message { user_id, message }, .. } => {
                self.keys.sign_message(&key, user_id.as_ref(), &message)?
            }
        };
        Ok(line::hex(&signature.to_bytes()))
    }
}

fn end(output: &mut impl Write, id: Option<u64>, what: &str) -> io::Result<()> {
    output.write_all(line::refused(id, &Refusal::new(Class::Protocol, what)).as_bytes())?;
    output.flush()
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}
