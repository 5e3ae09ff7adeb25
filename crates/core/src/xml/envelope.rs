//! The parts of a receipt, and nothing unsigned beside them.

use std::borrow::Cow;

use czei_codes::Place;

use crate::verify::{Check, Finding};
use crate::{Code, Error};

use super::Edition;
use super::document::{AsideKind, Document, NodeId};
use super::edition::{Field, Names, Row};
use super::group::{Group, Stray};

/// A document with the parts of a receipt: `Header`, `EInvoiceData`, and up to two signatures, each
/// part once and in this order, with nothing else beside them that could be taken for data.
///
/// What the unit signs and what is shown come from the same nodes of the same parse.
///
/// ```
/// use czei_core::xml::{Document, Envelope, Limits};
/// use czei_core::Code;
/// let bytes = b"<EInvoice>\n<Header/> <EInvoiceData/>\n</EInvoice>";
/// let document = Document::parse(bytes, &Limits::default())?;
/// let envelope = Envelope::read(&document)?;
/// assert_eq!(envelope.unit_original().concat(), b"<Header/><EInvoiceData/>");
/// assert_eq!(envelope.signature_count(), 0);
///
/// let document = Document::parse(b"<EInvoice><Header/><EInvoiceData/><Total>1.00</Total></EInvoice>", &Limits::default())?;
/// assert_eq!(Envelope::read(&document).unwrap_err().code(), Code::Unsigned);
/// # Ok::<(), czei_core::Error>(())
/// ```
///
/// Source: 财综〔2017〕32号 EInvoice; 财网信办〔2020〕1号 for the second spelling.
#[derive(Debug, Clone)]
pub struct Envelope<'a> {
    edition: Edition,
    header: NodeId,
    data: NodeId,
    unit_original: [&'a [u8]; 2],
    signatures: Vec<SignatureElement<'a>>,
    findings: Vec<Finding>,
}

/// A `Signature` element as written. Nothing in it is decided here: the texts are unproved until a
/// signature that covers them holds.
#[derive(Debug, Clone)]
pub struct SignatureElement<'a> {
    /// The bytes of the whole element: what the authority signs of the unit's signature.
    pub element: &'a [u8],
    /// The element itself, for its place.
    pub node: NodeId,
    /// `SignedInfo/Reference`.
    pub reference: SignaturePart<'a>,
    /// `SignedInfo/SignatureAlgorithm`.
    pub algorithm: SignaturePart<'a>,
    /// `SignedInfo/SignatureFormat`.
    pub format: SignaturePart<'a>,
    /// `SignatureTime`.
    pub time: SignaturePart<'a>,
    /// `SignatureValue`, the base64 text as it stands.
    pub value: SignaturePart<'a>,
    /// `KeyInfo/SerialNumber`.
    pub serial: SignaturePart<'a>,
    /// `KeyInfo/X509IssuerName`.
    pub issuer: SignaturePart<'a>,
}

/// One text of a [`SignatureElement`], with the element it stands in.
#[derive(Debug, Clone)]
pub struct SignaturePart<'a> {
    /// The text, references resolved. May be empty.
    pub text: Cow<'a, str>,
    /// The element, for its place.
    pub node: NodeId,
}

impl<'a> Envelope<'a> {
    /// Takes a document for a receipt.
    ///
    /// # Errors
    /// [`Code::WrongRoot`], [`Code::OtherDocument`]; [`Code::PartMissing`], [`Code::PartTwice`],
    /// [`Code::PartOrder`]; [`Code::Unsigned`], [`Code::UnsignedAttribute`], [`Code::UnsignedText`];
    /// [`Code::SignatureCount`], [`Code::SignatureMissing`], [`Code::SignatureOrder`];
    /// [`Code::LimitItems`], [`Code::LimitAuxItems`]. Each with its place.
    pub fn read(document: &Document<'a>) -> Result<Self, Error> {
        let root = document.root();
        let root_name = document.name(root);
        let edition = Edition::of_root(root_name).ok_or_else(|| {
            Error::new(Code::WrongRoot).at(document.place(root)).expected("EInvoice").found(root_name)
        })?;
        let names = edition.names();
        if let Some(node) = sign_of_other_document(document, names) {
            return Err(Error::new(Code::OtherDocument).at(document.place(node)).found(document.name(node)));
        }
        let parts = read_parts(document, names)?;
        count_items(document, parts.data, names)?;
        let signatures = match parts.signatures {
            Some(node) => read_signatures(document, node, names)?,
            None => Vec::new(),
        };
        let mut envelope = Envelope {
            edition,
            header: parts.header,
            data: parts.data,
            unit_original: [document.bytes(parts.header), document.bytes(parts.data)],
            signatures,
            findings: Vec::new(),
        };
        envelope.note_asides(document);
        Ok(envelope)
    }

