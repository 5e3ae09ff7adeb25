//! Clauses 6.6: XMP.

use std::collections::BTreeSet;

use lopdf::{Object, Stream, dictionary};

use crate::subject::{Subject, hold, holds, name_of, one, refuses};

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// Namespaces whose properties PDF/A knows of itself (6.6.2.3.1), as far as we use them, and those of the syntax.
const PREDEFINED: [&str; 5] = [
    "http://purl.org/dc/elements/1.1/",
    "http://ns.adobe.com/xap/1.0/",
    "http://ns.adobe.com/pdf/1.3/",
    "http://www.aiim.org/pdfa/ns/id/",
    "http://www.aiim.org/pdfa/ns/extension/",
];

/// The fields of a described property (6.6.2.3.3, table for the property value type).
const PROPERTY_FIELDS: [&str; 4] = ["name", "valueType", "category", "description"];

/// The metadata stream of the document.
fn stream(subject: &Subject) -> Option<&Stream> {
    subject.get(subject.catalog(), "Metadata").and_then(|object| object.as_stream().ok())
}

fn packet(subject: &Subject) -> Option<String> {
    String::from_utf8(stream(subject)?.get_plain_content().ok()?).ok()
}

fn with_packet(change: impl FnOnce(String) -> String) -> Subject {
    one().changed(|pdf| {
        let id = pdf.catalog().unwrap().get(b"Metadata").unwrap().as_reference().unwrap();
        let stream = pdf.get_object_mut(id).unwrap().as_stream_mut().unwrap();
        let text = String::from_utf8(stream.get_plain_content().unwrap()).unwrap();
        stream.dict.remove(b"Filter");
        stream.set_content(change(text).into_bytes());
    })
}

/// One description with another property in it.
fn with_property(property: &str) -> Subject {
    with_packet(|text| text.replacen("</rdf:Description>", &format!("{property}</rdf:Description>"), 1))
}

/// The text of a property such as `dc:title`, of the first item where it is a list.
pub fn property(subject: &Subject, name: &str) -> Option<String> {
    let packet = packet(subject)?;
    let tree = roxmltree::Document::parse(&packet).ok()?;
    let (prefix, local) = name.split_once(':')?;
    let named = |node: &roxmltree::Node<'_, '_>| {
        let space = node.tag_name().namespace().and_then(|space| node.lookup_prefix(space));
        node.is_element() && node.tag_name().name() == local && space == Some(prefix)
    };
    let node = tree.descendants().find(named)?;
    node.descendants().filter_map(|inner| inner.text()).map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
}

#[test]
fn clause_6_6_2_1_metadata_streams() {
    holds(metadata_streams);
    refuses(
        metadata_streams,
        &one().changed(|pdf| drop(pdf.catalog_mut().unwrap().remove(b"Metadata"))),
        "no metadata",
    );
    refuses(metadata_streams, &with_packet(|text| text.replacen("begin=", "bytes=\"99\" begin=", 1)), "attribute");
    refuses(
        metadata_streams,
        &with_packet(|text| text.replacen("begin=", "encoding=\"UTF-8\" begin=", 1)),
        "attribute",
    );
    refuses(metadata_streams, &with_packet(|text| text.replacen("</rdf:RDF>", "", 1)), "XML");
    let untyped = one().changed(|pdf| {
        let id = pdf.catalog().unwrap().get(b"Metadata").unwrap().as_reference().unwrap();
        pdf.get_object_mut(id).unwrap().as_stream_mut().unwrap().dict.remove(b"Subtype");
    });
    refuses(metadata_streams, &untyped, "Subtype");
}

fn metadata_streams(subject: &Subject) -> Result<(), String> {
    let stream = stream(subject).ok_or("no metadata")?;
    let typed = name_of(&stream.dict, "Type") == Some(b"Metadata") && name_of(&stream.dict, "Subtype") == Some(b"XML");
    hold(typed, || "Type and Subtype are not Metadata and XML".to_owned())?;
    let packet = packet(subject).ok_or("the packet is not UTF-8")?;
    let head = packet.strip_prefix("<?xpacket ").and_then(|rest| rest.split_once("?>")).ok_or("no packet")?.0;
    hold(!head.contains("bytes=") && !head.contains("encoding="), || "an attribute of the packet's head".to_owned())?;
    hold(
        packet.trim_end().ends_with("<?xpacket end=\"r\"?>") || packet.trim_end().ends_with("<?xpacket end=\"w\"?>"),
        || "no end of the packet".to_owned(),
    )?;
    roxmltree::Document::parse(&packet).map(drop).map_err(|error| format!("no well-formed XML: {error}"))?;
    // Others would have to be XMP too: there is only the document's.
    hold(subject.of_type("Type", "Metadata").len() == 1, || "more than one metadata stream".to_owned())
}

