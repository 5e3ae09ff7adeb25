//! Bytes to and from a server, each wait with a deadline.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use czei_codes::Code as _;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SendFlags, SocketAddrUnix, SocketFlags, SocketType};

use crate::address::{Address, Program};
use crate::{Code, Error, owners};

/// How long a program has to end after its input was closed, before it is killed.
const GRACE: Duration = Duration::from_millis(500);

/// A pair of streams, neither of which ever blocks.
///
/// What is written goes to a socket also where a program reads it: writing to a pipe whose reader is gone raises
/// SIGPIPE, which ends a process whose host language did not switch it off; `send` can be told not to.
#[derive(Debug)]
pub(crate) struct Channel {
    output: Arc<OwnedFd>,
    input: Arc<OwnedFd>,
    // Dropped after the streams, so that the program has seen the end of its input.
    child: Option<Running>,
}

/// What [`Channel::wait`] waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ready {
    pub(crate) reads: bool,
    pub(crate) writes: bool,
}

impl Channel {
    pub(crate) fn open(address: &Address, deadline: Instant) -> Result<Self, Error> {
        match address {
            Address::Program(program) => {
                owners::program(program.path())?;
                start(program).map_err(|error| not_reached(&error))
            }
            Address::Socket(path) => {
                owners::socket(path)?;
                let socket = connect(path, deadline)?;
                owners::peer(&socket)?;
                let socket = Arc::new(socket);
                Ok(Channel { output: Arc::clone(&socket), input: socket, child: None })
            }
        }
    }

    /// Waits until there is something to read, or room to write where that is wanted, or the deadline.
    pub(crate) fn wait(&self, wants_write: bool, deadline: Instant) -> io::Result<Ready> {
        let mut fds = vec![PollFd::from_borrowed_fd(self.input.as_fd(), PollFlags::IN)];
        if wants_write {
            fds.push(PollFd::from_borrowed_fd(self.output.as_fd(), PollFlags::OUT));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        // Times are at most some hours: they fit.
        let timeout = Timespec::try_from(left).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        match poll(&mut fds, Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        // An error or the end of the stream shows itself to whoever reads or writes.
        let ready = |index: usize| fds.get(index).is_some_and(|fd| !fd.revents().is_empty());
        Ok(Ready { reads: ready(0), writes: ready(1) })
    }

    /// What there is, into `buffer`; none when there is nothing yet, zero at the end of the stream.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        soft(rustix::io::read(&*self.input, buffer))
    }

    /// As many bytes as there is room for; none when there is no room yet.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<Option<usize>> {
        soft(rustix::net::send(&*self.output, bytes, SendFlags::NOSIGNAL))
    }

    /// Whether nothing came that nobody asked for, the end included.
    pub(crate) fn is_quiet(&self) -> bool {
        matches!(self.read(&mut [0]), Ok(None))
    }

    /// Ends a program at once: the session broke.
    pub(crate) fn kill(&mut self) {
        if let Some(child) = &mut self.child {
            child.kill();
        }
    }
}

fn soft(result: Result<usize, Errno>) -> io::Result<Option<usize>> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(Errno::AGAIN | Errno::INTR) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn not_reached(error: &io::Error) -> Error {
    Code::Connect.fault().found(error.to_string())
}

fn start(program: &Program) -> io::Result<Channel> {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let mut command = program.command();
    command.stdin(Stdio::from(OwnedFd::from(theirs))).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn()?;
    // The parent's copy of the program's input must close, or its end would never show.
    drop(command);
    let stdout = child.stdout.take();
    let child = Running { child, is_over: false };
    let stdout = OwnedFd::from(stdout.ok_or_else(|| io::Error::other("the program has no output"))?);
    rustix::io::ioctl_fionbio(&stdout, true)?;
    Ok(Channel { output: Arc::new(ours.into()), input: Arc::new(stdout), child: Some(child) })
}

fn connect(path: &std::path::Path, deadline: Instant) -> Result<OwnedFd, Error> {
    let failed = |error: Errno| not_reached(&error.into());
    let address = SocketAddrUnix::new(path).map_err(failed)?;
    let socket = stream_socket().map_err(failed)?;
    rustix::io::ioctl_fionbio(&socket, true).map_err(failed)?;
    let mut pause = Duration::from_millis(1);
    loop {
        match rustix::net::connect(&socket, &address) {
            Ok(()) | Err(Errno::ISCONN) => return Ok(socket),
            // The server's queue is full, or a signal came.
            Err(Errno::AGAIN | Errno::INTR) => {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(Code::Silent.fault().found("connecting"));
                }
                std::thread::sleep(pause.min(left));
                pause = (pause * 2).min(Duration::from_millis(50));
            }
            Err(error) => return Err(failed(error)),
        }
    }
}

/// A socket that programs started meanwhile do not inherit.
pub(crate) fn stream_socket() -> Result<OwnedFd, Errno> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    return rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::empty(), None)?;
        rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
        Ok(socket)
    }
}

/// A running program. It is waited for, and its process group killed, whatever happens: it does not become a
/// zombie, and what it started does not outlive it, be it that it ended by itself.
///
/// The number of the group is the program's own, and stays so until the program is waited for. Hence its end is
/// learnt without that, then the group is killed, and only then is it waited for.
#[derive(Debug)]
struct Running {
    child: Child,
    is_over: bool,
}

/// What is known of a program that was not waited for.
enum State {
    Runs,
    Ended,
    /// Somebody else waited for it, or this process ignores SIGCHLD: its number may be another's by now.
    Lost,
}

impl Running {
    fn kill(&mut self) {
        if std::mem::replace(&mut self.is_over, true) {
            return;
        }
        if let (State::Runs | State::Ended, Some(pid)) = (self.state(), group(&self.child)) {
            let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
            // Should it have gone into another group.
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }

    #[cfg(not(any(target_os = "cygwin", target_os = "horizon", target_os = "openbsd", target_os = "redox")))]
    fn state(&self) -> State {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let Some(pid) = group(&self.child) else { return State::Lost };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match waitid(WaitId::Pid(pid), options) {
            Ok(None) | Err(Errno::INTR) => State::Runs,
            Ok(Some(_)) => State::Ended,
            Err(_) => State::Lost,
        }
    }

    /// Without `waitid` the end cannot be learnt ahead: each program is given its whole time.
    #[cfg(any(target_os = "cygwin", target_os = "horizon", target_os = "openbsd", target_os = "redox"))]
    fn state(&self) -> State {
        State::Runs
    }
}

fn group(child: &Child) -> Option<rustix::process::Pid> {
    rustix::process::Pid::from_raw(i32::try_from(child.id()).ok()?)
}

impl Drop for Running {
    fn drop(&mut self) {
        let until = Instant::now() + GRACE;
        let mut pause = Duration::from_millis(1);
        while !self.is_over && matches!(self.state(), State::Runs) && Instant::now() < until {
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
        self.kill();
    }
}