    /// The spelling.
    #[must_use]
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// The `Header` element.
    #[must_use]
    pub fn header(&self) -> NodeId {
        self.header
    }

    /// The `EInvoiceData` element.
    #[must_use]
    pub fn data(&self) -> NodeId {
        self.data
    }

    /// What the unit signs, in two parts: the exact bytes of `Header` and of `EInvoiceData`. White
    /// space between them is not signed.
    #[must_use]
    pub fn unit_original(&self) -> [&'a [u8]; 2] {
        self.unit_original
    }

    /// How many signatures there are: 0 to 2.
    #[must_use]
    pub fn signature_count(&self) -> usize {
        self.signatures.len()
    }

    /// The unit's signature (0) or the authority's (1).
    #[must_use]
    pub fn signature(&self, index: usize) -> Option<&SignatureElement<'a>> {
        self.signatures.get(index)
    }

    /// What deserves a look outside the signed span: a byte order mark, comments, instructions.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// `EInvoiceTag` as written; empty when absent.
    #[must_use]
    pub fn header_tag(&self, document: &Document<'a>) -> Cow<'a, str> {
        self.raw(document, Field::Tag)
    }

    /// `EInvoiceID` as written; empty when absent.
    #[must_use]
    pub fn header_id(&self, document: &Document<'a>) -> Cow<'a, str> {
        self.raw(document, Field::Id)
    }

    /// The place of an element of `Header`, `Main` or a node of Main by its name of 2017, such as
    /// `EInvoiceTag` or `PayerPartyName`; the place where it should be when it is absent.
    #[must_use]
    pub fn place_of(&self, document: &Document<'a>, name: &str) -> Place {
        match self.node_of(document, name) {
            Some(node) => document.place(node),
            None => document.place(self.data),
        }
    }

    fn raw(&self, document: &Document<'a>, field: Field) -> Cow<'a, str> {
        let rows = self.edition.names().header_rows;
        let group = Group::read(document, self.header, rows, true, |_| {});
        group.get(field).map_or(Cow::Borrowed(""), |node| document.text(node))
    }

    fn node_of(&self, document: &Document<'a>, name: &str) -> Option<NodeId> {
        let written = Edition::E2017.names();
        let names = self.edition.names();
        let groups = [
            (written.header_rows, names.header_rows),
            (written.main, names.main),
            (written.main_ext, names.main_ext),
            (written.unit, names.unit),
            (written.payer, names.payer),
        ];
        let field = groups.iter().flat_map(|(rows, _)| rows.iter()).find(|row| row.name == name)?.field;
        let rows = groups.iter().map(|(_, rows)| *rows).find(|rows| rows.iter().any(|row| row.field == field))?;
        let child = |node: NodeId, rows: &'static [Row], field: Field| {
            Group::read(document, node, rows, true, |_| {}).get(field)
        };
        let main = || child(self.data, names.data_rows, Field::Main);
        let node = match groups.iter().position(|(_, each)| core::ptr::eq(*each, rows))? {
            0 => self.header,
            1 => main()?,
            2 => child(main()?, names.main, Field::MainExt)?,
            3 => child(main()?, names.main, Field::Unit)?,
            _ => child(main()?, names.main, Field::Payer)?,
        };
        child(node, rows, field)
    }

    /// Comments and instructions outside the signed span are tolerated and named, ten at most of
    /// each; those inside are the content's.
    fn note_asides(&mut self, document: &Document<'a>) {
        if document.has_bom() {
            self.findings.push(Finding::new(Check::Form, Code::Bom).at(document.place_at(0, None)));
        }
        let signed = [document.span(self.header), document.span(self.data)];
        let mut cut = 0u32;
        let mut counts = [0u32; 2];
        for aside in document.asides() {
            let offset = aside.offset as usize;
            if signed.iter().any(|span| span.contains(&offset)) {
                continue;
            }
            let (code, count) = match aside.kind {
                AsideKind::Comment => (Code::CommentOutside, &mut counts[0]),
                AsideKind::Instruction => (Code::InstructionOutside, &mut counts[1]),
            };
            *count += 1;
            if *count > 10 {
                cut += 1;
            } else {
                self.findings.push(Finding::new(Check::Form, code).at(document.place_at(offset, aside.parent)));
            }
        }
        if cut > 0 {
            self.findings.push(Finding::new(Check::Form, Code::FindingsCut).found(format!("+{cut}")));
        }
    }
}

struct Parts {
    header: NodeId,
    data: NodeId,
    signatures: Option<NodeId>,
}

fn read_parts(document: &Document<'_>, names: &Names) -> Result<Parts, Error> {
    let root = document.root();
    refuse_unsigned(document, root)?;
    let wanted = [names.header, names.data, names.signature_part];
    let mut found = [None; 3];
    for child in document.children(root) {
        let name = document.name(child);
        let Some(index) = wanted.iter().position(|&part| part == name) else {
            return Err(Error::new(Code::Unsigned).at(document.place(child)).found(name));
        };
        if found[index].is_some() {
            return Err(Error::new(Code::PartTwice).at(document.place(child)).found(name));
        }
        if found[index..].iter().any(Option::is_some) {
            return Err(Error::new(Code::PartOrder).at(document.place(child)).found(name));
        }
        found[index] = Some(child);
    }
    let missing = |name: &str| Error::new(Code::PartMissing).at(document.place(root)).expected(name);
    let header = found[0].ok_or_else(|| missing(names.header))?;
    let data = found[1].ok_or_else(|| missing(names.data))?;
    Ok(Parts { header, data, signatures: found[2] })
}

fn read_signatures<'a>(
    document: &Document<'a>,
    part: NodeId,
    names: &'static Names,
) -> Result<Vec<SignatureElement<'a>>, Error> {
    refuse_unsigned(document, part)?;
    let mut signatures = Vec::with_capacity(2);
    for child in document.children(part) {
        let name = document.name(child);
        if !names.signatures.contains(&name) {
            return Err(Error::new(Code::Unsigned).at(document.place(child)).found(name));
        }
        if names.signatures.get(signatures.len()) != Some(&name) {
            return Err(Error::new(Code::SignatureCount)
                .at(document.place(child))
                .expected(names.signatures.join(", ")));
        }
        signatures.push(read_signature(document, child, names)?);
    }
    Ok(signatures)
}

