//! Where a server is.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use czei_codes::Code as _;

use crate::{Code, Error};

/// Where a server is. Never on a network: whoever reaches the server can sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A program that serves one session on its standard input and output.
    Program(Program),
    /// A Unix domain socket.
    Socket(PathBuf),
}

/// A program and its arguments, run without a shell.
///
/// Its environment holds PATH, HOME, LANG, LC_ALL, TZ and TMPDIR as they are here, and the variables
/// named; nothing else, so that nothing is handed on by accident. Its folder is `/`. Its standard error is ours. Arguments are
/// seen by every user of the machine: they must hold no secret, and a PIN is the program's own configuration. Its file and the folder of that, and of each link to
/// it, belong to this user or root, and neither group nor others may write to them; or it is not run,
/// [`Code::ProgramInsecure`].
///
/// ```
/// use czei_remote::Program;
///
/// let program = Program::new(["/usr/bin/hsm-sign", "--slot", "3"])?.pass("PKCS11_MODULE")?;
/// assert_eq!(program.path().to_str(), Some("/usr/bin/hsm-sign"));
/// assert!(Program::new(["hsm-sign"]).is_err()); // no search in PATH
/// # Ok::<(), czei_remote::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<String>,
}

/// What every program gets of our environment.
#[cfg(unix)]
const VARIABLES: [&str; 6] = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"];

impl Program {
    /// A program by its absolute path, and its arguments.
    ///
    /// # Errors
    /// [`Code::Settings`] when the first is no absolute path, or one holds a zero byte.
    pub fn new<I: IntoIterator<Item: Into<OsString>>>(command: I) -> Result<Self, Error> {
        let mut command = command.into_iter().map(Into::into);
        let path = PathBuf::from(command.next().unwrap_or_default());
        let arguments: Vec<OsString> = command.collect();
        let has_zero = |text: &std::ffi::OsStr| text.as_encoded_bytes().contains(&0);
        if !path.is_absolute() || has_zero(path.as_os_str()) || arguments.iter().any(|text| has_zero(text)) {
            let found = path.display().to_string();
            return Err(Code::Settings.fault().at_path("program").expected("an absolute path").found(found));
        }
        Ok(Program { path, arguments, variables: Vec::new() })
    }

    /// Hands on one more variable of our environment, where it is set.
    ///
    /// # Errors
    /// [`Code::Settings`] when the name is empty or has other characters than `A-Z a-z 0-9 _`.
    pub fn pass(mut self, variable: impl Into<String>) -> Result<Self, Error> {
        let variable = variable.into();
        if variable.is_empty() || !variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            let fault = Code::Settings.fault().at_path("environment");
            return Err(fault.expected("A-Z a-z 0-9 _").found(variable));
        }
        self.variables.push(variable);
        Ok(self)
    }

    /// The program's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    #[cfg(unix)]
    pub(crate) fn command(&self) -> std::process::Command {
        use std::os::unix::process::CommandExt as _;
        let mut command = std::process::Command::new(&self.path);
        command.args(&self.arguments).env_clear().current_dir("/");
        for name in VARIABLES.into_iter().chain(self.variables.iter().map(String::as_str)) {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        // A group of its own: the end of a hung program reaches what it started, and Ctrl-C at our
        // terminal does not end it in the middle of a signature.
        command.process_group(0);
        command
    }
}

/// As the address stands in errors: the path, without the arguments.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Program(program) => program.path.display().fmt(f),
            Address::Socket(path) => path.display().fmt(f),
        }
    }
}
