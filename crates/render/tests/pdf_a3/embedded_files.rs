//! Clauses 6.8 to 6.11: embedded files, and what a printed receipt has none of.

use lopdf::{Dictionary, Object, dictionary};

use crate::documents;
use crate::subject::{Subject, hold, holds, name_of, one, refuses};

#[test]
fn clause_6_8_embedded_files() {
    holds(embedded_files);
    let specification = |change: fn(&mut Dictionary)| {
        one().changed(|pdf| {
            let all = pdf.objects.values_mut().filter_map(|object| object.as_dict_mut().ok());
            change(all.into_iter().find(|one| one.has(b"AFRelationship")).unwrap());
        })
    };
    refuses(embedded_files, &specification(|file| drop(file.remove(b"UF"))), "UF");
    refuses(embedded_files, &specification(|file| drop(file.remove(b"F"))), "F and UF");
    refuses(embedded_files, &specification(|file| file.set("AFRelationship", "Other")), "AFRelationship");
    refuses(embedded_files, &one().changed(|pdf| drop(pdf.catalog_mut().unwrap().remove(b"AF"))), "AF");
    let stream = |change: fn(&mut Dictionary)| {
        one().changed(|pdf| {
            let all = pdf.objects.values_mut().filter_map(|object| object.as_stream_mut().ok());
            change(&mut all.into_iter().find(|one| name_of(&one.dict, "Type") == Some(b"EmbeddedFile")).unwrap().dict);
        })
    };
    refuses(embedded_files, &stream(|file| drop(file.remove(b"Subtype"))), "MIME");
    refuses(embedded_files, &stream(|file| file.set("Params", dictionary! { "Size" => 1 })), "Size");
}

/// Each embedded file is named, typed, related to the document, and the receipt's document byte for byte.
fn embedded_files(subject: &Subject) -> Result<(), String> {
    let wanted = documents::attached(&subject.name);
    // Those of the document stand in the catalogue, those of one of many receipts on its first page.
    let owners = [subject.catalog()].into_iter().chain(subject.pages());
    let related = owners.filter_map(|owner| subject.get(owner, "AF")?.as_array().ok()).flatten();
    let related: Vec<_> = related.map(|file| subject.resolved(file).as_dict().unwrap()).collect();
    hold(related.len() == wanted.len(), || format!("{} files in AF", related.len()))?;
    hold(subject.of_type("Type", "EmbeddedFile").len() == wanted.len(), || "further embedded files".to_owned())?;
    for (file, (name, bytes)) in related.into_iter().zip(wanted) {
        let named = |key: &str| file.get(key.as_bytes()).and_then(Object::as_str).is_ok_and(|said| text(said) == name);
        hold(named("F") && named("UF"), || format!("F and UF of {name}"))?;
        hold(name_of(file, "AFRelationship") == Some(b"Data"), || "AFRelationship is not Data".to_owned())?;
        let streams = subject.get(file, "EF").and_then(|one| one.as_dict().ok()).ok_or("no EF")?;
        let stream = subject.get(streams, "F").and_then(|one| one.as_stream().ok()).ok_or("no stream")?;
        hold(name_of(&stream.dict, "Subtype") == Some(b"text/xml"), || "another MIME type than text/xml".to_owned())?;
        let size =
            subject.get(&stream.dict, "Params").and_then(|one| one.as_dict().ok()?.get(b"Size").ok()?.as_i64().ok());
        hold(size == Some(bytes.len() as i64), || format!("Size is {size:?}"))?;
        let same = stream.get_plain_content().is_ok_and(|content| content == bytes);
        hold(same, || format!("{name} is not the receipt's document"))?;
    }
    Ok(())
}

/// A file name: UTF-16 with its mark, or ASCII.
fn text(bytes: &[u8]) -> String {
    let Some(wide) = bytes.strip_prefix(b"\xFE\xFF") else { return String::from_utf8_lossy(bytes).into_owned() };
    let units: Vec<_> = wide.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

#[test]
fn clause_6_9_optional_content() {
    holds(optional_content);
    for key in ["OCProperties", "OC", "OCGs"] {
        refuses(optional_content, &one().changed(|pdf| pdf.catalog_mut().unwrap().set(key, Dictionary::new())), key);
    }
}

/// Nothing on the page can be switched on or off.
fn optional_content(subject: &Subject) -> Result<(), String> {
    for dictionary in subject.dictionaries() {
        for key in ["OCProperties", "OC", "OCGs"] {
            hold(!dictionary.has(key.as_bytes()), || format!("optional content: {key}"))?;
        }
    }
    Ok(())
}

#[test]
fn clause_6_10_alternate_presentations() {
    holds(alternate_presentations);
    let named = |key: &'static str| {
        one().changed(|pdf| pdf.catalog_mut().unwrap().set("Test", dictionary! { key => Dictionary::new() }))
    };
    refuses(alternate_presentations, &named("AlternatePresentations"), "AlternatePresentations");
    refuses(alternate_presentations, &named("PresSteps"), "PresSteps");
}

fn alternate_presentations(subject: &Subject) -> Result<(), String> {
    for dictionary in subject.dictionaries() {
        for key in ["AlternatePresentations", "PresSteps"] {
            hold(!dictionary.has(key.as_bytes()), || key.to_owned())?;
        }
    }
    Ok(())
}

#[test]
fn clause_6_11_requirements() {
    holds(requirements);
    let with = one().changed(|pdf| pdf.catalog_mut().unwrap().set("Requirements", Object::Array(Vec::new())));
    refuses(requirements, &with, "Requirements");
}

fn requirements(subject: &Subject) -> Result<(), String> {
    hold(!subject.catalog().has(b"Requirements"), || "Requirements".to_owned())
}
