//! How long to wait, how often to try, and how many sessions.

use std::time::Duration;

use czei_codes::Code as _;

use crate::{Code, Error};

/// What a server is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Send {
    /// The digest e: the document does not leave this process.
    #[default]
    Digest,
    /// The user id and the message, for servers that hash for themselves.
    Message,
}

/// How a [`RemoteSigner`](crate::RemoteSigner) deals with its server. Every time is more than zero and at
/// most [`Options::MAX_TIME`].
///
/// ```
/// use czei_remote::Options;
/// use std::time::Duration;
///
/// let options = Options { answer: Duration::from_secs(20), sessions: 2, ..Options::default() };
/// options.check()?;
/// assert_eq!(Options { sessions: 0, ..options }.check().unwrap_err().entry().name, "remote-settings");
/// # Ok::<(), czei_remote::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// From starting the program, or connecting to the socket, to the end of the greeting. Default 5 s.
    pub connect: Duration,
    /// Between a request, or the answer before, and its answer. Default 5 s.
    pub answer: Duration,
    /// For one signature in all: waiting for a session, connecting, trying again, the answer. A batch of
    /// n has (n - 1) × [`Options::answer`] more. Default 15 s.
    pub deadline: Duration,
    /// The most sessions at once, 1 to [`Options::MAX_SESSIONS`]. Default 4.
    pub sessions: usize,
    /// How often one signature is tried, 1 to [`Options::MAX_ATTEMPTS`]; again only where that is safe: when
    /// the request was not sent whole, or the server said that it is busy. Default 4.
    pub attempts: u32,
    /// What the server is sent. Default the digest.
    pub send: Send,
}

impl Options {
    /// The most sessions.
    pub const MAX_SESSIONS: usize = 64;
    /// The most attempts.
    pub const MAX_ATTEMPTS: u32 = 10;
    /// The longest time: an hour.
    pub const MAX_TIME: Duration = Duration::from_secs(3600);

    /// Whether each value is within its bounds.
    ///
    /// # Errors
    /// [`Code::Settings`] with the name of the value.
    pub fn check(&self) -> Result<(), Error> {
        let bad = |path: &str, expected: String, found: String| {
            Err(Code::Settings.fault().at_path(path).expected(expected).found(found))
        };
        for (path, time) in [("connect", self.connect), ("answer", self.answer), ("deadline", self.deadline)] {
            if time.is_zero() || time > Self::MAX_TIME {
                return bad(
                    path,
                    format!("1 to {} ms", Self::MAX_TIME.as_millis()),
                    format!("{} ms", time.as_millis()),
                );
            }
        }
        if !(1..=Self::MAX_SESSIONS).contains(&self.sessions) {
            return bad("sessions", format!("1 to {}", Self::MAX_SESSIONS), self.sessions.to_string());
        }
        if !(1..=Self::MAX_ATTEMPTS).contains(&self.attempts) {
            return bad("attempts", format!("1 to {}", Self::MAX_ATTEMPTS), self.attempts.to_string());
        }
        Ok(())
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(5),
            deadline: Duration::from_secs(15),
            sessions: 4,
            attempts: 4,
            send: Send::Digest,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_value_has_its_bounds() {
        let good = Options::default();
        good.check().unwrap();
        let long = Options::MAX_TIME + Duration::from_millis(1);
        for (options, path) in [
            (Options { connect: Duration::ZERO, ..good }, "connect"),
            (Options { answer: long, ..good }, "answer"),
            (Options { deadline: Duration::MAX, ..good }, "deadline"),
            (Options { sessions: 0, ..good }, "sessions"),
            (Options { sessions: 65, ..good }, "sessions"),
            (Options { attempts: 0, ..good }, "attempts"),
            (Options { attempts: 11, ..good }, "attempts"),
        ] {
            let error = options.check().unwrap_err();
            assert_eq!((error.code(), error.place().path.as_deref()), (Code::Settings, Some(path)));
        }
    }
}
