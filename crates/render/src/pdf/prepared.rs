//! What is the same in many files, made once.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use pdf_writer::types::BlendMode;
use pdf_writer::writers::ExtGraphicsState;
use pdf_writer::{Filter, Ref};

use super::artwork::Stored;
use super::file::{Base, File};
use super::{fonts, icc};
use crate::Error;
use crate::artwork::Artwork;
use crate::deflate::zlib_best;
use crate::font::FontSet;
use crate::font::embed::Embedding;
use crate::page::SetGlyph;

/// What nearly every receipt prints besides captions: digits, letters and signs of ASCII, and amounts in capitals.
const USUAL: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz .,:;-+*/%&@#_=?!'\"()<>[]|\
                     零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整负¥（）、，。：；《》";

/// How many seals and stamps stay compressed: those of a province's units that issue at the same time.
const ARTWORKS: usize = 64;

/// Fonts for captions, digits, letters and amounts, the colour profile, and seals: compressed once, written into
/// every file. Threads share one.
pub struct Prepared {
    pub(super) fonts: FontSet,
    pub(super) embedding: Embedding,
    /// The objects of its fonts.
    pub(super) font_objects: Vec<Ref>,
    /// Seals and stamps that pages had lately, compressed.
    artworks: Mutex<Vec<(Arc<Artwork>, Arc<Stored>)>>,
    /// The output intent's profile.
    pub(super) profile: Ref,
    /// The graphics state of artwork.
    pub(super) multiply: Ref,
    pub(super) base: Base,
}

impl Prepared {
    /// Prepares for pages in these fonts with these texts; for a file of many templates, the texts of all.
    ///
    /// A character without a glyph is left out here: the page that needs it is where it is reported.
    ///
    /// # Errors
    /// Those of the fonts, where they cannot be cut to a subset.
    pub fn new<'t>(fonts: &FontSet, fixed_text: impl Iterator<Item = &'t str>) -> Result<Self, Error> {
        let mut glyphs = BTreeSet::new();
        for text in fixed_text.chain([USUAL]) {
            match fonts.set(text) {
                Ok(set) => glyphs.extend(set),
                Err(_) => glyphs.extend(present(fonts, text)),
            }
        }
        let mut embedding = Embedding::new(fonts, &glyphs)?;
        for font in &mut embedding.fonts {
            font.file = smallest(std::mem::take(&mut font.file));
            font.to_unicode = smallest(std::mem::take(&mut font.to_unicode));
        }
        let mut file = File::new();
        let (profile, multiply) = (file.reserve()?, file.reserve()?);
        let icc = zlib_best(&icc::srgb());
        file.put(profile, |chunk| {
            chunk.icc_profile(profile, &icc).n(3).filter(Filter::FlateDecode);
        })?;
        file.put(multiply, |chunk| {
            chunk.indirect(multiply).start::<ExtGraphicsState<'_>>().blend_mode(BlendMode::Multiply);
        })?;
        let font_objects = fonts::write(&embedding, &mut file)?;
        let base = file.into_base();
        Ok(Prepared {
            fonts: fonts.clone(),
            embedding,
            font_objects,
            artworks: Mutex::default(),
            profile,
            multiply,
            base,
        })
    }

    /// How many bytes of every file are prepared; never all that a file has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.base.len()
    }

    /// An artwork compressed; the same `Arc` only once, as long as no more than a few are in use.
    pub(super) fn stored(&self, artwork: &Arc<Artwork>) -> Result<Arc<Stored>, Error> {
        // A thread that panicked while it held the lock left a list of whole entries behind.
        let lock = || self.artworks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, stored)) = lock().iter().find(|(known, _)| Arc::ptr_eq(known, artwork)) {
            return Ok(stored.clone());
        }
        // Not under the lock: two threads may do the same work once.
        let stored = Arc::new(Stored::new(artwork)?);
        let mut artworks = lock();
        if artworks.len() >= ARTWORKS {
            artworks.remove(0);
        }
        artworks.push((artwork.clone(), stored.clone()));
        Ok(stored)
    }
}

/// A stream that was compressed in haste, compressed once more at leisure.
fn smallest(stream: Vec<u8>) -> Vec<u8> {
    match miniz_oxide::inflate::decompress_to_vec_zlib(&stream) {
        Ok(bytes) => zlib_best(&bytes),
        // Our own stream; were it not, it would still be the one to write.
        Err(_) => stream,
    }
}

/// The glyphs of those characters that have one.
fn present<'f>(fonts: &'f FontSet, text: &'f str) -> impl Iterator<Item = SetGlyph> + 'f {
    text.char_indices().filter_map(|(at, c)| fonts.set(&text[at..at + c.len_utf8()]).ok()).flatten()
}
