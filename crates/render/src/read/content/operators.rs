//! Which operands each operator takes (ISO 32000-1, annex A and the clauses it names). Where more or others stand, one
//! reader takes the first and another the last, and the page shows something else to each: such a page is not read.

use czei_codes::Code as _;

use super::super::lexer::printable;
use super::super::object::Object;
use crate::{Code, Error};

/// What an operand may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operand {
    Number,
    Integer,
    String,
    Name,
    /// An array of strings and numbers.
    Texts,
    /// An array of numbers.
    Numbers,
    /// A dictionary, or the name of one (14.6.2).
    Properties,
}

/// The most components of a colour (8.6.6.5).
const COMPONENTS: usize = 32;
/// Operands that a message lists.
const LISTED: usize = 6;

/// Refuses operators that are not in the standard, and other operands than one takes.
///
/// # Errors
/// [`Code::PdfMalformed`] at the operator.
pub(super) fn check(operator: &[u8], operands: &[Object]) -> Result<(), Error> {
    let expected = if is_of_colour(operator) {
        if are_components(operator, operands) {
            return Ok(());
        }
        "number …".to_owned()
    } else {
        match taken(operator) {
            Some(kinds) => {
                if kinds.len() == operands.len() && kinds.iter().zip(operands).all(|(kind, operand)| kind.fits(operand))
                {
                    return Ok(());
                }
                kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" ")
            }
            None => "an operator of ISO 32000-1".to_owned(),
        }
    };
    let found: Vec<&str> = operands.iter().take(LISTED).map(name).collect();
    let at = format!("Contents/{}", printable(operator));
    Err(Code::PdfMalformed.fault().at_path(at).expected(expected).found(found.join(" ")))
}

/// Whether the standard has it.
pub(super) fn is_known(operator: &[u8]) -> bool {
    is_of_colour(operator) || taken(operator).is_some()
}

/// The operators whose operands depend on the colour space.
fn is_of_colour(operator: &[u8]) -> bool {
    matches!(operator, b"SC" | b"SCN" | b"sc" | b"scn")
}

/// Components, and behind those of `SCN` and `scn` the name of a pattern (8.6.8).
fn are_components(operator: &[u8], operands: &[Object]) -> bool {
    let components = match operands {
        [components @ .., Object::Name(_)] if matches!(operator, b"SCN" | b"scn") => components,
        [] => return false,
        components => components,
    };
    components.len() <= COMPONENTS && components.iter().all(|component| component.number().is_some())
}

/// The operands of the other operators.
fn taken(operator: &[u8]) -> Option<&'static [Operand]> {
    use Operand::{Integer, Name, Number, Numbers, Properties, String, Texts};
    Some(match operator {
        b"b" | b"B" | b"b*" | b"B*" | b"f" | b"F" | b"f*" | b"h" | b"n" | b"s" | b"S" | b"W" | b"W*" => &[],
        b"q" | b"Q" | b"BT" | b"ET" | b"T*" | b"BX" | b"EX" | b"BI" | b"EMC" => &[],
        b"g" | b"G" | b"i" | b"j" | b"J" | b"M" | b"w" | b"Tc" | b"TL" | b"Ts" | b"Tw" | b"Tz" => &[Number],
        b"l" | b"m" | b"Td" | b"TD" | b"d0" => &[Number; 2],
        b"rg" | b"RG" => &[Number; 3],
        b"k" | b"K" | b"re" | b"v" | b"y" => &[Number; 4],
        b"c" | b"cm" | b"Tm" | b"d1" => &[Number; 6],
        b"cs" | b"CS" | b"Do" | b"gs" | b"ri" | b"sh" | b"MP" | b"BMC" => &[Name],
        b"DP" | b"BDC" => &[Name, Properties],
        b"Tf" => &[Name, Number],
        b"Tr" => &[Integer],
        b"Tj" | b"'" => &[String],
        b"\"" => &[Number, Number, String],
        b"TJ" => &[Texts],
        b"d" => &[Numbers, Number],
        _ => return None,
    })
}

