//! Seals and stamps as objects that pages refer to: forms and images (ISO 32000-1, 8.10 and 8.9.5).

use std::io::Write;

use czei_codes::Code as _;
use pdf_writer::{Chunk, Filter, Name, Rect, Ref};

use super::content::push_colour;
use super::file::File;
use super::number::{push_integer, real};
use crate::artwork::{Artwork, Image, Paint, Picture, Segment, Shape};
use crate::deflate::zlib_best;
use crate::page::Colour;
use crate::{Code, Error};

/// An artwork, compressed, to be written into any number of files.
pub(super) struct Stored {
    /// Operators or samples.
    content: Vec<u8>,
    alpha: Option<Vec<u8>>,
    shape: Form,
}

/// What the dictionary says.
#[derive(Clone, Copy)]
enum Form {
    Drawing { width: i32, height: i32 },
    Image { columns: i32, rows: i32 },
}

/// How many units of its own an artwork extends: micrometres for a drawing; an image is a unit square.
pub(super) fn extent(artwork: &Artwork) -> (i64, i64) {
    match artwork.picture {
        Picture::Drawing(_) => (i64::from(artwork.width), i64::from(artwork.height)),
        Picture::Image(_) => (1, 1),
    }
}

impl Stored {
    /// Compresses an artwork.
    ///
    /// # Errors
    /// [`Code::PdfImage`] where the samples of an image are not those of its rows and columns.
    pub(super) fn new(artwork: &Artwork) -> Result<Self, Error> {
        match &artwork.picture {
            Picture::Drawing(shapes) => Ok(Stored {
                content: zlib_best(&operators(shapes, artwork.height)),
                alpha: None,
                shape: Form::Drawing { width: artwork.width, height: artwork.height },
            }),
            Picture::Image(image) => {
                let (columns, rows) = checked(image)?;
                Ok(Stored {
                    content: zlib_best(&image.rgb),
                    alpha: image.alpha.as_deref().map(zlib_best),
                    shape: Form::Image { columns, rows },
                })
            }
        }
    }

    /// Writes it.
    pub(super) fn write<W: Write>(&self, file: &mut File<W>) -> Result<Ref, Error> {
        let id = file.reserve()?;
        match self.shape {
            Form::Drawing { width, height } => file.put(id, |chunk| {
                let mut form = chunk.form_xobject(id, &self.content);
                form.filter(Filter::FlateDecode);
                form.bbox(Rect { x1: real(0), y1: real(0), x2: real(width), y2: real(height) });
                // A group, so that its shapes cover one another first and are multiplied with the page as a whole.
                form.group().transparency().isolated(true).color_space().device_rgb();
                form.resources();
            })?,
            Form::Image { columns, rows } => {
                let mask = match &self.alpha {
                    None => None,
                    Some(alpha) => {
                        let mask = file.reserve()?;
                        file.put(mask, |chunk| image(chunk, mask, alpha, columns, rows, b"DeviceGray", None))?;
                        Some(mask)
                    }
                };
                file.put(id, |chunk| image(chunk, id, &self.content, columns, rows, b"DeviceRGB", mask))?;
            }
        }
        Ok(id)
    }
}

fn image(chunk: &mut Chunk, id: Ref, samples: &[u8], columns: i32, rows: i32, space: &[u8], mask: Option<Ref>) {
    let mut image = chunk.image_xobject(id, samples);
    image.filter(Filter::FlateDecode);
    image.width(columns).height(rows).bits_per_component(8).color_space_name(Name(space));
    if let Some(mask) = mask {
        image.s_mask(mask);
    }
}

/// Columns and rows of an image whose samples are all there.
fn checked(image: &Image) -> Result<(i32, i32), Error> {
    let pixels = u64::from(image.columns) * u64::from(image.rows);
    let fits = |bytes: &[u8], each: u64| bytes.len() as u64 == pixels.saturating_mul(each);
    match (i32::try_from(image.columns), i32::try_from(image.rows)) {
        (Ok(columns), Ok(rows))
            if pixels > 0 && fits(&image.rgb, 3) && image.alpha.as_deref().is_none_or(|alpha| fits(alpha, 1)) =>
        {
            Ok((columns, rows))
        }
        _ => Err(Code::PdfImage
            .fault()
            .expected(format!("{}×{} pixels, 3 bytes each, and 1 for their alpha", image.columns, image.rows))
            .found(format!("{} and {:?} bytes", image.rgb.len(), image.alpha.as_ref().map(Vec::len)))),
    }
}

/// The operators of a drawing, in micrometres from its lower left corner.
fn operators(shapes: &[Shape], height: i32) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut fill, mut stroke): (Option<Colour>, Option<(Colour, i32)>) = (None, None);
    for shape in shapes {
        match shape.paint {
            Paint::Fill(colour) if fill != Some(colour) => {
                push_colour(&mut out, colour);
                out.extend_from_slice(b"rg\n");
                fill = Some(colour);
            }
            Paint::Stroke(colour, width) if stroke != Some((colour, width)) => {
                push_colour(&mut out, colour);
                out.extend_from_slice(b"RG ");
                push_integer(&mut out, i64::from(width));
                out.extend_from_slice(b" w\n");
                stroke = Some((colour, width));
            }
            _ => {}
        }
        for segment in &shape.path {
            let (coordinates, operator): (&[i32], &[u8]) = match segment {
                Segment::Move(x, y) => (&[*x, *y], b"m\n"),
                Segment::Line(x, y) => (&[*x, *y], b"l\n"),
                Segment::Curve(points) => (points, b"c\n"),
                Segment::Close => (&[], b"h\n"),
            };
            for pair in coordinates.chunks_exact(2) {
                for value in [i64::from(pair[0]), i64::from(height) - i64::from(pair[1])] {
                    push_integer(&mut out, value);
                    out.push(b' ');
                }
            }
            out.extend_from_slice(operator);
        }
        out.extend_from_slice(match shape.paint {
            Paint::Fill(_) => b"f\n",
            Paint::Stroke(..) => b"S\n",
        });
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_turned_upright() {
        let shape = Shape {
            path: vec![Segment::Move(0, 0), Segment::Line(100, 0), Segment::Curve([1, 2, 3, 4, 5, 6]), Segment::Close],
            paint: Paint::Fill(Colour(0xD7, 0, 0x0F)),
        };
        let out = String::from_utf8(operators(&[shape], 1000)).unwrap();
        assert_eq!(out, ".843 0 .059 rg\n0 1000 m\n100 1000 l\n1 998 3 996 5 994 c\nh\nf\n");
    }

    #[test]
    fn an_image_with_samples_missing_is_refused() {
        let image = |rgb: usize, alpha: Option<usize>| Artwork {
            width: 1000,
            height: 1000,
            picture: Picture::Image(Image { columns: 2, rows: 2, rgb: vec![0; rgb], alpha: alpha.map(|n| vec![0; n]) }),
        };
        assert!(Stored::new(&image(12, Some(4))).is_ok());
        for bad in [image(11, None), image(12, Some(3)), image(0, None)] {
            assert_eq!(Stored::new(&bad).err().map(|error| error.code()), Some(Code::PdfImage));
        }
    }
}
