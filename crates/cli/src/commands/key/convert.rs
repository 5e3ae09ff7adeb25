//! `czei key convert`.

use std::sync::Arc;

use czei::Certificate;
use czei::pki::{self, KeyFile};
use czei::{CliCode, CliError};
use serde::Serialize;

use super::{KeyJson, KeyView, NewFile, require_free};
use crate::Run;
use crate::arguments::key::{Convert, Format};
use crate::commands::Ended;
use crate::commands::password::PasswordSource;
use crate::failure::Result;
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Convert, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        source: KeyJson,
        key: KeyJson,
        left_out: usize,
    }
    let mut source_password = PasswordSource::new(&arguments.password, output.language);
    let out_password = PasswordSource::for_output(&arguments.out_password, output.language);
    let format = arguments.to;
    format.check(&arguments.protection, out_password.is_named())?;
    if source_password.is_standard_input() && out_password.is_standard_input() {
        return Err(CliError::new(CliCode::StandardInputTwice).found("--password-file - --out-password-file -").into());
    }
    if format != Format::Pkcs12 {
        let given = [(!arguments.certificate.is_empty(), "--certificate"), (arguments.name.is_some(), "--name")];
        if let Some((_, name)) = given.into_iter().find(|(is_given, _)| *is_given) {
            return Err(format.refuses(name));
        }
    }
    require_free(&arguments.out)?;
    let source = source_password.open(&arguments.source, &super::read(&arguments.source)?)?;
    let certificates = certificates(arguments, &source)?;
    let name = arguments.name.clone().unwrap_or_else(|| friendly_name(arguments, &certificates));
    // The new password where one is named, else the one that opened the source, else one that is asked for.
    let used = source_password.take_used();
    let mut password = if out_password.is_named() { out_password } else { used.unwrap_or(out_password) };
    let file = NewFile {
        path: &arguments.out,
        format,
        protection: &arguments.protection,
        certificates: &certificates,
        name: &name,
    };
    file.write(source.key(), &mut password)?;
    let written = password.open(&arguments.out, &super::read(&arguments.out)?)?;
    let left_out = source.certificates().iter().filter(|own| !written.certificates().contains(own)).count();
    let (from, to) = (KeyView::new(&arguments.source, &source), KeyView::new(&arguments.out, &written));
    if output.json {
        output.object(&Line { v: 1, source: from.json(), key: to.json(), left_out })?;
        return Ok(Ended::AsWished);
    }
    output.line(&shown::path(&arguments.source))?;
    from.text(output)?;
    let path = shown::path(&arguments.out);
    output.say(&format!("已写入 {path}"), &format!("wrote {path}"))?;
    to.text(output)?;
    if left_out > 0 {
        output.say(
            &format!("源文件中有 {left_out} 张证书未写入新文件；可用 czei cert show --pem 取出"),
            &format!(
                "{left_out} certificates of the source are not in the new file; czei cert show --pem takes them out"
            ),
        )?;
    }
    Ok(Ended::AsWished)
}

/// Those that were named, the key's own first, else those of the source; for PKCS#12 only.
fn certificates(arguments: &Convert, source: &KeyFile) -> Result<Vec<Arc<Certificate>>> {
    if arguments.to != Format::Pkcs12 {
        return Ok(Vec::new());
    }
    if arguments.certificate.is_empty() {
        return Ok(source.certificates().to_vec());
    }
    let mut certificates = Vec::new();
    for path in &arguments.certificate {
        let bytes = czei::files::read_limited(path, czei::files::MAX_SETTINGS)?;
        let of_file = Certificate::many_from_pem_or_der(&bytes);
        let of_file = of_file.map_err(|error| czei::Error::from(error).in_file(shown::path(path)))?;
        certificates.extend(of_file.into_iter().map(Arc::new));
    }
    let is_own = |certificate: &Arc<Certificate>| {
        certificate.verifying_key().is_ok_and(|key| key == source.key().verifying_key())
    };
    let Some(own) = certificates.iter().position(is_own) else {
        let error = czei::Error::from(pki::Error::new(pki::Code::SignerKeyMismatch));
        return Err(error.in_file(shown::path(&arguments.certificate[0])).into());
    };
    certificates[..=own].rotate_right(1);
    Ok(certificates)
}

fn friendly_name(arguments: &Convert, certificates: &[Arc<Certificate>]) -> String {
    let common_name = certificates.first().and_then(|own| czei::common_name(own.subject()));
    common_name.unwrap_or_else(|| super::stem(&arguments.source))
}
