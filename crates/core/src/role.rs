//! The two who sign.

/// Whose signature it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The executing unit: the first `Signature`.
    Unit,
    /// The finance authority: the second.
    Authority,
}

impl Role {
    /// `SignedInfo/Reference`.
    pub(crate) const fn reference(self) -> &'static str {
        match self {
            Role::Unit => "Header,EInvoiceData",
            Role::Authority => "Hash,Signature",
        }
    }
}