fn read_signature<'a>(
    document: &Document<'a>,
    node: NodeId,
    names: &'static Names,
) -> Result<SignatureElement<'a>, Error> {
    let top = signature_group(document, node, names.signature)?;
    let of = |group: &Group, field: Field| group.get(field).ok_or_else(|| missing_in(document, node, ""));
    let info = signature_group(document, of(&top, Field::SignedInfo)?, names.signed_info)?;
    let key = signature_group(document, of(&top, Field::KeyInfo)?, names.key_info)?;
    let part = |group: &Group, field: Field| -> Result<SignaturePart<'a>, Error> {
        let node = of(group, field)?;
        if document.has_attributes(node) {
            return Err(Error::new(Code::UnsignedAttribute).at(document.place(node)));
        }
        if let Some(child) = document.children(node).next() {
            return Err(Error::new(Code::Unsigned).at(document.place(child)).found(document.name(child)));
        }
        Ok(SignaturePart { text: document.text(node), node })
    };
    Ok(SignatureElement {
        element: document.bytes(node),
        node,
        reference: part(&info, Field::Reference)?,
        algorithm: part(&info, Field::SignatureAlgorithm)?,
        format: part(&info, Field::SignatureFormat)?,
        time: part(&top, Field::SignatureTime)?,
        value: part(&top, Field::SignatureValue)?,
        serial: part(&key, Field::SerialNumber)?,
        issuer: part(&key, Field::IssuerName)?,
    })
}

