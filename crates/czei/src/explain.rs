//! Every code of every crate, and what it means.

use czei_codes::{Code as _, Entry};

use crate::cli_code::CliCode;

/// The codes of all crates, the command line's included, in ascending order within each crate.
///
/// ```
/// assert!(czei::entries().any(|entry| entry.name == "authority-not-named"));
/// ```
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    let sm2 = czei_sm2::Code::ALL.iter().map(|code| code.entry());
    let pki = czei_pki::Code::ALL.iter().map(|code| code.entry());
    let remote = czei_remote::Code::ALL.iter().map(|code| code.entry());
    let core = czei_core::Code::ALL.iter().map(|code| code.entry());
    let stock = czei_stock::Code::ALL.iter().map(|code| code.entry());
    let render = czei_render::Code::ALL.iter().map(|code| code.entry());
    let own = crate::Code::ALL.iter().map(|code| code.entry());
    let cli = CliCode::ALL.iter().map(|code| code.entry());
    sm2.chain(pki).chain(remote).chain(core).chain(stock).chain(render).chain(own).chain(cli)
}

/// The code with a number (`CZ3111`, `3111`) or a name (`doctype`), in either case.
///
/// ```
/// let entry = czei::explain("cz3111").unwrap();
/// assert_eq!(entry.name, "doctype");
/// assert_eq!(czei::explain("3111"), Some(entry));
/// assert_eq!(czei::explain("DOCTYPE"), Some(entry));
/// assert_eq!(czei::explain("3"), None);
/// ```
#[must_use]
pub fn explain(text: &str) -> Option<&'static Entry> {
    let text = text.trim();
    let digits = match text.get(..2) {
        Some(start) if start.eq_ignore_ascii_case("cz") => &text[2..],
        _ => text,
    };
    if digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: u16 = digits.parse().ok()?;
        return entries().find(|entry| entry.number == number);
    }
    entries().find(|entry| entry.name.eq_ignore_ascii_case(text))
}

/// The line of a code in `abi/codes.txt`: number, owner, kind, severity, name.
#[must_use]
pub fn abi_line(entry: &Entry) -> String {
    format!("{:04} {} {} {} {}", entry.number, entry.owner, entry.kind.name(), entry.severity.name(), entry.name)
}
