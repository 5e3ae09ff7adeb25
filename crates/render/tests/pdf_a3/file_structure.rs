//! Clauses 6.1: how the file is built.

use lopdf::{Dictionary, Object, StringFormat};

use crate::content::{Contents, contents, with_operators};
use crate::metadata::property;
use crate::raw;
use crate::subject::{Subject, hold, holds, name_of, one, refuses};

#[test]
fn clause_6_1_2_file_header() {
    holds(header);
    refuses(header, &one().replaced(b"%PDF-1.7", b"%PDF-1.8"), "version");
    refuses(header, &one().replaced(b"%PDF-1.7", b"\n%PDF-1.7"), "byte zero");
    let line = one().bytes[..one().bytes[9..].iter().position(|byte| *byte == b'\n').unwrap() + 10].to_vec();
    refuses(header, &one().replaced(&line, b"%PDF-1.7\n%text\n"), "comment");
}

fn header(subject: &Subject) -> Result<(), String> {
    let rest = subject.bytes.strip_prefix(b"%PDF-1.").ok_or("no header at byte zero")?;
    hold(rest[0].is_ascii_digit() && rest[0] < b'8' && rest[1] == b'\n', || {
        "another version than 1.0 to 1.7".to_owned()
    })?;
    hold(rest[2] == b'%' && rest[3..7].iter().all(|byte| *byte > 127), || "no comment of four high bytes".to_owned())
}

#[test]
fn clause_6_1_3_file_trailer() {
    holds(trailer);
    refuses(trailer, &one().changed(|pdf| drop(pdf.trailer.remove(b"ID"))), "ID");
    refuses(trailer, &one().changed(|pdf| pdf.trailer.set("Encrypt", Dictionary::new())), "encrypted");
    refuses(trailer, &one().replaced(b"%%EOF\n", b"%%EOF\nx"), "end");
}

fn trailer(subject: &Subject) -> Result<(), String> {
    let id = subject.pdf.trailer.get(b"ID").ok().and_then(|id| id.as_array().ok()).ok_or("no ID")?;
    let parts: Vec<_> = id.iter().map(|part| part.as_str().unwrap_or_default()).collect();
    hold(parts.len() == 2 && parts.iter().all(|part| part.len() == 16), || "ID is not two identifiers".to_owned())?;
    hold(!subject.pdf.trailer.has(b"Encrypt"), || "encrypted".to_owned())?;
    hold(subject.bytes.ends_with(b"%%EOF\n"), || "something follows the end of the file".to_owned())
}

#[test]
fn clause_6_1_4_cross_reference_table() {
    holds(cross_references);
    refuses(cross_references, &one().replaced(b"xref\n0 ", b"xref \n0 "), "xref");
    refuses(cross_references, &one().replaced(b" 00000 n \n", b" 00000  n\n"), "row");
    // What begins one byte before the object begins with a line end.
    let first = raw::table(&one().bytes).unwrap()[1].0;
    let (right, wrong) = (format!("{first:010} 00000 n"), format!("{:010} 00000 n", first - 1));
    refuses(cross_references, &one().replaced(right.as_bytes(), wrong.as_bytes()), "object 1");
}

fn cross_references(subject: &Subject) -> Result<(), String> {
    let rows = raw::table(&subject.bytes)?;
    let last = rows.len() as u32;
    hold(subject.pdf.objects.keys().all(|(number, _)| *number < last), || "an object without a row".to_owned())?;
    for (number, (offset, generation, used)) in rows.into_iter().enumerate() {
        let begins = format!("{number} {generation} obj");
        let there = subject.bytes.get(offset..).is_some_and(|rest| rest.starts_with(begins.as_bytes()));
        hold(!used || there, || format!("object {number} is not where its row says"))?;
    }
    Ok(())
}

