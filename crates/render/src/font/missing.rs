//! Characters that cannot be printed, and why.

use czei_codes::Code as _;

use super::characters::{Class, class};
use crate::{Code, Error};

/// How many characters an error lists.
const LISTED: usize = 20;

/// A character that cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Missing {
    /// Its index in the text, in characters from 0.
    pub index: usize,
    /// The character.
    pub character: char,
    /// Why not.
    pub lack: Lack,
}

/// Why a character cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lack {
    /// No font has a glyph for it.
    Glyph,
    /// It is a variation selector, and no font knows the form that it chooses of the character before it.
    Form,
    /// It is a combining mark, or a letter of a script that is written from right to left or whose letters change
    /// with their neighbours.
    Shaping,
}

impl Missing {
    /// The error that lists these characters with their positions, counted from 1.
    ///
    /// Those that no font helps with come first: they are reported alone. `None` when the list is empty.
    #[must_use]
    pub fn fault(missing: &[Missing]) -> Option<Error> {
        let shaping = missing.iter().any(|one| one.lack == Lack::Shaping);
        let listed: Vec<&Missing> = missing.iter().filter(|one| !shaping || one.lack == Lack::Shaping).collect();
        if listed.is_empty() {
            return None;
        }
        let mut found: Vec<String> = listed.iter().take(LISTED).map(|one| one.describe()).collect();
        if listed.len() > LISTED {
            found.push(format!("… +{}", listed.len() - LISTED));
        }
        let code = if shaping { Code::ScriptNeedsShaping } else { Code::MissingGlyph };
        Some(code.fault().found(found.join(", ")))
    }

    /// `堃 U+5803 #3`: the character where it can be seen, its code, its position.
    fn describe(&self) -> String {
        let code = format!("U+{:04X} #{}", self.character as u32, self.index + 1);
        match class(self.character) {
            Class::Plain => format!("{} {code}", self.character),
            _ => code,
        }
    }
}
