//! `czei cert`: one file a command.

mod check;
mod request;
mod show;
mod view;

use chrono::{DateTime, SecondsFormat, Utc};
use czei::pki::KeyUsage;

use crate::Run;
use crate::arguments::cert::Cert;
use crate::language::Language;
use crate::output::Output;

pub(crate) fn run(arguments: Cert, output: &mut Output) -> Run {
    match arguments {
        Cert::Show(arguments) => show::run(&arguments, output),
        Cert::Check(arguments) => check::run(&arguments, output),
        Cert::Request(arguments) => request::run(&arguments, output),
    }
}

/// A time of a certificate, as it stands in it: in UTC.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// How long something is still valid.
fn days_left(days: i64, language: Language) -> String {
    match (language, days) {
        (Language::Zh, 0..) => format!("剩余 {days} 天"),
        (Language::En, 0..) => format!("{days} days left"),
        (Language::Zh, _) => format!("已过期 {} 天", days.unsigned_abs()),
        (Language::En, _) => format!("expired {} days ago", days.unsigned_abs()),
    }
}

/// The bits of keyUsage as RFC 5280 4.2.1.3 names them.
fn key_usage_names(usage: KeyUsage) -> Vec<String> {
    usage.to_string().split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The bits of keyUsage in words.
fn key_usage(usage: KeyUsage, language: Language) -> String {
    const NAMES: [(KeyUsage, &str); 9] = [
        (KeyUsage::DIGITAL_SIGNATURE, "数字签名"),
        (KeyUsage::NON_REPUDIATION, "抗抵赖"),
        (KeyUsage::KEY_ENCIPHERMENT, "密钥加密"),
        (KeyUsage::DATA_ENCIPHERMENT, "数据加密"),
        (KeyUsage::KEY_AGREEMENT, "密钥协商"),
        (KeyUsage::KEY_CERT_SIGN, "证书签发"),
        (KeyUsage::CRL_SIGN, "CRL 签发"),
        (KeyUsage::ENCIPHER_ONLY, "仅加密"),
        (KeyUsage::DECIPHER_ONLY, "仅解密"),
    ];
    match language {
        Language::En => usage.to_string(),
        Language::Zh => {
            let names: Vec<_> = NAMES.iter().filter(|(bit, _)| usage.contains(*bit)).map(|(_, name)| *name).collect();
            names.join("、")
        }
    }
}
