//! Texts of others in messages, kept short.

/// The most characters of a text that comes from a file: a name, a list of identifiers.
const MOST: usize = 240;

/// The text, or its beginning and `…`.
pub(crate) fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MOST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_end_in_dots() {
        assert_eq!(cut("字".repeat(MOST)), "字".repeat(MOST));
        assert_eq!(cut("字".repeat(MOST + 1)), "字".repeat(MOST) + "…");
        assert_eq!(cut(String::new()), "");
    }
}
