//! Keys that live elsewhere: behind a callback in the process, an external program, or a local socket.
//!
//! | what | here |
//! |---|---|
//! | a function of the caller's that signs | [`CallbackSigner`] |
//! | a program or a Unix domain socket that signs | [`Remote`], [`RemoteSigner`], [`Options`] |
//! | where it is | [`Address`], [`Program`] |
//! | the serving end, for integrators and tests | [`Server`], [`KeyProvider`], [`Keys`], [`SocketServer`] |
//! | the protocol between both, `czei-sign/1` | `PROTOCOL.md` beside the sources |
//!
//! Every signature that comes back is verified under the certificate before anything else sees it. Programs and
//! sockets need a Unix system; elsewhere there are callbacks, and [`Server::serve`] over any pair of streams. TCP is
//! not offered: whoever can reach a signing server can sign.
#![forbid(unsafe_code)]

mod address;
mod callback;
#[cfg(unix)]
mod channel;
mod code;
mod keys;
mod label;
mod line;
mod options;
#[cfg(unix)]
mod owners;
#[cfg(unix)]
mod pool;
#[cfg(unix)]
mod remote;
mod server;
#[cfg(unix)]
mod session;
#[cfg(unix)]
mod socket_server;
#[cfg(test)]
mod test_key;

pub use address::{Address, Program};
pub use callback::CallbackSigner;
pub use code::{Code, Error};
pub use keys::{KeyProvider, Keys};
pub use label::KeyLabel;
pub use line::{Class, MAX_ANSWER, MAX_REQUEST, MAX_WAITING, Refusal, VERSION};
pub use options::{Options, Send};
#[cfg(unix)]
pub use remote::{Remote, RemoteSigner};
pub use server::Server;
#[cfg(unix)]
pub use socket_server::{Shutdown, SocketServer};

/// The error as a signer hands it on: its number and name come first in what was found.
fn as_pki(error: &Error) -> czei_pki::Error {
    let text = match &error.place().file {
        Some(server) => format!("{} {}, {server}", error.entry(), error.message_en()),
        None => format!("{} {}", error.entry(), error.message_en()),
    };
    czei_pki::Error::new(czei_pki::Code::SigningFailed).at(error.place().clone()).found(text)
}
