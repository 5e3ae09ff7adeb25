//! The signing end: a server, and the signers for its keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use czei_codes::Code as _;
use czei_pki::{Certificate, Signer, SigningInput};
use czei_sm2::{Message, Signature, VerifyItem, verify_batch};

use crate::callback::{unusable, usable};
use crate::pool::{Lease, Pool};
use crate::session::{Exchange, Outcome, Patience};
use crate::{Address, Class, Code, Error, KeyLabel, Options, Send, as_pki, line};

/// The first pause before trying again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// The longest pause before trying again.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The fewest signatures for which another session is worth while.
const WORTH_A_SESSION: usize = 16;

/// The line of a request, by id and index.
type Write<'a> = dyn Fn(u64, usize) -> Vec<u8> + 'a;

/// Looks at the values that came, with their indices.
type Check<'a> = dyn Fn(&[(usize, &str)]) -> Result<(), Error> + 'a;

/// A signing server, with a pool of sessions that its clones share. Nothing is started or connected to before
/// the first request.
#[derive(Debug, Clone)]
pub struct Remote(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    pool: Pool,
    name: String,
    options: Options,
}

/// A key at a server, with its certificate. Clones share the server's sessions; it may be used from any number of threads.
///
/// Each signature is verified under the certificate before it is handed out. A request that was sent whole is
/// never sent again, whatever became of it: the server may have signed, and count or charge what it signs. It is
/// tried again when it was not sent whole, or the server said that it is busy, which promises that it did
/// not sign.
///
/// ```
/// # #[cfg(unix)] {
/// # use czei_pki::{CertificateTemplate, Name};
/// # let key = czei_sm2::SigningKey::generate().unwrap();
/// # let template = CertificateTemplate {
/// #     subject: Name::parse_rfc4514("CN=示例单位,C=CN").unwrap(), serial: vec![1],
/// #     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
/// #     not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
/// #     ca: None, key_usage: None, extensions: vec![],
/// # };
/// # let certificate = std::sync::Arc::new(template.self_sign(&key).unwrap());
/// use czei_remote::{Address, KeyLabel, Options, Program, Remote};
///
/// let program = Program::new(["/no/such/hsm-sign", "--slot", "3"])?;
/// let remote = Remote::new(Address::Program(program), Options { attempts: 1, ..Options::default() })?;
/// let signer = remote.signer(KeyLabel::new("unit-1")?, certificate)?;
/// let error = signer.check().unwrap_err();
/// assert_eq!(error.entry().name, "remote-connect");
/// assert_eq!(error.place().file.as_deref(), Some("/no/such/hsm-sign"));
/// # }
/// # Ok::<(), czei_remote::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RemoteSigner {
    remote: Remote,
    key: KeyLabel,
    certificate: Arc<Certificate>,
    chain: Vec<Arc<Certificate>>,
}

impl Remote {
    /// A server at an address.
    ///
    /// # Errors
    /// Those of [`Options::check`].
    pub fn new(address: Address, options: Options) -> Result<Self, Error> {
        options.check()?;
        let name = address.to_string();
        Ok(Remote(Arc::new(Shared { pool: Pool::new(address, options.sessions), name, options })))
    }

    /// A signer for one of its keys.
    ///
    /// # Errors
    /// [`Code::NoCertificate`] when the certificate has no SM2 key.
    pub fn signer(&self, key: KeyLabel, certificate: Arc<Certificate>) -> Result<RemoteSigner, Error> {
        usable(&certificate)?;
        Ok(RemoteSigner { remote: self.clone(), key, certificate, chain: Vec::new() })
    }

    /// The certificate that the server has for a key. What it says is no more than a hint: who may sign
    /// for a unit stands in the policy.
    ///
    /// # Errors
    /// [`Code::NoCertificate`] when it keeps only the key; the codes of sessions and refusals.
    pub fn certificate(&self, key: &KeyLabel) -> Result<Certificate, Error> {
        let run = || {
            let values =
                self.ask(1, &AtomicBool::new(false), self.deadline(1), &|id, _| line::certificate(id, key), &|_| {
                    Ok(())
                })?;
            let value = values.first().map(String::as_str).unwrap_or_default();
            if value == "-" {
                return Err(Code::NoCertificate.fault().found(key.as_str()));
            }
            let der =
                line::read_certificate(value).ok_or_else(|| Code::AnswerMalformed.fault().found("certificate"))?;
            Certificate::from_der(&der).map_err(|fault| unusable(&fault))
        };
        run().map_err(|error| self.named(error))
    }

    /// An error with the server's name, unless it names a place of its own.
    fn named(&self, error: Error) -> Error {
        if error.place().file.is_some() { error } else { error.in_file(self.0.name.as_str()) }
    }

