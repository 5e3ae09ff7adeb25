//! Files: read within a limit, written whole or not at all.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use czei_codes::Code as _;
use zeroize::Zeroizing;

pub use crate::whole_file::WholeFile;
use crate::{Code, Error, Result};

/// The most bytes of a policy, a configuration, a certificate or a key file: 4 MiB.
pub const MAX_SETTINGS: usize = 4 << 20;

/// How many files are synced at once.
const WRITERS: usize = 8;

/// How many names that are taken are passed over.
const MAX_TRIES: usize = 1000;

/// Reads a file of at most `limit` bytes.
///
/// # Errors
/// [`Code::FileRead`] with the system's reason, [`Code::FileTooLarge`]; both name the file.
///
/// ```
/// let error = czei::files::read_limited("Cargo.toml", 10).unwrap_err();
/// assert_eq!(error.entry().name, "file-too-large");
/// ```
pub fn read_limited(path: impl AsRef<Path>, limit: usize) -> Result<Vec<u8>> {
    let path = path.as_ref();
    let failed = |error: io::Error| read_failed(path, &error);
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    // What the system says is only where to begin: a file may grow while it is read.
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(limit).min(limit).saturating_add(1));
    file.take((limit as u64).saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > limit {
        return Err(Code::FileTooLarge.fault().in_file(shown(path)).expected(format!("≤ {limit}")).into());
    }
    Ok(bytes)
}

/// Reads a secret, of at most [`MAX_SETTINGS`] bytes. On Unix the file must be closed to its group
/// and to everyone else.
///
/// # Errors
/// As [`read_limited`]; [`Code::SecretReadable`].
pub fn read_secret(path: impl AsRef<Path>) -> Result<Zeroizing<Vec<u8>>> {
    let path = path.as_ref();
    refuse_open_to_others(path)?;
    read_limited(path, MAX_SETTINGS).map(Zeroizing::new)
}

/// Writes a file whole or not at all: beside its place, synced, then renamed, then the folder
/// synced. A file that stood there is replaced in one step; after an error it is unchanged, and
/// nothing else is left behind.
///
/// # Errors
/// [`Code::FileWrite`] with the system's reason.
///
/// ```
/// let folder = std::env::temp_dir().join(format!("czei-doc-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// czei::files::write_new_or_replace(folder.join("a.xml"), b"<EInvoice/>")?;
/// assert_eq!(std::fs::read(folder.join("a.xml"))?, b"<EInvoice/>");
/// std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_new_or_replace(path: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
    write(path.as_ref(), bytes, Mode::Ordinary)
}

/// Writes many files, each as [`write_new_or_replace`] does, but for the folders, which are synced once each
/// at the end. The answers stand in the order of the files, and one that fails stops no other.
///
/// Disks sync several files at once hardly slower than one: a few threads share the work.
///
/// # Errors
/// Per file [`Code::FileWrite`] with the system's reason.
#[must_use]
pub fn write_each<P: AsRef<Path> + Sync, B: AsRef<[u8]> + Sync>(files: &[(P, B)]) -> Vec<Result<()>> {
    let write = |(path, bytes): &(P, B)| write_unsynced(path.as_ref(), bytes.as_ref(), Mode::Ordinary);
    let share = files.len().div_ceil(WRITERS).max(1);
    let mut answers: Vec<Result<()>> = std::thread::scope(|scope| {
        let parts: Vec<_> = files
            .chunks(share)
            .map(|part| (part, scope.spawn(move || part.iter().map(write).collect::<Vec<_>>())))
            .collect();
        let again = |part: &[(P, B)]| part.iter().map(write).collect();
        // A panic in a thread is none of ours; the caller's thread meets it again.
        parts.into_iter().flat_map(|(part, thread)| thread.join().unwrap_or_else(|_| again(part))).collect()
    });
    let folders: BTreeSet<&Path> = files.iter().map(|(path, _)| folder_of(path.as_ref())).collect();
    for folder in folders {
        let Err(error) = sync_folder(folder) else { continue };
        for ((path, _), answer) in files.iter().zip(&mut answers) {
            if answer.is_ok() && folder_of(path.as_ref()) == folder {
                *answer = Err(write_failed(path.as_ref(), &error));
            }
        }
    }
    answers
}

/// As [`write_new_or_replace`], for a secret: on Unix the file has mode 0600 from its first byte.
///
/// # Errors
/// [`Code::FileWrite`] with the system's reason.
pub fn write_secret(path: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
    write(path.as_ref(), bytes, Mode::Secret)
}

