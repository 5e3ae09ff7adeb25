//! The values of a template file with their places, so that whatever is wrong is named with line, column and path.

use czei_codes::{Code as _, Place};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::length::Um;
use crate::{Code, Error};

/// All baselines lie on this grid, and so does whatever they are counted from.
pub(crate) const GRID: Um = 500;

/// No measure of a page is larger; what is beyond is a slip of the pen.
const MAX_MEASURE: Um = 1_000_000;

/// A file with its name.
pub(super) struct Origin<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Origin<'_> {
    /// An error at a byte of the file.
    pub(super) fn error(&self, code: Code, byte: Option<usize>, path: &str) -> Error {
        let before = byte.and_then(|byte| self.text.get(..byte));
        let number = |value: usize| u32::try_from(value).ok();
        code.fault().at(Place {
            file: Some(self.file.to_owned()),
            line: before.and_then(|before| number(before.matches('\n').count() + 1)),
            column: before
                .and_then(|before| number(before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)),
            path: Some(path.to_owned()).filter(|path| !path.is_empty()),
        })
    }
}

/// One value and where it stands.
#[derive(Clone)]
pub(super) struct Node<'a> {
    origin: &'a Origin<'a>,
    value: &'a DeValue<'a>,
    start: usize,
    path: String,
}

impl<'a> Node<'a> {
    fn new(origin: &'a Origin<'a>, value: &'a Spanned<DeValue<'a>>, path: String) -> Self {
        Node { origin, value: value.get_ref(), start: value.span().start, path }
    }

    /// An error at this value.
    pub(super) fn error(&self, code: Code) -> Error {
        self.origin.error(code, Some(self.start), &self.path)
    }

    fn wrong_type(&self, expected: &str) -> Error {
        self.error(Code::TemplateValue).expected(expected).found(self.value.type_str())
    }

    pub(super) fn text(&self) -> Result<&'a str, Error> {
        self.value.as_str().ok_or_else(|| self.wrong_type("string"))
    }

    pub(super) fn flag(&self) -> Result<bool, Error> {
        self.value.as_bool().ok_or_else(|| self.wrong_type("true | false"))
    }

    /// A whole number within bounds.
    pub(super) fn count(&self, least: u32, most: u32) -> Result<u32, Error> {
        let integer = self.value.as_integer().ok_or_else(|| self.wrong_type("a whole number"))?;
        let number = (integer.radix() == 10).then(|| integer.as_str().parse().ok()).flatten();
        number.filter(|number| (least..=most).contains(number)).ok_or_else(|| {
            self.error(Code::TemplateValue).expected(format!("{least} to {most}")).found(integer.as_str())
        })
    }

    /// Millimetres on the grid.
    pub(super) fn on_grid(&self) -> Result<Um, Error> {
        let length = self.millimetres()?;
        if length % GRID != 0 {
            return Err(self.error(Code::TemplateMeasure).expected("a multiple of 0.5 mm").found(self.shown()));
        }
        Ok(length)
    }

    /// Millimetres with at most three decimals.
    pub(super) fn millimetres(&self) -> Result<Um, Error> {
        self.decimal(3).filter(|&length| length <= MAX_MEASURE).ok_or_else(|| {
            self.error(Code::TemplateMeasure)
                .expected("millimetres from 0 to 1000, at most 3 decimals")
                .found(self.shown())
        })
    }

    /// A font size: points with at most two decimals, as hundredths.
    pub(super) fn centipoints(&self) -> Result<i32, Error> {
        self.decimal(2).filter(|size| (600..=7200).contains(size)).ok_or_else(|| {
            self.error(Code::TemplateMeasure).expected("6 to 72 pt, at most 2 decimals").found(self.shown())
        })
    }

    /// The number with so many decimals as a whole number; read from its digits, never through a float.
    fn decimal(&self, decimals: usize) -> Option<i32> {
        let text = match self.value {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
            DeValue::Float(float) => float.as_str(),
            _ => return None,
        };
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 5 || part.len() > decimals || !digits(whole) || !digits(part) {
            return None;
        }
        format!("{whole}{part:0<decimals$}").parse().ok()
    }

    fn shown(&self) -> String {
        match self.value {
            DeValue::Integer(integer) => integer.as_str().to_owned(),
            DeValue::Float(float) => float.as_str().to_owned(),
            other => other.type_str().to_owned(),
        }
    }

    /// The elements of a list, at most so many.
    pub(super) fn list(&self, most: usize) -> Result<Vec<Node<'a>>, Error> {
        let array = self.value.as_array().ok_or_else(|| self.wrong_type("array"))?;
        if array.len() > most {
            return Err(self
                .error(Code::TemplateLimit)
                .expected(format!("at most {most}"))
                .found(array.len().to_string()));
        }
        let element = |(index, value)| Node::new(self.origin, value, format!("{}[{index}]", self.path));
        Ok(array.iter().enumerate().map(element).collect())
    }

    pub(super) fn table(&self) -> Result<Table<'a>, Error> {
        let map = self.value.as_table().ok_or_else(|| self.wrong_type("table"))?;
        Ok(Table { origin: self.origin, map, start: self.start, path: self.path.clone() })
    }

    /// One of some names.
    pub(super) fn one_of<T: Copy>(&self, names: &[(&str, T)]) -> Result<T, Error> {
        let text = self.text()?;
        names.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
            let known: Vec<_> = names.iter().map(|(name, _)| *name).collect();
            self.error(Code::TemplateValue).expected(known.join(" | ")).found(excerpt(text))
        })
    }
}

/// A table and where it begins.
#[derive(Clone)]
pub(super) struct Table<'a> {
    origin: &'a Origin<'a>,
    map: &'a DeTable<'a>,
    start: usize,
    path: String,
}

impl<'a> Table<'a> {
    pub(super) fn root(origin: &'a Origin<'a>, map: &'a DeTable<'a>) -> Self {
        Table { origin, map, start: 0, path: String::new() }
    }

    /// An error at the table as a whole.
    pub(super) fn error(&self, code: Code) -> Error {
        self.origin.error(code, Some(self.start), &self.path)
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Refuses every key but these.
    pub(super) fn only(&self, keys: &[&str]) -> Result<(), Error> {
        let unknown = self.map.keys().filter(|key| !keys.contains(&key.get_ref().as_ref()));
        match unknown.min_by_key(|key| key.span().start) {
            None => Ok(()),
            Some(key) => {
                let name = excerpt(key.get_ref());
                let error = self.origin.error(Code::TemplateKey, Some(key.span().start), &self.path_of(&name));
                Err(error.expected(keys.join(" | ")).found(name))
            }
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        self.map.get(key).map(|value| Node::new(self.origin, value, self.path_of(key)))
    }

    pub(super) fn need(&self, key: &str) -> Result<Node<'a>, Error> {
        self.get(key).ok_or_else(|| self.error(Code::TemplateMissing).expected(key))
    }

    /// The keys with their values, in the order of the keys.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let node = |(key, value): (&'a Spanned<toml::de::DeString<'a>>, &'a Spanned<DeValue<'a>>)| {
            let name: &'a str = key.get_ref().as_ref();
            (name, Node::new(self.origin, value, self.path_of(name)))
        };
        self.map.iter().map(node)
    }
}

/// The beginning of a text that is shown in a message.
pub(super) fn excerpt(text: &str) -> String {
    text.chars().take(60).flat_map(char::escape_debug).collect()
}
