//! Where a problem stands.

use core::fmt;

/// Where a problem stands: any of a file, a line and column, and a path inside the document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The file or archive member, as the caller named it.
    pub file: Option<String>,
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// The column in characters (Unicode code points), counted from 1.
    pub column: Option<u32>,
    /// The path inside: an element path (`EInvoice/EInvoiceData/Main/TotalAmount`, items counted
    /// from 1 as `Item[2]`), a JSON pointer (`/items/3/amount`) or a TOML key (`trust.unit`).
    pub path: Option<String>,
}

impl Place {
    /// A place known by a path alone.
    #[must_use]
    pub fn path(path: impl Into<String>) -> Self {
        Place { path: Some(path.into()), ..Place::default() }
    }

    /// A place known by a file alone.
    #[must_use]
    pub fn file(file: impl Into<String>) -> Self {
        Place { file: Some(file.into()), ..Place::default() }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Place::default()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        if let Some(file) = &self.file {
            write!(f, "{file}")?;
            gap = ":";
        }
        if let Some(line) = self.line {
            write!(f, "{gap}{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
            gap = " ";
        }
        if let Some(path) = &self.path {
            let gap = if gap == ":" { " " } else { gap };
            write!(f, "{gap}{path}")?;
        }
        Ok(())
    }
}
