//! The canonical writer: the one home of bytes that get signed. Rules C01 to C14 stand in
//! `CANONICAL.md` beside this file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::{Content, Extension, Item, Payer, Seal, Standard, Unit};
use crate::text::first_invisible;
use crate::{Code, Error, SignatureTime};

use super::edition::is_standard_name;

/// The parts of a `Signature` element.
#[derive(Debug, Clone, Copy)]
pub struct SignatureFields<'a> {
    /// `SignedInfo/Reference`: `Header,EInvoiceData` for the unit, `Hash,Signature` for the authority.
    pub reference: &'a str,
    /// `SignedInfo/SignatureAlgorithm`: `SM3withSM2`.
    pub algorithm: &'a str,
    /// `SignatureTime`.
    pub time: &'a SignatureTime,
    /// The signature value before base64.
    pub value: &'a [u8],
    /// `KeyInfo/SerialNumber`: upper-case hex without leading zeros.
    pub serial: &'a str,
    /// `KeyInfo/X509IssuerName`, per RFC 4514.
    pub issuer: &'a str,
}

/// Writes `Header` directly followed by `EInvoiceData`: exactly the bytes that the unit signs.
///
/// The same content gives the same bytes, always.
///
/// # Errors
/// [`Code::WriteCharacter`] for a control or invisible character, with the element's path;
/// [`Code::WriteExtension`] for an extension with the name of a standard element;
/// [`Code::WriteItems`] for no item, more than 999, or an empty auxiliary item.
///
/// Source: 财综〔2017〕32号 数据项; `CANONICAL.md`.
pub fn write_header_and_data(content: &Content) -> Result<Vec<u8>, Error> {
    check_counts(content)?;
    // A receipt takes about 1,200 bytes and 150 for each further item.
    let mut w = Writer {
        out: Vec::with_capacity(1_200 + 220 * content.items.len() + 120 * content.aux.len()),
        path: Vec::new(),
    };
    w.open("Header");
    w.plain("EInvoiceTag", &content.tag().to_string())?;
    w.plain("EInvoiceID", &content.id().to_string())?;
    w.plain("Version", content.version.as_str())?;
    w.close("Header");
    w.open("EInvoiceData");
    main(&mut w, content)?;
    w.open("Details");
    for (index, each) in content.items.iter().enumerate() {
        item(&mut w, index, each)?;
    }
    w.close("Details");
    if !content.aux.is_empty() {
        w.open("AuxDetails");
        for (index, aux) in content.aux.iter().enumerate() {
            w.open_counted("AuxItem", index);
            extensions(&mut w, &aux.fields)?;
            w.close("AuxItem");
        }
        w.close("AuxDetails");
    }
    w.close("EInvoiceData");
    Ok(w.out)
}

/// Writes the document around `Header` and `EInvoiceData` and whole `Signature` elements, which go in
/// as they are. Without a signature there is no `EInvoiceSignature`.
///
/// ```
/// use czei_core::xml::canonical::write_document;
/// let document = write_document(b"<Header></Header><EInvoiceData></EInvoiceData>", &[]);
/// assert!(document.starts_with(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><EInvoice><Header>"));
/// ```
#[must_use]
pub fn write_document(original: &[u8], signatures: &[&[u8]]) -> Vec<u8> {
    let size = 160 + original.len() + signatures.iter().map(|each| each.len()).sum::<usize>();
    let mut out = Vec::with_capacity(size);
    out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><EInvoice>");
    out.extend_from_slice(original);
    if !signatures.is_empty() {
        out.extend_from_slice(b"<EInvoiceSignature>");
        for signature in signatures {
            out.extend_from_slice(signature);
        }
        out.extend_from_slice(b"</EInvoiceSignature>");
    }
    out.extend_from_slice(b"</EInvoice>");
    out
}

/// Writes a `Signature` element.
///
/// ```
/// use czei_core::xml::canonical::{SignatureFields, write_signature};
/// let time = "20190812101530+0800".parse()?;
/// let element = write_signature(&SignatureFields {
///     reference: "Header,EInvoiceData",
///     algorithm: "SM3withSM2",
///     time: &time,
///     value: &[0, 1, 2],
///     serial: "20240001",
///     issuer: "CN=Sub CA,C=CN",
/// })?;
/// assert!(String::from_utf8_lossy(&element).contains("<SignatureValue>AAEC</SignatureValue>"));
/// # Ok::<(), czei_core::Error>(())
/// ```
///
/// # Errors
/// [`Code::WriteCharacter`] when a text holds a control or invisible character.
pub fn write_signature(fields: &SignatureFields<'_>) -> Result<Vec<u8>, Error> {
    let mut w = Writer { out: Vec::with_capacity(512 + fields.value.len() * 4 / 3), path: Vec::new() };
    w.open("Signature");
    w.open("SignedInfo");
    w.plain("Reference", fields.reference)?;
    w.plain("SignatureAlgorithm", fields.algorithm)?;
    w.plain("SignatureFormat", "DETACH")?;
    w.close("SignedInfo");
    w.plain("SignatureTime", &fields.time.to_string())?;
    w.plain("SignatureValue", &STANDARD.encode(fields.value))?;
    w.open("KeyInfo");
    w.plain("SerialNumber", fields.serial)?;
    w.plain("X509IssuerName", fields.issuer)?;
    w.close("KeyInfo");
    w.close("Signature");
    Ok(w.out)
}

