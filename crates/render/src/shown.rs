//! Texts of others in messages.

/// Characters of a text that a message shows.
const SHOWN: usize = 60;

/// The beginning of a text, for a message; what would not be seen there, or would move what is, is spelled out.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == SHOWN {
            shown.push('…');
            break;
        }
        if character.is_control() || czei_core::first_invisible(character.encode_utf8(&mut [0; 4])).is_some() {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_text_is_spelled_out() {
        assert_eq!(shown("a\u{202E}txt.exe\u{1B}[2J"), "a\\u{202e}txt.exe\\u{1b}[2J");
        assert_eq!(shown(&"票".repeat(61)), format!("{}…", "票".repeat(60)));
    }
}
