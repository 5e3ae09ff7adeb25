//! The predefined CMaps of Chinese producers (ISO 32000-1, table 118): how their codes are divided, what these stand
//! for, and under which number of Adobe-GB1 the widths of Latin characters are listed.

use encoding_rs::GB18030;

/// What the codes of a predefined CMap are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Predefined {
    /// UTF-16, `Uni…-UCS2-H` and `Uni…-UTF16-H` of any collection.
    Utf16,
    /// UTF-8, `UniGB-UTF8-H`.
    Utf8,
    /// UTF-32, `UniGB-UTF32-H`.
    Utf32,
    /// GB/T 2312 with the high bits set, or GBK; single bytes are those of GB/T 1988 and half as wide as others
    /// (`GB-EUC-H`, `GBK-EUC-H`), or those of ASCII (`GBpc-EUC-H`, `GBKp-EUC-H`).
    Gbk { is_half_width: bool },
    /// GB 18030 with its codes of four bytes, `GBK2K-H`.
    Gb18030,
    /// GB/T 2312 without the high bits, `GB-H`.
    Gb2312,
}

impl Predefined {
    /// By its name, which ends with the direction of writing.
    pub(super) fn named(name: &[u8]) -> Option<Predefined> {
        let stem = name.strip_suffix(b"-H").or_else(|| name.strip_suffix(b"-V"))?;
        match stem {
            b"UniGB-UTF8" => Some(Predefined::Utf8),
            b"UniGB-UTF32" => Some(Predefined::Utf32),
            b"GB-EUC" | b"GBK-EUC" => Some(Predefined::Gbk { is_half_width: true }),
            b"GBpc-EUC" | b"GBKp-EUC" => Some(Predefined::Gbk { is_half_width: false }),
            b"GBK2K" => Some(Predefined::Gb18030),
            b"GB" => Some(Predefined::Gb2312),
            _ if stem.starts_with(b"Uni") && (stem.ends_with(b"-UCS2") || stem.ends_with(b"-UTF16")) => {
                Some(Predefined::Utf16)
            }
            _ => None,
        }
    }

    /// How many bytes the next code has.
    pub(super) fn code_length(self, rest: &[u8]) -> usize {
        match (self, rest) {
            (Predefined::Utf16, [0xD8..=0xDB, ..]) | (Predefined::Utf32, _) => 4,
            (Predefined::Utf16 | Predefined::Gb2312, _) => 2,
            (Predefined::Utf8, [0xC0..=0xDF, ..]) => 2,
            (Predefined::Utf8, [0xE0..=0xEF, ..]) => 3,
            (Predefined::Utf8, [0xF0..=0xFF, ..]) => 4,
            (Predefined::Gb18030, [0x81..=0xFE, b'0'..=b'9', ..]) => 4,
            (Predefined::Gbk { .. } | Predefined::Gb18030, [0x81..=0xFE, ..]) => 2,
            _ => 1,
        }
    }

    /// Adds what a code stands for; false when it stands for nothing.
    pub(super) fn push_text(self, code: &[u8], to: &mut String) -> bool {
        let character = match (self, code) {
            (Predefined::Utf16, [_, _]) => char::from_u32(u32::from_be_bytes([0, 0, code[0], code[1]])),
            (Predefined::Utf16, _) => {
                let units = code.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                char::decode_utf16(units).next().and_then(Result::ok)
            }
            (Predefined::Utf32, &[a, b, c, d]) => char::from_u32(u32::from_be_bytes([a, b, c, d])),
            (Predefined::Utf8, _) => std::str::from_utf8(code).ok().and_then(|text| text.chars().next()),
            // GB/T 1988 has these two instead of those of ASCII.
            (Predefined::Gbk { is_half_width: true }, b"$") => Some('¥'),
            (Predefined::Gbk { is_half_width: true }, b"~") => Some('\u{203E}'),
            (Predefined::Gbk { .. } | Predefined::Gb18030, [byte]) => {
                Some(char::from(*byte)).filter(|character| matches!(character, ' '..='~'))
            }
            (Predefined::Gbk { .. } | Predefined::Gb18030, _) => gb18030(code),
            (Predefined::Gb2312, &[row @ 0x21..=0x7E, cell @ 0x21..=0x7E]) => gb18030(&[row | 0x80, cell | 0x80]),
            _ => None,
        };
        to.extend(character);
        character.is_some()
    }

