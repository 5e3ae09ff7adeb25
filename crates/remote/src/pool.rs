//! The sessions with one server: opened on demand, used one caller at a time, first come first served.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use czei_codes::Code as _;

use crate::address::Address;
use crate::session::{Patience, Session};
use crate::{Code, Error};

#[derive(Debug)]
pub(crate) struct Pool {
    address: Address,
    most: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Session>,
    /// Sessions in use, and those being opened.
    leased: usize,
    queue: VecDeque<u64>,
    next_ticket: u64,
}

/// A session in use. When it is dropped its place is free again, and unless [`Lease::keep`] was called the session
/// is closed.
pub(crate) struct Lease<'a> {
    pool: &'a Pool,
    session: Option<Session>,
}

impl Pool {
    pub(crate) fn new(address: Address, most: usize) -> Self {
        Pool { address, most, state: Mutex::default(), changed: Condvar::new() }
    }

    /// A session that greets and is alive, in the order of asking.
    pub(crate) fn lease(&self, connect: std::time::Duration, patience: Patience) -> Result<Lease<'_>, Error> {
        let mut lease = Lease { pool: self, session: self.take_place(patience.deadline)? };
        if lease.session.as_mut().is_some_and(|session| session.is_alive(patience)) {
            return Ok(lease);
        }
        // Of another session that went stale with this one, its next user learns by itself.
        drop(lease.session.take());
        let deadline = patience.deadline.min(Instant::now() + connect);
        lease.session = Some(Session::open(&self.address, deadline)?);
        Ok(lease)
    }

    /// Waits for a place, with an idle session where there is one.
    fn take_place(&self, deadline: Instant) -> Result<Option<Session>, Error> {
        let mut state = self.state();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.queue.push_back(ticket);
        loop {
            if state.queue.front() == Some(&ticket) && state.leased < self.most {
                state.queue.pop_front();
                state.leased += 1;
                let session = state.idle.pop();
                // The next in the queue may have a place too.
                self.changed.notify_all();
                return Ok(session);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.queue.retain(|other| *other != ticket);
                self.changed.notify_all();
                return Err(Code::NoSession.fault().expected(format!("<= {} sessions", self.most)));
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change of the state is whole before anything can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease<'_> {
    pub(crate) fn session(&mut self) -> Result<&mut Session, Error> {
        // A lease has its session from its making to its end.
        self.session.as_mut().ok_or_else(|| Code::NoSession.fault())
    }

    /// Gives the session back for the next caller.
    pub(crate) fn keep(mut self) {
        if let Some(session) = self.session.take() {
            // Idle sessions and leases together are at most `most`: each idle one was a lease.
            self.pool.state().idle.push(session);
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        // Closing may take a moment: not under the lock, and not with the place still taken from others.
        let session = self.session.take();
        self.pool.state().leased -= 1;
        self.pool.changed.notify_all();
        drop(session);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Program;
    use crate::line;
    use std::time::Duration;

    #[test]
    fn a_session_that_died_in_silence_is_replaced() {
        let patience =
            || Patience { answer: Duration::from_millis(500), deadline: Instant::now() + Duration::from_secs(60) };
        // One request is answered, the next is not.
        let script = "read a; echo OK czei-sign/1; read a; echo OK 1; sleep 1000";
        let pool = Pool::new(Address::Program(Program::new(["/bin/sh", "-c", script]).unwrap()), 1);
        for _ in 0..3 {
            let mut lease = pool.lease(Duration::from_secs(60), patience()).unwrap();
            let session = lease.session().unwrap();
            let exchange = session.exchange(&|id, _| line::ping(id), 1, patience());
            assert!(exchange.fault.is_none(), "{:?}", exchange.fault);
            session.age();
            lease.keep();
        }
    }
}