#[test]
fn clause_6_6_2_3_1_properties() {
    holds(properties);
    refuses(properties, &with_property("<own:thing xmlns:own=\"http://example.com/own/\">x</own:thing>"), "own/");
    let name = "<pdfaProperty:name>kind</pdfaProperty:name>";
    refuses(properties, &with_packet(|text| text.replacen(name, &name.replace("kind", "kinds"), 1)), "kind");
}

/// Every property is predefined, or described by an extension schema.
fn properties(subject: &Subject) -> Result<(), String> {
    let packet = packet(subject).ok_or("no packet")?;
    let tree = roxmltree::Document::parse(&packet).map_err(|error| error.to_string())?;
    let described = described(&tree);
    for description in tree.descendants().filter(|node| node.has_tag_name((RDF, "Description"))) {
        for property in description.children().filter(roxmltree::Node::is_element) {
            let (space, name) = (property.tag_name().namespace().unwrap_or(""), property.tag_name().name());
            let known = PREDEFINED.contains(&space) || described.contains(&(space.to_owned(), name.to_owned()));
            hold(known, || format!("{space}{name} is described nowhere"))?;
        }
        hold(description.attributes().all(|one| one.namespace() == Some(RDF)), || {
            "a property as attribute".to_owned()
        })?;
    }
    Ok(())
}

/// Namespace and name of the properties that extension schemas describe.
fn described(tree: &roxmltree::Document<'_>) -> BTreeSet<(String, String)> {
    let text = |node: roxmltree::Node<'_, '_>, name: &str| {
        let found = node.descendants().find(|one| one.is_element() && one.tag_name().name() == name)?;
        Some(found.text()?.trim().to_owned())
    };
    let spaces =
        tree.descendants().filter(|node| node.tag_name().name() == "namespaceURI").filter_map(|node| node.parent());
    spaces
        .filter_map(|schema| Some((text(schema, "namespaceURI")?, schema)))
        .flat_map(|(space, schema)| {
            let rows: Vec<_> =
                schema.descendants().filter(|node| is_row(*node)).filter_map(|row| text(row, "name")).collect();
            rows.into_iter().map(move |name| (space.clone(), name))
        })
        .collect()
}

/// Whether a list item describes a property.
fn is_row(node: roxmltree::Node<'_, '_>) -> bool {
    let child = |node: roxmltree::Node<'_, '_>| node.is_element() && node.tag_name().name() == "valueType";
    node.has_tag_name((RDF, "li")) && node.children().any(child)
}

#[test]
fn clause_6_6_2_3_2_extension_schemas() {
    holds(extension_schemas);
    for field in ["schema", "namespaceURI", "prefix", "property"] {
        let (from, to) = (format!("pdfaSchema:{field}>"), format!("pdfaSchema:x{field}>"));
        refuses(extension_schemas, &with_packet(|text| text.replace(&from, &to)), field);
    }
}

/// Every schema has all the fields of the table.
fn extension_schemas(subject: &Subject) -> Result<(), String> {
    fields(
        subject,
        "http://www.aiim.org/pdfa/ns/schema#",
        "pdfaSchema",
        &["schema", "namespaceURI", "prefix", "property"],
    )
}

#[test]
fn clause_6_6_2_3_3_schema_fields() {
    holds(schema_fields);
    for field in PROPERTY_FIELDS {
        let (from, to) = (format!("pdfaProperty:{field}>"), format!("pdfaProperty:x{field}>"));
        refuses(schema_fields, &with_packet(|text| text.replacen(&from, &to, 2)), field);
    }
    let other = |text: String| text.replacen("<pdfaProperty:category>internal<", "<pdfaProperty:category>mine<", 1);
    refuses(schema_fields, &with_packet(other), "category");
}

