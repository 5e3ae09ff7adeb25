#![allow(clippy::unwrap_used)]
use std::sync::LazyLock;

use czei_core::{Amount, Content, Extension, Text};

use super::*;
use crate::artwork::Picture;
use crate::fields::FieldOptions;
use crate::page::{Mark, TextRun};
use crate::samples;
use crate::template::{Body, GRID, Templates};

/// All samples that the bundled font can set, laid out with everything on the page.
static LAID_OUT: LazyLock<Vec<(&'static str, Content, Vec<Page>)>> = LazyLock::new(|| {
    let printable = samples::all().into_iter().filter(|(name, _)| *name != "rare");
    let shorter = printable.map(|(name, content)| {
        // One receipt of 2,000 pages is enough.
        (name, if name.starts_with("limits-") { of_items(content, 40) } else { content })
    });
    shorter.map(|(name, content)| (name, content.clone(), laid_out(&content).unwrap())).collect()
});

fn of_items(mut content: Content, count: usize) -> Content {
    content.items.truncate(count);
    content.aux.truncate(count);
    content.total = Amount::sum(content.items.iter().map(|item| item.amount)).unwrap();
    content
}

fn artwork(width: Um, height: Um) -> Option<Arc<Artwork>> {
    Some(Arc::new(Artwork { width, height, picture: Picture::Drawing(Vec::new()) }))
}

fn furniture() -> Furniture {
    Furniture {
        qr: Some(Arc::new(QrModules { side: 21, dark: vec![true; 21 * 21] })),
        supervision_seal: artwork(30_000, 20_000),
        unit_seal: artwork(42_000, 42_000),
        preview: None,
    }
}

fn laid_out(content: &Content) -> Result<Vec<Page>, Error> {
    let templates = Templates::new();
    let options = FieldOptions::default();
    let fields = Fields::of(content, &options);
    lay_out(templates.choose(content), &fields, &FontSet::bundled(), &furniture())
}

fn texts(page: &Page) -> impl Iterator<Item = &TextRun> {
    page.marks.iter().filter_map(|mark| match mark {
        Mark::Text(run) => Some(run),
        _ => None,
    })
}

fn text_of(run: &TextRun) -> String {
    run.glyphs.iter().map(|glyph| glyph.character).collect()
}

fn page_text(page: &Page) -> String {
    texts(page).map(text_of).collect()
}

/// The em squares of a line.
fn area_of(run: &TextRun) -> Area {
    Area { x: run.x, y: run.baseline - run.size * 22 / 25, width: run.width, height: run.size }
}

/// The verticals of a page, each once.
fn verticals(page: &Page) -> Vec<Um> {
    let mut edges: Vec<_> = page
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Rule { from, to, .. } if from.x == to.x => Some(from.x),
            _ => None,
        })
        .collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}

fn pages() -> impl Iterator<Item = (String, &'static Page)> {
    LAID_OUT.iter().flat_map(|(name, _, pages)| {
        pages.iter().enumerate().map(move |(index, page)| (format!("{name}, page {}", index + 1), page))
    })
}

#[test]
fn baselines_lie_on_the_grid_and_nothing_is_smaller_than_six_points() {
    for (name, page) in pages() {
        for run in texts(page) {
            assert_eq!(run.baseline % GRID, 0, "{name}: {}", text_of(run));
            assert!(run.size >= crate::length::centipoints(600), "{name}: {}", text_of(run));
        }
    }
}

#[test]
fn everything_lies_within_the_margins() {
    for (name, page) in pages() {
        let inner = Area { x: 8_000, y: 8_000, width: page.width - 16_000, height: page.height - 16_000 };
        for mark in &page.marks {
            let area = match mark {
                Mark::Text(run) => area_of(run),
                Mark::Qr { area, .. } | Mark::Artwork { area, .. } => *area,
                // The edge of a frame is the middle of its rule.
                Mark::Rule { from, to, width, .. } => {
                    assert!(from.x == to.x || from.y == to.y, "{name}");
                    let half = if from.y == to.y { width / 2 } else { 0 };
                    Area { x: from.x + half, y: from.y, width: to.x - from.x - 2 * half, height: to.y - from.y }
                }
            };
            assert!(inner.contains(&area), "{name}: {mark:?}");
        }
    }
}