#[test]
fn clause_6_1_5_document_information() {
    holds(information);
    let other = |key: &'static str| {
        one().changed(|pdf| {
            let info = pdf.trailer.get(b"Info").unwrap().as_reference().unwrap();
            pdf.get_dictionary_mut(info).unwrap().set(key, Object::string_literal("D:20200101000000Z"));
        })
    };
    refuses(information, &other("Title"), "Title");
    refuses(information, &other("Producer"), "Producer");
    refuses(information, &other("CreationDate"), "CreationDate");
    refuses(information, &other("Custom"), "Custom");
}

/// Each entry says what the XMP property says that stands for it.
fn information(subject: &Subject) -> Result<(), String> {
    let Ok(info) = subject.pdf.trailer.get(b"Info") else { return Ok(()) };
    for (key, value) in subject.resolved(info).as_dict().unwrap() {
        let key = String::from_utf8_lossy(key);
        let said = text(value.as_str().map_err(|error| error.to_string())?);
        let (name, said) = match key.as_ref() {
            "Title" => ("dc:title", said),
            "Author" => ("dc:creator", said),
            "Subject" => ("dc:description", said),
            "Keywords" => ("pdf:Keywords", said),
            "Producer" => ("pdf:Producer", said),
            "Creator" => ("xmp:CreatorTool", said),
            "CreationDate" => ("xmp:CreateDate", date(&said)),
            "ModDate" => ("xmp:ModifyDate", date(&said)),
            _ => return Err(format!("{key} stands for no property")),
        };
        let property = property(subject, name);
        hold(property.as_deref() == Some(said.as_str()), || format!("{key} is {said}, {name} is {property:?}"))?;
    }
    Ok(())
}

/// A text string: UTF-16 with its mark, else PDFDocEncoding, of which ours uses ASCII.
fn text(bytes: &[u8]) -> String {
    match bytes.strip_prefix(b"\xFE\xFF") {
        Some(wide) => {
            let units: Vec<_> = wide.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).unwrap()
        }
        None => String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

/// `D:yyyyMMddHHmmss+08'00` as XMP writes it.
fn date(pdf: &str) -> String {
    let digits: String = pdf.chars().filter(char::is_ascii_digit).collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("");
    let sign = if pdf.contains('+') { "+" } else { "-" };
    format!(
        "{}-{}-{}T{}:{}:{}{sign}{}:{}",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12),
        part(12, 14),
        part(14, 16),
        part(16, 18)
    )
}

#[test]
fn clause_6_1_6_strings() {
    holds(strings);
    let id = b"/ID[<";
    let at = crate::subject::find(&one().bytes, id).unwrap();
    let first = one().bytes[at + id.len()];
    refuses(strings, &one().replaced(&[id.as_slice(), &[first]].concat(), b"/ID[<x"), "digit");
    refuses(strings, &one().replaced(&[id.as_slice(), &[first]].concat(), b"/ID[< "), "even");
}

fn strings(subject: &Subject) -> Result<(), String> {
    let objects = raw::objects(&subject.bytes)?;
    let trailer = &subject.bytes[raw::table_start(&subject.bytes)?..];
    let heads = objects.iter().map(raw::RawObject::head).chain([trailer]).map(<[u8]>::to_vec);
    let contents = subject.pdf.page_iter().map(|id| subject.pdf.get_page_content(id));
    for head in heads.chain(contents) {
        for string in raw::hexadecimal_strings(&head) {
            let digits: Vec<_> = string.iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
            hold(digits.iter().all(|byte| byte.is_ascii_hexdigit()), || {
                format!("a digit in {}", string.escape_ascii())
            })?;
            hold(digits.len() % 2 == 0, || format!("no even number of digits in {}", string.escape_ascii()))?;
        }
    }
    Ok(())
}

