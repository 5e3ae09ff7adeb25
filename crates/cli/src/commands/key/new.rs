//! `czei key new`.

use czei::pki::KeyFile;
use czei::sm2::SigningKey;
use serde::Serialize;

use super::{KeyJson, KeyView, NewFile, require_free};
use crate::Run;
use crate::arguments::key::{Format, New};
use crate::commands::Ended;
use crate::commands::password::PasswordSource;
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &New, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        key: KeyJson,
        public: Option<String>,
    }
    let mut password = PasswordSource::new(&arguments.password, output.language);
    let by_default = if password.is_named() { Format::EncryptedPkcs8 } else { Format::Pkcs8 };
    let format = arguments.format.unwrap_or(by_default);
    format.check(&arguments.protection, password.is_named())?;
    require_free(&arguments.out)?;
    if let Some(public) = &arguments.public {
        require_free(public)?;
    }
    let key = SigningKey::generate().map_err(czei::Error::from)?;
    let file = NewFile {
        path: &arguments.out,
        format,
        protection: &arguments.protection,
        certificates: &[],
        name: &super::stem(&arguments.out),
    };
    file.write(&key, &mut password)?;
    if let Some(public) = &arguments.public {
        super::write_public(public, czei::pki::to_public_key_pem(key.verifying_key()).as_bytes())?;
    }
    // Shown as it is read again: a key that cannot be read is noticed now and not when it is needed.
    let written: KeyFile = password.open(&arguments.out, &super::read(&arguments.out)?)?;
    let view = KeyView::new(&arguments.out, &written);
    if output.json {
        let public = arguments.public.as_deref().map(shown::path);
        output.object(&Line { v: 1, key: view.json(), public })?;
        return Ok(Ended::AsWished);
    }
    let path = shown::path(&arguments.out);
    output.say(&format!("已生成密钥 {path}"), &format!("made {path}"))?;
    view.text(output)?;
    if let Some(public) = &arguments.public {
        let public = shown::path(public);
        output.line(&format!("  {}: {public}", output.language.pick("公钥文件", "public key file")))?;
    }
    Ok(Ended::AsWished)
}
