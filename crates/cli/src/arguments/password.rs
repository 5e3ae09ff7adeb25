//! Where passwords come from. Never from an argument: those stand in the list of processes and in the shell's
//! history.

use std::path::PathBuf;

use clap::Args;

/// The password of what is read.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Password {
    /// The password is this file's content, without the end of its line; closed to others; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "password_env")]
    pub(crate) password_file: Option<PathBuf>,
    /// The password is the value of this environment variable
    #[arg(long, value_name = "NAME")]
    pub(crate) password_env: Option<String>,
}

/// The password of what is written.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct OutPassword {
    /// The password of the new file, as --password-file; by default that of the old one
    #[arg(long, value_name = "FILE", conflicts_with = "out_password_env")]
    pub(crate) out_password_file: Option<PathBuf>,
    /// The password of the new file, as --password-env
    #[arg(long, value_name = "NAME")]
    pub(crate) out_password_env: Option<String>,
}