#[test]
fn clause_6_1_7_1_streams() {
    holds(streams);
    refuses(streams, &one().replaced(b"\nendstream", b" endstream"), "line end");
    refuses(streams, &one().replaced(b"stream\n", b"stream "), "line end");
    let at = crate::subject::find(&one().bytes, b"/Length ").unwrap();
    let (length, other) =
        (&one().bytes[at..at + 9], if one().bytes[at + 8] == b'9' { b"/Length 8" } else { b"/Length 9" });
    refuses(streams, &one().replaced(length, other), "Length");
    let external = |key: &'static str| {
        one().changed(|pdf| {
            let id = *pdf.objects.iter().find(|(_, object)| object.as_stream().is_ok()).unwrap().0;
            pdf.get_object_mut(id).unwrap().as_stream_mut().unwrap().dict.set(key, "elsewhere");
        })
    };
    refuses(streams, &external("F"), "elsewhere");
    refuses(streams, &external("FFilter"), "elsewhere");
    refuses(streams, &external("FDecodeParms"), "elsewhere");
}

fn streams(subject: &Subject) -> Result<(), String> {
    for (id, stream) in subject.streams() {
        let outside = ["F", "FFilter", "FDecodeParms"].iter().any(|key| stream.dict.has(key.as_bytes()));
        hold(!outside, || format!("stream {} lies elsewhere", id.0))?;
    }
    for object in raw::objects(&subject.bytes)? {
        let number = object.number;
        let Some(end) = object.bytes.windows(9).rposition(|window| window == b"endstream") else { continue };
        let word = crate::subject::find(object.bytes, b"stream").unwrap_or(0);
        let line = object.bytes[word + 6..].starts_with(b"\n") && object.bytes[end - 1] == b'\n';
        hold(line, || format!("stream {number} does not stand between line ends"))?;
        let head = &object.bytes[..word];
        let length = crate::subject::find(head, b"/Length ").and_then(|at| raw::number(&head[at + 8..]));
        hold(length == Some(end - 1 - (word + 7)), || format!("Length of stream {number} is {length:?}"))?;
    }
    Ok(())
}

#[test]
fn clause_6_1_7_2_filters() {
    holds(filters);
    for filter in ["LZWDecode", "Crypt", "OwnDecode"] {
        let changed = one().changed(|pdf| {
            let id = *pdf.objects.iter().find(|(_, object)| object.as_stream().is_ok()).unwrap().0;
            pdf.get_object_mut(id).unwrap().as_stream_mut().unwrap().dict.set("Filter", Object::Name(filter.into()));
        });
        refuses(filters, &changed, filter);
    }
}

fn filters(subject: &Subject) -> Result<(), String> {
    for (id, stream) in subject.streams() {
        let Ok(filter) = stream.dict.get(b"Filter") else { continue };
        hold(filter.as_name().ok() == Some(b"FlateDecode"), || format!("stream {} is {filter:?}", id.0))?;
    }
    Ok(())
}

#[test]
fn clause_6_1_8_names() {
    holds(names);
    let changed = one().changed(|pdf| {
        let font =
            pdf.objects.values_mut().filter_map(|object| object.as_dict_mut().ok()).find(|one| one.has(b"BaseFont"));
        font.unwrap().set("BaseFont", Object::Name(b"ABCDEF+\xFFont".to_vec()));
    });
    refuses(names, &changed, "UTF-8");
}

fn names(subject: &Subject) -> Result<(), String> {
    let named = subject.every().into_iter().filter_map(|object| object.as_name().ok());
    let keys =
        subject.dictionaries().into_iter().flat_map(|dictionary| dictionary.iter().map(|(key, _)| key.as_slice()));
    for name in named.chain(keys) {
        hold(std::str::from_utf8(name).is_ok(), || format!("{} is not UTF-8", name.escape_ascii()))?;
    }
    Ok(())
}

#[test]
fn clause_6_1_9_indirect_objects() {
    holds(indirect_objects);
    refuses(indirect_objects, &one().replaced(b"\nendobj", b" endobj"), "endobj");
    refuses(indirect_objects, &one().replaced(b"\n1 0 obj", b" 1 0 obj"), "number");
    refuses(indirect_objects, &one().replaced(b"1 0 obj\n", b"1 0 obj "), "obj");
}

