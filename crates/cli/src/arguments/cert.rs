//! The arguments of `czei cert`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Role;
use super::password::Password;

#[derive(Debug, Subcommand)]
pub(crate) enum Cert {
    /// Show certificates, revocation lists, requests and what key files hold · 查看证书
    Show(Show),
    /// Check a certificate: path, usage, validity, revocation · 检查证书
    Check(Check),
    /// Ask a certification authority for a certificate (PKCS#10) · 申请证书
    Request(Request),
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Certificates (PEM with any number, DER), CRLs, PKCS#10 requests, public keys, PKCS#12 and .sm2; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) password: Password,
    /// Write the certificates as PEM, and nothing else; with --json each object has its own anyway
    #[arg(long)]
    pub(crate) pem: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Revocation {
    /// Where it is not known, nothing passes
    Required,
    /// Where it is not known, this is said
    IfAvailable,
    /// It is not looked at, and this is said
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// Signing receipts
    Sign,
    /// Issuing certificates
    Issue,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The certificate, with the certificates it came with behind it; or a key file that holds them
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) password: Password,
    /// Whom to trust, by a policy: its anchors of the role, certificates, CRLs and user ids
    #[arg(long, value_name = "FILE", conflicts_with_all = ["anchors", "certificates"])]
    pub(crate) policy: Option<PathBuf>,
    /// Whom to trust: certificates that are taken as they stand
    #[arg(long = "anchor", value_name = "FILE", num_args = 1..)]
    pub(crate) anchors: Vec<PathBuf>,
    /// Certificates between, not trusted by themselves
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) certificates: Vec<PathBuf>,
    /// Revocation lists; with a policy, besides its own
    #[arg(long = "crl", value_name = "FILE", num_args = 1..)]
    pub(crate) crls: Vec<PathBuf>,
    /// Whose anchors of the policy; by default the unit's
    #[arg(long, value_enum, value_name = "unit|authority", hide_possible_values = true, requires = "policy")]
    pub(crate) role: Option<Role>,
    /// What the key is for: sign documents, or issue certificates; by default what the certificate says it is of
    #[arg(long, value_enum, value_name = "sign|issue", hide_possible_values = true)]
    pub(crate) purpose: Option<Purpose>,
    /// The time of signing that is judged, as RFC 3339; by default now
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Whether revocation must be known; by default as the policy says, else if-available
    #[arg(long, value_enum, value_name = "RULE")]
    pub(crate) revocation: Option<Revocation>,
    /// SM2 user ids of signatures on certificates and CRLs; by default the policy's, else 1234567812345678
    #[arg(long = "user-id", value_name = "ID", num_args = 1..)]
    pub(crate) user_ids: Vec<String>,
    /// Warn of what expires within so many days
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub(crate) warn_days: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Request {
    /// The key file, closed to others
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    #[command(flatten)]
    pub(crate) password: Password,
    /// Whom the certificate is for, as RFC 4514: CN=示例单位,O=示例单位,C=CN
    #[arg(long, value_name = "NAME")]
    pub(crate) subject: String,
    /// The file it goes to; by default standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}
