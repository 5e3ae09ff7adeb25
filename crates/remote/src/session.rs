//! One session: the greeting, and requests that wait for their answers.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use czei_codes::Code as _;

use crate::address::Address;
use crate::channel::Channel;
use crate::line::{self, Answer, Class, MAX_ANSWER, MAX_WAITING, Refusal, VERSION};
use crate::{Code, Error};

/// How long a session may be idle before it is asked whether it still lives.
const FRESH: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Session {
    channel: Channel,
    received: Vec<u8>,
    next_id: u64,
    used: Instant,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Its line end was never sent: a server acts on whole lines only, so that nothing happened.
    Unsent,
    /// It was sent, and the answer did not come: it may have been signed.
    Sent,
    Answered(Result<String, Refusal>),
}

/// The outcomes of an exchange in the order of the requests, and why it ended early.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) fault: Option<Error>,
}

/// How long an exchange may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Between two steps forward.
    pub(crate) answer: Duration,
    /// In all.
    pub(crate) deadline: Instant,
}

impl Session {
    /// Starts or connects, and greets. Nothing is signed by that: it may be tried again.
    pub(crate) fn open(address: &Address, deadline: Instant) -> Result<Self, Error> {
        let channel = Channel::open(address, deadline)?;
        let mut session = Session { channel, received: Vec::new(), next_id: 1, used: Instant::now() };
        session.greet(deadline).inspect_err(|_| session.channel.kill())?;
        Ok(session)
    }

    fn greet(&mut self, deadline: Instant) -> Result<(), Error> {
        let line = line::hello();
        let mut rest = line.as_slice();
        loop {
            if let Some(answer) = self.take_line()? {
                let expected = || Code::Version.fault().expected(VERSION);
                let text = line::text(&answer).ok_or_else(|| Code::AnswerMalformed.fault())?;
                if rest.is_empty() && format!("{text}\n") == line::greeting() {
                    return Ok(());
                }
                return Err(match line::read_answer(&answer) {
                    Some(Answer { what: Err(refusal), .. }) if refusal.class != Class::Protocol => refusal.error(),
                    _ => expected().found(line::printable(text)),
                });
            }
            let ready = self.channel.wait(!rest.is_empty(), deadline).map_err(|error| broken(&error))?;
            if ready.writes && !rest.is_empty() {
                match self.channel.write(rest) {
                    Ok(count) => rest = &rest[count.unwrap_or(0)..],
                    // What it said before it went is worth more.
                    Err(error) if !ready.reads => return Err(broken(&error)),
                    Err(_) => {}
                }
            }
            if ready.reads {
                self.receive()?;
            } else if Instant::now() >= deadline {
                return Err(Code::Silent.fault().found("greeting"));
            }
        }
    }

    /// Whether the session can be used again: it is quiet, and when it was idle for long, it answers.
    pub(crate) fn is_alive(&mut self, patience: Patience) -> bool {
        if !self.received.is_empty() || !self.channel.is_quiet() {
            return false;
        }
        if self.used.elapsed() < FRESH {
            return true;
        }
        let answer = self.exchange(&|id, _| line::ping(id), 1, patience);
        answer.fault.is_none() && answer.outcomes == [Outcome::Answered(Ok(String::new()))]
    }

    /// Sends `count` requests, of which `write` gives the lines by id and index, and waits for their answers.
    /// After a refusal other than [`Class::Busy`] no further request is sent. After a fault the session is
    /// of no more use.
    pub(crate) fn exchange(
        &mut self,
        write: &dyn Fn(u64, usize) -> Vec<u8>,
        count: usize,
        patience: Patience,
    ) -> Exchange {
        let mut outcomes = vec![Outcome::Unsent; count];
        let fault = self.run(write, &mut outcomes, patience).err();
        self.used = Instant::now();
        if fault.is_some() {
            self.channel.kill();
        }
        Exchange { outcomes, fault }
    }

