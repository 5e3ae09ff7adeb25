//! The command as it is run: arguments in, output and exit code out. One binary, so that the
//! demonstration, which everything here is tried on, is made once.
#![allow(clippy::unwrap_used)]

mod archives;
mod cert;
mod demo;
mod demo_killed;
mod doubles;
mod folders;
mod helper;
mod inspect;
mod issue;
mod key;
mod ledger;
mod messages;
mod openssl;
mod render;
mod stock;
mod verify;
