#![allow(clippy::unwrap_used)]
use super::*;

const SIZE: Um = 3_175;

fn lines_of(setter: &mut Setter<'_>, text: &str, width: Um) -> Vec<String> {
    let printed = Printed { text: text.into(), from: Some("Field".to_owned()) };
    let lines = setter.set(&[Source { printed, colour: Colour::BLACK }], SIZE, width).unwrap();
    for line in &lines {
        assert!(line.width <= width || line.runs.iter().map(|run| run.glyphs.len()).sum::<usize>() == 1);
    }
    let characters = |line: &Line| line.runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.character).collect();
    lines.iter().map(characters).collect()
}

#[test]
fn chinese_breaks_anywhere_but_before_closing_and_after_opening_marks() {
    let fonts = FontSet::bundled();
    let mut setter = Setter::new(&fonts);
    let text = "退费，须凭（原件）办理。";
    // Two characters fit, three do not.
    for (width, expected) in [
        (3 * SIZE, &["退费，", "须凭", "（原", "件）办", "理。"][..]),
        (5 * SIZE, &["退费，须凭", "（原件）办", "理。"][..]),
        (100 * SIZE, &["退费，须凭（原件）办理。"][..]),
    ] {
        assert_eq!(lines_of(&mut setter, text, width), expected);
    }
}

#[test]
fn words_stay_whole_unless_they_are_longer_than_a_line() {
    let fonts = FontSet::bundled();
    let mut setter = Setter::new(&fonts);
    assert_eq!(lines_of(&mut setter, "Example Sample", 5 * SIZE), ["Example", "Sample"]);
    let long = "1".repeat(60);
    let lines = lines_of(&mut setter, &long, 5 * SIZE);
    assert!(lines.len() > 1);
    assert_eq!(lines.concat(), long);
    // Narrower than any glyph: one on each line, and an end.
    assert_eq!(lines_of(&mut setter, "元角分", 1), ["元", "角", "分"]);
}

#[test]
fn line_feeds_break_and_other_controls_are_spaces() {
    let fonts = FontSet::bundled();
    let mut setter = Setter::new(&fonts);
    assert_eq!(lines_of(&mut setter, "一\r\n\n二\t三\u{7}四", 50 * SIZE), ["一", "", "二 三 四"]);
    assert_eq!(lines_of(&mut setter, "", 50 * SIZE), [""]);
}

#[test]
fn what_cannot_be_set_is_told_with_field_and_index() {
    let fonts = FontSet::bundled();
    let mut setter = Setter::new(&fonts);
    let from = |text: &'static str, name: &str| Source {
        printed: Printed { text: text.into(), from: Some(name.to_owned()) },
        colour: Colour::BLACK,
    };
    setter.set(&[from("陈𪚥", "PayerPartyName")], SIZE, SIZE).unwrap();
    setter.set(&[from("陈𪚥", "PayerPartyName")], SIZE / 2, SIZE).unwrap();
    setter.set(&[from("一\n二𪚥", "Remark"), from("𪚥", "Checker")], SIZE, 9 * SIZE).unwrap();
    let error = setter.finish().unwrap_err();
    assert_eq!(error.code(), Code::MissingGlyph);
    assert_eq!(
        error.found_text(),
        Some(
            "U+2A6A5 𪚥 in PayerPartyName, character 2; U+2A6A5 𪚥 in Remark, character 4; \
             U+2A6A5 𪚥 in Checker, character 1"
        )
    );
    setter.begin_again();
    assert_eq!(setter.finish(), Ok(()));

    let error = setter.set(&[from("陈\u{202E}三", "Checker")], SIZE, SIZE).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::InvisibleCharacter, Some("Checker")));
    assert_eq!(error.found_text(), Some("U+202E in Checker, character 2"));
}

#[test]
fn many_missing_characters_are_counted_not_listed() {
    let fonts = FontSet::bundled();
    let mut setter = Setter::new(&fonts);
    let text = "𪚥".repeat(1000);
    let printed = Printed { text: text.into(), from: Some("Remark".to_owned()) };
    setter.set(&[Source { printed, colour: Colour::BLACK }], SIZE, 90 * SIZE).unwrap();
    let error = setter.finish().unwrap_err();
    assert!(error.found_text().unwrap().ends_with("; and 960 more"));
    assert!(error.found_text().unwrap().len() < 2_500);
}

#[test]
fn lines_and_baselines_lie_on_the_grid_and_hold_their_text() {
    for size in (600..=7200).map(crate::length::centipoints) {
        assert_eq!((leading(size) % GRID, baseline(size) % GRID), (0, 0));
        assert!(leading(size) >= size && baseline(size) <= leading(size), "{size}");
        // The em square reaches 0.88 above the baseline and 0.12 below it.
        assert!(baseline(size) * 25 >= size * 22 - 25 * GRID / 2, "{size}");
        assert!((leading(size) - baseline(size)) * 25 >= size * 3 - 25 * GRID / 2, "{size}");
    }
}
