#![allow(clippy::unwrap_used)]

use czei_core::Region;

use super::*;
use crate::seal::measure::{bounds, fonts};

fn lettering(artwork: &Artwork) -> Artwork {
    let Picture::Drawing(shapes) = &artwork.picture else { panic!("no drawing") };
    let filled = shapes.iter().filter(|shape| matches!(shape.paint, Paint::Fill(_))).cloned().collect();
    Artwork { picture: Picture::Drawing(filled), ..artwork.clone() }
}

#[test]
fn the_seals_of_all_regions_fill_their_oval() {
    let regions: Vec<&str> =
        (0..100).filter_map(|number| Region::parse(&format!("{number:02}")).unwrap().name_zh()).collect();
    assert_eq!(regions.len(), 36);
    for name in regions.into_iter().chain(["国", "一二三四五六七八九", "一二三四五六七八九十百千"])
    {
        let seal = supervision(name, &fonts()).unwrap();
        assert_eq!((seal.width, seal.height), (30_000, 20_000));
        assert_eq!(bounds(&seal), (0, 0, 30_000, 20_000), "{name}");
        // Nothing of the letters touches the thin line: all lies within its ellipse, less half its thickness.
        let Picture::Drawing(shapes) = lettering(&seal).picture else { panic!("no drawing") };
        for segment in shapes.iter().flat_map(|shape| &shape.path) {
            if let Segment::Move(x, y) | Segment::Line(x, y) | Segment::Curve([.., x, y]) = *segment {
                let (x, y) = (i64::from(x - 15_000), i64::from(y - 10_000));
                let (semi_x, semi_y) = (13_570_i64, 8_570_i64);
                let inside = x * x * semi_y * semi_y + y * y * semi_x * semi_x < semi_x * semi_x * semi_y * semi_y;
                assert!(inside, "{name}: {x} {y}");
            }
        }
        let (left, _, right, _) = bounds(&lettering(&seal));
        assert!(((left + right) / 2 - 15_000).abs() < 100, "{name}: {left} {right}");
    }
}

#[test]
fn the_region_is_what_tells_seals_apart() {
    let seal = supervision("江苏省", &fonts()).unwrap();
    assert_eq!(supervision("江苏省", &fonts()).unwrap(), seal);
    assert_ne!(supervision("浙江省", &fonts()).unwrap(), seal);
    assert!(!seal.is_opaque());
}

#[test]
fn names_that_do_not_fit() {
    for (name, found) in [("", "0 characters"), ("一二三四五六七八九十一二三", "13 characters")] {
        let error = supervision(name, &fonts()).unwrap_err();
        assert_eq!((error.code(), error.found_text()), (Code::SealName, Some(found)), "{name}");
    }
    let error = supervision("\u{10FFFD}省", &fonts()).unwrap_err();
    assert_eq!(error.code(), Code::MissingGlyph);
}
