//! The arguments of `czei key`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::password::{OutPassword, Password};

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key · 生成密钥
    New(New),
    /// Write a key in another format · 转换密钥文件
    Convert(Convert),
    /// Show what a key file is; never the key itself · 查看密钥文件
    Show(Show),
    /// Sign for others over a local socket or standard input and output · 签名服务
    Serve(Serve),
}

/// How a key file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// PKCS#8, without a password
    Pkcs8,
    /// PKCS#8 under a password (PBES2)
    EncryptedPkcs8,
    /// PKCS#12 under a password, with certificates where there are any
    Pkcs12,
    /// SEC1, without a password
    Sec1,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Encryption {
    /// AES-256 and SHA-256, which all tools read
    Aes256Sha256,
    /// SM4 and SM3, which some tools read
    Sm4Sm3,
}

/// How a file under a password is written.
#[derive(Debug, Clone, Args)]
pub(crate) struct Protection {
    /// How the file is encrypted; by default aes256-sha256
    #[arg(long, value_enum, value_name = "NAME")]
    pub(crate) encryption: Option<Encryption>,
    /// How often the password is hashed, 1000 to 10000000; by default 600000
    #[arg(long, value_name = "N")]
    pub(crate) iterations: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The key's file, with mode 0600; nothing that is there is replaced
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// By default encrypted-pkcs8 where a password is named, else pkcs8
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    #[command(flatten)]
    pub(crate) password: Password,
    #[command(flatten)]
    pub(crate) protection: Protection,
    /// Write the public key here too
    #[arg(long, value_name = "FILE")]
    pub(crate) public: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Convert {
    /// PKCS#8 or SEC1 in PEM or DER, PKCS#12 or CFCA's .sm2
    #[arg(value_name = "IN")]
    pub(crate) source: PathBuf,
    /// The new file, with mode 0600; nothing that is there is replaced
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The new format
    #[arg(long, value_enum)]
    pub(crate) to: Format,
    #[command(flatten)]
    pub(crate) password: Password,
    #[command(flatten)]
    pub(crate) out_password: OutPassword,
    #[command(flatten)]
    pub(crate) protection: Protection,
    /// Certificates to go into a PKCS#12 file; by default those of the source
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) certificate: Vec<PathBuf>,
    /// The name that a PKCS#12 file gives the key; by default the common name of its certificate
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Key files
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) password: Password,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The key files, closed to others; each is asked for by its label
    #[arg(long = "key", required = true, value_name = "FILE", num_args = 1..)]
    pub(crate) keys: Vec<PathBuf>,
    /// The labels, in the order of the keys; by default the files' names without extension
    #[arg(long = "label", value_name = "NAME", num_args = 1..)]
    pub(crate) labels: Vec<String>,
    /// The keys' certificates, for key files that hold none
    #[arg(long = "certificate", value_name = "FILE", num_args = 1..)]
    pub(crate) certificates: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) password: Password,
    /// Listen at this socket, which only its owner can use; by default standard input and output
    #[arg(long, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
}
