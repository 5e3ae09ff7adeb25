//! The serving end on a Unix domain socket.

use std::collections::HashMap;
use std::io::{self, BufReader, Write as _};
use std::net::Shutdown as Close;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use czei_codes::Code as _;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::SocketAddrUnix;

use crate::channel::stream_socket;
use crate::{Class, Code, Error, Refusal, Server, line, owners};

/// A [`Server`] on a Unix domain socket of mode 0600, in a folder that only its owner, this user or root, can write to.
///
/// ```
/// use czei_remote::{Keys, Server, SocketServer};
/// # use std::os::unix::fs::PermissionsExt as _;
/// # let folder = std::env::temp_dir().join(format!("czei-doc-sign-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// # std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
///
/// let server = SocketServer::bind(folder.join("sign.sock"), Server::new(Keys::new()))?;
/// let shutdown = server.shutdown_handle();
/// let thread = std::thread::spawn(move || server.run());
/// shutdown.now();
/// thread.join().unwrap()?;
/// # std::fs::remove_dir_all(&folder).unwrap();
/// # Ok::<(), czei_remote::Error>(())
/// ```
#[derive(Debug)]
pub struct SocketServer {
    server: Server,
    listener: UnixListener,
    path: PathBuf,
    /// Device and inode, so that only our own socket is removed.
    file: (u64, u64),
    sessions: usize,
    idle: Duration,
    shared: Arc<Shared>,
}

/// Ends a [`SocketServer`] from another thread, or from the handler of a signal's thread.
#[derive(Debug, Clone)]
pub struct Shutdown(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    stopped: AtomicBool,
    open: Mutex<HashMap<u64, UnixStream>>,
}

impl SocketServer {
    /// The most sessions at once, unless set otherwise.
    pub const SESSIONS: usize = 64;
    /// How long a session may be silent, unless set otherwise: ten minutes.
    pub const IDLE: Duration = Duration::from_secs(600);
    /// How often the end is looked for.
    const TICK: Duration = Duration::from_millis(50);
    /// How long a session may wait, after the shutdown, for a client that does not read its answers.
    const LAST: Duration = Duration::from_secs(1);

    /// Makes the socket. It has its mode before anyone can connect. A socket that nobody serves any more, as
    /// a killed server leaves it, is replaced.
    ///
    /// # Errors
    /// [`Code::SocketInsecure`] for the folder; [`Code::SocketTaken`]; [`Code::CannotListen`] with the system's reason.
    pub fn bind(path: impl Into<PathBuf>, server: Server) -> Result<Self, Error> {
        let path = path.into();
        let named = |error: Error| {
            if error.place().file.is_some() { error } else { error.in_file(path.display().to_string()) }
        };
        owners::folder(&path).map_err(|error| match error.code() {
            Code::Connect => error.map_code(|_| Code::CannotListen),
            _ => error,
        })?;
        make_room(&path).map_err(named)?;
        let failed = |error: io::Error| named(Code::CannotListen.fault().found(error.to_string()));
        let address = SocketAddrUnix::new(&path).map_err(|error| failed(error.into()))?;
        let socket = stream_socket().map_err(|error| failed(error.into()))?;
        rustix::net::bind(&socket, &address).map_err(|error| failed(error.into()))?;
        // Before `listen` nobody can connect: there is no moment with a wider mode.
        let mode = std::fs::Permissions::from_mode(0o600);
        let found = std::fs::set_permissions(&path, mode).and_then(|()| std::fs::symlink_metadata(&path));
        let listens = || {
            rustix::net::listen(&socket, 128)?;
            rustix::io::ioctl_fionbio(&socket, true)
        };
        let found = found.and_then(|found| listens().map(|()| found).map_err(io::Error::from)).map_err(|error| {
            // The first error is the one that counts.
            let _ = std::fs::remove_file(&path);
            failed(error)
        })?;
        Ok(SocketServer {
            server,
            listener: UnixListener::from(socket),
            file: (found.dev(), found.ino()),
            path,
            sessions: Self::SESSIONS,
            idle: Self::IDLE,
            shared: Arc::default(),
        })
    }

    /// With another count of sessions at once, at least 1. Whoever comes beyond it is told that the server is busy.
    #[must_use]
    pub fn with_sessions(mut self, sessions: usize) -> Self {
        self.sessions = sessions.max(1);
        self
    }

    /// With another time that a session may be silent, more than zero.
    #[must_use]
    pub fn with_idle(mut self, idle: Duration) -> Self {
        self.idle = idle.max(Duration::from_millis(1));
        self
    }

    /// The socket.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What ends the server.
    #[must_use]
    pub fn shutdown_handle(&self) -> Shutdown {
        Shutdown(Arc::clone(&self.shared))
    }

