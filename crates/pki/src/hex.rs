//! Hexadecimal digits.

pub(crate) fn upper(bytes: &[u8]) -> String {
    digits(bytes, b"0123456789ABCDEF")
}

pub(crate) fn lower(bytes: &[u8]) -> String {
    digits(bytes, b"0123456789abcdef")
}

fn digits(bytes: &[u8], alphabet: &[u8; 16]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(char::from(alphabet[usize::from(byte >> 4)]));
        out.push(char::from(alphabet[usize::from(byte & 15)]));
    }
    out
}

/// Pairs of digits of either case, nothing else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

fn digit(byte: u8) -> Option<u8> {
    // A digit is below 16.
    char::from(byte).to_digit(16).map(|value| value as u8)
}
