//! Codes of the nodes that exchange messages (节点代码).

use crate::value::{ascii, malformed, shown_as_text, text_value};
use crate::{AreaCode, Code, Error};

/// The code of a node that sends and receives messages: a finance node, the payment platform, a
/// bank, or the issuing system of a unit.
///
/// ```
/// use czei_core::{NodeCode, NodeKind};
/// let node = NodeCode::parse("K3206820002")?;
/// assert_eq!(node.kind(), NodeKind::Unit);
/// assert_eq!(node.area().map(|area| area.to_string()).as_deref(), Some("320682"));
/// assert_eq!(node.member(), Some("0002"));
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeCode {
    // The bytes from `length` on are zero, so that equality of texts is equality of fields.
    text: [u8; 11],
    length: u8,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// `F` and the area: a finance node.
    Finance,
    /// `G000001`: the payment platform.
    Platform,
    /// `D`, the area and the bank: an agent bank.
    AgentBank,
    /// `Q`, the area and the bank: a clearing bank.
    ClearingBank,
    /// `K`, the area and a sequence: a unit's own issuing system.
    Unit,
}

const PLATFORM: &str = "G000001";

impl NodeCode {
    /// Reads a node code.
    ///
    /// # Errors
    /// [`Code::NodeCode`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let form = match text.as_bytes() {
            [b'F', rest @ ..] => rest.len() == 6 && rest.iter().all(u8::is_ascii_digit),
            [b'D' | b'Q' | b'K', rest @ ..] => rest.len() == 10 && rest.iter().all(u8::is_ascii_digit),
            _ => text == PLATFORM,
        };
        if !form {
            return Err(malformed(Code::NodeCode, text, "F320682, G000001, D3206820001, Q3206820001 or K3206820001"));
        }
        let mut code = NodeCode { text: [0; 11], length: 0 };
        code.text[..text.len()].copy_from_slice(text.as_bytes());
        // 7 or 11.
        code.length = text.len() as u8;
        Ok(code)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.text[..usize::from(self.length)])
    }

    /// What the node is.
    #[must_use]
    pub const fn kind(&self) -> NodeKind {
        match self.text[0] {
            b'F' => NodeKind::Finance,
            b'D' => NodeKind::AgentBank,
            b'Q' => NodeKind::ClearingBank,
            b'K' => NodeKind::Unit,
            _ => NodeKind::Platform,
        }
    }

    /// The area of the node; the platform has none.
    #[must_use]
    pub const fn area(&self) -> Option<AreaCode> {
        let [_, a, b, c, d, e, f, ..] = self.text;
        match self.kind() {
            NodeKind::Platform => None,
            _ => Some(AreaCode::of([a, b, c, d, e, f])),
        }
    }

    /// The 4 digits of the bank or the sequence of the unit; finance nodes and the platform have
    /// none.
    #[must_use]
    pub fn member(&self) -> Option<&str> {
        (self.length == 11).then(|| ascii(&self.text[7..]))
    }
}

shown_as_text!(NodeCode);
text_value!(NodeCode);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_five_kinds() {
        for (text, kind, area, member) in [
            ("F320682", NodeKind::Finance, Some("320682"), None),
            ("G000001", NodeKind::Platform, None, None),
            ("D3206820102", NodeKind::AgentBank, Some("320682"), Some("0102")),
            ("Q3206820103", NodeKind::ClearingBank, Some("320682"), Some("0103")),
            ("K3206820002", NodeKind::Unit, Some("320682"), Some("0002")),
        ] {
            let node = NodeCode::parse(text).unwrap();
            assert_eq!(node.to_string(), text);
            assert_eq!((node.kind(), node.member()), (kind, member));
            assert_eq!(node.area().map(|area| area.to_string()).as_deref(), area);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "F",
            "F32068",
            "F3206820",
            "F32068x",
            "f320682",
            "G000002",
            "G0000010",
            "K320682",
            "K320682000",
            "K32068200021",
            "D320682000x",
            "X320682",
            "320682",
            " F320682",
            "F３20682",
        ] {
            assert_eq!(NodeCode::parse(text).unwrap_err().code(), Code::NodeCode, "{text}");
        }
    }
}