    /// Serves until the shutdown: each session in a thread. Then what was asked is still answered, to whoever reads his
    /// answers within a second, and the socket is removed.
    ///
    /// # Errors
    /// [`Code::CannotListen`] when the system takes the socket away.
    pub fn run(self) -> Result<(), Error> {
        std::thread::scope(|scope| {
            let mut count = 0;
            let result = loop {
                if self.shared.stopped.load(Ordering::SeqCst) {
                    break Ok(());
                }
                match self.accept() {
                    Ok(None) => {}
                    Ok(Some(stream)) => {
                        count += 1;
                        self.admit(scope, count, stream);
                    }
                    Err(error) => {
                        let fault = Code::CannotListen.fault().in_file(self.path.display().to_string());
                        break Err(fault.found(error.to_string()));
                    }
                }
            };
            // Also after an error: the scope waits for the sessions.
            self.shutdown_handle().now();
            result
        })
    }

    fn accept(&self) -> io::Result<Option<UnixStream>> {
        let mut fds = [PollFd::new(&self.listener, PollFlags::IN)];
        let tick = Timespec { tv_sec: 0, tv_nsec: Self::TICK.subsec_nanos().into() };
        match poll(&mut fds, Some(&tick)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(None),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        match self.listener.accept() {
            Ok((stream, _)) => {
                // Where accepted sockets inherit it from the listener.
                stream.set_nonblocking(false)?;
                Ok(Some(stream))
            }
            // Trouble of one connection, or of all files of the process: neither lasts.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Err(error),
            Err(error) => {
                if error.kind() != io::ErrorKind::WouldBlock {
                    std::thread::sleep(Self::TICK);
                }
                Ok(None)
            }
        }
    }

    fn admit<'scope>(&'scope self, scope: &'scope std::thread::Scope<'scope, '_>, number: u64, mut stream: UnixStream) {
        if owners::peer(&stream).is_err() {
            return;
        }
        let timeouts = stream.set_read_timeout(Some(self.idle)).and(stream.set_write_timeout(Some(Self::TICK)));
        let (Ok(()), Ok(second)) = (timeouts, stream.try_clone()) else { return };
        let mut open = self.open();
        if open.len() >= self.sessions {
            drop(open);
            // A few bytes into an empty buffer: this does not wait.
            let _ = stream.write_all(line::refused(None, &Refusal::new(Class::Busy, "too many sessions")).as_bytes());
            return;
        }
        open.insert(number, second);
        drop(open);
        let session = move || {
            let Ok(reader) = stream.try_clone() else { return self.close(number) };
            // What breaks a session is the other end's to report.
            let _ = self.server.serve(BufReader::new(reader), Answers::new(&stream, self));
            self.close(number);
        };
        if std::thread::Builder::new().spawn_scoped(scope, session).is_err() {
            self.close(number);
        }
    }

    fn close(&self, number: u64) {
        if let Some(stream) = self.open().remove(&number) {
            let _ = stream.shutdown(Close::Both);
        }
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<u64, UnixStream>> {
        self.shared.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What writes the answers of a session: for as long as the client may be idle, and after the shutdown no longer than
/// [`SocketServer::LAST`] in all.
struct Answers<'a> {
    stream: &'a UnixStream,
    stopped: &'a AtomicBool,
    idle: Duration,
    waited_since_stop: Duration,
}

impl<'a> Answers<'a> {
    fn new(stream: &'a UnixStream, server: &'a SocketServer) -> Self {
        let stopped = &server.shared.stopped;
        Answers { stream, stopped, idle: server.idle, waited_since_stop: Duration::ZERO }
    }
}

impl io::Write for Answers<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let start = Instant::now();
        loop {
            if start.elapsed() >= self.idle || self.waited_since_stop >= SocketServer::LAST {
                return Err(io::ErrorKind::TimedOut.into());
            }
            let stopped = self.stopped.load(Ordering::SeqCst);
            let step = Instant::now();
            // It waits for one tick at most.
            let result = self.stream.write(bytes);
            if stopped {
                self.waited_since_stop += step.elapsed();
            }
            match result {
                // A timeout of the socket shows itself as either.
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
                result => return result,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for SocketServer {
    fn drop(&mut self) {
        let own = std::fs::symlink_metadata(&self.path).is_ok_and(|found| (found.dev(), found.ino()) == self.file);
        if own {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Shutdown {
    /// Ends the server soon: no further session, and no further request of those there are.
    pub fn now(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
        for stream in self.0.open.lock().unwrap_or_else(PoisonError::into_inner).values() {
            // What it is doing is still answered.
            let _ = stream.shutdown(Close::Read);
        }
    }
}

/// Removes a socket that nobody serves.
fn make_room(path: &Path) -> Result<(), Error> {
    let Ok(found) = std::fs::symlink_metadata(path) else { return Ok(()) };
    if !found.file_type().is_socket() {
        return Err(Code::SocketTaken.fault().expected("a socket"));
    }
    let failed = |error: io::Error| Code::CannotListen.fault().found(error.to_string());
    let connect = || {
        let socket = stream_socket()?;
        // Where a server hangs and its queue is full, there is no room: the socket is taken all the same.
        rustix::io::ioctl_fionbio(&socket, true)?;
        Ok(rustix::net::connect(&socket, &SocketAddrUnix::new(path)?))
    };
    match connect().map_err(|error: Errno| failed(error.into()))? {
        Err(Errno::CONNREFUSED) => std::fs::remove_file(path).map_err(failed),
        _ => Err(Code::SocketTaken.fault()),
    }
}
