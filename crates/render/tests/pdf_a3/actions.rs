//! Clauses 6.3 to 6.5: annotations, forms, signatures and actions, of which a printed receipt has none.

use lopdf::{Dictionary, Object, dictionary};

use crate::subject::{Subject, hold, holds, name_of, one, refuses};

/// The types of annotations of ISO 32000-1, table 169.
const ANNOTATIONS: &str = "Text Link FreeText Line Square Circle Polygon PolyLine Highlight Underline Squiggly StrikeOut Stamp \
     Caret Ink Popup FileAttachment Sound Movie Widget Screen PrinterMark TrapNet Watermark 3D Redact";

/// The types of actions of ISO 32000-1, table 198, and those that the clause names besides.
const ACTIONS: &str = "GoTo GoToR GoToE Launch Thread URI Sound Movie Hide Named SubmitForm ResetForm ImportData JavaScript \
     SetOCGState Rendition Trans GoTo3DView SetState NOP";

/// The first page with an annotation.
fn with_annotation(annotation: Dictionary) -> Subject {
    one().changed(|pdf| {
        let page = pdf.page_iter().next().unwrap();
        pdf.get_dictionary_mut(page).unwrap().set("Annots", vec![Object::Dictionary(annotation)]);
    })
}

fn with_entry(key: &str, value: impl Into<Object>) -> Subject {
    let value = value.into();
    one().changed(|pdf| pdf.catalog_mut().unwrap().set(key, value))
}

fn has(list: &str, word: &[u8]) -> bool {
    list.split_ascii_whitespace().any(|one| one.as_bytes() == word)
}

#[test]
fn clause_6_3_1_annotation_types() {
    holds(annotation_types);
    refuses(annotation_types, &with_annotation(dictionary! { "Subtype" => "Movie" }), "Movie");
    refuses(annotation_types, &with_annotation(dictionary! { "Subtype" => "Link" }), "Link");
}

/// None at all, so none of a kind that is not allowed.
fn annotation_types(subject: &Subject) -> Result<(), String> {
    for dictionary in subject.dictionaries() {
        let kind = name_of(dictionary, "Subtype").unwrap_or_default();
        hold(!has(ANNOTATIONS, kind), || format!("an annotation {}", kind.escape_ascii()))?;
    }
    Ok(())
}

#[test]
fn clause_6_3_2_annotation_dictionaries() {
    holds(annotation_dictionaries);
    refuses(annotation_dictionaries, &with_annotation(dictionary! { "F" => 2 }), "Annots");
}

/// No page has any.
fn annotation_dictionaries(subject: &Subject) -> Result<(), String> {
    hold(subject.pages().iter().all(|page| !page.has(b"Annots")), || "a page with Annots".to_owned())
}

#[test]
fn clause_6_3_3_annotation_appearances() {
    holds(annotation_appearances);
    let down = dictionary! { "AP" => dictionary! { "D" => Object::Null } };
    refuses(annotation_appearances, &with_annotation(down), "AP");
}

fn annotation_appearances(subject: &Subject) -> Result<(), String> {
    hold(subject.dictionaries().iter().all(|one| !one.has(b"AP")), || "an appearance: AP".to_owned())
}

#[test]
fn clause_6_4_1_forms() {
    holds(forms);
    refuses(forms, &with_entry("AcroForm", dictionary! { "NeedAppearances" => true }), "AcroForm");
    refuses(forms, &with_entry("Test", dictionary! { "FT" => "Tx", "A" => Object::Null }), "field");
}

fn forms(subject: &Subject) -> Result<(), String> {
    hold(!subject.catalog().has(b"AcroForm"), || "AcroForm".to_owned())?;
    hold(subject.dictionaries().iter().all(|one| !one.has(b"FT")), || "a field".to_owned())
}

#[test]
fn clause_6_4_2_xfa() {
    holds(xfa);
    refuses(xfa, &with_entry("Test", dictionary! { "XFA" => Object::Null }), "XFA");
    refuses(xfa, &with_entry("NeedsRendering", true), "NeedsRendering");
}

fn xfa(subject: &Subject) -> Result<(), String> {
    hold(subject.dictionaries().iter().all(|one| !one.has(b"XFA")), || "XFA".to_owned())?;
    hold(!subject.catalog().has(b"NeedsRendering"), || "NeedsRendering".to_owned())
}

#[test]
fn clause_6_4_3_signatures() {
    holds(signatures);
    refuses(signatures, &with_entry("Test", dictionary! { "Type" => "Sig" }), "signature");
    refuses(signatures, &with_entry("Test", dictionary! { "ByteRange" => Object::Null }), "signature");
}

/// The receipt is signed; its printed form is not.
fn signatures(subject: &Subject) -> Result<(), String> {
    let any = |one: &&Dictionary| name_of(one, "Type") == Some(b"Sig") || one.has(b"ByteRange");
    hold(!subject.dictionaries().iter().any(any), || "a signature of the file".to_owned())
}

#[test]
fn clause_6_5_1_actions() {
    holds(actions);
    for kind in ["Launch", "JavaScript", "URI", "SubmitForm", "Named"] {
        refuses(actions, &with_entry("OpenAction", dictionary! { "S" => kind }), kind);
    }
    refuses(actions, &with_entry("Test", dictionary! { "JS" => Object::string_literal("1") }), "JS");
}

/// No action of any type, not even an allowed one: bookmarks name their places directly.
fn actions(subject: &Subject) -> Result<(), String> {
    for dictionary in subject.dictionaries() {
        let kind = name_of(dictionary, "S").unwrap_or_default();
        hold(!has(ACTIONS, kind), || format!("an action {}", kind.escape_ascii()))?;
        hold(!dictionary.has(b"JS"), || "a script: JS".to_owned())?;
    }
    Ok(())
}

#[test]
fn clause_6_5_2_trigger_events() {
    holds(trigger_events);
    refuses(trigger_events, &with_entry("AA", Dictionary::new()), "AA");
    let page = one().changed(|pdf| {
        let page = pdf.page_iter().next().unwrap();
        pdf.get_dictionary_mut(page).unwrap().set("AA", Dictionary::new());
    });
    refuses(trigger_events, &page, "AA");
}

fn trigger_events(subject: &Subject) -> Result<(), String> {
    hold(subject.dictionaries().iter().all(|one| !one.has(b"AA")), || "AA".to_owned())
}
