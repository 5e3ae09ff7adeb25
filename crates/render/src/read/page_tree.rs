//! The pages in their order (ISO 32000-1, 7.7.3).

use std::collections::BTreeSet;

use czei_codes::Code as _;

use super::file::PdfFile;
use super::object::{Dictionary, Object};
use crate::{Code, Error};

/// A page with what it takes from the nodes above it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageNode<'f> {
    pub(crate) dictionary: &'f Dictionary,
    pub(crate) resources: Option<&'f Dictionary>,
    pub(crate) media_box: Option<&'f Object>,
    /// `CropBox`, outside of which nothing is shown.
    pub(crate) crop_box: Option<&'f Object>,
    /// `Rotate`, by which the page is turned when it is shown.
    pub(crate) rotate: Option<&'f Object>,
}

/// What is inherited.
#[derive(Clone, Copy, Default)]
struct Inherited<'f> {
    resources: Option<&'f Dictionary>,
    media_box: Option<&'f Object>,
    crop_box: Option<&'f Object>,
    rotate: Option<&'f Object>,
}

impl PdfFile<'_> {
    /// How many pages there are.
    ///
    /// # Errors
    /// [`Code::PdfMalformed`], [`Code::PdfTooManyPages`], [`Code::PdfTooDeep`].
    pub fn page_count(&self) -> Result<usize, Error> {
        Ok(self.page_nodes()?.len())
    }

    pub(crate) fn page_nodes(&self) -> Result<Vec<PageNode<'_>>, Error> {
        let mut pages = Vec::new();
        let root = self.catalog()?.get("Pages").ok_or_else(|| Code::PdfMalformed.fault().at_path("Root/Pages"))?;
        self.collect(root, Inherited::default(), self.limits.depth, &mut BTreeSet::new(), &mut pages)?;
        Ok(pages)
    }

    fn collect<'f>(
        &'f self,
        node: &'f Object,
        above: Inherited<'f>,
        depth: usize,
        seen: &mut BTreeSet<u32>,
        pages: &mut Vec<PageNode<'f>>,
    ) -> Result<(), Error> {
        let depth = depth.checked_sub(1).ok_or_else(|| Code::PdfTooDeep.fault().at_path("Root/Pages"))?;
        // One page object in two places would be two pages that cannot be told apart, or a loop.
        if !node.reference().is_some_and(|id| seen.insert(id.number)) {
            return Err(Code::PdfMalformed.fault().at_path("Root/Pages/Kids"));
        }
        let dictionary = self.resolve(node)?.dictionary();
        let dictionary = dictionary.ok_or_else(|| Code::PdfMalformed.fault().at_path("Root/Pages/Kids"))?;
        let here = Inherited {
            resources: self.dictionary(dictionary, "Resources")?.or(above.resources),
            media_box: self.value(dictionary, "MediaBox")?.or(above.media_box),
            crop_box: self.value(dictionary, "CropBox")?.or(above.crop_box),
            rotate: self.value(dictionary, "Rotate")?.or(above.rotate),
        };
        if dictionary.get("Kids").is_some() && !self.is(dictionary, "Type", "Page")? {
            for kid in self.elements(dictionary, "Kids")? {
                self.collect(kid, here, depth, seen, pages)?;
            }
            return Ok(());
        }
        if pages.len() >= self.limits.pages {
            return Err(Code::PdfTooManyPages.fault().expected(format!("<= {}", self.limits.pages)));
        }
        let Inherited { resources, media_box, crop_box, rotate } = here;
        pages.push(PageNode { dictionary, resources, media_box, crop_box, rotate });
        Ok(())
    }
}