    fn deadline(&self, count: usize) -> Instant {
        let more = u32::try_from(count.saturating_sub(1)).unwrap_or(u32::MAX);
        let options = &self.0.options;
        let time = options.deadline.saturating_add(options.answer.saturating_mul(more));
        let now = Instant::now();
        // A century for a batch that no memory holds.
        now.checked_add(time).unwrap_or_else(|| now + Options::MAX_TIME)
    }

    /// The values of `count` requests, all or none. `check` looks at the values of an exchange by their
    /// indices while its session is still held: a server that fails it does not keep the session.
    fn ask(
        &self,
        count: usize,
        stop: &AtomicBool,
        deadline: Instant,
        write: &Write<'_>,
        check: &Check<'_>,
    ) -> Result<Vec<String>, Error> {
        let options = &self.0.options;
        let mut values: Vec<Option<String>> = vec![None; count];
        let mut pause = FIRST_PAUSE;
        for attempt in 1.. {
            if stop.load(Ordering::Relaxed) {
                return Err(Code::BatchStopped.fault());
            }
            let missing: Vec<usize> = (0..count).filter(|index| values[*index].is_none()).collect();
            let patience = Patience { answer: options.answer, deadline };
            let again = match self.0.pool.lease(options.connect, patience) {
                Ok(mut lease) => {
                    let line = |id: u64, at: usize| write(id, missing[at]);
                    let exchange = lease.session()?.exchange(&line, missing.len(), patience);
                    settle(lease, exchange, &missing, &mut values, check)?
                }
                // Nothing was sent. What only a person can mend does not mend itself in a second.
                Err(error) if matches!(error.code(), Code::Connect | Code::Closed | Code::Silent | Code::Busy) => {
                    Some(error)
                }
                Err(error) => return Err(error),
            };
            let Some(error) = again else { break };
            let left = deadline.saturating_duration_since(Instant::now());
            if attempt >= options.attempts || left.is_zero() {
                return Err(error);
            }
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Ok(values.into_iter().flatten().collect())
    }
}

/// Takes the answers of an exchange. The error for which it is to be tried again; or one that ends it.
fn settle(
    lease: Lease<'_>,
    exchange: Exchange,
    missing: &[usize],
    values: &mut [Option<String>],
    check: &Check<'_>,
) -> Result<Option<Error>, Error> {
    let Exchange { outcomes, fault } = exchange;
    let good = missing.iter().zip(&outcomes).filter_map(|(index, outcome)| match outcome {
        Outcome::Answered(Ok(value)) => Some((*index, value.as_str())),
        _ => None,
    });
    let good: Vec<(usize, &str)> = good.collect();
    check(&good)?;
    let mut again = None;
    let mut fatal = None;
    for (index, outcome) in missing.iter().zip(&outcomes) {
        match outcome {
            Outcome::Answered(Ok(value)) => values[*index] = Some(value.clone()),
            Outcome::Answered(Err(refusal)) if refusal.class == Class::Busy => again = Some(refusal.error()),
            Outcome::Answered(Err(refusal)) => fatal = fatal.or_else(|| Some(refusal.error())),
            Outcome::Unsent => again = again.or_else(|| fault.clone()),
            Outcome::Sent => fatal = fatal.or_else(|| fault.clone()),
        }
    }
    match fault {
        // What was sent counts, also where a fault came after the last answer.
        Some(_) => drop(lease),
        None => lease.keep(),
    }
    match fatal {
        Some(error) => Err(error),
        None => Ok(again),
    }
}

impl RemoteSigner {
    /// The same with the certificates above its own, which are written where a form carries them along.
    #[must_use]
    pub fn with_chain(self, chain: Vec<Arc<Certificate>>) -> Self {
        RemoteSigner { chain, ..self }
    }

