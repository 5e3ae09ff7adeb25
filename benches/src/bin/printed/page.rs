//! A page as JSON, for programs that draw the same one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use czei_benches::Result;
use czei_core::Receipt;
use czei_render::artwork::{Artwork, Paint, Picture, Segment, Shape};
use czei_render::length::Area;
use czei_render::page::{Colour, Mark, Page, TextRun};
use czei_render::qr::QrText;
use serde_json::{Value, json};

/// The texts, rules, seals and the QR code of a page, in micrometres from its top left corner.
pub(crate) fn described(page: &Page, receipt: &Receipt) -> Result<String> {
    let (mut texts, mut rules, mut shapes, mut qr) = (Vec::new(), Vec::new(), Vec::new(), Value::Null);
    let code = QrText::default().write(receipt.content())?;
    for mark in &page.marks {
        match mark {
            Mark::Text(run) => texts.push(json!([run.x, run.baseline, run.size, colour(run.colour), text(run)])),
            Mark::Rule { from, to, width, colour: ink } => {
                rules.push(json!([from.x, from.y, to.x, to.y, width, colour(*ink)]));
            }
            Mark::Qr { area, .. } => qr = json!({ "x": area.x, "y": area.y, "side": area.width, "text": code }),
            Mark::Artwork { area, artwork } => shapes.extend(drawn(area, artwork)),
        }
    }
    Ok(json!({
        "width": page.width, "height": page.height, "title": receipt.content().name.as_str(),
        "number": receipt.content().number.to_string(), "texts": texts, "rules": rules, "shapes": shapes, "qr": qr,
        "xml": STANDARD.encode(receipt.as_bytes()),
    })
    .to_string())
}

fn text(run: &TextRun) -> String {
    run.glyphs.iter().flat_map(|glyph| std::iter::once(glyph.character).chain(glyph.selector)).collect()
}

fn colour(Colour(red, green, blue): Colour) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// The shapes of a drawing at their places; an image has none.
fn drawn(area: &Area, artwork: &Artwork) -> Vec<Value> {
    let Picture::Drawing(shapes) = &artwork.picture else { return Vec::new() };
    let x = |value: i32| area.x + (i64::from(value) * i64::from(area.width) / i64::from(artwork.width)) as i32;
    let y = |value: i32| area.y + (i64::from(value) * i64::from(area.height) / i64::from(artwork.height)) as i32;
    let segment = |segment: &Segment| match *segment {
        Segment::Move(a, b) => json!(["m", x(a), y(b)]),
        Segment::Line(a, b) => json!(["l", x(a), y(b)]),
        Segment::Curve([a, b, c, d, e, f]) => json!(["c", x(a), y(b), x(c), y(d), x(e), y(f)]),
        Segment::Close => json!(["z"]),
    };
    let shape = |shape: &Shape| {
        let (ink, width) = match shape.paint {
            Paint::Fill(ink) => (ink, 0),
            Paint::Stroke(ink, width) => (ink, width),
        };
        json!({ "colour": colour(ink), "width": width, "path": shape.path.iter().map(segment).collect::<Vec<_>>() })
    };
    shapes.iter().map(shape).collect()
}
