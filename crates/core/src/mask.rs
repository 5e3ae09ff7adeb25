//! Masking of personal data in text for logs and reports.

use std::borrow::Cow;

/// How many characters at the end of a masked number stay readable.
const SHOWN: usize = 4;

/// The text with identity numbers (18 characters) and mobile telephone numbers (11 digits) masked
/// but for their last four characters; borrowed when there is nothing to mask.
///
/// A number counts when it stands alone, that is, with no ASCII letter or digit beside it, so that
/// digests and codes stay readable. An identity number is 17 digits and a digit or `X`, of which
/// those of the birth century are 18 to 21. A telephone number is 11 digits starting with 13 to 19,
/// with `86` or `0086` before it or not.
///
/// ```
/// use czei_core::mask_personal;
/// assert_eq!(mask_personal("张三 110105194912310021 13800001234"), "张三 **************0021 *******1234");
/// assert_eq!(mask_personal("号码 0013933922"), "号码 0013933922");
/// ```
#[must_use]
pub fn mask_personal(text: &str) -> Cow<'_, str> {
    mask(text, |run| if is_identity_number(run) { Some(0) } else { telephone_prefix(run) })
}

/// The text with identity numbers alone masked.
pub(crate) fn mask_identity_numbers(text: &str) -> Cow<'_, str> {
    mask(text, |run| is_identity_number(run).then_some(0))
}

/// Replaces by asterisks the middle of every run of ASCII letters and digits that `personal`
/// recognises; what it returns is the length of a prefix that stays readable.
fn mask(text: &str, personal: impl Fn(&[u8]) -> Option<usize>) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut masked = String::new();
    let mut copied = 0;
    let mut start = 0;
    while start < bytes.len() {
        let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let end = start + length;
        if let Some(prefix) = personal(&bytes[start..end]) {
            // Every index here is the edge of an ASCII character, hence a character boundary.
            masked.push_str(&text[copied..start + prefix]);
            masked.extend(core::iter::repeat_n('*', length - prefix - SHOWN));
            copied = end - SHOWN;
        }
        start = end + 1;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(&text[copied..]);
    Cow::Owned(masked)
}

fn is_identity_number(run: &[u8]) -> bool {
    run.len() == 18
        && run[..17].iter().all(u8::is_ascii_digit)
        && matches!(run[17], b'0'..=b'9' | b'X' | b'x')
        && matches!(&run[6..8], b"18" | b"19" | b"20" | b"21")
}

fn telephone_prefix(run: &[u8]) -> Option<usize> {
    let prefix = match run.len() {
        11 => 0,
        13 if run.starts_with(b"86") => 2,
        15 if run.starts_with(b"0086") => 4,
        _ => return None,
    };
    let number = &run[prefix..];
    (number.iter().all(u8::is_ascii_digit) && number[0] == b'1' && number[1] >= b'3').then_some(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_numbers_are_masked_wherever_they_stand() {
        assert_eq!(mask_personal("11010519491231002X"), "**************002X");
        assert_eq!(mask_personal("身份证11010519491231002x。"), "身份证**************002x。");
        assert_eq!(mask_personal("110105194912310021,440524188001010014"), "**************0021,**************0014");
    }

    #[test]
    fn telephone_numbers_are_masked_with_their_prefix_left() {
        assert_eq!(mask_personal("电话13900005678"), "电话*******5678");
        assert_eq!(mask_personal("+8613900005678"), "+86*******5678");
        assert_eq!(mask_personal("008613900005678"), "0086*******5678");
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "",
            "元",
            "12012345678",
            "1390000567",
            "x13900005678",
            "91350100M000100Y43",
            "32068226300000000001",
            "110105229912310021",
            "a13900005678f",
            "2293393100-12101023",
        ] {
            assert!(matches!(mask_personal(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn errors_mask_identity_numbers_only() {
        assert_eq!(mask_identity_numbers("13900005678 110105194912310021"), "13900005678 **************0021");
    }
}
