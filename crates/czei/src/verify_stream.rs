//! Many receipts in order, on all processors, in constant memory.

use crate::Report;
use crate::in_order::InOrder;

/// The reports of [`Verifier::verify_stream`](crate::Verifier::verify_stream), in the order of the
/// items. Dropping it ends its threads.
pub struct VerifyStream<K, I>(pub(crate) InOrder<K, I, Report>);

impl<K, I: Iterator<Item = (K, Vec<u8>)>> Iterator for VerifyStream<K, I> {
    type Item = (K, Report);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}
