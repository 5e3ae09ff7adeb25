//! Text that came from outside, made safe for a terminal and a line of output.

use std::fmt::Write as _;
use std::path::Path;

/// A name or a value from outside with everything escaped that could move the cursor, start a new
/// line or turn the reading direction: control characters, line and paragraph separators,
/// bidirectional controls and other characters without width.
pub(crate) fn text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    push(&mut shown, text);
    shown
}

/// A name of an archive member: bytes that need not be UTF-8; others are written `\xNN`.
pub(crate) fn bytes(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        push(&mut shown, chunk.valid());
        for byte in chunk.invalid() {
            // Writing into a string does not fail.
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// A path.
pub(crate) fn path(path: &Path) -> String {
    bytes(path.as_os_str().as_encoded_bytes())
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(shown, "{byte:02x}");
    }
    shown
}

fn push(shown: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            _ if is_harmful(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            _ => shown.push(c),
        }
    }
}

fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_the_cursor_is_escaped() {
        assert_eq!(text("票据 𠮷.xml"), "票据 𠮷.xml");
        assert_eq!(text("a\u{1b}[2Jb\nc\u{9b}1m"), "a\\u{1b}[2Jb\\nc\\u{9b}1m");
        assert_eq!(text("\u{202e}lmx.exe"), "\\u{202e}lmx.exe");
        assert_eq!(bytes(b"ok\xff\xd5\xc5.xml"), "ok\\xff\\xd5\\xc5.xml");
    }
}
