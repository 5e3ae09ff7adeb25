//! Clauses 6.2.11: fonts.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Object, ObjectId, dictionary};

use crate::content::{shown, with_operators};
use crate::font_program::FontProgram;
use crate::subject::{Subject, hold, holds, name_of, one, refuses};

/// The dictionary of the one font below a composite one.
fn descendant<'a>(subject: &'a Subject, font: &'a Dictionary) -> &'a Dictionary {
    let all = subject.get(font, "DescendantFonts").unwrap().as_array().unwrap();
    subject.resolved(&all[0]).as_dict().unwrap()
}

fn descriptor<'a>(subject: &'a Subject, font: &'a Dictionary) -> &'a Dictionary {
    subject.get(descendant(subject, font), "FontDescriptor").unwrap().as_dict().unwrap()
}

/// The font program as it stands uncompressed.
fn program(subject: &Subject, font: &Dictionary) -> Option<Vec<u8>> {
    let file = subject.get(descriptor(subject, font), "FontFile3")?;
    file.as_stream().ok()?.get_plain_content().ok()
}

/// One of the dictionaries of fonts, changed: the first that has the key.
fn with_font(key: &str, change: impl FnOnce(&mut Dictionary)) -> Subject {
    one().changed(|pdf| {
        let fonts = pdf.objects.values_mut().filter_map(|object| object.as_dict_mut().ok());
        change(fonts.into_iter().find(|font| font.has(key.as_bytes())).unwrap());
    })
}

#[test]
fn clause_6_2_11_2_font_types() {
    holds(font_types);
    refuses(font_types, &with_font("DescendantFonts", |font| font.set("Subtype", "Type4")), "Type4");
    refuses(font_types, &with_font("CIDSystemInfo", |font| drop(font.remove(b"BaseFont"))), "BaseFont");
    refuses(font_types, &with_font("FontFile3", |font| drop(font.remove(b"FontName"))), "FontName");
    let other = one().changed(|pdf| {
        let programs = pdf.objects.values_mut().filter_map(|object| object.as_stream_mut().ok());
        let program = programs.into_iter().find(|one| name_of(&one.dict, "Subtype") == Some(b"CIDFontType0C"));
        program.unwrap().dict.set("Subtype", "Type1C");
    });
    refuses(font_types, &other, "program");
}

fn font_types(subject: &Subject) -> Result<(), String> {
    for font in subject.of_type("Type", "Font") {
        let subtype = name_of(font, "Subtype").unwrap_or_default();
        let known = matches!(subtype, b"Type0" | b"CIDFontType0" | b"CIDFontType2");
        hold(known, || format!("a font of type {}", subtype.escape_ascii()))?;
        hold(name_of(font, "BaseFont").is_some(), || "a font without BaseFont".to_owned())?;
        let Some(descriptor) = subject.get(font, "FontDescriptor").and_then(|one| one.as_dict().ok()) else { continue };
        let named = name_of(descriptor, "FontName");
        hold(named == name_of(font, "BaseFont"), || "FontName is not BaseFont".to_owned())?;
        let program = subject.get(descriptor, "FontFile3").and_then(|one| one.as_stream().ok());
        let kind = program.map(|program| name_of(&program.dict, "Subtype"));
        let good = match subtype {
            b"CIDFontType0" => kind == Some(Some(b"CIDFontType0C")),
            _ => kind.is_none() && descriptor.has(b"FontFile2"),
        };
        hold(good, || "a font program of another type".to_owned())?;
    }
    Ok(())
}

#[test]
fn clause_6_2_11_3_1_composite_fonts() {
    holds(composite_fonts);
    refuses(composite_fonts, &with_font("DescendantFonts", |font| font.set("Encoding", "GBK-EUC-H")), "Encoding");
    refuses(composite_fonts, &with_font("CIDSystemInfo", |font| drop(font.remove(b"CIDSystemInfo"))), "CIDSystemInfo");
}

/// Identity-H goes with any collection, but there must be one.
fn composite_fonts(subject: &Subject) -> Result<(), String> {
    for (_, font) in subject.composite_fonts() {
        hold(name_of(font, "Encoding") == Some(b"Identity-H"), || "another Encoding than Identity-H".to_owned())?;
        let system = subject.get(descendant(subject, font), "CIDSystemInfo").and_then(|one| one.as_dict().ok());
        let whole =
            system.is_some_and(|one| ["Registry", "Ordering", "Supplement"].iter().all(|key| one.has(key.as_bytes())));
        hold(whole, || "no whole CIDSystemInfo".to_owned())?;
    }
    Ok(())
}

#[test]
fn clause_6_2_11_3_2_cid_fonts() {
    holds(cid_fonts);
    refuses(cid_fonts, &with_font("CIDSystemInfo", |font| font.set("Subtype", "CIDFontType2")), "CIDToGIDMap");
}

