//! The renderer of the facade: fonts, templates and seals from files, drafts and whole sets.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, FixedOffset};
use czei_core::{CheckCode, Content, Draft, Finding, Numbering, Receipt, ReceiptNumber};
#[cfg(feature = "bundled-font")]
use czei_render::font::FontSet;
use czei_render::picture;
use czei_render::read::{Hints, PdfFile};
use czei_render::{Code as RenderCode, PrintCopy, RenderSettings, Renderer as Core, Sheets};

use crate::render_settings::{self, Loaded};
use crate::{Result, SystemFiles};

/// Prints receipts: PDF/A-3 pages in the layout of the receipt's class, with the receipt's document inside.
///
/// Cheap to clone and to share between threads. The same receipt gives the same bytes on every machine, as long as
/// templates, fonts and seals are the same.
///
/// ```
/// # use czei::{Sandbox, SandboxPlan, SystemClock};
/// # let folder = std::env::temp_dir().join(format!("czei-doc-renderer-{}", std::process::id()));
/// # let json = Sandbox::create(&folder, &SandboxPlan::default(), &SystemClock)?.example_draft();
/// use czei::{Clock, Configuration, Issuer, Renderer};
///
/// let renderer = Renderer::bundled();
/// let issuer = Issuer::open(&Configuration::load(folder.join("czei.toml"))?)?;
/// let draft = issuer.draft_from_json(json.as_bytes())?;
/// let pdf = renderer.preview_draft(&draft, SystemClock.now())?;
/// assert!(czei::is_pdf(&pdf));
/// # std::fs::remove_dir_all(&folder).ok();
/// # Ok::<(), czei::Error>(())
/// ```
#[derive(Clone)]
pub struct Renderer {
    core: Arc<Core>,
    /// With fonts of the system, where they may be searched for what the others lack.
    system: Option<Arc<SystemFonts>>,
}

/// Renderers with fonts of the system after their own, by the characters that called for them.
#[derive(Default)]
struct SystemFonts(Mutex<BTreeMap<BTreeSet<char>, Arc<Core>>>);

/// The most of them that are kept: each holds fonts, and what is prepared of them.
const MAX_SYSTEM: usize = 16;

impl Renderer {
    /// A renderer with the bundled font, the templates that come with it, and drawn supervision seals.
    #[cfg(feature = "bundled-font")]
    #[must_use]
    pub fn bundled() -> Self {
        Self::new(RenderSettings::new(FontSet::bundled()))
    }

    /// A renderer with these settings.
    #[must_use]
    pub fn new(settings: RenderSettings) -> Self {
        Renderer { core: Arc::new(Core::new(settings)), system: None }
    }

    /// A renderer by a settings file.
    ///
    /// ```toml
    /// v = 1
    /// [fonts]
    /// bundled = true                              # the font that comes with czei, before all others
    /// files = ["fonts/HanaMinB.ttf", "fonts/NotoSansCJK-Regular.ttc#2"]   # paths are relative to this file
    /// system = false                              # search the system for characters that none of these has
    /// [layout]
    /// templates = ["templates/*.toml"]            # before the built-in ones
    /// identity_numbers = "masked"                 # or "shown"
    /// parameters = { term_days = "10" }           # what templates ask for by name
    /// [qr]
    /// receipt = "https://pj.example.gov.cn/d?c={code}&n={number}&v={check}"   # default: CZ-EI-32,code,number,…
    /// notice = "https://pay.example.gov.cn/?p={paycode}"
    /// [[seal.unit]]                               # PNG, best with a transparent ground
    /// code = "12320600466000000A"                 # InvoicingPartyCode
    /// image = "seals/school.png"
    /// width_mm = 38                               # where it is not given; at most 42
    /// [[seal.supervision]]                        # in place of the one that is drawn
    /// area = ["3206"]                             # prefixes of SupervisorAreaCode
    /// image = "seals/supervision.png"
    /// ```
    ///
    /// # Errors
    /// Those of settings files ([`load_policy`](crate::load_policy)), of fonts, templates, addresses and images; each
    /// names the file.
    pub fn from_settings_file(path: impl AsRef<Path>) -> Result<Self> {
        let Loaded { settings, system_fonts } = render_settings::load(path.as_ref(), &SystemFiles)?;
        let renderer = Self::new(settings);
        Ok(if system_fonts { renderer.with_system_fonts() } else { renderer })
    }

    /// The same with further fonts behind those it has; `#2` behind a path names a face of a collection.
    ///
    /// # Errors
    /// [`Code::FileRead`](crate::Code::FileRead), [`Code::FileTooLarge`](crate::Code::FileTooLarge), those of fonts.
    pub fn with_font_files<P: AsRef<Path>>(self, paths: &[P]) -> Result<Self> {
        let mut settings = self.core.settings().clone();
        for path in paths {
            let path = path.as_ref().to_string_lossy();
            settings.fonts = render_settings::font_file(settings.fonts, Path::new(""), &path, &SystemFiles)?;
        }
        Ok(Renderer { core: Arc::new(Core::new(settings)), ..self })
    }