/// As [`write_secret`], but nothing that stands there is replaced, in one step with the look at it: of two processes
/// that write one key file, one fails.
///
/// # Errors
/// [`Code::FileWrite`] with the system's reason, among them that the file exists.
///
/// ```
/// let folder = std::env::temp_dir().join(format!("czei-doc-secret-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// czei::files::write_new_secret(folder.join("a.key"), b"first")?;
/// assert!(czei::files::write_new_secret(folder.join("a.key"), b"second").is_err());
/// assert_eq!(std::fs::read(folder.join("a.key"))?, b"first");
/// std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_new_secret(path: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
    let path = path.as_ref();
    let failed = |error: io::Error| write_failed(path, &error);
    let (file, beside) =
        name_of(path).and_then(|name| create_beside(folder_of(path), name, Mode::Secret)).map_err(failed)?;
    let done = write_synced(file, bytes).and_then(|()| place_new(&beside, path));
    if done.is_err() {
        // The first error is the one that counts.
        let _ = fs::remove_file(&beside);
    }
    done.and_then(|()| sync_folder(folder_of(path))).map_err(failed)
}

/// Moves a file to where nothing is.
fn place_new(beside: &Path, path: &Path) -> io::Result<()> {
    // A second name for a file is refused where the name is taken, as a rename would not be.
    match fs::hard_link(beside, path) {
        Ok(()) => fs::remove_file(beside),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // File systems of memory sticks know no second names.
        Err(_) => match fs::symlink_metadata(path) {
            Err(absent) if absent.kind() == io::ErrorKind::NotFound => fs::rename(beside, path),
            Err(error) => Err(error),
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        },
    }
}

/// Refuses a secret that its group or everyone else can read or write; on Unix, elsewhere nothing is known.
///
/// # Errors
/// [`Code::SecretReadable`] with the mode; [`Code::FileRead`].
pub fn require_closed_to_others(path: impl AsRef<Path>) -> Result<()> {
    refuse_open_to_others(path.as_ref())
}

/// A path as it stands in errors.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

pub(crate) fn read_failed(path: &Path, error: &io::Error) -> Error {
    Code::FileRead.fault().in_file(shown(path)).found(error.to_string()).into()
}

pub(crate) fn write_failed(path: &Path, error: &io::Error) -> Error {
    Code::FileWrite.fault().in_file(shown(path)).found(error.to_string()).into()
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Ordinary,
    Secret,
}

fn write(path: &Path, bytes: &[u8], mode: Mode) -> Result<()> {
    write_unsynced(path, bytes, mode)?;
    sync_folder(folder_of(path)).map_err(|error| write_failed(path, &error))
}

pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file whole or not at all; its name lasts through a power loss once its folder is synced.
fn write_unsynced(path: &Path, bytes: &[u8], mode: Mode) -> Result<()> {
    let created = name_of(path).and_then(|name| create_beside(folder_of(path), name, mode));
    let (file, beside) = created.map_err(|error| write_failed(path, &error))?;
    if let Err(error) = write_synced(file, bytes).and_then(|()| fs::rename(&beside, path)) {
        // The first error is the one that counts.
        let _ = fs::remove_file(&beside);
        return Err(write_failed(path, &error));
    }
    Ok(())
}

pub(crate) fn name_of(path: &Path) -> io::Result<&OsStr> {
    path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path has no file name"))
}

/// A new file in a folder, under a name that nobody else uses. Process numbers come again, in a
/// container at once: a name that a killed process left behind, or that another container's process
/// is writing to, is passed over.
pub(crate) fn create_beside(folder: &Path, name: &OsStr, mode: Mode) -> io::Result<(File, PathBuf)> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if mode == Mode::Secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut tries = 0;
    loop {
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let beside = folder.join(format!(".{}.{}-{count}.tmp", name.to_string_lossy(), std::process::id()));
        match options.open(&beside) {
            Ok(file) => return Ok((file, beside)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < MAX_TRIES => tries += 1,
            Err(error) => return Err(error),
        }
    }
}

