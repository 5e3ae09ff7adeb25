//! One file a command.

pub(crate) mod cert;
pub(crate) mod countersign;
pub(crate) mod demo;
pub(crate) mod doubles_in;
pub(crate) mod drafts;
pub(crate) mod each_file;
pub(crate) mod explain;
pub(crate) mod incoming;
pub(crate) mod inspect;
pub(crate) mod issue;
pub(crate) mod key;
pub(crate) mod ledger;
pub(crate) mod password;
pub(crate) mod receipts;
pub(crate) mod render;
pub(crate) mod reverse;
pub(crate) mod stock;
pub(crate) mod stores;
pub(crate) mod verify;

use serde::Serialize;

use crate::failure::{ErrorJson, Shown};

/// How a command ended that could run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Exit code 0.
    AsWished,
    /// Exit code 1: something is invalid, indeterminate, unreadable or was not issued.
    NotAllValid,
    /// Exit code 2: there was input, and nothing of it could be read. Each has its line.
    NothingRead,
}

/// An error as a line of JSON.
pub(crate) fn error_line(shown: &Shown) -> String {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        error: ErrorJson,
    }
    // The structure holds strings and numbers only, so that writing it cannot fail.
    serde_json::to_string(&Line { v: 1, error: shown.json() }).unwrap_or_default()
}