impl Operand {
    fn fits(self, operand: &Object) -> bool {
        match (self, operand) {
            (Operand::Number, Object::Integer(_) | Object::Real(_))
            | (Operand::Integer, Object::Integer(_))
            | (Operand::String, Object::String(_))
            | (Operand::Name | Operand::Properties, Object::Name(_))
            | (Operand::Properties, Object::Dictionary(_)) => true,
            (Operand::Texts, Object::Array(parts)) => {
                parts.iter().all(|part| part.string().is_some() || part.number().is_some())
            }
            (Operand::Numbers, Object::Array(parts)) => parts.iter().all(|part| part.number().is_some()),
            _ => false,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Operand::Number => "number",
            Operand::Integer => "integer",
            Operand::String => "string",
            Operand::Name => "name",
            Operand::Texts => "array of strings",
            Operand::Numbers => "array of numbers",
            Operand::Properties => "dictionary",
        }
    }
}

/// What an object is, for a message.
fn name(object: &Object) -> &'static str {
    match object {
        Object::Null => "null",
        Object::Boolean(_) => "boolean",
        Object::Integer(_) | Object::Real(_) => "number",
        Object::String(_) => "string",
        Object::Name(_) => "name",
        Object::Array(_) => "array",
        Object::Dictionary(_) => "dictionary",
        Object::Reference(_) => "reference",
        Object::Stream(_) => "stream",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn numbers(count: usize) -> Vec<Object> {
        vec![Object::Integer(1); count]
    }

    #[test]
    fn each_operator_takes_its_operands_and_no_others() {
        let text = || Object::String(b"1".to_vec());
        let name = || Object::Name(b"F".to_vec());
        for (operator, operands, is_right) in [
            ("Tj", vec![text()], true),
            ("Tj", vec![text(), text()], false),
            ("Tj", vec![], false),
            ("Tj", vec![Object::Array(vec![text()])], false),
            ("TJ", vec![Object::Array(vec![text(), Object::Real(1.5)])], true),
            ("TJ", vec![Object::Array(vec![text(), name()])], false),
            ("TJ", vec![text()], false),
            ("'", vec![text()], true),
            ("\"", vec![Object::Integer(1), Object::Integer(2), text()], true),
            ("\"", vec![text()], false),
            ("Do", vec![name()], true),
            ("Do", vec![name(), name()], false),
            ("Tf", vec![name(), Object::Real(9.0)], true),
            ("Tf", vec![Object::Real(9.0), name()], false),
            ("Tr", numbers(1), true),
            ("Tr", vec![Object::Real(3.0)], false),
            ("Tr", numbers(2), false),
            ("cm", numbers(6), true),
            ("cm", numbers(7), false),
            ("rg", numbers(3), true),
            ("rg", numbers(4), false),
            ("re", numbers(5), false),
            ("f", vec![], true),
            ("f", numbers(1), false),
            ("d", vec![Object::Array(numbers(2)), Object::Integer(0)], true),
            ("BDC", vec![name(), Object::Dictionary(crate::read::object::Dictionary::default())], true),
            ("sc", numbers(4), true),
            ("sc", vec![], false),
            ("sc", vec![name()], false),
            ("scn", vec![name()], true),
            ("scn", vec![Object::Integer(1), name()], true),
            ("scn", vec![name(), Object::Integer(1)], false),
            ("scn", numbers(33), false),
            ("ID", vec![], false),
            ("tj", vec![text()], false),
            ("]", vec![], false),
        ] {
            let result = check(operator.as_bytes(), &operands);
            assert_eq!(result.is_ok(), is_right, "{operator} {operands:?}");
            if let Err(error) = result {
                assert_eq!(error.code(), Code::PdfMalformed);
                assert_eq!(error.place().path.as_deref(), Some(format!("Contents/{operator}").as_str()));
            }
        }
        let error = check(b"Tf", &[text()]).unwrap_err();
        assert_eq!((error.expected_text(), error.found_text()), (Some("name number"), Some("string")));
        assert!(is_known(b"scn") && is_known(b"Tj") && !is_known(b"EI"));
    }
}
