//! The oval seal over the title of every fiscal receipt.

use czei_codes::Code as _;

use super::curve::{Pose, ellipse, over_the_top};
use super::lettering::letters;
use crate::artwork::{Artwork, Paint, Picture, Segment, Shape};
use crate::font::FontSet;
use crate::length::{Point, Um, mm};
use crate::page::Colour;
use crate::{Code, Error};

/// The width of the supervision seal.
pub const SUPERVISION_SEAL_WIDTH: Um = mm(30);
/// The height of the supervision seal.
pub const SUPERVISION_SEAL_HEIGHT: Um = mm(20);

const RED: Colour = Colour(0xD7, 0x00, 0x0F);
const CENTRE: Point = Point { x: SUPERVISION_SEAL_WIDTH / 2, y: SUPERVISION_SEAL_HEIGHT / 2 };

/// The thick line at the edge and the thin one within: semi-axes of the middle of the line, and thickness.
const LINES: [(Um, Um, Um); 2] = [(14_500, 9_500, 1_000), (13_650, 8_650, 160)];

/// What stands around: evenly spaced along an ellipse with these semi-axes, which is not through the middles of the
/// letters but nearer to their feet. So they spread where it bends, and do not touch.
const AROUND: &str = "全国统一财政电子票据监制章";
const AROUND_AXES: (Um, Um) = (11_100, 6_150);
const AROUND_SIZE: Um = 2_650;
const AROUND_PITCH: Um = 2_520;
/// How far the middles of the letters are outside that ellipse.
const AROUND_RAISED: Um = 725;
/// How wide the letters around are, in percent of their width in the font.
const AROUND_WIDTH: i32 = 90;

/// What stands below, level; how far the middle of its letters is below the centre.
const BELOW: &str = "财政部监制";
const BELOW_SIZE: Um = 2_150;
const BELOW_PITCH: Um = 2_350;
const BELOW_DOWN: Um = 5_900;

/// The region's name: its largest letters, the width it may take, and where its middle is.
const NAME_SIZE: Um = 3_800;
const NAME_WIDTH: Um = 16_800;
const NAME_DOWN: Um = 700;
/// From this many characters on, the name stands in two lines.
const TWO_LINES: usize = 9;
const LINE_SIZE: Um = 2_500;
const LINE_HEIGHT: Um = 2_900;
/// The longest name: two lines of six.
const LONGEST: usize = 12;

/// The supervision seal (财政票据监制章) of a region, 30 mm wide and 20 mm high: 全国统一财政电子票据监制章 around, the
/// region's name inside, 财政部监制 below it, as outlines in seal red.
///
/// The name is that of [`Region::name_zh`](czei_core::Region::name_zh), such as 江苏省, or any other of 1 to 12
/// characters; the longer it is, the smaller are its letters, and from 9 on it has two lines.
///
/// # Errors
/// [`Code::SealName`] for a name of another length, [`Code::MissingGlyph`] for characters that no font has, and
/// what the outlines of a damaged font give.
///
/// ```no_run
/// # fn draw(fonts: &czei_render::font::FontSet) -> Result<(), czei_render::Error> {
/// let seal = czei_render::seal::supervision("江苏省", fonts)?;
/// assert_eq!((seal.width, seal.height), (30_000, 20_000));
/// # Ok(())
/// # }
/// ```
pub fn supervision(region_name: &str, fonts: &FontSet) -> Result<Artwork, Error> {
    let count = region_name.chars().count();
    if !(1..=LONGEST).contains(&count) {
        let expected = format!("1 to {LONGEST} characters");
        return Err(Code::SealName.fault().found(format!("{count} characters")).expected(expected));
    }
    let line =
        |(semi_x, semi_y, width)| Shape { path: ellipse(CENTRE, semi_x, semi_y), paint: Paint::Stroke(RED, width) };
    let mut shapes: Vec<Shape> = LINES.into_iter().map(line).collect();
    let mut path = around(fonts)?;
    path.extend(level(fonts, BELOW, BELOW_SIZE, BELOW_PITCH, BELOW_DOWN)?);
    path.extend(name(fonts, region_name, count)?);
    shapes.push(Shape { path, paint: Paint::Fill(RED) });
    Ok(Artwork { width: SUPERVISION_SEAL_WIDTH, height: SUPERVISION_SEAL_HEIGHT, picture: Picture::Drawing(shapes) })
}

fn around(fonts: &FontSet) -> Result<Vec<Segment>, Error> {
    let letters = letters(fonts, AROUND, AROUND_SIZE, AROUND_WIDTH)?;
    let (semi_x, semi_y) = AROUND_AXES;
    let poses = over_the_top(CENTRE, semi_x, semi_y, letters.len(), AROUND_PITCH);
    Ok(poses.iter().zip(&letters).flat_map(|(pose, letter)| pose.raised(AROUND_RAISED).place(letter)).collect())
}

fn name(fonts: &FontSet, text: &str, count: usize) -> Result<Vec<Segment>, Error> {
    // At most 12.
    let per_line = count as Um;
    if count < TWO_LINES {
        let pitch = (NAME_WIDTH / per_line).min(NAME_SIZE * 6 / 5);
        return level(fonts, text, pitch.min(NAME_SIZE), pitch, NAME_DOWN);
    }
    let half = count.div_ceil(2);
    let first: String = text.chars().take(half).collect();
    let second: String = text.chars().skip(half).collect();
    let pitch = LINE_SIZE * 21 / 20;
    let mut path = level(fonts, &first, LINE_SIZE, pitch, NAME_DOWN - LINE_HEIGHT / 2)?;
    path.extend(level(fonts, &second, LINE_SIZE, pitch, NAME_DOWN + LINE_HEIGHT / 2)?);
    Ok(path)
}

/// A level line of text around the middle of the seal.
fn level(fonts: &FontSet, text: &str, size: Um, pitch: Um, down: Um) -> Result<Vec<Segment>, Error> {
    let letters = letters(fonts, text, size, 100)?;
    let mut path = Vec::new();
    for (index, letter) in letters.iter().enumerate() {
        // At most 12 letters.
        let steps = 2 * index as Um - (letters.len() as Um - 1);
        let centre = Point { x: CENTRE.x + steps * pitch / 2, y: CENTRE.y + down };
        path.extend(Pose::level(centre).place(letter));
    }
    Ok(path)
}

#[cfg(test)]
mod tests;