/// A node of a `Signature`: exactly the rows of its table, no attribute, no text between.
fn signature_group(document: &Document<'_>, node: NodeId, rows: &'static [Row]) -> Result<Group, Error> {
    refuse_unsigned(document, node)?;
    let mut first = None;
    let group = Group::read(document, node, rows, true, |stray| {
        first.get_or_insert(stray);
    });
    match first {
        None => Ok(group),
        Some(Stray::Twice(child) | Stray::Order(child)) => {
            Err(Error::new(Code::SignatureOrder).at(document.place(child)).found(document.name(child)))
        }
        Some(Stray::Foreign(child) | Stray::Extra(child)) => {
            Err(Error::new(Code::Unsigned).at(document.place(child)).found(document.name(child)))
        }
        Some(Stray::Missing(name)) => Err(missing_in(document, node, name)),
    }
}

fn missing_in(document: &Document<'_>, node: NodeId, name: &str) -> Error {
    Error::new(Code::SignatureMissing).at(document.place(node)).expected(name)
}

/// An element outside the signed span that only holds elements: no attribute, no text between.
fn refuse_unsigned(document: &Document<'_>, node: NodeId) -> Result<(), Error> {
    if document.has_attributes(node) {
        return Err(Error::new(Code::UnsignedAttribute).at(document.place(node)));
    }
    if document.has_text(node) {
        return Err(Error::new(Code::UnsignedText).at(document.place(node)));
    }
    Ok(())
}

/// The element that shows the document to be of another kind.
///
/// Digital tax invoices (数电票) have the root `EInvoice` and even `Header` and `EInvoiceData`, with
/// other children; they carry `TaxSupervisionInfo` and a tag that begins with `SWEI`.
fn sign_of_other_document(document: &Document<'_>, names: &Names) -> Option<NodeId> {
    const TAX: [&str; 6] = [
        "TaxSupervisionInfo",
        "TaxBureauSignature",
        "SellerInformation",
        "BuyerInformation",
        "BasicInformation",
        "IssuItemInformation",
    ];
    let root = document.root();
    let mut ours = false;
    for child in document.children(root) {
        let name = document.name(child);
        if TAX.contains(&name) {
            return Some(child);
        }
        if name == names.header || name == names.data {
            ours = true;
            let inner = document.children(child).find(|&inner| {
                let name = document.name(inner);
                TAX.contains(&name) || (name == "EInvoiceTag" && document.text(inner).starts_with("SWEI"))
            });
            // Only where our own parts are absent: a receipt with a stray element is still a receipt.
            let has_main = document.children(child).any(|inner| document.name(inner) == names.data_rows[0].name);
            if inner.is_some() && !has_main {
                return inner;
            }
        }
    }
    (!ours && document.has_children(root)).then_some(root)
}

fn count_items(document: &Document<'_>, data: NodeId, names: &Names) -> Result<(), Error> {
    let limits = *document.limits();
    for child in document.children(data) {
        let (item, limit, code) = match names.data_rows.iter().find(|row| row.name == document.name(child)) {
            Some(row) if row.field == Field::Details => (names.item, limits.items, Code::LimitItems),
            Some(row) if row.field == Field::AuxDetails => (names.aux_item, limits.aux_items, Code::LimitAuxItems),
            _ => continue,
        };
        if let Some(first_beyond) = document.children(child).filter(|&each| document.name(each) == item).nth(limit) {
            return Err(Error::new(code).at(document.place(first_beyond)).expected(format!("≤ {limit}")));
        }
    }
    Ok(())
}
