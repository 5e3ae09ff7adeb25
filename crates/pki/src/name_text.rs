//! The text form of names, RFC 4514.

use czei_codes::{Code as _, Place};

use crate::name::Attribute;
use crate::tlv::{self, Reader};
use crate::{Code, Error, attribute_type, hex, oid};

/// Writes the attributes, given in the order of the encoding, from the last to the first.
pub(crate) fn write(rdns: &[Vec<Attribute>]) -> String {
    let mut out = String::new();
    for (index, rdn) in rdns.iter().rev().enumerate() {
        for (member, attribute) in rdn.iter().enumerate() {
            match (index, member) {
                (0, 0) => {}
                (_, 0) => out.push(','),
                _ => out.push('+'),
            }
            match (attribute_type::short_name(&attribute.oid), &attribute.text) {
                (Some(short), Some(text)) => {
                    out.push_str(short);
                    out.push('=');
                    write_value(&mut out, text);
                }
                (Some(short), None) => {
                    out.push_str(short);
                    out.push('=');
                    out.push_str(&hex_value(&attribute.value));
                }
                // RFC 4514 2.4: a type written as numbers has its value in hex.
                (None, _) => {
                    out.push_str(&oid::to_dotted(&attribute.oid));
                    out.push('=');
                    out.push_str(&hex_value(&attribute.value));
                }
            }
        }
    }
    out
}

/// A value as `#` and the hex of its encoding.
pub(crate) fn hex_value(value: &[u8]) -> String {
    format!("#{}", hex::upper(value))
}

fn write_value(out: &mut String, text: &str) {
    let last = text.chars().count().saturating_sub(1);
    for (index, char) in text.chars().enumerate() {
        match char {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => {
                out.push('\\');
                out.push(char);
            }
            '#' | ' ' if index == 0 => {
                out.push('\\');
                out.push(char);
            }
            ' ' if index == last => out.push_str("\\ "),
            // Control characters, those above ASCII too, as hex pairs of their UTF-8: a name is
            // shown on terminals and in reports.
            char if char.is_control() => {
                for octet in char.encode_utf8(&mut [0; 4]).bytes() {
                    out.push('\\');
                    out.push_str(&hex::upper(&[octet]));
                }
            }
            char => out.push(char),
        }
    }
}

/// Reads the relative names in the order of the text.
pub(crate) fn parse(text: &str) -> Result<Vec<Vec<Attribute>>, Error> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.skip_spaces();
    if cursor.peek().is_none() {
        return Err(Code::NameTextEmpty.into());
    }
    let mut rdns = Vec::new();
    let mut rdn = Vec::new();
    loop {
        rdn.push(cursor.attribute()?);
        cursor.skip_spaces();
        match cursor.next() {
            Some('+') => {}
            Some(',' | ';') => rdns.push(core::mem::take(&mut rdn)),
            None => {
                rdns.push(rdn);
                return Ok(rdns);
            }
            Some(_) => return Err(cursor.fault("text after a value")),
        }
    }
}

struct Cursor<'a> {
    text: &'a str,
    /// In bytes, always between characters.
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(|char| char.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn fault(&self, why: &str) -> Error {
        let column = self.text[..self.at].chars().count() + 1;
        let column = u32::try_from(column).ok();
        Code::NameText.fault().at(Place { column, ..Place::default() }).found(why)
    }

    fn attribute(&mut self) -> Result<Attribute, Error> {
        self.skip_spaces();
        let Some(length) = self.rest().find('=') else {
            return Err(self.fault("no equals sign"));
        };
        let kind = self.rest()[..length].trim();
        let Some(oid) = attribute_type::oid_of(kind) else {
            return Err(self.fault("an unknown attribute name"));
        };
        self.at += length + 1;
        self.skip_spaces();
        match self.peek() {
            Some('#') => self.hex_value(oid),
            Some('"') => {
                self.at += 1;
                let text = self.quoted()?;
                Ok(text_attribute(oid, text))
            }
            _ => {
                let text = self.plain()?;
                Ok(text_attribute(oid, text))
            }
        }
    }

    fn hex_value(&mut self, oid: Vec<u8>) -> Result<Attribute, Error> {
        let digits = &self.rest()[1..];
        let length = digits.find(|char: char| !char.is_ascii_hexdigit()).unwrap_or(digits.len());
        let Some(value) = hex::decode(&digits[..length]) else {
            return Err(self.fault("an odd number of hex digits"));
        };
        let mut reader = Reader::new(&value, Code::NameText);
        let element = reader.any("value").ok().filter(|_| reader.is_empty());
        let Some(element) = element else {
            return Err(self.fault("hex that is not the encoding of one value"));
        };
        let (tag, content) = (element.tag, element.content);
        let attribute = Attribute::new(oid, value.clone(), tag, content);
        self.at += 1 + length;
        Ok(attribute)
    }

    /// A value in quotation marks, which RFC 2253 tells readers to accept.
    fn quoted(&mut self) -> Result<String, Error> {
        let mut value = Vec::new();
        loop {
            match self.next() {
                Some('"') => return self.utf8(value),
                Some('\\') => self.escape(&mut value)?,
                Some(char) => push(&mut value, char),
                None => return Err(self.fault("a quotation mark that is not closed")),
            }
        }
    }

    fn plain(&mut self) -> Result<String, Error> {
        let mut value = Vec::new();
        // Up to here the value reaches; unescaped spaces behind it belong to the separator.
        let mut end = 0;
        while let Some(char) = self.peek() {
            match char {
                ',' | ';' | '+' => break,
                '"' => return Err(self.fault("a quotation mark inside a value")),
                '\\' => {
                    self.at += 1;
                    self.escape(&mut value)?;
                    end = value.len();
                }
                char => {
                    self.at += char.len_utf8();
                    push(&mut value, char);
                    if !char.is_ascii_whitespace() {
                        end = value.len();
                    }
                }
            }
        }
        value.truncate(end);
        self.utf8(value)
    }

    /// What follows a backslash: a special character or two hex digits.
    fn escape(&mut self, value: &mut Vec<u8>) -> Result<(), Error> {
        let pair = self.rest().get(..2).and_then(hex::decode);
        if let Some(octets) = pair {
            self.at += 2;
            value.extend(octets);
            return Ok(());
        }
        match self.peek() {
            Some(char @ ('"' | '+' | ',' | ';' | '<' | '>' | '\\' | '#' | ' ' | '=')) => {
                self.at += 1;
                push(value, char);
                Ok(())
            }
            _ => Err(self.fault("a broken escape")),
        }
    }

    fn utf8(&self, value: Vec<u8>) -> Result<String, Error> {
        String::from_utf8(value).map_err(|_| self.fault("escaped bytes that are not UTF-8"))
    }
}