/// Every property has all the fields of the table, each of its kind.
fn schema_fields(subject: &Subject) -> Result<(), String> {
    fields(subject, "http://www.aiim.org/pdfa/ns/property#", "pdfaProperty", &PROPERTY_FIELDS)?;
    let packet = packet(subject).ok_or("no packet")?;
    let tree = roxmltree::Document::parse(&packet).map_err(|error| error.to_string())?;
    for (name, values) in [("category", ["internal", "external"]), ("valueType", ["Text", "Date"])] {
        for node in tree.descendants().filter(|node| node.tag_name().name() == name) {
            hold(values.contains(&node.text().unwrap_or("").trim()), || format!("{name} {:?}", node.text()))?;
        }
    }
    Ok(())
}

/// Each list item that has one of the fields has them all, under the prefix that the standard asks for.
fn fields(subject: &Subject, space: &str, prefix: &str, wanted: &[&str]) -> Result<(), String> {
    let packet = packet(subject).ok_or("no packet")?;
    let tree = roxmltree::Document::parse(&packet).map_err(|error| error.to_string())?;
    let rows: Vec<_> = tree
        .descendants()
        .filter(|node| node.children().any(|child| child.is_element() && child.tag_name().namespace() == Some(space)))
        .collect();
    hold(!rows.is_empty(), || format!("nothing of {prefix}"))?;
    for row in rows {
        let names: Vec<_> =
            row.children().filter(|child| child.is_element()).map(|child| child.tag_name().name()).collect();
        for field in wanted {
            hold(names.contains(field), || format!("{prefix} without {field}"))?;
        }
        hold(row.children().all(|child| !child.is_element() || row.lookup_prefix(space) == Some(prefix)), || {
            format!("another prefix than {prefix}")
        })?;
    }
    Ok(())
}

#[test]
fn clause_6_6_4_version_and_level() {
    holds(version_and_level);
    refuses(version_and_level, &with_packet(|text| text.replace("<pdfaid:part>3<", "<pdfaid:part>1<")), "part");
    refuses(version_and_level, &with_packet(|text| text.replace("conformance>B<", "conformance>b<")), "conformance");
    refuses(
        version_and_level,
        &with_packet(|text| text.replace("pdfaid:", "aid:").replace("xmlns:pdfaid", "xmlns:aid")),
        "part",
    );
    refuses(version_and_level, &with_packet(|text| text.replace("/pdfa/ns/id/", "/pdfa/ns/id")), "namespace");
}

fn version_and_level(subject: &Subject) -> Result<(), String> {
    for (name, value) in [("pdfaid:part", "3"), ("pdfaid:conformance", "B")] {
        let found = property(subject, name);
        hold(found.as_deref() == Some(value), || format!("{name} is {found:?}"))?;
    }
    let packet = packet(subject).ok_or("no packet")?;
    hold(packet.contains("xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\""), || {
        "another namespace of pdfaid".to_owned()
    })
}

#[test]
fn the_title_names_the_receipt_and_the_language_is_chinese() {
    holds(title_and_language);
    let other = one().changed(|pdf| pdf.catalog_mut().unwrap().set("Lang", Object::string_literal("en")));
    refuses(title_and_language, &other, "language");
    let hidden = one().changed(|pdf| pdf.catalog_mut().unwrap().set("ViewerPreferences", dictionary! {}));
    refuses(title_and_language, &hidden, "title");
}

fn title_and_language(subject: &Subject) -> Result<(), String> {
    let catalog = subject.catalog();
    let language = catalog.get(b"Lang").and_then(Object::as_str).ok();
    hold(language == Some(b"zh-CN"), || format!("the language is {language:?}"))?;
    let shown =
        subject.get(catalog, "ViewerPreferences").and_then(|one| one.as_dict().ok()?.get(b"DisplayDocTitle").ok());
    hold(shown.and_then(|one| one.as_bool().ok()) == Some(true), || "the title is not shown".to_owned())?;
    hold(property(subject, "dc:title").is_some_and(|title| !title.is_empty()), || "no title".to_owned())
}