#[test]
fn no_text_overlaps_another_a_rule_or_the_quiet_zone() {
    for (name, page) in pages() {
        let mut areas: Vec<(Area, String)> = texts(page).map(|run| (area_of(run), text_of(run))).collect();
        areas.sort_by_key(|(area, _)| area.y);
        for (index, (area, text)) in areas.iter().enumerate() {
            for (other, beside) in areas[index + 1..].iter().take_while(|(other, _)| other.y < area.bottom()) {
                assert!(!area.overlaps(other), "{name}: {text} / {beside}");
            }
        }
        for mark in &page.marks {
            let taken = match mark {
                Mark::Rule { from, to, width, .. } => Area {
                    x: from.x - width / 2,
                    y: from.y - width / 2,
                    width: to.x - from.x + width,
                    height: to.y - from.y + width,
                },
                Mark::Qr { area, .. } => quiet_zone(area),
                Mark::Text(_) | Mark::Artwork { .. } => continue,
            };
            for (area, text) in &areas {
                assert!(!area.overlaps(&taken), "{name}: {text} / {mark:?}");
            }
        }
    }
}

#[test]
fn columns_have_the_same_edges_on_all_pages() {
    let (_, _, pages) = LAID_OUT.iter().find(|(name, ..)| *name == "limits").unwrap();
    let columns = [8, 34, 85, 100, 117, 142, 170, 202].map(|edge| edge * 1000);
    let first = verticals(&pages[0]);
    assert!(columns.iter().all(|edge| first.contains(edge)), "{first:?}");
    let items = pages.iter().filter(|page| page_text(page).contains("明细清单") && !page_text(page).contains("辅助"));
    assert!(items.clone().count() > 10);
    for page in items {
        assert_eq!(verticals(page), columns);
    }
}

/// Every text that is an amount ends where its column ends, or is the sum below the table.
#[test]
fn amounts_stand_whole_on_one_edge() {
    for (name, content, pages) in
        LAID_OUT.iter().filter(|(name, ..)| ["general", "red", "limits", "limits-red"].contains(name))
    {
        let edge = 170_000 - INSET;
        let ending: Vec<String> =
            pages.iter().flat_map(texts).filter(|run| run.x + run.width == edge).map(text_of).collect();
        for item in &content.items {
            assert!(ending.contains(&item.amount.to_string()), "{name}: {}", item.amount);
        }
        let all: String = pages.iter().map(page_text).collect();
        assert!(all.contains(&format!("￥{}", content.total)), "{name}");
    }
}

#[test]
fn every_page_says_what_it_belongs_to() {
    for (name, content, pages) in LAID_OUT.iter() {
        for (index, page) in pages.iter().enumerate() {
            let said = page_text(page);
            for text in [
                content.code.to_string(),
                content.number.to_string(),
                content.check_code.to_string(),
                format!("第 {} 页 共 {} 页", index + 1, pages.len()),
            ] {
                assert!(said.contains(&text), "{name}, page {}: {text}", index + 1);
            }
            assert!(
                said.replace(' ', "").contains(&content.name.as_str().replace(' ', "")),
                "{name}, page {}",
                index + 1
            );
        }
    }
}

/// Counted by a character that no caption has.
#[test]
fn nothing_is_cut() {
    let count = |text: &str, character: char| text.chars().filter(|&other| other == character).count();
    let everything = |name: &str| -> (&'static Content, String) {
        let (_, content, pages) = LAID_OUT.iter().find(|(other, ..)| *other == name).unwrap();
        (content, pages.iter().map(page_text).collect())
    };
    for name in ["limits", "limits-red", "limits-medical"] {
        let (content, said) = everything(name);
        let aux = content.aux.iter().flat_map(|aux| &aux.fields).map(|field| count(&field.text, '构')).sum::<usize>();
        let items = content.items.iter().map(|item| count(item.name.as_str(), '构')).sum::<usize>();
        assert_eq!(count(&said, '构'), aux + items + count(content.payer.name.as_str(), '构'), "{name}");
        assert_eq!(count(&said, '扩'), 30 * 50, "{name}");
    }
    let (content, said) = everything("long-remark");
    assert_eq!(count(&said, '退'), count(content.remark.as_ref().unwrap().as_str(), '退'));
    assert_eq!(count(&said, '千'), count(&content.ext[0].text, '千'));
    assert!(said.contains("（未完，见续页）") && said.contains("其他信息（续）"));
    let (_, said) = everything("limits");
    assert!(said.contains("项详见清单"));
}