fn cid_fonts(subject: &Subject) -> Result<(), String> {
    for font in subject.of_type("Subtype", "CIDFontType2") {
        let map = font.get(b"CIDToGIDMap").ok();
        let good =
            map.is_some_and(|map| map.as_name().ok() == Some(b"Identity") || subject.resolved(map).as_stream().is_ok());
        hold(good, || "a TrueType font without CIDToGIDMap".to_owned())?;
    }
    Ok(())
}

#[test]
fn clause_6_2_11_3_3_cmaps() {
    holds(cmaps);
    refuses(cmaps, &with_font("DescendantFonts", |font| font.set("Encoding", "Own-H")), "Own-H");
    let using = one().changed(|pdf| {
        let map = dictionary! { "Type" => "CMap", "UseCMap" => "Own-H" };
        pdf.catalog_mut().unwrap().set("Test", map);
    });
    refuses(cmaps, &using, "UseCMap");
}

/// A predefined one, so that none has to be embedded.
fn cmaps(subject: &Subject) -> Result<(), String> {
    for (_, font) in subject.composite_fonts() {
        let name = name_of(font, "Encoding").ok_or("an embedded CMap")?;
        hold(name == b"Identity-H", || format!("the CMap {}", name.escape_ascii()))?;
    }
    hold(!subject.dictionaries().iter().any(|one| one.has(b"UseCMap")), || "UseCMap".to_owned())
}

#[test]
fn clause_6_2_11_4_1_embedding() {
    holds(embedding);
    refuses(embedding, &with_font("FontFile3", |font| drop(font.remove(b"FontFile3"))), "not embedded");
    refuses(embedding, &showing_another(|_, last| last + 60_000), "no glyph");
}

/// The first font shows one more CID, found from its last one.
fn showing_another(choose: impl FnOnce(&Subject, u32) -> u32) -> Subject {
    let subject = one();
    let (name, id) = font_of_first_page(subject);
    let last = u32::from(*shown(subject)[&id].last().unwrap());
    let cid = choose(subject, last).min(0xFFFF);
    with_operators(subject, &format!("BT /{name} 9 Tf 40 40 Td <{cid:04X}> Tj ET"))
}

fn font_of_first_page(subject: &Subject) -> (String, ObjectId) {
    let resources = subject.get(subject.pages()[0], "Resources").unwrap().as_dict().unwrap();
    let fonts = subject.get(resources, "Font").unwrap().as_dict().unwrap();
    let (name, id) = fonts.iter().next().unwrap();
    (String::from_utf8(name.clone()).unwrap(), id.as_reference().unwrap())
}

/// Every font is embedded and has every glyph that is shown.
fn embedding(subject: &Subject) -> Result<(), String> {
    let shown = shown(subject);
    for (id, font) in subject.composite_fonts() {
        let place = descriptor(subject, font);
        let embedded = ["FontFile2", "FontFile3"].iter().any(|key| place.has(key.as_bytes()));
        hold(embedded, || format!("font {} is not embedded", id.0))?;
        let Some(bytes) = program(subject, font) else { continue };
        let program = FontProgram::read(&bytes).ok_or("a font program that cannot be read")?;
        let last = shown.get(&id).and_then(|cids| cids.last()).copied().unwrap_or(0);
        hold(usize::from(last) < program.glyphs(), || format!("font {} has no glyph {last}", id.0))?;
    }
    Ok(())
}

#[test]
fn clause_6_2_11_4_2_subsets() {
    holds(subsets);
    refuses(subsets, &with_font("CIDSystemInfo", |font| font.set("BaseFont", "Font")), "tag");
    refuses(subsets, &with_font("FontFile3", |font| font.set("CIDSet", Object::Null)), "CIDSet");
    refuses(subsets, &with_font("FontFile3", |font| font.set("CharSet", Object::string_literal("/a"))), "CharSet");
}

/// Subsets say so by their names, and keep no list of glyphs that could be incomplete.
fn subsets(subject: &Subject) -> Result<(), String> {
    for (_, font) in subject.composite_fonts() {
        let name = name_of(descendant(subject, font), "BaseFont").unwrap_or_default();
        let tagged = name.len() > 7 && name[..6].iter().all(u8::is_ascii_uppercase) && name[6] == b'+';
        hold(tagged, || format!("{} has no tag of a subset", name.escape_ascii()))?;
        for list in ["CIDSet", "CharSet"] {
            hold(!descriptor(subject, font).has(list.as_bytes()), || list.to_owned())?;
        }
    }
    Ok(())
}

#[test]
fn clause_6_2_11_5_metrics() {
    holds(metrics);
    let wider = with_font("W", |font| {
        let mut every = vec![Object::Integer(0), Object::Integer(65_535), Object::Integer(777)];
        std::mem::swap(font.get_mut(b"W").unwrap().as_array_mut().unwrap(), &mut every);
    });
    refuses(metrics, &wider, "777");
    refuses(metrics, &with_font("W", |font| font.set("DW", 1010)), "1010");
}