fn check_counts(content: &Content) -> Result<(), Error> {
    const MOST: usize = 999;
    let error = |path: &str, found: usize| Error::new(Code::WriteItems).at_path(path).found(found.to_string());
    if content.items.is_empty() || content.items.len() > MOST {
        return Err(error("EInvoiceData/Details", content.items.len()).expected("1..=999"));
    }
    if content.aux.len() > MOST {
        return Err(error("EInvoiceData/AuxDetails", content.aux.len()).expected("0..=999"));
    }
    match content.aux.iter().position(|aux| aux.fields.is_empty()) {
        Some(index) => Err(error(&format!("EInvoiceData/AuxDetails/AuxItem[{}]", index + 1), 0)),
        None => Ok(()),
    }
}

fn main(w: &mut Writer, content: &Content) -> Result<(), Error> {
    w.open("Main");
    w.plain("EInvoiceName", content.name.as_str())?;
    w.plain("EInvoiceCode", content.code.as_str())?;
    w.plain("EInvoiceNumber", &content.number.to_string())?;
    w.plain("RandomNumber", content.check_code.as_str())?;
    w.plain("EInvoiceSpecimenCode", content.specimen.as_str())?;
    w.plain("SupervisorAreaCode", content.area.as_str())?;
    w.plain("TotalAmount", &content.total.to_string())?;
    w.plain("IssueDate", &content.issue_date.to_string())?;
    w.plain("IssueTime", &content.issue_time.to_string())?;
    unit(w, &content.unit)?;
    payer(w, &content.payer)?;
    w.optional("PayMode", content.pay_mode.as_ref().map(|text| text.as_str()))?;
    w.optional("BizCode", content.biz_code.as_ref().map(|text| text.as_str()))?;
    w.optional("CurrencyType", content.currency.as_ref().map(|text| text.as_str()))?;
    w.optional("ExchangeRate", content.exchange_rate.as_ref().map(|rate| rate.as_str()))?;
    if let Some(remark) = &content.remark {
        w.text("Remark", remark.as_str(), true)?;
    }
    w.plain("HandlingPerson", content.handler.as_str())?;
    w.plain("Checker", content.checker.as_str())?;
    if let Some(remark) = &content.supervisor_remark {
        w.text("SupervisorRemark", remark.as_str(), true)?;
    }
    if content.related.is_some() || content.pay_code.is_some() || !content.ext.is_empty() {
        w.open("MainExt");
        if let Some(related) = &content.related {
            w.plain("RelatedInvoiceCode", related.code.as_str())?;
            w.plain("RelatedInvoiceNumber", &related.number.to_string())?;
        }
        w.optional("PayCode", content.pay_code.as_ref().map(|code| code.as_str()))?;
        extensions(w, &content.ext)?;
        w.close("MainExt");
    }
    seal(w, "InvoicingPartySeal", content.unit_seal.as_ref())?;
    seal(w, "SupervisorPartySeal", content.authority_seal.as_ref())?;
    w.close("Main");
    Ok(())
}

fn unit(w: &mut Writer, unit: &Unit) -> Result<(), Error> {
    w.open("InvoicingParty");
    w.plain("InvoicingPartyCode", unit.code.as_str())?;
    w.plain("InvoicingPartyName", unit.name.as_str())?;
    w.optional("RecName", unit.payee.name.as_ref().map(|text| text.as_str()))?;
    w.optional("RecAcct", unit.payee.account.as_ref().map(|text| text.as_str()))?;
    w.optional("RecOpBk", unit.payee.bank.as_ref().map(|text| text.as_str()))?;
    w.close("InvoicingParty");
    Ok(())
}

fn payer(w: &mut Writer, payer: &Payer) -> Result<(), Error> {
    w.open("PayerParty");
    w.plain("PayerPartyType", payer.kind.digit())?;
    w.optional("PayerPartyCode", payer.code.as_ref().map(|text| text.as_str()))?;
    w.plain("PayerPartyName", payer.name.as_str())?;
    w.optional("PayerAcct", payer.account.as_ref().map(|text| text.as_str()))?;
    w.optional("PayerOpBk", payer.bank.as_ref().map(|text| text.as_str()))?;
    w.close("PayerParty");
    Ok(())
}