#[test]
fn the_sums_of_the_pages_make_the_total() {
    for (name, total) in [("limits", None), ("limits-red", None), ("medical", Some("辅"))] {
        let (_, content, pages) = LAID_OUT.iter().find(|(other, ..)| *other == name).unwrap();
        let beside = |page: &Page, caption: &str| -> Vec<Amount> {
            let baselines = texts(page).filter(|run| text_of(run).starts_with(caption)).map(|run| run.baseline);
            let of = |baseline: Um| {
                texts(page)
                    .filter(move |run| run.baseline == baseline)
                    .filter_map(|run| Amount::parse(&text_of(run)).ok())
            };
            baselines.flat_map(of).collect()
        };
        // In medical receipts the list is that of the auxiliary items; in others those pages come first.
        let of_list = |page: &&Page| total.is_some() || !page_text(page).contains("辅助明细清单");
        let sums: Vec<_> = pages.iter().filter(of_list).flat_map(|page| beside(page, "小计")).collect();
        let totals: Vec<_> = pages.iter().filter(of_list).flat_map(|page| beside(page, "合计")).collect();
        assert!(!sums.is_empty(), "{name}");
        assert_eq!(totals, [Amount::sum(sums).unwrap()], "{name}");
        if total.is_none() {
            assert_eq!(totals, [content.total], "{name}");
        }
    }
}

#[test]
fn seals_stand_in_their_places_and_keep_their_proportions() {
    for (name, content, pages) in LAID_OUT.iter() {
        let templates = Templates::new();
        let template = templates.choose(content);
        let mut places: Vec<_> = template
            .blocks
            .iter()
            .filter_map(|block| match &block.body {
                Body::Seal(place) => Some(place.centre),
                _ => None,
            })
            .collect();
        for mark in &pages[0].marks {
            if let Mark::Artwork { area, artwork } = mark {
                let place = places.remove(0);
                let centre = area.centre();
                assert!((centre.x - place.x).abs() <= 1 && (centre.y - place.y).abs() <= 1, "{name}");
                assert_eq!(area.width * artwork.height, area.height * artwork.width, "{name}");
            }
        }
        assert!(places.is_empty(), "{name}");
    }
}

#[test]
fn a_seal_lies_over_the_name_of_the_unit() {
    let names = [
        "示例市财政局",
        "示例市实验中学",
        "示例市自然资源和规划局（本级）",
        "示例市经济技术开发区综合行政执法局城区大队",
    ];
    for (side, content) in [18_000, 20_000, 30_000, 38_000, 42_000].into_iter().flat_map(|side| {
        [samples::general(), samples::red(), samples::medical(), samples::notice()].map(|content| (side, content))
    }) {
        for name in names {
            let mut content = content.clone();
            content.unit.name = samples::text(name);
            let (templates, options) = (Templates::new(), FieldOptions::default());
            let furniture = Furniture { unit_seal: artwork(side, side), ..furniture() };
            let fields = Fields::of(&content, &options);
            let pages = lay_out(templates.choose(&content), &fields, &FontSet::bundled(), &furniture).unwrap();
            // A long name may go on in a second line.
            let begins = |run: &&TextRun| run.glyphs.len() > 4 && name.starts_with(&text_of(run));
            let run =
                texts(&pages[0]).filter(begins).last().unwrap_or_else(|| panic!("{name}: {}", page_text(&pages[0])));
            let seals = pages[0].marks.iter().filter_map(|mark| match mark {
                Mark::Artwork { area, .. } if area.width == side && area.height == side => Some(*area),
                _ => None,
            });
            let seals: Vec<_> = seals.collect();
            let [seal] = seals[..] else { panic!("{name}: {seals:?}") };
            let (line, centre) = (area_of(run), seal.centre());
            assert!((line.x..=line.right()).contains(&centre.x), "{name}: {line:?} {seal:?}");
            assert!(seal.y < line.y && line.bottom() < seal.bottom() - 2_000, "{name}: {line:?} {seal:?}");
        }
    }
}

