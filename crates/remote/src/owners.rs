//! Whom a socket or a program belongs to: nobody else may put himself in its place.

use std::fs::{self, Metadata};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;

use czei_codes::Code as _;

use crate::{Code, Error};

/// As many links as Linux follows.
const MAX_LINKS: usize = 40;

fn own() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// This user or root.
fn trusted(user: u32) -> bool {
    user == own() || user == 0
}

/// A socket, of this user or root, that neither its group nor everyone may connect to, in a folder that is
/// [safe](folder).
pub(crate) fn socket(path: &Path) -> Result<(), Error> {
    folder(path)?;
    // A link leads to where its target's folder was not looked at.
    let found = fs::symlink_metadata(path).map_err(|error| Code::Connect.fault().found(error.to_string()))?;
    if !found.file_type().is_socket() {
        return Err(insecure(path, Code::SocketInsecure).expected("a socket").found(kind(&found)));
    }
    check(path, &found, Code::SocketInsecure)
}

/// A program's file, of this user or root, that neither its group nor everyone may write to, in a folder of which the
/// same holds. Links are followed, which programs are often installed as, each out of such a folder.
pub(crate) fn program(path: &Path) -> Result<(), Error> {
    let failed = |error: std::io::Error| Code::Connect.fault().found(error.to_string());
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let found = fs::symlink_metadata(&path).map_err(failed)?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        check(folder, &fs::metadata(folder).map_err(failed)?, Code::ProgramInsecure)?;
        if !found.file_type().is_symlink() {
            return check(&path, &found, Code::ProgramInsecure);
        }
        path = folder.join(fs::read_link(&path).map_err(failed)?);
    }
    Err(Code::Connect.fault().found("too many links"))
}

/// The folder of a socket: of this user or root, and writable to its owner alone.
pub(crate) fn folder(path: &Path) -> Result<(), Error> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let found = fs::metadata(parent)
        .map_err(|error| Code::Connect.fault().in_file(parent.display().to_string()).found(error.to_string()))?;
    check(parent, &found, Code::SocketInsecure)
}

fn check(path: &Path, found: &Metadata, code: Code) -> Result<(), Error> {
    if !trusted(found.uid()) {
        return Err(insecure(path, code).expected(format!("uid {} or 0", own())).found(format!("uid {}", found.uid())));
    }
    // Connecting to a socket takes the right to write to it.
    if found.mode() & 0o022 != 0 {
        let expected = if found.file_type().is_socket() { "0600" } else { "0755" };
        return Err(insecure(path, code).expected(expected).found(format!("{:04o}", found.mode() & 0o7777)));
    }
    Ok(())
}

fn insecure(path: &Path, code: Code) -> Error {
    code.fault().in_file(path.display().to_string())
}

fn kind(found: &Metadata) -> &'static str {
    match found.file_type() {
        kind if kind.is_symlink() => "a link",
        kind if kind.is_dir() => "a folder",
        kind if kind.is_file() => "a file",
        _ => "another kind of file",
    }
}

/// The process at the other end is of this user or root, where the system says so.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn peer(socket: impl AsFd) -> Result<(), Error> {
    let peer = rustix::net::sockopt::socket_peercred(socket)
        .map_err(|error| Code::Connect.fault().found(error.to_string()))?;
    let user = peer.uid.as_raw();
    if trusted(user) {
        return Ok(());
    }
    Err(Code::PeerStranger.fault().expected(format!("uid {} or 0", own())).found(format!("uid {user}")))
}

/// Elsewhere owner and mode of the socket have to do.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn peer(_socket: impl AsFd) -> Result<(), Error> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_user_and_root_are_trusted() {
        assert!(trusted(own()) && trusted(0));
        assert!((1..u32::MAX).step_by(1 << 20).filter(|user| *user != own()).all(|user| !trusted(user)));
    }
}