    /// The number of a Latin character in Adobe-GB1; none of others, which are as wide as the font is by default.
    pub(super) fn latin_cid(self, code: &[u8]) -> Option<u32> {
        let zeros = code.len().saturating_sub(1);
        let (first @ 0x20..=0x7E, true) = (*code.last()?, code[..zeros].iter().all(|byte| *byte == 0)) else {
            return None;
        };
        match (self, first) {
            (Predefined::Gb2312, _) => None,
            (Predefined::Gbk { is_half_width: true }, b' ') => Some(7_716),
            (Predefined::Gbk { is_half_width: true }, byte) => Some(u32::from(byte) + 814 - 0x21),
            (_, byte) => Some(u32::from(byte) + 1 - 0x20),
        }
    }
}

/// One character of GB 18030.
fn gb18030(code: &[u8]) -> Option<char> {
    let text = GB18030.decode_without_bom_handling_and_without_replacement(code)?;
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The characters of a string, and `?` for codes that stand for nothing.
    fn read(name: &str, string: &[u8]) -> String {
        let cmap = Predefined::named(name.as_bytes()).unwrap();
        let (mut text, mut rest) = (String::new(), string);
        while !rest.is_empty() {
            let (code, behind) = rest.split_at(cmap.code_length(rest).min(rest.len()));
            if !cmap.push_text(code, &mut text) {
                text.push('?');
            }
            rest = behind;
        }
        text
    }

    #[test]
    fn the_codes_of_each_stand_for_characters() {
        for (name, string, text) in [
            ("GBK-EUC-H", &b"A1.5\xC6\xB1\x8C\x8D\xA3\xBA$~"[..], "A1.5票實：¥\u{203E}"),
            ("GBK-EUC-V", b"\xC6\xB1", "票"),
            ("GB-EUC-H", b"\xC6\xB1$", "票¥"),
            ("GBKp-EUC-H", b"\xC6\xB1$~", "票$~"),
            ("GBpc-EUC-H", b"\xC6\xB1$", "票$"),
            ("GBK2K-H", b"1\xC6\xB1\x81\x39\xEE\x39\x95\x32\x82\x36", "1票㐀𠀀"),
            ("GB-H", b"\x46\x31", "票"),
            ("UniGB-UCS2-H", b"\x79\x68\x001", "票1"),
            ("UniGB-UTF16-H", b"\xD8\x40\xDC\x0B\x001", "𠀋1"),
            ("UniGB-UTF8-H", "票1𠀋é".as_bytes(), "票1𠀋é"),
            ("UniGB-UTF32-H", b"\0\x02\0\x0B\0\0\x001", "𠀋1"),
            // Cut short, or no character at all.
            ("GBK-EUC-H", b"\x80\xFF\x1F\xC6", "????"),
            ("GBK2K-H", b"\x81\x30\x81", "?"),
            ("GB-H", b"\x46\x80\x46", "??"),
            ("UniGB-UTF16-H", b"\xDC\0\xD8\0\0A\xD8", "???"),
            ("UniGB-UTF8-H", b"\xE7\xA5\xFF\xFF", "??"),
            ("UniGB-UTF32-H", b"\0\x11\0\0\0", "??"),
        ] {
            assert_eq!(read(name, string), text, "{name}");
        }
        for name in ["Identity-H", "90ms-RKSJ-H", "GBK-EUC", "ETen-B5-H", "-H"] {
            assert_eq!(Predefined::named(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn latin_characters_have_their_numbers() {
        for (name, code, cid) in [
            ("GBK-EUC-H", &b" "[..], Some(7_716)),
            ("GBK-EUC-H", b"!", Some(814)),
            ("GBKp-EUC-H", b"0", Some(17)),
            ("UniGB-UTF16-H", b"\x000", Some(17)),
            ("UniGB-UTF16-H", b"\x4E\x30", None),
            ("GBK-EUC-H", b"\xC6\xB1", None),
            ("GB-H", b"!!", None),
        ] {
            assert_eq!(Predefined::named(name.as_bytes()).unwrap().latin_cid(code), cid, "{name}");
        }
    }
}
