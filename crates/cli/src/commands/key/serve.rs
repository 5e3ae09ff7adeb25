//! `czei key serve`: the reference signing server.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use czei::remote::{KeyLabel, Keys, Server};
use czei::{Certificate, CliCode, CliError};

use crate::Run;
use crate::arguments::key::Serve;
use crate::commands::Ended;
use crate::commands::password::PasswordSource;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::problem;
use crate::shown;

pub(crate) fn run(arguments: &Serve, output: &mut Output) -> Run {
    let mut password = PasswordSource::new(&arguments.password, output.language);
    if arguments.socket.is_none() && password.is_standard_input() {
        return Err(CliError::new(CliCode::StandardInputTwice).found("--password-file -").into());
    }
    let keys = arguments.keys.len();
    for (count, name) in [(arguments.labels.len(), "--label"), (arguments.certificates.len(), "--certificate")] {
        if count != 0 && count != keys {
            let error = CliError::new(CliCode::LabelCount).expected(keys.to_string());
            return Err(error.found(format!("{name} {count}")).into());
        }
    }
    let mut served = Keys::new();
    for (place, path) in arguments.keys.iter().enumerate() {
        let text = arguments.labels.get(place).cloned().unwrap_or_else(|| super::stem(path));
        let label = KeyLabel::new(text.as_str()).map_err(|error| in_file(problem::of(error), path))?;
        let bytes = czei::files::read_secret(path)?;
        let file = password.open(path, &bytes)?;
        let certificate = match arguments.certificates.get(place) {
            Some(named) => Some(certificate(named, &file)?),
            None => file.certificate().cloned(),
        };
        if !served.add(label, file.into_key(), certificate) {
            return Err(CliError::new(CliCode::LabelCount).expected("one key a label").found(text).into());
        }
    }
    let labels: Vec<String> = served.labels().map(ToString::to_string).collect();
    serve(Server::new(served), arguments.socket.as_ref(), &labels, output)?;
    Ok(Ended::AsWished)
}

/// The certificate of the key among those of a file.
fn certificate(path: &Path, file: &czei::pki::KeyFile) -> Result<Arc<Certificate>> {
    let bytes = czei::files::read_limited(path, czei::files::MAX_SETTINGS)?;
    let all = Certificate::many_from_pem_or_der(&bytes).map_err(|error| Failure::from(error).in_file(path))?;
    let key = file.key().verifying_key();
    let own = all.into_iter().find(|certificate| certificate.verifying_key().is_ok_and(|other| other == key));
    let mismatch = || czei::pki::Error::new(czei::pki::Code::SignerKeyMismatch);
    own.map(Arc::new).ok_or_else(|| Failure::from(mismatch()).in_file(path))
}

fn in_file(error: czei::Error, path: &Path) -> Failure {
    Failure::from(error).in_file(path)
}

fn serve(server: Server, socket: Option<&PathBuf>, labels: &[String], output: &mut Output) -> Result<()> {
    let Some(path) = socket else {
        // Standard output belongs to the protocol; the lock that is held is this thread's own.
        output.flush()?;
        let served = server.serve(std::io::stdin().lock(), std::io::stdout().lock());
        return served.map_err(|error| crate::failure::cannot_write(&error));
    };
    listen(server, path, labels, output)
}

#[cfg(unix)]
fn listen(server: Server, path: &Path, labels: &[String], output: &mut Output) -> Result<()> {
    #[derive(serde::Serialize)]
    struct Line<'a> {
        v: u32,
        socket: String,
        keys: &'a [String],
    }
    let socket = czei::remote::SocketServer::bind(path, server).map_err(|error| in_file(problem::of(error), path))?;
    let (socket_name, keys) = (shown::path(path), labels.join(", "));
    if output.json {
        output.object(&Line { v: 1, socket: socket_name, keys: labels })?;
    } else {
        output.say(
            &format!("正在 {socket_name} 等待签名请求，密钥：{keys}"),
            &format!("listening at {socket_name} for requests, keys: {keys}"),
        )?;
    }
    output.flush()?;
    socket.run().map_err(|error| in_file(problem::of(error), path))
}

#[cfg(not(unix))]
fn listen(_server: Server, path: &Path, _labels: &[String], _output: &mut Output) -> Result<()> {
    let error = czei::remote::Error::new(czei::remote::Code::CannotListen);
    Err(in_file(problem::of(error), path))
}
