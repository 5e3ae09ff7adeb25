//! From a receipt to its printed page.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use czei_core::xml::canonical;
use czei_core::{Content, Receipt, Region};
use czei_sm2::Sm3;

use crate::artwork::Artwork;
use crate::fields::{self, FieldOptions, Fields};
use crate::font::FontSet;
use crate::layout::{self, Furniture};
use crate::page::Page;
use crate::pdf::{Attachment, Document, Kind, Merged, MergedWriter, Origin, Prepared, Sheets, hex};
use crate::qr::{self, QrPattern, QrText};
use crate::read::Hints;
use crate::template::{Template, Templates};
use crate::{Error, seal};

/// The name under which a receipt's document is put into its PDF.
pub const DOCUMENT_NAME: &str = "einvoice.xml";

/// What a renderer prints with. Two renderers with equal settings write equal bytes.
#[derive(Clone)]
pub struct RenderSettings {
    /// The fonts, in the order in which characters are looked for.
    pub fonts: FontSet,
    /// The templates: those that come with the crate, and further ones before them.
    pub templates: Templates,
    /// What the QR code of a receipt says.
    pub receipt_qr: QrText,
    /// The address for payment in the QR code of a payment notice; without one a notice has the code of a receipt.
    pub payment_qr: Option<QrPattern>,
    /// Values that templates ask for by name, as `term_days`.
    pub parameters: BTreeMap<String, String>,
    /// Whether identity numbers of persons are printed whole; by default all but the last four characters are masked.
    pub show_identity_numbers: bool,
    /// Images of the units' seals, by unit code.
    pub unit_seals: BTreeMap<String, Arc<Artwork>>,
    /// Images in place of the drawn supervision seal, by the beginning of the area code; the longest counts.
    pub supervision_seals: BTreeMap<String, Arc<Artwork>>,
}

impl RenderSettings {
    /// The settings with these fonts, and otherwise the defaults.
    #[must_use]
    pub fn new(fonts: FontSet) -> Self {
        RenderSettings {
            fonts,
            templates: Templates::default(),
            receipt_qr: QrText::default(),
            payment_qr: None,
            parameters: BTreeMap::new(),
            show_identity_numbers: false,
            unit_seals: BTreeMap::new(),
            supervision_seals: BTreeMap::new(),
        }
    }
}

/// Prints receipts. Share one between threads: what is the same for all receipts of a template is prepared once.
pub struct Renderer {
    settings: RenderSettings,
    field_options: FieldOptions,
    /// By the template's digest.
    prepared: Mutex<HashMap<[u8; 32], Arc<Prepared>>>,
    /// The drawn supervision seals, by region.
    seals: Mutex<HashMap<Region, Arc<Artwork>>>,
    /// For print copies, whose receipts may have any template.
    of_all: OnceLock<Arc<Prepared>>,
    /// SM3 of the images, by their addresses: they live as long as the settings.
    seal_digests: HashMap<usize, [u8; 32]>,
}

impl Renderer {
    /// A renderer with these settings.
    #[must_use]
    pub fn new(settings: RenderSettings) -> Self {
        let field_options = FieldOptions {
            unmasked: settings.show_identity_numbers,
            unnumbered: false,
            parameters: settings.parameters.clone(),
        };
        let seals = settings.unit_seals.values().chain(settings.supervision_seals.values());
        let seal_digests = seals.map(|seal| (Arc::as_ptr(seal) as usize, seal.digest())).collect();
        Renderer {
            settings,
            field_options,
            prepared: Mutex::default(),
            seals: Mutex::default(),
            of_all: OnceLock::new(),
            seal_digests,
        }
    }

    /// What it prints with.
    #[must_use]
    pub fn settings(&self) -> &RenderSettings {
        &self.settings
    }

    /// The printed receipt: PDF/A-3b with the receipt's document inside.
    ///
    /// # Errors
    /// [`Code::MissingGlyph`](crate::Code::MissingGlyph) with all characters that no font has, and the other codes of
    /// fonts, templates and layout.
    pub fn render(&self, receipt: &Receipt) -> Result<Vec<u8>, Error> {
        self.print(receipt.content(), receipt.as_bytes(), &self.field_options)
    }