fn push(value: &mut Vec<u8>, char: char) {
    value.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
}

/// The string type is the one RFC 5280 asks for: UTF8String but for the few types that have
/// another.
fn text_attribute(oid: Vec<u8>, text: String) -> Attribute {
    let tag = if attribute_type::is_printable(&oid) && text.bytes().all(is_printable) {
        tlv::PRINTABLE_STRING
    } else if attribute_type::is_ia5(&oid) && text.is_ascii() {
        tlv::IA5_STRING
    } else {
        tlv::UTF8_STRING
    };
    let value = tlv::write(tag, &[text.as_bytes()]);
    Attribute { oid, value, text: Some(text) }
}

fn is_printable(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&octet)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::{Code, Name};

    fn again(text: &str) -> String {
        Name::parse_rfc4514(text).unwrap().to_rfc4514()
    }

    #[test]
    fn examples_of_rfc_4514() {
        for text in [
            "UID=jsmith,DC=example,DC=net",
            "OU=Sales+CN=J. Smith,DC=example,DC=net",
            "CN=James \\\"Jim\\\" Smith\\, III,DC=example,DC=net",
            "CN=Before\\0DAfter,DC=example,DC=net",
            "1.3.6.1.4.1.1466.0=#04024869",
            // Not an example of the standard: a control character above ASCII.
            "CN=a\\C2\\9B1m",
        ] {
            assert_eq!(again(text), text);
        }
        assert_eq!(again("CN=Lu\\C4\\8Di\\C4\\87"), "CN=Lučić");
    }

    #[test]
    fn generous_forms_come_out_plain() {
        for (text, plain) in [
            (" cn = a b , c = CN ", "CN=a b,C=CN"),
            ("CN=\"a,b; c\";O=x", "CN=a\\,b\\; c,O=x"),
            ("CN=\\ a\\ ,O=\\#x#", "CN=\\ a\\ ,O=\\#x#"),
            ("E=a@b.c,S=浙江", "emailAddress=a@b.c,ST=浙江"),
            ("OID.2.5.4.3=x=y", "CN=x=y"),
            ("CN=", "CN="),
            ("CN=,O=a", "CN=,O=a"),
            ("CN=#0c0161", "CN=a"),
        ] {
            assert_eq!(again(text), plain, "{text}");
        }
    }

    #[test]
    fn what_is_no_name_says_where() {
        for (text, column, why) in [
            ("CN", 1, "no equals sign"),
            ("CN=a,", 6, "no equals sign"),
            ("X Y=a", 1, "an unknown attribute name"),
            ("=a", 1, "an unknown attribute name"),
            ("CN=财\\q", 6, "a broken escape"),
            ("CN=a\\", 6, "a broken escape"),
            ("CN=a\"b", 5, "a quotation mark inside a value"),
            ("CN=\"ab", 7, "a quotation mark that is not closed"),
            ("CN=\"a\"b", 8, "text after a value"),
            ("CN=#0c01", 4, "hex that is not the encoding of one value"),
            ("CN=#0c0", 4, "an odd number of hex digits"),
            ("CN=#", 4, "hex that is not the encoding of one value"),
            ("CN=\\ff", 7, "escaped bytes that are not UTF-8"),
        ] {
            let fault = Name::parse_rfc4514(text).unwrap_err();
            assert_eq!(fault.code(), Code::NameText, "{text}");
            assert_eq!(fault.found_text(), Some(why), "{text}");
            assert_eq!(fault.place().column, Some(column), "{text}");
        }
        assert_eq!(Name::parse_rfc4514("").unwrap_err().code(), Code::NameTextEmpty);
    }

    #[test]
    fn string_types_are_those_of_rfc_5280() {
        let name = Name::parse_rfc4514("CN=a,C=CN,emailAddress=a@b").unwrap();
        assert!(name.der().ends_with(&[0x0c, 1, b'a']));
        assert!(name.der().windows(4).any(|window| window == [0x13, 2, b'C', b'N']));
        assert!(name.der().windows(5).any(|window| window == [0x16, 3, b'a', b'@', b'b']));
    }
}
