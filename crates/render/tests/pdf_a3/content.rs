//! What content streams do: their operators, with the resources that they name.

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Object};

use crate::subject::{Subject, name_of};

/// A content stream, of a page or of a form.
pub struct Contents<'a> {
    /// The resources that belong to it and to nothing else.
    pub resources: Option<&'a Dictionary>,
    pub operations: Vec<Operation>,
}

/// The content streams of all pages and forms.
pub fn contents(subject: &Subject) -> Vec<Contents<'_>> {
    let pages = subject.pdf.page_iter().map(|id| {
        let page = subject.pdf.get_dictionary(id).unwrap();
        (page, subject.pdf.get_page_content(id))
    });
    let forms = subject
        .streams()
        .filter(|(_, stream)| name_of(&stream.dict, "Subtype") == Some(b"Form"))
        .map(|(_, stream)| (&stream.dict, stream.get_plain_content().unwrap()));
    pages
        .chain(forms)
        .map(|(owner, bytes)| Contents {
            resources: subject.get(owner, "Resources").and_then(|object| object.as_dict().ok()),
            operations: Content::decode(&bytes).unwrap().operations,
        })
        .collect()
}

/// One more content stream on the first page.
pub fn with_operators(subject: &Subject, operators: &str) -> Subject {
    subject.changed(|pdf| {
        let page = pdf.page_iter().next().unwrap();
        let mut content = pdf.get_page_content(page);
        content.extend_from_slice(b"\n");
        content.extend_from_slice(operators.as_bytes());
        pdf.change_page_content(page, content).unwrap();
    })
}

/// The glyphs that the pages show: for each font's object, every CID once.
pub fn shown(subject: &Subject) -> std::collections::BTreeMap<lopdf::ObjectId, std::collections::BTreeSet<u16>> {
    let mut found = std::collections::BTreeMap::<_, std::collections::BTreeSet<u16>>::new();
    for Contents { resources, operations } in contents(subject) {
        let fonts = resources.and_then(|all| subject.get(all, "Font")).and_then(|fonts| fonts.as_dict().ok());
        let mut font = None;
        for Operation { operator, operands } in operations {
            match operator.as_str() {
                "Tf" => {
                    let name = operands[0].as_name().unwrap();
                    font = fonts.and_then(|fonts| fonts.get(name).ok()).and_then(|object| object.as_reference().ok());
                }
                "Tj" | "TJ" | "'" | "\"" => {
                    let cids = operands.iter().flat_map(strings).flat_map(|bytes| {
                        bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect::<Vec<_>>()
                    });
                    found.entry(font.unwrap()).or_default().extend(cids);
                }
                _ => {}
            }
        }
    }
    found
}

fn strings(operand: &Object) -> Vec<&[u8]> {
    match operand {
        Object::String(bytes, _) => vec![bytes.as_slice()],
        Object::Array(parts) => parts.iter().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}
