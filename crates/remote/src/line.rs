//! The lines of `czei-sign/1`, written and read by both ends. `PROTOCOL.md` has the rules.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use czei_codes::Code as _;
use czei_sm2::{Signature, UserId};

use crate::{Code, Error, KeyLabel};

/// The version of the protocol, as both ends greet with it.
pub const VERSION: &str = "czei-sign/1";

/// The most bytes of a request, its line end included: 4 MiB.
pub const MAX_REQUEST: usize = 4 << 20;

/// The most bytes of an answer, its line end included: 64 KiB.
pub const MAX_ANSWER: usize = 64 << 10;

/// The most requests that wait for an answer in one session.
pub const MAX_WAITING: usize = 256;

/// The most characters of a refusal's text.
pub(crate) const MAX_TEXT: usize = 200;

/// In the place of the user id: no Z before the message.
const NO_Z: &str = "none";

/// Why a server does not answer with what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// Nothing was signed; the same request may be sent again.
    Busy,
    /// The server's rules do not allow it.
    Refused,
    /// The device failed; it may have signed.
    Failed,
    /// There is no such key.
    NoKey,
    /// The server may not use the key.
    Auth,
    /// The server did not understand.
    Protocol,
}

impl Class {
    const ALL: [Class; 6] = [Class::Busy, Class::Refused, Class::Failed, Class::NoKey, Class::Auth, Class::Protocol];

    /// The class as it stands in an answer.
    ///
    /// ```
    /// assert_eq!(czei_remote::Class::NoKey.name(), "no-key");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Class::Busy => "busy",
            Class::Refused => "refused",
            Class::Failed => "failed",
            Class::NoKey => "no-key",
            Class::Auth => "auth",
            Class::Protocol => "protocol",
        }
    }

    /// The code under which the client reports it.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Class::Busy => Code::Busy,
            Class::Refused => Code::Refused,
            Class::Failed => Code::Failed,
            Class::NoKey => Code::NoKey,
            Class::Auth => Code::Auth,
            Class::Protocol => Code::NotUnderstood,
        }
    }
}

/// What a server says in place of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub class: Class,
    /// A word to whoever operates the client, printable ASCII, at most 200 characters; longer text is cut
    /// and other characters are replaced. Never a secret.
    pub text: String,
}

impl Refusal {
    /// A refusal with its text.
    ///
    /// ```
    /// use czei_remote::{Class, Refusal};
    /// assert_eq!(Refusal::new(Class::Busy, "self test").class, Class::Busy);
    /// ```
    #[must_use]
    pub fn new(class: Class, text: impl Into<String>) -> Self {
        Refusal { class, text: text.into() }
    }

    pub(crate) fn error(&self) -> Error {
        self.class.code().fault().found(printable(&self.text))
    }
}

/// Text of somebody else's as it may stand in a message or a line: printable ASCII, cut.
pub(crate) fn printable(text: &str) -> String {
    let plain = |c: char| if matches!(c, ' '..='~') { c } else { '?' };
    text.chars().take(MAX_TEXT).map(plain).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String does not fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Pairs of lower-case digits, nothing else.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

/// What is to be signed, as it crosses the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Payload {
    Digest([u8; 32]),
    /// Without a user id, e is SM3 of the message alone.
    Message {
        user_id: Option<UserId>,
        message: Vec<u8>,
    },
}

/// A request as the server reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    Hello,
    Ping { id: u64 },
    Certificate { id: u64, key: KeyLabel },
    Sign { id: u64, key: KeyLabel, payload: Payload },
}

pub(crate) fn hello() -> Vec<u8> {
    format!("HELLO {VERSION}\n").into_bytes()
}

pub(crate) fn ping(id: u64) -> Vec<u8> {
    format!("PING {id}\n").into_bytes()
}

pub(crate) fn certificate(id: u64, key: &KeyLabel) -> Vec<u8> {
    format!("CERT {id} {key}\n").into_bytes()
}

pub(crate) fn sign_digest(id: u64, key: &KeyLabel, digest: &[u8; 32]) -> Vec<u8> {
    format!("SIGN {id} {key} DIGEST {}\n", hex(digest)).into_bytes()
}

/// The line for a message; too long a one is refused before its line is made.
pub(crate) fn sign_message(
    id: u64,
    key: &KeyLabel,
    user_id: Option<&UserId>,
    parts: &[&[u8]],
) -> Result<Vec<u8>, Error> {
    let length = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
    let user_id = user_id.map_or_else(|| NO_Z.to_owned(), |user_id| dash(hex(user_id.as_bytes())));
    let head = format!("SIGN {id} {key} MESSAGE {user_id} ");
    let line = (length.div_ceil(3).saturating_mul(4)).saturating_add(head.len() + 1);
    if line > MAX_REQUEST {
        return Err(Code::MessageTooLong.fault().expected(format!("<= {MAX_REQUEST}")).found(line.to_string()));
    }
    Ok(format!("{head}{}\n", dash(STANDARD.encode(parts.concat()))).into_bytes())
}

