//! From bytes to values: objects of the file and operands of content streams (ISO 32000-1, 7.2 and 7.3).

use czei_codes::Code as _;

use super::limits::Budget;
use super::object::{Dictionary, Id, Object};
use crate::{Code, Error};

/// Digits of a number; more would not be a number of any page.
const NUMBER_BYTES: usize = 64;
/// Bytes of a name (ISO 32000-1, annex C says 127; some writers go beyond).
const NAME_BYTES: usize = 1_000;

/// Reads values one after another.
#[derive(Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    budget: &'a Budget,
    depth: usize,
    /// Whether `5 0 R` is a reference; in content streams there are none.
    references: bool,
}

/// An operand or the operator behind it.
pub(super) enum Token {
    Value(Object),
    Operator(Vec<u8>),
    End,
}

impl<'a> Lexer<'a> {
    /// Over the file or an object stream.
    pub(super) fn new(bytes: &'a [u8], at: usize, budget: &'a Budget, depth: usize) -> Self {
        Lexer { bytes, at: at.min(bytes.len()), budget, depth, references: true }
    }

    /// Over a content stream or a CMap.
    pub(super) fn content(bytes: &'a [u8], budget: &'a Budget, depth: usize) -> Self {
        Lexer { bytes, at: 0, budget, depth, references: false }
    }

    /// The next operand or operator.
    pub(super) fn token(&mut self) -> Result<Token, Error> {
        self.skip_space();
        match self.peek() {
            None => Ok(Token::End),
            Some(b'[' | b'<' | b'(' | b'/' | b'+' | b'-' | b'.' | b'0'..=b'9') => {
                self.value(self.depth).map(Token::Value)
            }
            // Left over from a value that was not closed: an operator of its own, which nobody knows.
            Some(delimiter) if is_delimiter(delimiter) => {
                self.at += 1;
                Ok(Token::Operator(vec![delimiter]))
            }
            Some(_) => {
                let word = self.word();
                Ok(match word {
                    b"true" => Token::Value(Object::Boolean(true)),
                    b"false" => Token::Value(Object::Boolean(false)),
                    b"null" => Token::Value(Object::Null),
                    _ => Token::Operator(word.to_vec()),
                })
            }
        }
    }

    /// The next value.
    pub(super) fn object(&mut self) -> Result<Object, Error> {
        self.value(self.depth)
    }