fn write_synced(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a rename last through a power loss.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened; the system orders renames itself.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn refuse_open_to_others(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_err(|error| read_failed(path, &error))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Code::SecretReadable
            .fault()
            .in_file(shown(path))
            .expected("0600")
            .found(format!("{:04o}", mode & 0o7777))
            .into());
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_open_to_others(_path: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::test_folder::TestFolder;

    #[test]
    fn a_file_is_written_and_replaced_and_nothing_is_left_beside() {
        let folder = TestFolder::new();
        let path = folder.path("a.xml");
        for content in [&b"first"[..], b"", b"a longer second"] {
            write_new_or_replace(&path, content).unwrap();
            assert_eq!(read_limited(&path, 100).unwrap(), content);
        }
        assert_eq!(folder.names(), ["a.xml"]);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = TestFolder::new();
        // A folder in the place of the file: the rename fails after the bytes were written.
        std::fs::create_dir(folder.path("taken")).unwrap();
        std::fs::write(folder.path("taken/old"), b"old").unwrap();
        let error = write_new_or_replace(folder.path("taken"), b"new").unwrap_err();
        assert_eq!(error.entry().name, "file-write");
        assert_eq!(error.place().file, Some(shown(&folder.path("taken"))));
        assert!(error.found_text().is_some_and(|reason| reason.contains("os error")), "{error}");
        assert_eq!(folder.names(), ["taken"]);
        assert_eq!(std::fs::read(folder.path("taken/old")).unwrap(), b"old");

        let error = write_new_or_replace(folder.path("no/such/folder"), b"new").unwrap_err();
        assert_eq!(error.entry().name, "file-write");
        let error = write_new_or_replace("/", b"new").unwrap_err();
        assert_eq!(error.found_text(), Some("the path has no file name"));
    }

    #[test]
    fn many_files_are_written_and_one_that_fails_stops_no_other() {
        let folder = TestFolder::new();
        std::fs::create_dir(folder.path("deep")).unwrap();
        std::fs::create_dir(folder.path("7.xml")).unwrap();
        std::fs::write(folder.path("3.xml"), b"old").unwrap();
        let name = |at: usize| if at % 10 == 5 { format!("deep/{at}.xml") } else { format!("{at}.xml") };
        let mut files: Vec<_> = (0..100).map(|at| (folder.path(name(at)), format!("content {at}"))).collect();
        files.push((folder.path("nowhere/1.xml"), String::new()));
        let answers = write_each(&files);
        assert_eq!(answers.len(), 101);
        for (at, (answer, (path, bytes))) in answers.iter().zip(&files).enumerate() {
            if at == 7 || at == 100 {
                let error = answer.as_ref().unwrap_err();
                assert_eq!((error.entry().name, error.place().file.clone()), ("file-write", Some(shown(path))));
            } else {
                answer.as_ref().unwrap();
                assert_eq!(std::fs::read(path).unwrap(), bytes.as_bytes());
            }
        }
        assert_eq!(folder.names().len(), 91, "90 files, one of them a folder, and the other folder");
        assert!(write_each::<PathBuf, Vec<u8>>(&[]).is_empty());
    }

    #[test]
    fn what_a_killed_process_left_beside_is_passed_over() {
        let folder = TestFolder::new();
        let (left, name) = create_beside(&folder.path(""), OsStr::new("a.xml"), Mode::Ordinary).unwrap();
        drop(left);
        // The counter of a new process with the same number begins again.
        let count: u64 = name.to_str().and_then(|name| name.rsplit(['-', '.']).nth(1)).unwrap().parse().unwrap();
        for next in count + 1..count + 50 {
            std::fs::write(folder.path(format!(".a.xml.{}-{next}.tmp", std::process::id())), b"left").unwrap();
        }
        write_new_or_replace(folder.path("a.xml"), b"whole").unwrap();
        assert_eq!(std::fs::read(folder.path("a.xml")).unwrap(), b"whole");
        assert_eq!(folder.names().len(), 51, "nothing of another's is removed");
    }

    #[test]
    fn the_limit_counts_bytes_and_names_the_file() {
        let folder = TestFolder::new();
        let path = folder.path("ten");
        write_new_or_replace(&path, b"0123456789").unwrap();
        assert_eq!(read_limited(&path, 10).unwrap().len(), 10);
        let error = read_limited(&path, 9).unwrap_err();
        assert_eq!(error.entry().name, "file-too-large");
        assert_eq!(error.place().file, Some(shown(&path)));
        assert_eq!(error.expected_text(), Some("≤ 9"));
        for missing in [folder.path("missing"), folder.path("")] {
            let error = read_limited(&missing, 9).unwrap_err();
            assert_eq!(error.entry().name, "file-read", "{}", shown(&missing));
            assert_eq!(error.place().file, Some(shown(&missing)));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_new_secret_replaces_nothing_and_leaves_nothing_beside() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = TestFolder::new();
        let path = folder.path("a.key");
        write_new_secret(&path, b"first").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        std::os::unix::fs::symlink("nowhere", folder.path("link")).unwrap();
        std::fs::create_dir(folder.path("taken")).unwrap();
        for name in ["a.key", "link", "taken"] {
            let error = write_new_secret(folder.path(name), b"second").unwrap_err();
            assert_eq!(error.entry().name, "file-write");
            assert!(error.found_text().is_some_and(|found| found.contains("File exists")), "{error}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        assert_eq!(folder.names(), ["a.key", "link", "taken"]);
        assert_eq!(write_new_secret("/", b"x").unwrap_err().found_text(), Some("the path has no file name"));
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = TestFolder::new();
        let path = folder.path("secret");
        write_secret(&path, b"s").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(*read_secret(&path).unwrap(), b"s");
        for (mode, text) in [(0o640, "0640"), (0o604, "0604"), (0o610, "0610")] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let error = read_secret(&path).unwrap_err();
            assert_eq!(error.entry().name, "secret-file-readable");
            assert_eq!((error.expected_text(), error.found_text()), (Some("0600"), Some(text)));
        }
    }
}