    /// The same with further templates, which are asked before those it has.
    ///
    /// # Errors
    /// [`Code::FileRead`](crate::Code::FileRead), those of templates with line and column.
    pub fn with_template_files<P: AsRef<Path>>(self, paths: &[P]) -> Result<Self> {
        let mut settings = self.core.settings().clone();
        for path in paths {
            render_settings::add_template(&mut settings, path.as_ref(), &SystemFiles)?;
        }
        Ok(Renderer { core: Arc::new(Core::new(settings)), ..self })
    }

    /// The same, searching the fonts of the system for characters that none of its own has. What is printed with such
    /// characters then depends on the machine.
    #[must_use]
    pub fn with_system_fonts(self) -> Self {
        Renderer { system: Some(Arc::default()), ..self }
    }

    /// What it prints with.
    #[must_use]
    pub fn settings(&self) -> &RenderSettings {
        self.core.settings()
    }

    /// The printed receipt, with its document inside.
    ///
    /// # Errors
    /// [`MissingGlyph`](czei_render::Code::MissingGlyph) with all characters that no font has, and the other codes of
    /// [`czei_render`].
    pub fn render(&self, receipt: &Receipt) -> Result<Vec<u8>> {
        self.with_fonts_for(receipt.content(), |core| core.render(receipt))
    }

    /// A picture of a draft: every page says that it is no receipt; it has no number, no QR code and no document
    /// inside. `at` is the date it shows.
    ///
    /// # Errors
    /// As [`Renderer::render`]; those of [`Draft::number`].
    pub fn preview_draft(&self, draft: &Draft, at: DateTime<FixedOffset>) -> Result<Vec<u8>> {
        let numbering = Numbering {
            code: draft.fields().code,
            number: ReceiptNumber::FIRST,
            // Neither is printed.
            check_code: CheckCode::parse("000000")?,
            at,
            unit_seal: None,
            authority_seal: None,
        };
        let numbered = draft.clone().number(&numbering)?;
        self.with_fonts_for(numbered.content(), |core| core.preview(numbered.content(), true))
    }

    /// A picture of what has its number and is not signed by both yet; as [`Renderer::preview_draft`] otherwise.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    pub fn preview(&self, content: &Content) -> Result<Vec<u8>> {
        self.with_fonts_for(content, |core| core.preview(content, false))
    }

    /// Whether it searches the fonts of the system.
    #[must_use]
    pub fn searches_system(&self) -> bool {
        self.system.is_some()
    }

    /// Begins one file for many receipts; see [`PrintCopy`]. Fonts of the system are not searched for it, because they
    /// are chosen before its first page: name those it needs.
    ///
    /// ```
    /// # fn copy(renderer: &czei::Renderer, receipts: &[czei::Receipt]) -> czei::Result<Vec<u8>> {
    /// let mut copy = renderer.print_copy(Vec::new(), czei::render::Sheets::TwoOnA4)?;
    /// for receipt in receipts {
    ///     copy.add(receipt)?;
    /// }
    /// Ok(copy.finish()?)
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`PdfOutput`](RenderCode::PdfOutput) where the output refuses, and those of fonts.
    pub fn print_copy<W: Write>(&self, out: W, sheets: Sheets) -> Result<PrintCopy<'_, W>> {
        Ok(self.core.print_copy(out, sheets)?)
    }

    /// What stands against the page of a PDF; see [`czei_render::picture`].
    pub(crate) fn judge(&self, file: &PdfFile<'_>, bytes: &[u8], content: &Content, document: &[u8]) -> Vec<Finding> {
        let again = |hints: &Hints| {
            let printed = self.with_fonts_for(content, |core| core.again(hints, content, document, bytes));
            // What cannot be printed here cannot be compared, and stays unproven.
            printed.ok().flatten()
        };
        picture::judge(file, content, document, &again)
    }

    /// Prints with the fonts there are, or, where characters are missing and the system may be searched, with its
    /// fonts too. Which of them were used before makes no difference to what is printed.
    fn with_fonts_for<T>(
        &self,
        content: &Content,
        print: impl Fn(&Core) -> std::result::Result<T, czei_render::Error>,
    ) -> Result<T> {
        let system = match (print(&self.core), &self.system) {
            (Err(error), Some(system)) if error.code() == RenderCode::MissingGlyph => system,
            (done, _) => return Ok(done?),
        };
        let characters = self.core.missing_characters(content);
        let known = || system.0.lock().unwrap_or_else(PoisonError::into_inner);
        let core = known().get(&characters).cloned();
        let core = match core {
            Some(core) => core,
            None => {
                // What no font of the system has either is told when it is printed, and nothing else is.
                let (fonts, _) = self.core.settings().fonts.clone().with_system_fonts(&characters);
                let core = Arc::new(Core::new(RenderSettings { fonts, ..self.core.settings().clone() }));
                let mut known = known();
                if known.len() >= MAX_SYSTEM {
                    known.clear();
                }
                known.insert(characters, Arc::clone(&core));
                core
            }
        };
        Ok(print(&core)?)
    }
}

impl std::fmt::Debug for Renderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renderer").field("system_fonts", &self.system.is_some()).finish_non_exhaustive()
    }
}