/// Each glyph that is shown is as wide in the dictionary as in the program, to within a thousandth.
fn metrics(subject: &Subject) -> Result<(), String> {
    let shown = shown(subject);
    for (id, font) in subject.composite_fonts() {
        let Some(bytes) = program(subject, font) else { continue };
        let program = FontProgram::read(&bytes).ok_or("a font program that cannot be read")?;
        let widths = widths(subject, descendant(subject, font));
        for cid in shown.get(&id).into_iter().flatten() {
            let said = widths(*cid);
            let drawn = program.width(usize::from(*cid)).ok_or_else(|| format!("glyph {cid} has no width"))?;
            hold((said - drawn).abs() <= 1.0, || format!("glyph {cid} is {drawn} wide, said to be {said}"))?;
        }
    }
    Ok(())
}

/// The widths of `W` and `DW`.
fn widths(subject: &Subject, font: &Dictionary) -> impl Fn(u16) -> f64 {
    let default = font.get(b"DW").and_then(Object::as_float).map_or(1000.0, f64::from);
    let mut found = BTreeMap::new();
    let number = |object: &Object| f64::from(object.as_float().unwrap());
    let mut parts = subject.get(font, "W").and_then(|all| all.as_array().ok()).into_iter().flatten();
    while let Some(first) = parts.next() {
        let first = number(first) as u16;
        match parts.next().map(|part| subject.resolved(part)).unwrap() {
            Object::Array(each) => {
                found.extend((first..).zip(each.iter().map(number)));
            }
            last => {
                let (last, width) = (number(last) as u16, number(parts.next().unwrap()));
                found.extend((first..=last).map(|cid| (cid, width)));
            }
        }
    }
    move |cid| found.get(&cid).copied().unwrap_or(default)
}

#[test]
fn clause_6_2_11_6_encodings() {
    holds(encodings);
    let simple = one().changed(|pdf| {
        let font = dictionary! { "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => "Font" };
        pdf.catalog_mut().unwrap().set("Test", font);
    });
    refuses(encodings, &simple, "TrueType");
}

/// What the clause asks is about simple TrueType fonts: there are none.
fn encodings(subject: &Subject) -> Result<(), String> {
    hold(subject.of_type("Subtype", "TrueType").is_empty(), || "a simple TrueType font".to_owned())
}

#[test]
fn clause_6_2_11_7_unicode() {
    holds(unicode);
    refuses(unicode, &with_font("DescendantFonts", |font| drop(font.remove(b"ToUnicode"))), "ToUnicode");
    refuses(unicode, &showing_another(|_, last| last + 60_000), "character");
}

/// Asked at level U only, and kept: every glyph that is shown says which characters it stands for.
fn unicode(subject: &Subject) -> Result<(), String> {
    let shown = shown(subject);
    for (id, font) in subject.composite_fonts() {
        let map = subject.get(font, "ToUnicode").and_then(|map| map.as_stream().ok()).ok_or("no ToUnicode")?;
        let known = characters(&String::from_utf8(map.get_plain_content().unwrap()).unwrap());
        for cid in shown.get(&id).into_iter().flatten() {
            hold(known.contains(cid), || format!("glyph {cid} of font {} stands for no character", id.0))?;
        }
    }
    Ok(())
}

/// The codes of the blocks `bfchar` and `bfrange` that stand for a character that is neither 0 nor a private one.
fn characters(map: &str) -> BTreeSet<u16> {
    let mut found = BTreeSet::new();
    let hexadecimal = |token: &str| u32::from_str_radix(token.get(..token.len().min(8)).unwrap_or(""), 16).ok();
    let real = |text: &str| hexadecimal(text).is_some_and(|value| value != 0 && !(0xE000..=0xF8FF).contains(&value));
    for (kind, width) in [("bfchar", 2), ("bfrange", 3)] {
        for block in map.split(&format!("begin{kind}")).skip(1) {
            let block = block.split(&format!("end{kind}")).next().unwrap();
            let tokens: Vec<&str> = block.split(['<', '>', ' ', '\n']).filter(|token| !token.is_empty()).collect();
            for row in tokens.chunks_exact(width).filter(|row| real(row[width - 1])) {
                let code = |at: usize| hexadecimal(row[at]).unwrap() as u16;
                found.extend(code(0)..=code(width - 2));
            }
        }
    }
    found
}

#[test]
fn clause_6_2_11_8_notdef() {
    holds(notdef);
    refuses(notdef, &showing_another(|_, _| 0), ".notdef");
}

fn notdef(subject: &Subject) -> Result<(), String> {
    let any = shown(subject).values().any(|cids| cids.contains(&0));
    hold(!any, || "glyph 0, .notdef, is shown".to_owned())
}
