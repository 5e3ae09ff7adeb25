//! What the database asks of the file system: which file a path names, where it lies, and that a change
//! of a folder is on the disk.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use czei_codes::Code as _;

use crate::{Code, Error, Result};

/// Names a file whatever its path: device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// The file that a path names now; a symbolic link is a file of its own.
    ///
    /// Only asks for the entry: opening a database file and closing it again would drop the locks that
    /// SQLite holds on it in this process (fcntl locks belong to process and file, not to the descriptor).
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> io::Result<FileId> {
        fs::symlink_metadata(path).map(|metadata| FileId::of_metadata(&metadata))
    }

    #[cfg(unix)]
    pub(super) fn of_metadata(metadata: &fs::Metadata) -> FileId {
        use std::os::unix::fs::MetadataExt as _;
        FileId { device: metadata.dev(), inode: metadata.ino() }
    }

    /// Elsewhere files that are open cannot be replaced; the path stands for the file.
    #[cfg(not(unix))]
    pub(super) fn of(path: &Path) -> io::Result<FileId> {
        use std::hash::{DefaultHasher, Hash as _, Hasher as _};
        fs::symlink_metadata(path)?;
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        Ok(FileId { device: 0, inode: hasher.finish() })
    }

    #[cfg(not(unix))]
    pub(super) fn of_metadata(_: &fs::Metadata) -> FileId {
        FileId { device: 0, inode: 0 }
    }
}

/// How many names the file has.
#[cfg(unix)]
pub(super) fn links(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

/// How many names the file has.
#[cfg(not(unix))]
pub(super) fn links(_: &fs::Metadata) -> u64 {
    1
}

/// The path with a text behind its last part, as SQLite names the files beside a database.
pub(super) fn beside(path: &Path, behind: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(behind);
    PathBuf::from(name)
}

/// The folder that a path lies in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Puts the entries of a folder on the disk: files made, renamed or removed in it.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    sync_names(folder).map_err(|error| file_error(&error, folder))
}

/// The same, with the error as the system gives it. Elsewhere than on Unix folders cannot be synced; the file system
/// journals names by itself.
pub(super) fn sync_names(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Removes a file; none there is no error.
pub(super) fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(file_error(&error, path)),
        _ => Ok(()),
    }
}

/// Whether anything has this name, a broken link too.
pub(super) fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Refuses a path whose folder is not there, before anything is done.
pub(super) fn require_folder(path: &Path) -> Result<()> {
    let folder = folder_of(path);
    if folder.is_dir() { Ok(()) } else { Err(Code::FolderAbsent.fault().in_file(folder.display().to_string()).into()) }
}

/// What an error of a file is here.
pub(super) fn file_error(error: &io::Error, path: &Path) -> Error {
    let code = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => match require_folder(path) {
            Err(absent) => return absent,
            Ok(()) => Code::DatabaseFailed,
        },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::DiskFull,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Code::ReadOnly,
        _ => Code::DatabaseFailed,
    };
    code.fault().in_file(path.display().to_string()).found(error.to_string()).into()
}

/// Refuses a folder on a network file system: locks and syncs there are not what SQLite needs, and a second
/// machine could write.
///
/// FUSE as a whole is among them: sshfs, virtiofs and shared folders of virtual machines cannot be told from
/// local ones by what the kernel says.
#[cfg(target_os = "linux")]
pub(super) fn refuse_network(folder: &Path) -> Result<()> {
    let found = rustix::fs::statfs(folder).map_err(|error| file_error(&error.into(), folder))?;
    // The width and sign of the field differ between processors; the numbers have 32 bits.
    #[allow(clippy::unnecessary_cast, clippy::cast_sign_loss, clippy::cast_lossless)]
    let magic = found.f_type as u64 & 0xffff_ffff;
    match network_name(magic) {
        Some(name) => {
            let fault = Code::NetworkFileSystem.fault().in_file(folder.display().to_string());
            Err(fault.found(name).into())
        }
        None => Ok(()),
    }
}

/// Other systems do not say it in a way that was tried here.
#[cfg(not(target_os = "linux"))]
pub(super) fn refuse_network(_: &Path) -> Result<()> {
    Ok(())
}

/// The file systems that another machine can write, by the numbers of `statfs(2)` and the kernel's `magic.h`.
#[cfg(target_os = "linux")]
fn network_name(magic: u64) -> Option<&'static str> {
    const NAMES: [(u64, &str); 18] = [
        (0x6969, "NFS"),
        (0x517b, "SMB"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB2"),
        (0x564c, "NCP"),
        (0x5346_414f, "AFS"),
        (0x6b41_4653, "kAFS"),
        (0x7375_7245, "Coda"),
        (0x00c3_6400, "Ceph"),
        (0x0102_1997, "9P"),
        (0x6573_5546, "FUSE"),
        (0x0116_1970, "GFS2"),
        (0x7461_636f, "OCFS2"),
        (0x0bd0_0bd0, "Lustre"),
        (0x4750_4653, "GPFS"),
        (0x786f_4256, "vboxsf"),
        (0xbacb_acbc, "VMware shared folder"),
        (0x1983_0326, "BeeGFS"),
    ];
    NAMES.into_iter().find(|(number, _)| *number == magic).map(|(_, name)| name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn network_file_systems_are_told_by_their_number() {
        let local = [("ext4", 0xef53), ("xfs", 0x5846_5342), ("btrfs", 0x9123_683e), ("tmpfs", 0x0102_1994)];
        for (name, magic) in local.into_iter().chain([("zfs", 0x2fc1_2fc1), ("overlay", 0x794c_7630)]) {
            assert_eq!(network_name(magic), None, "{name}");
        }
        for (name, magic) in [("NFS", 0x6969), ("CIFS", 0xff53_4d42), ("9P", 0x0102_1997), ("FUSE", 0x6573_5546)] {
            assert_eq!(network_name(magic), Some(name));
        }
    }

    #[test]
    fn an_error_of_a_file_names_the_file() {
        let error = file_error(&io::Error::from(ErrorKind::StorageFull), Path::new("a/b"));
        assert!(error.is(Code::DiskFull));
        assert_eq!(error.place().file.as_deref(), Some("a/b"));
        assert!(file_error(&io::Error::from(ErrorKind::ReadOnlyFilesystem), Path::new("a")).is(Code::ReadOnly));
        assert!(file_error(&io::Error::from(ErrorKind::TimedOut), Path::new("a")).is(Code::DatabaseFailed));
        assert!(file_error(&io::Error::from(ErrorKind::NotFound), Path::new("a")).is(Code::DatabaseFailed));
        let error = file_error(&io::Error::from(ErrorKind::NotFound), Path::new("/no such folder/a"));
        assert!(error.is(Code::FolderAbsent));
        assert_eq!(error.place().file.as_deref(), Some("/no such folder"));
    }
}