    fn run(
        &mut self,
        write: &dyn Fn(u64, usize) -> Vec<u8>,
        outcomes: &mut [Outcome],
        patience: Patience,
    ) -> Result<(), Error> {
        let mut waiting = BTreeMap::new();
        let mut sending: Option<(u64, usize, Vec<u8>, usize)> = None;
        let (mut next, mut stopped, mut deaf) = (0, false, None);
        let mut step = Instant::now();
        loop {
            while let Some(line) = self.take_line()? {
                let answer = line::read_answer(&line).ok_or_else(|| {
                    Code::AnswerMalformed.fault().found(line::printable(&String::from_utf8_lossy(&line)))
                })?;
                let Some(id) = answer.id else {
                    // It could not tell which request it was: the session is over.
                    return Err(match answer.what {
                        Ok(_) => Code::AnswerMalformed.fault(),
                        // Of what was sent before it promises nothing, as it does for a request of its own.
                        Err(refusal) if refusal.class == Class::Busy => {
                            let text = line::printable(&refusal.text);
                            Code::Closed.fault().found(format!("busy {text}").trim_end())
                        }
                        Err(refusal) => refusal.error(),
                    });
                };
                let index: usize =
                    waiting.remove(&id).ok_or_else(|| Code::AnswerUnasked.fault().found(id.to_string()))?;
                stopped |= answer.what.as_ref().is_err_and(|refusal| refusal.class != Class::Busy);
                outcomes[index] = Outcome::Answered(answer.what);
                step = Instant::now();
            }
            let room = !stopped && next < outcomes.len() && waiting.len() < MAX_WAITING;
            if sending.is_none() && room && deaf.is_none() {
                sending = Some((self.next_id, next, write(self.next_id, next), 0));
                self.next_id += 1;
                next += 1;
            }
            if sending.is_none() && waiting.is_empty() {
                return deaf.map_or(Ok(()), Err);
            }
            let limit = patience.deadline.min(step + patience.answer);
            let writes = sending.is_some() && deaf.is_none();
            let ready = self.channel.wait(writes, limit).map_err(|error| broken(&error))?;
            if let (true, Some((id, index, line, sent))) = (ready.writes, &mut sending) {
                match self.channel.write(&line[*sent..]) {
                    Ok(count) => *sent += count.unwrap_or(0),
                    // Answers may still stand in the stream: they are read to its end.
                    Err(error) => deaf = Some(broken(&error)),
                }
                if *sent == line.len() {
                    outcomes[*index] = Outcome::Sent;
                    waiting.insert(*id, *index);
                    step = Instant::now();
                    sending = None;
                } else if deaf.is_some() {
                    sending = None;
                }
            }
            if ready.reads {
                self.receive()?;
            } else if Instant::now() >= limit {
                return Err(Code::Silent.fault().found(format!("{} ms", patience.answer.as_millis())));
            }
        }
    }

    fn receive(&mut self) -> Result<(), Error> {
        let mut buffer = [0; 16 << 10];
        match self.channel.read(&mut buffer) {
            Ok(Some(0)) => Err(Code::Closed.fault()),
            Ok(count) => {
                self.received.extend_from_slice(&buffer[..count.unwrap_or(0)]);
                Ok(())
            }
            Err(error) => Err(broken(&error)),
        }
    }

    /// The next whole line, without its end.
    fn take_line(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let end = self.received.iter().position(|byte| *byte == b'\n');
        if end.unwrap_or(self.received.len()) >= MAX_ANSWER {
            return Err(Code::LineTooLong.fault().expected(format!("<= {MAX_ANSWER}")));
        }
        Ok(end.map(|end| {
            let mut line: Vec<u8> = self.received.drain(..=end).collect();
            line.pop();
            line
        }))
    }
}

#[cfg(test)]
impl Session {
    /// As if it had been idle for long.
    pub(crate) fn age(&mut self) {
        self.used = self.used.checked_sub(FRESH).unwrap_or(self.used);
    }
}

fn broken(error: &std::io::Error) -> Error {
    Code::Closed.fault().found(error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Program;

    fn patience() -> Patience {
        Patience { answer: Duration::from_millis(500), deadline: Instant::now() + Duration::from_secs(60) }
    }

    /// A session with a program of `sh` that greets, then does what the script says.
    fn session(script: &str) -> Session {
        let program = Program::new(["/bin/sh", "-c", &format!("read a; echo OK czei-sign/1; {script}")]).unwrap();
        Session::open(&Address::Program(program), Instant::now() + Duration::from_secs(60)).unwrap()
    }

    #[test]
    fn after_a_long_silence_a_session_is_asked_whether_it_lives() {
        let mut good = session(
            "read a; [ \"$a\" = 'PING 1' ] && echo OK 1; read a; [ \"$a\" = 'PING 2' ] && echo OK 2; read a; exit",
        );
        // It was used just now: it is believed.
        assert!(good.is_alive(patience()));
        assert_eq!(good.next_id, 1);
        for next in [2, 3] {
            good.age();
            assert!(good.is_alive(patience()));
            assert_eq!(good.next_id, next, "it was asked");
            assert!(good.is_alive(patience()));
            assert_eq!(good.next_id, next, "the answer counts as use");
        }
    }

    #[test]
    fn a_session_that_does_not_answer_is_not_used_again() {
        for script in [
            "read a; sleep 1000",
            "read a; exit",
            "read a; echo OK 1 more; read a",
            "read a; echo OK 2; read a",
            "read a; echo ERR 1 failed; read a",
            "read a; echo ERR - busy; read a",
        ] {
            let mut session = session(script);
            assert!(session.is_alive(patience()), "{script}");
            session.age();
            assert!(!session.is_alive(patience()), "{script}");
        }
    }
}
