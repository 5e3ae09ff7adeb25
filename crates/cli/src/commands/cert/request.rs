//! `czei cert request`.

use czei::pki::{Name, RequestTemplate};
use serde::Serialize;

use super::view::{RequestJson, RequestView};
use crate::Run;
use crate::arguments::cert::Request;
use crate::commands::Ended;
use crate::commands::key::write_public;
use crate::commands::password::PasswordSource;
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Request, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        file: Option<String>,
        request: RequestJson,
    }
    let subject = Name::parse_rfc4514(&arguments.subject);
    let subject = subject.map_err(|error| czei::Error::from(error).at_path("--subject"))?;
    let mut password = PasswordSource::new(&arguments.password, output.language);
    let bytes = czei::files::read_secret(&arguments.key)?;
    let file = password.open(&arguments.key, &bytes)?;
    let request = RequestTemplate { subject, extensions: Vec::new() }.sign(file.key())?;
    if let Some(out) = &arguments.out {
        write_public(out, request.to_pem().as_bytes())?;
    }
    let view = RequestView::new(&request);
    if output.json {
        let file = arguments.out.as_deref().map(shown::path);
        output.object(&Line { v: 1, file, request: view.json() })?;
    } else if let Some(out) = &arguments.out {
        let out = shown::path(out);
        output.say(&format!("已写入证书申请 {out}"), &format!("wrote the request {out}"))?;
        view.text(output)?;
    } else {
        output.bytes(request.to_pem().as_bytes())?;
    }
    Ok(Ended::AsWished)
}
