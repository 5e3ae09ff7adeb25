//! The stamp of a page that is no receipt.

use czei_codes::Code as _;

use super::curve::Pose;
use super::lettering::letters;
use crate::artwork::{Artwork, Paint, Picture, Shape};
use crate::font::FontSet;
use crate::length::{Point, Um, mm};
use crate::page::Colour;
use crate::{Code, Error};

/// Light enough for everything on the page to be read through it, and dark enough to be seen on every copy.
const PALE_RED: Colour = Colour(0xF3, 0xC6, 0xC6);

const TEXT: &str = "预览未经签名";
/// Behind which letter there is a gap, and its width in tenths of the letters' size.
const GAP: (usize, Um) = (2, 6);
/// From one letter to the next, in tenths of the size.
const PITCH: Um = 11;

/// The stamp 预览 未经签名 (preview, not signed): one line from the lower left of a page to its upper right, as wide
/// and high as the page. Painted over the page with blend mode Multiply, it leaves everything readable.
///
/// # Errors
/// [`Code::SealSize`] for pages under 20 mm or over 2 m, [`Code::MissingGlyph`] when no font has the characters.
///
/// ```no_run
/// # fn draw(fonts: &czei_render::font::FontSet) -> Result<(), czei_render::Error> {
/// use czei_render::length::mm;
/// let stamp = czei_render::seal::preview_stamp(mm(210), mm(140), fonts)?;
/// # Ok(())
/// # }
/// ```
pub fn preview_stamp(page_width: Um, page_height: Um, fonts: &FontSet) -> Result<Artwork, Error> {
    let allowed = mm(20)..=mm(2_000);
    if !allowed.contains(&page_width) || !allowed.contains(&page_height) {
        let found = format!("{page_width} µm × {page_height} µm");
        return Err(Code::SealSize.fault().found(found).expected("20 mm to 2 m"));
    }
    let size = size(page_width, page_height);
    let letters = letters(fonts, TEXT, size, 100)?;
    let middle = Point { x: page_width / 2, y: page_height / 2 };
    let mut path = Vec::new();
    for (index, letter) in letters.iter().enumerate() {
        let tenths = distance(index) - distance(letters.len().saturating_sub(1)) / 2;
        // At most 40 tenths of a size that is a part of the page.
        let pose = Pose::rising(middle, page_width, page_height, size / 10 * tenths);
        path.extend(pose.place(letter));
    }
    let shapes = vec![Shape { path, paint: Paint::Fill(PALE_RED) }];
    Ok(Artwork { width: page_width, height: page_height, picture: Picture::Drawing(shapes) })
}

/// How far a letter is from the first, in tenths of the size.
fn distance(index: usize) -> Um {
    // There are six.
    let steps = index as Um * PITCH;
    if index < GAP.0 { steps } else { steps + GAP.1 }
}

/// The largest letters with which the line stays within nine tenths of the page.
fn size(width: Um, height: Um) -> Um {
    // The line is 7.1 letters long and one high. Turned, it is as wide as 7.1 cosines and a sine of the page's
    // diagonal, which are width and height over the diagonal; so the size is taken for both sides.
    const LONG: i64 = 71;
    const HIGH: i64 = 10;
    let (width, height) = (i64::from(width), i64::from(height));
    let diagonal = (width * width + height * height).isqrt();
    let for_width = width * 9 * diagonal / (LONG * width + HIGH * height);
    let for_height = height * 9 * diagonal / (LONG * height + HIGH * width);
    // A part of the page's width.
    for_width.min(for_height) as Um
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::seal::measure::{bounds, fonts};

    #[test]
    fn the_stamp_stays_on_the_page_and_fills_it() {
        for (width, height) in [(mm(210), mm(140)), (mm(210), mm(297)), (mm(297), mm(210)), (mm(20), mm(2_000))] {
            let stamp = preview_stamp(width, height, &fonts()).unwrap();
            assert_eq!((stamp.width, stamp.height), (width, height));
            let (left, top, right, bottom) = bounds(&stamp);
            assert!(0 <= left && 0 <= top && right <= width && bottom <= height, "{width} × {height}");
            assert!(right - left > width * 3 / 4 || bottom - top > height * 3 / 4, "{width} × {height}");
            // The middle of the ink is that of the page, but for the uneven ink of letters.
            assert!(((left + right) / 2 - width / 2).abs() < width / 40, "{width} × {height}");
            assert!(((top + bottom) / 2 - height / 2).abs() < height / 40, "{width} × {height}");
        }
        let again = || preview_stamp(mm(210), mm(140), &fonts()).unwrap();
        assert_eq!(again(), again());
    }

    #[test]
    fn pages_that_are_none() {
        for (width, height) in [(0, mm(140)), (mm(210), -1), (Um::MAX, mm(140)), (mm(210), mm(2_000) + 1)] {
            let error = preview_stamp(width, height, &fonts()).unwrap_err();
            assert_eq!(error.code(), Code::SealSize, "{width} × {height}");
        }
    }
}