    /// Asks the server whether it has the key, without a signature: when it has a certificate for it, that
    /// must be for the same key as ours.
    ///
    /// # Errors
    /// [`Code::NoKey`], [`Code::KeyDiffers`], and the codes of sessions and refusals.
    pub fn check(&self) -> Result<(), Error> {
        match self.remote.certificate(&self.key) {
            Ok(theirs) if theirs.has_same_key(&self.certificate) => Ok(()),
            Ok(theirs) => Err(self
                .remote
                .named(Code::KeyDiffers.fault().expected(self.certificate.fingerprint()).found(theirs.fingerprint()))),
            Err(error) if error.code() == Code::NoCertificate => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// As [`Signer::sign_batch`], with the error of this crate: all or none, over one session or several.
    ///
    /// # Errors
    /// The codes of sessions and refusals, of which the place names the server; [`Code::SignatureWrong`].
    pub fn try_sign_batch(&self, inputs: &[SigningInput<'_>]) -> Result<Vec<Signature>, Error> {
        self.sign_all(inputs).map_err(|error| self.remote.named(error))
    }

    fn sign_all(&self, inputs: &[SigningInput<'_>]) -> Result<Vec<Signature>, Error> {
        let options = &self.remote.0.options;
        if options.send == Send::Message {
            // Before anything is signed: the batch is whole or nothing.
            let too_long =
                |input: &SigningInput<'_>| line::sign_message(u64::MAX, &self.key, input.user_id(), input.parts());
            inputs.iter().try_for_each(|input| too_long(input).map(|_| ()))?;
        }
        let deadline = self.remote.deadline(inputs.len());
        let stop = AtomicBool::new(false);
        let share = inputs.len().div_ceil(options.sessions).max(WORTH_A_SESSION);
        if inputs.len() <= share {
            return self.sign_share(inputs, &stop, deadline);
        }
        let work = |part: &[SigningInput<'_>]| {
            let answer = self.sign_share(part, &stop, deadline);
            if answer.is_err() {
                stop.store(true, Ordering::Relaxed);
            }
            answer
        };
        let answers: Vec<_> = std::thread::scope(|scope| {
            let work = &work;
            let spawn = |part| std::thread::Builder::new().spawn_scoped(scope, move || work(part));
            let parts: Vec<_> = inputs.chunks(share).map(|part| (part, spawn(part))).collect();
            let join = |(part, thread): (_, std::io::Result<std::thread::ScopedJoinHandle<'_, _>>)| match thread {
                Ok(thread) => thread.join().unwrap_or_else(|_| Err(Code::BatchStopped.fault())),
                // No thread to be had: then one after the other.
                Err(_) => work(part),
            };
            parts.into_iter().map(join).collect()
        });
        let mut signatures = Vec::with_capacity(inputs.len());
        let mut first = None;
        for answer in answers {
            match answer {
                Ok(part) => signatures.extend(part),
                // The first to fail, not one that was stopped for it.
                Err(error) if error.code() == Code::BatchStopped => first = first.or(Some(error)),
                Err(error) => match &first {
                    Some(earlier) if earlier.code() != Code::BatchStopped => {}
                    _ => first = Some(error),
                },
            }
        }
        first.map_or(Ok(signatures), Err)
    }

    fn sign_share(
        &self,
        inputs: &[SigningInput<'_>],
        stop: &AtomicBool,
        deadline: Instant,
    ) -> Result<Vec<Signature>, Error> {
        if inputs.is_empty() {
            return Ok(Vec::new());
        }
        let send = self.remote.0.options.send;
        let write = |id: u64, index: usize| {
            let input = &inputs[index];
            let message = || line::sign_message(id, &self.key, input.user_id(), input.parts());
            match send {
                Send::Digest => line::sign_digest(id, &self.key, input.digest()),
                // Its length was measured with the longest id; a digest is the same request in any case.
                Send::Message => message().unwrap_or_else(|_| line::sign_digest(id, &self.key, input.digest())),
            }
        };
        let read = |value: &str| {
            line::read_signature(value).ok_or_else(|| Code::AnswerMalformed.fault().expected("128 hex characters"))
        };
        let check = |values: &[(usize, &str)]| {
            let key = self.certificate.prepared_key().map_err(|fault| unusable(&fault))?;
            let signatures = values.iter().map(|(_, value)| read(value)).collect::<Result<Vec<_>, _>>()?;
            let pairs = values.iter().zip(&signatures);
            let item = |((index, _), signature): (&(usize, _), _)| VerifyItem {
                key,
                message: Message::Digest(inputs[*index].digest()),
                signature,
            };
            let items: Vec<_> = pairs.map(item).collect();
            match verify_batch(&items).iter().all(Result::is_ok) {
                true => Ok(()),
                false => Err(Code::SignatureWrong.fault().at_path(self.key.as_str())),
            }
        };
        let values = self.remote.ask(inputs.len(), stop, deadline, &write, &check)?;
        values.iter().map(|value| read(value)).collect()
    }
}

impl Signer for RemoteSigner {
    fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }

    fn chain(&self) -> &[Arc<Certificate>] {
        &self.chain
    }

    fn sign(&self, input: &SigningInput<'_>) -> Result<Signature, czei_pki::Error> {
        let mut signatures = self.sign_batch(std::slice::from_ref(input))?;
        // As many as were asked for.
        signatures.pop().ok_or_else(|| czei_pki::Code::SigningFailed.into())
    }

    fn sign_batch(&self, inputs: &[SigningInput<'_>]) -> Result<Vec<Signature>, czei_pki::Error> {
        self.try_sign_batch(inputs).map_err(|error| as_pki(&error))
    }
}