#[test]
fn a_preview_says_so_on_every_page_and_has_no_code() {
    let content = samples::medical();
    let templates = Templates::new();
    let options = FieldOptions { unnumbered: true, ..FieldOptions::default() };
    let fields = Fields::of(&content, &options);
    let furniture = Furniture { preview: artwork(120_000, 60_000), ..furniture() };
    let pages = lay_out(templates.choose(&content), &fields, &FontSet::bundled(), &furniture).unwrap();
    assert!(pages.len() > 1);
    for page in &pages {
        let said = page_text(page);
        assert!(said.contains("预览件，未经签名，不是票据"), "{said}");
        assert!(said.contains("票据号码：（未赋码）") && !said.contains(&content.number.to_string()), "{said}");
        assert!(!page.marks.iter().any(|mark| matches!(mark, Mark::Qr { .. })));
        let stamps =
            page.marks.iter().filter(|mark| matches!(mark, Mark::Artwork { area, .. } if area.width == 120_000));
        assert_eq!(stamps.count(), 1);
    }
}

#[test]
fn red_receipts_show_it() {
    for content in [samples::red(), samples::red_of(samples::medical()), samples::red_of(samples::notice())] {
        let pages = laid_out(&content).unwrap();
        let red = crate::page::Colour(0xD7, 0, 0x0F);
        let in_red: String = texts(&pages[0]).filter(|run| run.colour == red).map(text_of).collect();
        let related = content.related.unwrap();
        assert!(in_red.contains(&format!("原票据代码 {}　原票据号码 {}", related.code, related.number)), "{in_red}");
        assert!(in_red.contains(&format!("￥{}", content.total)) && content.total.is_negative(), "{in_red}");
        for item in &content.items {
            assert!(in_red.contains(&item.amount.to_string()), "{in_red}");
        }
    }
}

#[test]
fn a_receipt_prints_every_extension_once() {
    let (_, content, pages) = LAID_OUT.iter().find(|(name, ..)| *name == "medical-inpatient").unwrap();
    let said = page_text(&pages[0]);
    for (caption, text) in [
        ("性别：", "男"),
        ("住院号：", "ZY0001234"),
        ("入院日期：", "2026-11-03"),
        ("预缴金额：", "10000.00"),
        ("wardName：", "东楼 5 病区"),
    ] {
        assert_eq!(said.matches(&format!("{caption}{text}")).count(), 1, "{caption}");
    }
    assert_eq!(pages.len(), 1);
    assert_eq!(content.ext.len(), said.matches('：').count() - 9);
}

#[test]
fn characters_that_no_font_has_are_all_told() {
    let error = laid_out(&samples::rare()).unwrap_err();
    assert_eq!(error.code(), Code::MissingGlyph);
    let found = error.found_text().unwrap();
    for place in ["U+2A6A5 𪚥 in PayerPartyName, character 5", "U+E0101 in PayerPartyName, character 7"] {
        assert!(found.contains(place), "{found}");
    }
    let far = Content {
        aux: vec![czei_core::AuxItem { fields: vec![samples::ext("AuxItemName", "样𪚥")] }],
        ..samples::general()
    };
    let error = laid_out(&far).unwrap_err();
    assert_eq!(error.found_text(), Some("U+2A6A5 𪚥 in AuxItem[1]/AuxItemName, character 2"));
}

#[test]
fn invisible_characters_of_foreign_receipts_are_refused() {
    let mut content = samples::general();
    content.items[1].name = Text::read("住宿\u{200B}费").unwrap();
    let error = laid_out(&content).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::InvisibleCharacter, Some("Item[2]/ItemName")));
    let named = Extension { name: czei_core::XmlName::new("a\u{200C}b").unwrap(), text: "1".to_owned() };
    let error = laid_out(&Content { ext: vec![named], ..samples::general() }).unwrap_err();
    assert_eq!(error.code(), Code::InvisibleCharacter);
}

#[test]
fn a_page_that_cannot_hold_what_it_must_is_refused() {
    let mut templates = Templates::new();
    let text = "v = 1\nextends = \"notice\"\n[page]\nsizes = [9]\n[for]\nclasses = []\n";
    let template = templates.add("large", text).unwrap();
    let options = FieldOptions::default();
    let content = samples::limits();
    let fields = Fields::of(&content, &options);
    let error = lay_out(template, &fields, &FontSet::bundled(), &furniture()).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::PageFull, Some("large")));
    // The same with its smaller sizes.
    let notice = Templates::new();
    let pages = lay_out(notice.get("notice").unwrap(), &fields, &FontSet::bundled(), &furniture()).unwrap();
    assert!(pages.len() > 1);
}

#[test]
fn the_same_receipt_gives_the_same_marks() {
    let content = samples::medical();
    assert_eq!(laid_out(&content).unwrap(), laid_out(&content).unwrap());
}
