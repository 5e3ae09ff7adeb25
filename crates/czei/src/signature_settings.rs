//! `signature = { … }` of a unit or an authority in the configuration file.

use czei_codes::Code as _;
use czei_core::{Compat, SignatureSettings};
use czei_pki::{Covered, Encoding, SignedDataForm};
use serde::Deserialize;

use crate::settings::{self, At};
use crate::{Code, Result};

/// A unit's: it joins nothing.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SignatureToml {
    encoding: Option<String>,
    form: Option<String>,
    compat: Option<String>,
    pub(crate) user_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AuthoritySignatureToml {
    encoding: Option<String>,
    form: Option<String>,
    compat: Option<String>,
    pub(crate) user_id: Option<String>,
    joining: Option<String>,
}

impl SignatureToml {
    pub(crate) fn read(self, at: &At<'_>) -> Result<SignatureSettings> {
        let SignatureToml { encoding, form, compat, user_id } = self;
        AuthoritySignatureToml { encoding, form, compat, user_id, joining: None }.read(at)
    }
}

impl AuthoritySignatureToml {
    pub(crate) fn read(self, at: &At<'_>) -> Result<SignatureSettings> {
        let mut signature = SignatureSettings::default();
        if let Some(name) = &self.encoding {
            signature.encoding = at.key("encoding").one_of(name, &settings::ENCODINGS)?;
        }
        signature.form = form(signature.encoding, self.form.as_deref(), self.compat.as_deref(), at)?;
        if let Some(id) = &self.user_id {
            signature.user_id = at.key("user_id").user_id(id)?;
        }
        if let Some(name) = &self.joining {
            signature.joining = at.key("joining").joining(name)?;
        }
        Ok(signature)
    }
}

/// The form, with or without Z.
fn form(encoding: Encoding, form: Option<&str>, compat: Option<&str>, at: &At<'_>) -> Result<SignedDataForm> {
    for (key, value) in [("form", form), ("compat", compat)] {
        // What is not used would be believed to be.
        if let Some(value) = value.filter(|_| encoding != Encoding::SignedData) {
            let fault = Code::SettingValue.fault().expected("encoding = \"signed-data\"").found(value);
            return Err(at.key(key).error(fault));
        }
    }
    let named = form.map(str::parse::<SignedDataForm>).transpose().map_err(|fault| at.key("form").error(fault))?;
    let Some(name) = compat else { return Ok(named.unwrap_or_default()) };
    let compat = at.key("compat").one_of(name, &Compat::ALL.map(|compat| (compat.name(), compat)))?;
    match named {
        None => Ok(SignedDataForm::compat(compat)),
        Some(form) if form.covered == Covered::Content => {
            Ok(SignedDataForm { covered: Covered::Compat(compat), ..form })
        }
        // Without Z there are no signed attributes.
        Some(form) => {
            let fault = Code::SettingValue.fault().expected("a form without attributes").found(form.to_string());
            Err(at.key("form").error(fault))
        }
    }
}