    /// Takes this word if it stands next.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        self.skip_space();
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let follows = rest.starts_with(word.as_bytes()) && rest.get(word.len()).is_none_or(|byte| !is_regular(*byte));
        if follows {
            self.at += word.len();
        }
        follows
    }

    /// Takes a whole number without a sign.
    pub(super) fn unsigned(&mut self) -> Option<u64> {
        self.skip_space();
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) && self.at - start < 20 {
            self.at += 1;
        }
        std::str::from_utf8(&self.bytes[start..self.at]).ok()?.parse().ok()
    }

    /// Passes over white space and comments.
    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                if self.references {
                    self.budget.note_comment(self.at);
                }
                while self.peek().is_some_and(|byte| byte != b'\r' && byte != b'\n') {
                    self.at += 1;
                }
            } else if is_space(byte) {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    /// The byte that stands next.
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn value(&mut self, depth: usize) -> Result<Object, Error> {
        self.budget.value()?;
        self.skip_space();
        let inner = depth.checked_sub(1).ok_or_else(|| Code::PdfTooDeep.fault().at_path(self.place()));
        match self.peek() {
            Some(b'/') => self.name().map(Object::Name),
            Some(b'(') => self.literal_string().map(Object::String),
            Some(b'<') if self.bytes.get(self.at + 1) == Some(&b'<') => self.dictionary(inner?).map(Object::Dictionary),
            Some(b'<') => self.hexadecimal_string().map(Object::String),
            Some(b'[') => self.array(inner?).map(Object::Array),
            Some(b'+' | b'-' | b'.' | b'0'..=b'9') => self.number_or_reference(),
            Some(byte) if is_regular(byte) => match self.word() {
                b"true" => Ok(Object::Boolean(true)),
                b"false" => Ok(Object::Boolean(false)),
                b"null" => Ok(Object::Null),
                _ => Err(self.malformed()),
            },
            _ => Err(self.malformed()),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Object>, Error> {
        self.at += 1;
        let mut elements = Vec::new();
        loop {
            self.skip_space();
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(elements);
            }
            elements.push(self.value(depth)?);
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<Dictionary, Error> {
        self.at += 2;
        let mut entries: Vec<(Vec<u8>, Object)> = Vec::new();
        let mut keys = std::collections::BTreeSet::new();
        loop {
            self.skip_space();
            match self.peek() {
                Some(b'>') if self.bytes.get(self.at + 1) == Some(&b'>') => {
                    self.at += 2;
                    return Ok(Dictionary(entries));
                }
                Some(b'/') => {
                    let key = self.name()?;
                    // Readers differ in which of two they take: one would see another document than another.
                    if !keys.insert(key.clone()) {
                        return Err(Code::PdfMalformed.fault().at_path(self.place()).found(printable(&key)));
                    }
                    let value = self.value(depth)?;
                    entries.push((key, value));
                }
                _ => return Err(self.malformed()),
            }
        }
    }

    fn name(&mut self) -> Result<Vec<u8>, Error> {
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| is_regular(*byte)) {
            self.at += 1;
            let escaped = (byte == b'#').then(|| {
                let high = hexadecimal(*self.bytes.get(self.at)?)?;
                let low = hexadecimal(*self.bytes.get(self.at + 1)?)?;
                Some(high << 4 | low)
            });
            match escaped.flatten() {
                Some(byte) => {
                    self.at += 2;
                    name.push(byte);
                }
                None => name.push(byte),
            }
            if name.len() > NAME_BYTES {
                return Err(self.malformed());
            }
        }
        Ok(name)
    }

    fn literal_string(&mut self) -> Result<Vec<u8>, Error> {
        self.at += 1;
        let mut string = Vec::new();
        let mut open = 1_usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(string);
                    }
                }
                b'\\' => {
                    self.escape(&mut string);
                    continue;
                }
                b'\r' => {
                    if self.peek() == Some(b'\n') {
                        self.at += 1;
                    }
                    string.push(b'\n');
                    continue;
                }
                _ => {}
            }
            string.push(byte);
        }
        Err(self.malformed())
    }

    fn escape(&mut self, string: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => string.push(b'\n'),
            b'r' => string.push(b'\r'),
            b't' => string.push(b'\t'),
            b'b' => string.push(8),
            b'f' => string.push(12),
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
            }
            b'\n' => {}
            b'0'..=b'7' => {
                let mut value = u16::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit) = self.peek().filter(|digit| (b'0'..=b'7').contains(digit)) else { break };
                    self.at += 1;
                    value = value << 3 | u16::from(digit - b'0');
                }
                // The high bit of an octal number beyond 255 is left out (7.3.4.2).
                string.push((value & 0xFF) as u8);
            }
            other => string.push(other),
        }
    }

    fn hexadecimal_string(&mut self) -> Result<Vec<u8>, Error> {
        self.at += 1;
        let mut string = Vec::new();
        let mut high = None;
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'>' {
                string.extend(high.map(|high: u8| high << 4));
                return Ok(string);
            }
            if is_space(byte) {
                continue;
            }
            let digit = hexadecimal(byte).ok_or_else(|| self.malformed())?;
            match high.take() {
                None => high = Some(digit),
                Some(high) => string.push(high << 4 | digit),
            }
        }
        Err(self.malformed())
    }

    fn number_or_reference(&mut self) -> Result<Object, Error> {
        let start = self.at;
        while self.peek().is_some_and(|byte| matches!(byte, b'+' | b'-' | b'.' | b'0'..=b'9')) {
            self.at += 1;
        }
        let text = &self.bytes[start..self.at];
        if text.len() > NUMBER_BYTES {
            return Err(self.malformed());
        }
        let text = std::str::from_utf8(text).map_err(|_| self.malformed())?;
        if let Ok(integer) = text.parse::<i64>() {
            return Ok(self.reference(integer).unwrap_or(Object::Integer(integer)));
        }
        let real = text.parse::<f64>().map_err(|_| self.malformed())?;
        Ok(Object::Real(real))
    }

    /// The reference whose number was just read, if a generation and `R` follow.
    fn reference(&mut self, number: i64) -> Option<Object> {
        if !self.references {
            return None;
        }
        let number = u32::try_from(number).ok()?;
        let mut ahead = self.clone();
        let generation = u16::try_from(ahead.unsigned()?).ok()?;
        if !ahead.keyword("R") {
            return None;
        }
        self.at = ahead.at;
        Some(Object::Reference(Id { number, generation }))
    }

    fn word(&mut self) -> &'a [u8] {
        let start = self.at;
        while self.peek().is_some_and(is_regular) {
            self.at += 1;
        }
        &self.bytes[start..self.at]
    }

    fn malformed(&self) -> Error {
        Code::PdfMalformed.fault().at_path(self.place())
    }

    fn place(&self) -> String {
        format!("byte {}", self.at)
    }
}

pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

const fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !is_delimiter(byte)
}

/// The value of a hexadecimal digit.
pub(super) const fn hexadecimal(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Bytes of a name for a message.
pub(super) fn printable(name: &[u8]) -> String {
    name.iter().take(60).map(|byte| char::from(*byte)).filter(|character| !character.is_control()).collect()
}
