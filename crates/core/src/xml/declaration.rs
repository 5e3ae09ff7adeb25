//! The XML declaration (R06 to R08).

use crate::Code;

use super::characters::{Refusal, is_space};

/// The parts of a declaration as written.
#[derive(Debug, PartialEq, Eq)]
struct Declaration<'a> {
    version: &'a [u8],
    version_at: usize,
    encoding: Option<(&'a [u8], usize)>,
}

/// Checks the declaration `<?xml … ?>`: R07 its form and version, R08 its encoding. That it stands
/// at the start (R06) is the reader's to see.
///
/// Offsets of a refusal count from the `<`.
pub(super) fn check(token: &[u8]) -> Result<(), Refusal> {
    let declaration = parse(token).map_err(|at| (Code::Declaration, at))?;
    if declaration.version != b"1.0" {
        return Err((Code::XmlVersion, declaration.version_at));
    }
    match declaration.encoding {
        Some((name, at)) if !name.eq_ignore_ascii_case(b"UTF-8") => Err((Code::EncodingDeclared, at)),
        _ => Ok(()),
    }
}

/// The encoding that a document declares at its start, when it declares one other than UTF-8.
pub(super) fn other_encoding(document: &[u8]) -> Option<String> {
    // 200 bytes hold every declaration without padding; this only improves a message.
    let head = &document[..document.len().min(200)];
    let end = head.windows(2).position(|pair| pair == b"?>")? + 2;
    let (name, _) = parse(&head[..end]).ok()?.encoding?;
    (!name.eq_ignore_ascii_case(b"UTF-8")).then(|| String::from_utf8_lossy(name).into_owned())
}

/// `XMLDecl` of XML 1.0, production 23. An error is the offset where the form is left.
fn parse(token: &[u8]) -> Result<Declaration<'_>, usize> {
    let mut rest = Rest { token, at: 0 };
    rest.literal(b"<?xml")?;
    rest.space()?;
    rest.literal(b"version")?;
    let (version, version_at) = rest.value()?;
    let version_form = version.len() >= 3 && version.starts_with(b"1.") && version[2..].iter().all(u8::is_ascii_digit);
    if !version_form {
        return Err(version_at);
    }
    let mut spaced = rest.space().is_ok();
    let mut encoding = None;
    if spaced && rest.literal(b"encoding").is_ok() {
        let (name, at) = rest.value()?;
        let form = name.first().is_some_and(u8::is_ascii_alphabetic)
            && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
        if !form {
            return Err(at);
        }
        encoding = Some((name, at));
        spaced = rest.space().is_ok();
    }
    if spaced && rest.literal(b"standalone").is_ok() {
        let (value, at) = rest.value()?;
        if value != b"yes" && value != b"no" {
            return Err(at);
        }
        let _ = rest.space();
    }
    rest.literal(b"?>")?;
    if rest.at == token.len() { Ok(Declaration { version, version_at, encoding }) } else { Err(rest.at) }
}

struct Rest<'a> {
    token: &'a [u8],
    at: usize,
}

impl<'a> Rest<'a> {
    fn literal(&mut self, literal: &[u8]) -> Result<(), usize> {
        if self.token[self.at..].starts_with(literal) {
            self.at += literal.len();
            Ok(())
        } else {
            Err(self.at)
        }
    }

    fn space(&mut self) -> Result<(), usize> {
        let count = self.token[self.at..].iter().take_while(|&&byte| is_space(byte)).count();
        self.at += count;
        if count == 0 { Err(self.at) } else { Ok(()) }
    }

    /// `Eq` and a quoted value without the quotes, with the value's offset.
    fn value(&mut self) -> Result<(&'a [u8], usize), usize> {
        let _ = self.space();
        self.literal(b"=")?;
        let _ = self.space();
        let quote = *self.token.get(self.at).filter(|byte| matches!(byte, b'"' | b'\'')).ok_or(self.at)?;
        let start = self.at + 1;
        let length = self.token[start..].iter().position(|&byte| byte == quote).ok_or(self.at)?;
        self.at = start + length + 1;
        Ok((&self.token[start..start + length], start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_declaration() {
        for good in [
            r#"<?xml version="1.0"?>"#,
            r"<?xml version='1.0' encoding='utf-8' ?>",
            "<?xml\n version = \"1.0\" encoding=\"UTF-8\" standalone='no'?>",
            r#"<?xml version="1.0" standalone="yes"?>"#,
        ] {
            assert_eq!(check(good.as_bytes()), Ok(()), "{good}");
        }
    }

    #[test]
    fn anything_else_is_refused_where_it_departs() {
        for (bad, code, at) in [
            ("<?xml?>", Code::Declaration, 5),
            ("<?xml ?>", Code::Declaration, 6),
            (r#"<?xml encoding="UTF-8"?>"#, Code::Declaration, 6),
            (r#"<?xml version="1.0"encoding="UTF-8"?>"#, Code::Declaration, 19),
            (r#"<?xml version="1.0" standalone="yes" encoding="UTF-8"?>"#, Code::Declaration, 37),
            (r#"<?xml version="1.0" standalone="maybe"?>"#, Code::Declaration, 32),
            (r#"<?xml version="1.0" other="x"?>"#, Code::Declaration, 20),
            (r#"<?xml version="1.0" encoding=""?>"#, Code::Declaration, 30),
            (r#"<?xml version="one"?>"#, Code::Declaration, 15),
            (r#"<?xml version="1.0' ?>"#, Code::Declaration, 14),
            (r#"<?xml version="1.1"?>"#, Code::XmlVersion, 15),
            (r#"<?xml version="1.0" encoding="GBK"?>"#, Code::EncodingDeclared, 30),
        ] {
            assert_eq!(check(bad.as_bytes()), Err((code, at)), "{bad}");
        }
    }
}
