//! Fonts: which there are, which character comes from which, and how wide it is.

mod cff;
mod characters;
pub(crate) mod embed;
mod face;
mod missing;
mod outline;
mod shaping;
mod system;
#[cfg(test)]
mod tests;
mod to_unicode;

use std::sync::Arc;

use czei_codes::Code as _;
use czei_sm2::Sm3;

pub use self::missing::{Lack, Missing};

use self::characters::{Class, class, is_selector};
use self::face::{Data, Face};
use crate::artwork::Segment;
use crate::length::Um;
use crate::page::SetGlyph;
use crate::{Code, Error};

/// How many faces a set holds: a glyph names its face in one byte.
const FACE_LIMIT: usize = 255;

/// Faces in the order of preference: each character comes from the first face that has it.
///
/// Cheap to clone.
///
/// ```
/// # #[cfg(feature = "bundled-font")] {
/// use czei_render::font::FontSet;
/// use czei_render::length::centipoints;
///
/// let fonts = FontSet::bundled();
/// let glyphs = fonts.set("财政电子票据").unwrap();
/// let width: i32 = glyphs.iter().map(|glyph| fonts.advance(glyph, centipoints(900))).sum();
/// assert_eq!(width, 6 * 3175);
/// // Nothing is printed as an empty box.
/// let missing = fonts.set("𪚥").unwrap_err();
/// assert_eq!((missing[0].index, missing[0].character), (0, '𪚥'));
/// # }
/// ```
#[derive(Clone, Default)]
pub struct FontSet {
    faces: Arc<Vec<Arc<Face>>>,
}

impl FontSet {
    /// A set without faces, to which some are added.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The bundled font: GB 2312, the general standard characters, signs and units.
    #[cfg(feature = "bundled-font")]
    #[must_use]
    pub fn bundled() -> Self {
        static BUNDLED: std::sync::OnceLock<FontSet> = std::sync::OnceLock::new();
        BUNDLED
            .get_or_init(|| {
                let face = Face::new("Czei Sans SC".to_owned(), Data::Static(czei_font::SANS_SC), 0)
                    .expect("the bundled font never changes, and tests take it in");
                FontSet { faces: Arc::new(vec![Arc::new(face)]) }
            })
            .clone()
    }

    /// Adds a face of a TrueType or OpenType file or collection, behind those that are there. `name` is what messages
    /// call it, `index` which face of a collection, from 0.
    ///
    /// # Errors
    /// A file over 64 MiB, damaged, or not a font; a font that its maker forbids to embed or to cut (OS/2 `fsType`);
    /// one without `glyf` or `CFF` outlines, or without a map of Unicode characters; more than 255 faces.
    ///
    /// ```
    /// use czei_render::{Code, font::FontSet};
    /// let error = FontSet::new().with_face("a.ttf", (*b"no font").into(), 0).err().unwrap();
    /// assert_eq!(error.code(), Code::FontMalformed);
    /// ```
    pub fn with_face(self, name: impl Into<String>, data: Arc<[u8]>, index: u32) -> Result<Self, Error> {
        self.pushed(name.into(), Data::Shared(data), index)
    }

    fn pushed(mut self, name: String, data: Data, index: u32) -> Result<Self, Error> {
        if self.faces.len() >= FACE_LIMIT {
            return Err(Code::TooManyFaces.fault().in_file(name).expected(format!("at most {FACE_LIMIT}")));
        }
        let face = Face::new(name, data, index)?;
        Arc::make_mut(&mut self.faces).push(Arc::new(face));
        Ok(self)
    }

    /// The names of the faces, in their order.
    pub fn faces(&self) -> impl Iterator<Item = &str> {
        self.faces.iter().map(|face| &*face.name)
    }

    /// Whether some face has a character and it can be set by itself.
    #[must_use]
    pub fn has(&self, character: char) -> bool {
        self.glyph(character).is_some()
    }

    /// SM3 over the faces in their order: what a page's looks depend on.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sm3::new();
        for face in self.faces.iter() {
            digest.update(&face.digest());
        }
        digest.finalize()
    }

    /// The glyphs of a text, or all its characters that have none.
    ///
    /// A variation selector joins the character before it. Where no face knows that form it is missing: a name is
    /// not printed in another form than the one it is written in. Spaces that no face has take the width of an
    /// ordinary one. Line feeds, controls and invisible characters are missing.
    ///
    /// # Errors
    /// Every character that cannot be set, in the order of the text ([`Missing::fault`] makes an error of them).
    pub fn set(&self, text: &str) -> Result<Vec<SetGlyph>, Vec<Missing>> {
        // Chinese takes three bytes a character.
        let mut glyphs = Vec::with_capacity(text.len() / 2);
        let mut missing = Vec::new();
        // Whether a selector may follow: the character before was set and has none.
        let mut plain = false;
        for (index, character) in text.chars().enumerate() {
            if let Some(glyph) = self.glyph(character) {
                glyphs.push(glyph);
                plain = true;
                continue;
            }
            if is_selector(character) && plain {
                plain = false;
                if let Some(last) = glyphs.last_mut()
                    && let Some(form) = self.form(last.character, character)
                {
                    *last = form;
                    continue;
                }
            }
            plain = false;
            let lack = match class(character) {
                Class::Selector => Lack::Form,
                Class::Shaped => Lack::Shaping,
                Class::Plain | Class::Space | Class::Invisible => Lack::Glyph,
            };
            missing.push(Missing { index, character, lack });
        }
        if missing.is_empty() { Ok(glyphs) } else { Err(missing) }
    }

    /// How far a glyph moves the pen at a size.
    #[must_use]
    pub fn advance(&self, glyph: &SetGlyph, size: Um) -> Um {
        let Some(face) = self.faces.get(usize::from(glyph.face)) else { return 0 };
        let Some(advance) = face.advances.get(usize::from(glyph.id)) else { return 0 };
        let em = i64::from(face.units_per_em);
        let moved = (i64::from(*advance) * i64::from(size) + em / 2) / em;
        moved.clamp(0, i64::from(Um::MAX)) as Um
    }

    /// The outline of a glyph at a size, y downwards, with the baseline's beginning at (0, 0).
    ///
    /// # Errors
    /// A glyph that is not of this set, or whose outline is damaged.
    pub fn outline(&self, glyph: &SetGlyph, size: Um) -> Result<Vec<Segment>, Error> {
        outline::outline(self.face(glyph)?, glyph.id, size)
    }

    fn face(&self, glyph: &SetGlyph) -> Result<&Face, Error> {
        match self.faces.get(usize::from(glyph.face)) {
            Some(face) => Ok(face),
            None => Err(Code::FontGlyph.fault().found(format!("face {} of {}", glyph.face, self.faces.len()))),
        }
    }

    fn glyph(&self, character: char) -> Option<SetGlyph> {
        let found = |wanted| {
            self.faces.iter().enumerate().find_map(|(face, its)| {
                // At most 255 faces.
                Some(SetGlyph { face: face as u8, id: its.characters.get(wanted)?, character, selector: None })
            })
        };
        found(character).or_else(|| if class(character) == Class::Space { found(' ') } else { None })
    }

    fn form(&self, character: char, selector: char) -> Option<SetGlyph> {
        self.faces.iter().enumerate().find_map(|(face, its)| {
            Some(SetGlyph { face: face as u8, id: its.form(character, selector)?, character, selector: Some(selector) })
        })
    }
}

impl std::fmt::Debug for FontSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.faces()).finish()
    }
}
