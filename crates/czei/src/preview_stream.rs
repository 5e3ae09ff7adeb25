//! Many previews, in order, on all processors, in constant memory.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use czei_core::xml::Limits;
use czei_core::{Draft, Numbered, UnitSigned};

use crate::in_order::InOrder;
use crate::{Renderer, Result};

/// Pages of what is no receipt yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// What it is of: the request of a draft, or `CODE-NUMBER` of a document.
    pub name: String,
    /// The PDF.
    pub pdf: Vec<u8>,
}

/// How many go to a thread at a time: drawing takes longer than reading.
const PARCEL: usize = 8;

impl Renderer {
    /// Draws previews of a stream on several threads. `items` are documents not signed by both, which begin with `<`,
    /// and drafts, of which `draft` reads one; drafts show the date `at`. `threads` and memory as in
    /// [`Verifier::verify_stream`](crate::Verifier::verify_stream).
    ///
    /// ```
    /// use czei::core::{Draft, DraftDefaults, DraftRules};
    /// use czei::{Clock, Renderer, SystemClock};
    ///
    /// let draft = |json: &[u8]| Ok(Draft::from_json(json, &DraftDefaults::default(), DraftRules::default())?);
    /// let items = [("a", b"{}".to_vec()), ("b", b"<no-receipt/>".to_vec())];
    /// let previews: Vec<_> = Renderer::bundled().preview_stream(draft, SystemClock.now(), items, 2).collect();
    /// assert_eq!(previews.iter().map(|(key, _)| *key).collect::<Vec<_>>(), ["a", "b"]);
    /// assert!(previews.iter().all(|(_, preview)| preview.is_err()));
    /// ```
    pub fn preview_stream<K, I, D>(
        &self,
        draft: D,
        at: DateTime<FixedOffset>,
        items: I,
        threads: usize,
    ) -> InOrder<K, I::IntoIter, Result<Preview>>
    where
        I: IntoIterator<Item = (K, Vec<u8>)>,
        D: Fn(&[u8]) -> Result<Draft> + Send + Sync + 'static,
    {
        let renderer = self.clone();
        let preview = move |bytes: &Vec<u8>| {
            if bytes.trim_ascii_start().starts_with(b"<") || bytes.starts_with(b"\xef\xbb\xbf<") {
                return renderer.preview_document(bytes);
            }
            let draft = draft(bytes)?;
            Ok(Preview { name: draft.request_id().to_string(), pdf: renderer.preview_draft(&draft, at)? })
        };
        let work = move |items: &[Vec<u8>]| items.iter().map(&preview).collect();
        InOrder::new(items.into_iter(), threads, PARCEL, Arc::new(work))
    }

    /// A preview of a document that has its number, whether the unit has signed it or not. A finished receipt is
    /// printed as what it is, by [`Renderer::render`].
    ///
    /// # Errors
    /// Those of [`UnitSigned::take_up`]; as [`Renderer::preview`].
    pub fn preview_document(&self, document: &[u8]) -> Result<Preview> {
        let limits = Limits::default();
        let content = match UnitSigned::take_up(document, &limits) {
            Ok(signed) => signed.content().clone(),
            // What stands against it as a signed one says more.
            Err(error) => Numbered::resume(document, &limits).map_err(|_| error)?.content().clone(),
        };
        Ok(Preview { name: format!("{}-{}", content.code, content.number), pdf: self.preview(&content)? })
    }
}