fn indirect_objects(subject: &Subject) -> Result<(), String> {
    for object in raw::objects(&subject.bytes)? {
        let number = object.number;
        hold(object.before == b'\n', || format!("no line end before the number {number}"))?;
        hold(object.bytes.starts_with(format!("{number} 0 obj\n").as_bytes()), || {
            format!("{number} 0 obj and a line end")
        })?;
        let end = object.bytes.ends_with(b"\nendobj") && object.behind == b'\n';
        hold(end, || format!("endobj of {number} does not stand between line ends"))?;
    }
    Ok(())
}

#[test]
fn clause_6_1_10_inline_images() {
    holds(inline_images);
    refuses(inline_images, &with_operators(one(), "BI /W 1 /H 1 /BPC 8 /CS /G ID a EI"), "inline");
}

/// None is used at all.
fn inline_images(subject: &Subject) -> Result<(), String> {
    for Contents { operations, .. } in contents(subject) {
        let any = operations.iter().any(|operation| matches!(operation.operator.as_str(), "BI" | "ID" | "EI"));
        hold(!any, || "an inline image".to_owned())?;
    }
    Ok(())
}

#[test]
fn clause_6_1_12_permissions() {
    holds(permissions);
    refuses(permissions, &one().changed(|pdf| pdf.catalog_mut().unwrap().set("Perms", Dictionary::new())), "Perms");
}

fn permissions(subject: &Subject) -> Result<(), String> {
    hold(!subject.catalog().has(b"Perms"), || "Perms".to_owned())
}

#[test]
fn clause_6_1_13_limits() {
    holds(limits);
    let with = |value: Object| one().changed(|pdf| pdf.catalog_mut().unwrap().set("Test", value));
    refuses(limits, &with(Object::Integer(1 << 31)), "integer");
    refuses(limits, &with(Object::Real(1e-39)), "real");
    refuses(limits, &with(Object::String(vec![b'a'; 32_768], StringFormat::Literal)), "string");
    refuses(limits, &with(Object::Name(vec![b'a'; 128])), "name");
    refuses(limits, &with_operators(one(), &format!("{}{}", "q ".repeat(29), "Q ".repeat(29))), "nesting");
    let sized = |side: i64| {
        one().changed(|pdf| {
            let page = pdf.page_iter().next().unwrap();
            let media = vec![0.into(), 0.into(), side.into(), 400.into()];
            pdf.get_dictionary_mut(page).unwrap().set("MediaBox", media);
        })
    };
    refuses(limits, &sized(2), "page");
    refuses(limits, &sized(14_401), "page");
}

fn limits(subject: &Subject) -> Result<(), String> {
    hold(subject.pdf.objects.len() <= 8_388_607, || "too many objects".to_owned())?;
    for object in subject.every() {
        match object {
            Object::Integer(value) => hold(i32::try_from(*value).is_ok(), || format!("the integer {value}"))?,
            Object::Real(value) => hold(value.is_finite() && (*value == 0.0 || value.abs() >= 1.175e-38), || {
                format!("the real number {value}")
            })?,
            Object::String(bytes, _) => hold(bytes.len() <= 32_767, || "a string that is too long".to_owned())?,
            Object::Name(name) => hold(name.len() <= 127, || "a name that is too long".to_owned())?,
            _ => {}
        }
    }
    for page in subject.pages() {
        for key in ["MediaBox", "CropBox", "BleedBox", "TrimBox", "ArtBox"] {
            let Some(sides) = subject.get(page, key) else { continue };
            let sides: Vec<f32> = sides.as_array().unwrap().iter().map(|side| side.as_float().unwrap()).collect();
            let good = [sides[2] - sides[0], sides[3] - sides[1]].iter().all(|side| (3.0..=14_400.0).contains(side));
            hold(good, || format!("a page of {sides:?}"))?;
        }
        hold(name_of(page, "Type") == Some(b"Page"), || "no page".to_owned())?;
    }
    for Contents { operations, .. } in contents(subject) {
        let mut depth = 0_i32;
        for operation in operations {
            depth += i32::from(operation.operator == "q") - i32::from(operation.operator == "Q");
            hold((0..=28).contains(&depth), || format!("nesting of q and Q to {depth}"))?;
        }
    }
    Ok(())
}
