//! The document stored beside a number.

/// The document stored beside a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// The unsigned bytes of a reservation, which never leave the stock but to be signed.
    Unsigned(Vec<u8>),
    /// Signed by the unit.
    Signed(Vec<u8>),
    /// Signed by both.
    Issued(Vec<u8>),
}

impl Document {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Document::Unsigned(bytes) | Document::Signed(bytes) | Document::Issued(bytes) => bytes,
        }
    }
}