    /// A picture of what is not a receipt yet: every page says so, and it carries neither QR code nor seal nor document.
    ///
    /// `unnumbered` prints code, number and check code as not given yet.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    pub fn preview(&self, content: &Content, unnumbered: bool) -> Result<Vec<u8>, Error> {
        let template = self.settings.templates.choose(content);
        let furniture = self.preview_furniture(template)?;
        let options = FieldOptions { unnumbered, ..self.field_options.clone() };
        Document {
            pages: &self.pages(template, content, &options, &furniture)?,
            title: &format!("预览 {}", content.name),
            kind: Kind::Preview,
            made: None,
            template: Some(self.origin(template, content)),
            attachment: None,
            sheets: Sheets::Single,
        }
        .write(&*self.prepared(template)?)
    }

    /// Begins one file for many receipts, for paper and for handing on: a print copy. Each receipt's document is in
    /// it as `CODE-NUMBER.xml`.
    ///
    /// Memory does not grow with the receipts but for the places of their objects.
    ///
    /// # Errors
    /// [`Code::PdfOutput`](crate::Code::PdfOutput) where the output refuses, and those of fonts.
    pub fn print_copy<W: Write>(&self, out: W, sheets: Sheets) -> Result<PrintCopy<'_, W>, Error> {
        let prepared = match self.of_all.get() {
            Some(prepared) => prepared,
            None => {
                let texts = self.settings.templates.all().flat_map(Template::fixed_text);
                let prepared = Arc::new(Prepared::new(&self.settings.fonts, texts)?);
                self.of_all.get_or_init(|| prepared)
            }
        };
        let merged = Merged { title: "财政电子票据", kind: Kind::PrintCopy, made: None, template: None, sheets };
        Ok(PrintCopy { renderer: self, writer: MergedWriter::new(out, Arc::clone(prepared), &merged)? })
    }

    /// Whether the file says that it was printed with the template and the settings that this renderer has for the
    /// receipt.
    fn prints_as(&self, hints: &Hints, content: &Content) -> bool {
        let template = self.settings.templates.choose(content);
        hints.template.as_deref() == Some(template.name())
            && hints.template_digest == Some(hex(&template.digest()))
            && hints.settings_digest == Some(hex(&self.settings_digest(template, content)))
    }

    /// The page of a document again, whatever the document is worth, for [`judge`](crate::picture::judge): the bytes
    /// that the file should have. Identity numbers may be masked or not: whichever way gives the file itself, else the
    /// way of the settings. `None` where the file was printed with another template or other settings.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    pub fn again(
        &self,
        hints: &Hints,
        content: &Content,
        document: &[u8],
        file: &[u8],
    ) -> Result<Option<Vec<u8>>, Error> {
        if !self.prints_as(hints, content) {
            return Ok(None);
        }
        let usual = self.print(content, document, &self.field_options)?;
        if usual == file {
            return Ok(Some(usual));
        }
        let other = FieldOptions { unmasked: !self.field_options.unmasked, ..self.field_options.clone() };
        let other = self.print(content, document, &other)?;
        Ok(Some(if other == file { other } else { usual }))
    }

    /// The characters of a receipt that no font has.
    #[must_use]
    pub fn missing_characters(&self, content: &Content) -> BTreeSet<char> {
        // The document has every character that a page of it can have, beside the template's own.
        let document = canonical::write_header_and_data(content).unwrap_or_default();
        let document = String::from_utf8_lossy(&document);
        let of_template = self.settings.templates.choose(content).fixed_text();
        let characters = document.chars().chain(of_template.flat_map(str::chars));
        characters.filter(|c| !c.is_control() && !self.settings.fonts.has(*c)).collect()
    }

    /// The page of any document, for tests.
    #[cfg(test)]
    pub(crate) fn print_unverified(&self, content: &Content, document: &[u8]) -> Result<Vec<u8>, Error> {
        self.print(content, document, &self.field_options)
    }

    fn print(&self, content: &Content, document: &[u8], options: &FieldOptions) -> Result<Vec<u8>, Error> {
        let template = self.settings.templates.choose(content);
        let receipt = format!("{}-{}", content.code, content.number);
        Document {
            pages: &self.pages(template, content, options, &self.furniture(content)?)?,
            title: &format!("{} {receipt}", content.name),
            kind: Kind::Receipt,
            made: Some(content.issued_at()),
            template: Some(self.origin(template, content)),
            attachment: Some(Attachment { name: DOCUMENT_NAME, description: &receipt, bytes: document }),
            sheets: Sheets::Single,
        }
        .write(&*self.prepared(template)?)
    }

    fn pages(
        &self,
        template: &Template,
        content: &Content,
        options: &FieldOptions,
        furniture: &Furniture,
    ) -> Result<Vec<Page>, Error> {
        layout::lay_out(template, &Fields::of(content, options), &self.settings.fonts, furniture)
    }

    /// What the layout puts beside the texts of a receipt.
    fn furniture(&self, content: &Content) -> Result<Furniture, Error> {
        let text = match self.address(content) {
            Some(pattern) => pattern.write(content)?,
            None => QrText::Tagged.write(content)?,
        };
        Ok(Furniture {
            qr: Some(Arc::new(qr::encode(&text)?)),
            supervision_seal: Some(self.supervision_seal(content)?),
            unit_seal: self.unit_seal(content).cloned(),
            preview: None,
        })
    }

    /// What stands on a preview: nobody's seal, and the stamp.
    fn preview_furniture(&self, template: &Template) -> Result<Furniture, Error> {
        let stamp = seal::preview_stamp(template.paper.width, template.paper.height, &self.settings.fonts)?;
        Ok(Furniture { preview: Some(Arc::new(stamp)), ..Furniture::default() })
    }

    /// The image for the area, or the drawn one of the region.
    fn supervision_seal(&self, content: &Content) -> Result<Arc<Artwork>, Error> {
        if let Some(image) = self.supervision_image(content) {
            return Ok(Arc::clone(image));
        }
        let region = content.code.region();
        let mut seals = self.seals.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seal) = seals.get(&region) {
            return Ok(Arc::clone(seal));
        }
        // A region that nobody knows has no name to print; the words of the seal stand all the same.
        let seal = Arc::new(seal::supervision(region.name_zh().unwrap_or_default(), &self.settings.fonts)?);
        seals.insert(region, Arc::clone(&seal));
        Ok(seal)
    }

    fn origin<'t>(&self, template: &'t Template, content: &Content) -> Origin<'t> {
        Origin {
            template: template.name(),
            digest: template.digest(),
            settings: self.settings_digest(template, content),
        }
    }

    /// SM3 over what this page depends on beside font and template, which have digests of their own, and masking, which
    /// is tried both ways: the address in its code, the parameters of its template, and the images of its seals.
    fn settings_digest(&self, template: &Template, content: &Content) -> [u8; 32] {
        let address = self.address(content).map(QrPattern::to_string).unwrap_or_default();
        let mut texts = vec![address];
        for name in template.parameters() {
            texts.extend(self.settings.parameters.get(name).map(|value| format!("{name}={value}")));
        }
        let seals = [("unit", self.unit_seal(content)), ("supervision", self.supervision_image(content))];
        for (what, seal) in seals {
            let digest = seal.and_then(|seal| self.seal_digests.get(&(Arc::as_ptr(seal) as usize)));
            texts.extend(digest.map(|digest| format!("{what}={}", hex(digest))));
        }
        let lengths: Vec<_> = texts.iter().map(|text| (text.len() as u64).to_be_bytes()).collect();
        let parts: Vec<&[u8]> =
            texts.iter().zip(&lengths).flat_map(|(text, length)| [&length[..], text.as_bytes()]).collect();
        Sm3::digest_parts(&parts)
    }

    /// The pattern of the address in the code of a receipt; `None` for the list of fields.
    fn address(&self, content: &Content) -> Option<&QrPattern> {
        match &self.settings.payment_qr {
            Some(pattern) if fields::is_notice(content) && content.pay_code.is_some() => Some(pattern),
            _ => self.settings.receipt_qr.pattern(),
        }
    }

    fn unit_seal(&self, content: &Content) -> Option<&Arc<Artwork>> {
        self.settings.unit_seals.get(content.unit.code.as_str())
    }

    /// The image in place of the drawn seal of supervision.
    fn supervision_image(&self, content: &Content) -> Option<&Arc<Artwork>> {
        let area = content.area.to_string();
        let images = self.settings.supervision_seals.iter().filter(|(prefix, _)| area.starts_with(prefix.as_str()));
        images.max_by_key(|(prefix, _)| prefix.len()).map(|(_, image)| image)
    }

    /// What pages of a template have in common.
    fn prepared(&self, template: &Template) -> Result<Arc<Prepared>, Error> {
        let known = || self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = known().get(&template.digest()) {
            return Ok(Arc::clone(prepared));
        }
        // Not under the lock: other templates go on meanwhile, and two threads that prepare the same get the same.
        let prepared = Arc::new(Prepared::new(&self.settings.fonts, template.fixed_text())?);
        Ok(Arc::clone(known().entry(template.digest()).or_insert(prepared)))
    }
}