fn seal(w: &mut Writer, name: &'static str, seal: Option<&Seal>) -> Result<(), Error> {
    let Some(seal) = seal else { return Ok(()) };
    w.open(name);
    w.plain("SealId", seal.id.as_str())?;
    w.plain("SealName", seal.name.as_str())?;
    w.plain("SealHash", seal.hash.as_str())?;
    w.close(name);
    Ok(())
}

fn item(w: &mut Writer, index: usize, item: &Item) -> Result<(), Error> {
    w.open_counted("Item", index);
    w.plain("ItemCode", item.code.as_str())?;
    w.plain("ItemName", item.name.as_str())?;
    w.plain("ItemAmount", &item.amount.to_string())?;
    w.optional("ItemUnit", item.unit.as_ref().map(|text| text.as_str()))?;
    w.optional("ItemQuantity", item.quantity.as_ref().map(|quantity| quantity.as_str()))?;
    match &item.standard {
        Some(Standard::Amount(amount)) => w.plain("ItemStd", &amount.to_string())?,
        Some(Standard::Text(text)) => w.plain("ItemStd", text)?,
        None => {}
    }
    w.optional("ItemRemark", item.remark.as_ref().map(|text| text.as_str()))?;
    if !item.ext.is_empty() {
        w.open("ItemExt");
        extensions(w, &item.ext)?;
        w.close("ItemExt");
    }
    w.close("Item");
    Ok(())
}

fn extensions(w: &mut Writer, extensions: &[Extension]) -> Result<(), Error> {
    for extension in extensions {
        let name = extension.name.as_str();
        if is_standard_name(name) {
            return Err(Error::new(Code::WriteExtension).at_path(w.path_of(name)).found(name));
        }
        w.text(name, &extension.text, false)?;
    }
    Ok(())
}

struct Writer {
    out: Vec<u8>,
    /// The open elements, for the place of an error. Only lists count their elements.
    path: Vec<(&'static str, Option<usize>)>,
}

impl Writer {
    fn open(&mut self, name: &'static str) {
        self.path.push((name, None));
        self.start_tag(name);
    }

    fn open_counted(&mut self, name: &'static str, index: usize) {
        self.path.push((name, Some(index + 1)));
        self.start_tag(name);
    }

    fn close(&mut self, name: &str) {
        self.path.pop();
        self.end_tag(name);
    }

    fn optional(&mut self, name: &str, text: Option<&str>) -> Result<(), Error> {
        text.map_or(Ok(()), |text| self.plain(name, text))
    }

    /// A text of one line.
    fn plain(&mut self, name: &str, text: &str) -> Result<(), Error> {
        self.text(name, text, false)
    }

    fn text(&mut self, name: &str, text: &str, lines: bool) -> Result<(), Error> {
        self.start_tag(name);
        let bytes = text.as_bytes();
        let simple = bytes.iter().all(|&byte| (0x20..0x7F).contains(&byte) && !matches!(byte, b'&' | b'<' | b'>'));
        if simple {
            self.out.extend_from_slice(bytes);
        } else {
            self.refuse_characters(name, text, lines)?;
            for &byte in bytes {
                match byte {
                    b'&' => self.out.extend_from_slice(b"&amp;"),
                    b'<' => self.out.extend_from_slice(b"&lt;"),
                    b'>' => self.out.extend_from_slice(b"&gt;"),
                    b'\n' => self.out.extend_from_slice(b"&#10;"),
                    other => self.out.push(other),
                }
            }
        }
        self.end_tag(name);
        Ok(())
    }

    /// C09, C10: what was read from a foreign receipt may hold such characters, so they are looked
    /// for here again.
    fn refuse_characters(&self, name: &str, text: &str, lines: bool) -> Result<(), Error> {
        let refused = |c: char| (c.is_control() && !(lines && c == '\n')) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
        match text.chars().find(|&c| refused(c)).or_else(|| first_invisible(text).map(|(_, c)| c)) {
            Some(c) => {
                let found = format!("U+{:04X}", u32::from(c));
                Err(Error::new(Code::WriteCharacter).at_path(self.path_of(name)).found(found))
            }
            None => Ok(()),
        }
    }

    fn start_tag(&mut self, name: &str) {
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
    }

    fn end_tag(&mut self, name: &str) {
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'>');
    }

    fn path_of(&self, name: &str) -> String {
        let mut path = String::new();
        for (step, count) in &self.path {
            path.push_str(step);
            if let Some(count) = count {
                path.push_str(&format!("[{count}]"));
            }
            path.push('/');
        }
        path + name
    }
}