/// An empty field would be no field.
fn dash(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}

fn undash(text: &str) -> Option<&str> {
    match text {
        "" => None,
        "-" => Some(""),
        text => Some(text),
    }
}

/// A line without its end: printable ASCII only.
pub(crate) fn text(line: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(line).ok()?;
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')).then_some(text)
}

/// 1 to 19 digits, the first not zero.
fn id(text: &str) -> Option<u64> {
    let fits = (1..=19).contains(&text.len()) && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| fits)
}

/// A request as it arrived, or what is wrong with it, with its id where that could be read.
pub(crate) fn read_request(line: &[u8]) -> Result<Request, (Option<u64>, &'static str)> {
    let text = text(line).ok_or((None, "a line is printable ASCII"))?;
    let mut fields = text.split(' ');
    let word = fields.next().unwrap_or_default();
    if word == "HELLO" {
        let same = fields.next() == Some(VERSION) && fields.next().is_none();
        return if same { Ok(Request::Hello) } else { Err((None, "this server speaks czei-sign/1")) };
    }
    let id = fields.next().and_then(id).ok_or((None, "the second field is the id"))?;
    let wrong = |what| (Some(id), what);
    let mut field = || fields.next().unwrap_or_default();
    let mut key = || KeyLabel::new(field()).map_err(|_| wrong("the third field is the label of the key"));
    let request = match word {
        "PING" => Request::Ping { id },
        "CERT" => Request::Certificate { id, key: key()? },
        "SIGN" => {
            let key = key()?;
            let payload = match field() {
                "DIGEST" => {
                    let digest = unhex(field()).and_then(|bytes| bytes.try_into().ok());
                    Payload::Digest(digest.ok_or(wrong("a digest is 64 lower-case hex characters"))?)
                }
                "MESSAGE" => {
                    let user_id = match field() {
                        NO_Z => Some(None),
                        text => undash(text).and_then(unhex).and_then(|bytes| UserId::new(bytes).ok()).map(Some),
                    };
                    let message = undash(field()).and_then(|text| STANDARD.decode(text).ok());
                    let user_id = user_id.ok_or(wrong("a user id is lower-case hex, of at most 8191 bytes"))?;
                    Payload::Message { user_id, message: message.ok_or(wrong("a message is base64"))? }
                }
                _ => return Err(wrong("the fourth field is DIGEST or MESSAGE")),
            };
            Request::Sign { id, key, payload }
        }
        _ => return Err(wrong("requests are HELLO, PING, CERT and SIGN")),
    };
    match fields.next() {
        None => Ok(request),
        Some(_) => Err(wrong("the line has too many fields")),
    }
}

/// An answer as the client reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// None where the server could not tell which request it answers.
    pub(crate) id: Option<u64>,
    pub(crate) what: Result<String, Refusal>,
}

pub(crate) fn greeting() -> String {
    format!("OK {VERSION}\n")
}

pub(crate) fn done(id: u64, value: &str) -> String {
    if value.is_empty() { format!("OK {id}\n") } else { format!("OK {id} {value}\n") }
}

pub(crate) fn refused(id: Option<u64>, refusal: &Refusal) -> String {
    let id = id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    let text = printable(&refusal.text);
    let gap = if text.is_empty() { "" } else { " " };
    format!("ERR {id} {}{gap}{text}\n", refusal.class.name())
}

pub(crate) fn read_answer(line: &[u8]) -> Option<Answer> {
    let mut fields = text(line)?.splitn(3, ' ');
    let (word, name, rest) = (fields.next()?, fields.next()?, fields.next());
    match word {
        "OK" => {
            let value = match rest {
                Some("") => return None,
                value => value.unwrap_or_default().to_owned(),
            };
            Some(Answer { id: Some(id(name)?), what: Ok(value) })
        }
        "ERR" => {
            let id = if name == "-" { None } else { Some(id(name)?) };
            let (class, text) = rest?.split_once(' ').unwrap_or((rest?, ""));
            let class = Class::ALL.into_iter().find(|known| known.name() == class)?;
            Some(Answer { id, what: Err(Refusal::new(class, printable(text))) })
        }
        _ => None,
    }
}

/// r and s: 128 lower-case hex characters, both within the order.
pub(crate) fn read_signature(text: &str) -> Option<Signature> {
    Signature::from_slice(&unhex(text).filter(|bytes| bytes.len() == 64)?).ok()
}

pub(crate) fn write_certificate(der: &[u8]) -> String {
    STANDARD.encode(der)
}

pub(crate) fn read_certificate(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