/// Many receipts in one file, under way.
pub struct PrintCopy<'r, W: Write> {
    renderer: &'r Renderer,
    writer: MergedWriter<W>,
}

impl<W: Write> PrintCopy<'_, W> {
    /// Adds a receipt.
    ///
    /// # Errors
    /// As [`Renderer::render`]: then the receipt is not in the file, and others can be added.
    /// [`Code::PdfAttachmentTwice`](crate::Code::PdfAttachmentTwice) for a code and number that is in the file already;
    /// [`Code::PdfOutput`](crate::Code::PdfOutput) where the output refuses: then the file is of no use any more.
    pub fn add(&mut self, receipt: &Receipt) -> Result<(), Error> {
        let renderer = self.renderer;
        let content = receipt.content();
        let template = renderer.settings.templates.choose(content);
        let pages = renderer.pages(template, content, &renderer.field_options, &renderer.furniture(content)?)?;
        let bookmark = format!("{}-{}", content.code, content.number);
        let (name, description) = (format!("{bookmark}.xml"), content.name.as_str());
        let attachment = Attachment { name: &name, description, bytes: receipt.as_bytes() };
        self.writer.add(&bookmark, &pages, Some(&attachment))
    }

    /// Writes what remains, and gives the output back, flushed.
    ///
    /// # Errors
    /// [`Code::PdfNoPage`](crate::Code::PdfNoPage) where nothing was added; [`Code::PdfOutput`](crate::Code::PdfOutput)
    /// where the output refuses.
    pub fn finish(self) -> Result<W, Error> {
        self.writer.finish()
    }
}
