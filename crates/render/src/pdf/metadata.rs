//! What a file says about itself: XMP and, with the same values, the document information dictionary
//! (ISO 19005-3, 6.6; ISO 16684-1).

use chrono::{DateTime, Datelike, FixedOffset, SecondsFormat, Timelike};
use pdf_writer::writers::DocumentInfo;
use pdf_writer::{Date, TextStr};

use super::{Kind, Origin};

/// Which program wrote the file. Without a version: a file says the same after each release that draws it the same.
pub(super) const PRODUCER: &str = "czei";

/// The namespace of our own properties.
const NAMESPACE: &str = "https://github.com/czei/czei/ns/printed/1.0/";

/// The values.
pub(super) struct Metadata {
    title: String,
    kind: Kind,
    made: Option<DateTime<FixedOffset>>,
    /// The template's name, its digest and that of the settings.
    template: Option<(String, [u8; 32], [u8; 32])>,
    font_digest: [u8; 32],
}

impl Metadata {
    /// Characters that XML cannot hold, which a title of a receipt never has, become spaces in both places.
    pub(super) fn new(
        title: &str,
        kind: Kind,
        made: Option<DateTime<FixedOffset>>,
        template: Option<Origin<'_>>,
        font_digest: [u8; 32],
    ) -> Self {
        let template = template.map(|origin| (plain(origin.template), origin.digest, origin.settings));
        Metadata { title: plain(title), kind, made, template, font_digest }
    }

    /// The information dictionary.
    pub(super) fn write_info(&self, info: &mut DocumentInfo<'_>) {
        info.title(TextStr(&self.title)).producer(TextStr(PRODUCER));
        if let Some(made) = self.made {
            info.creation_date(date(made)).modified_date(date(made));
        }
    }

    /// The XMP packet.
    pub(super) fn xmp(&self) -> String {
        let mut properties = String::new();
        if let Some(made) = self.made {
            let made = made.to_rfc3339_opts(SecondsFormat::Secs, false);
            properties += &format!("<xmp:CreateDate>{made}</xmp:CreateDate><xmp:ModifyDate>{made}</xmp:ModifyDate>\n");
        }
        properties += &format!("<czei:kind>{}</czei:kind>", self.kind.name());
        if let Some((name, digest, settings)) = &self.template {
            properties += &format!("<czei:template>{}</czei:template>", escaped(name));
            properties += &format!("<czei:templateDigest>{}</czei:templateDigest>", hex(digest));
            properties += &format!("<czei:settingsDigest>{}</czei:settingsDigest>", hex(settings));
        }
        properties += &format!("<czei:fontDigest>{}</czei:fontDigest>", hex(&self.font_digest));
        format!(
            "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
             <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
             <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
             <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
             xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" \
             xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" xmlns:czei=\"{NAMESPACE}\">\n\
             <pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\n\
             <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt></dc:title>\n\
             <dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>\n\
             <pdf:Producer>{PRODUCER}</pdf:Producer>\n{properties}\n\
             </rdf:Description>\n{}</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>",
            escaped(&self.title),
            extension_schema(),
        )
    }
}

/// The description that PDF/A asks for of properties outside the predefined schemas (ISO 19005-3, 6.6.2.3.3).
fn extension_schema() -> String {
    let properties: String = [
        ("kind", "receipt, preview or print copy"),
        ("template", "the layout template's name"),
        ("templateDigest", "SM3 of the layout template"),
        ("settingsDigest", "SM3 of the addresses, parameters and seals"),
        ("fontDigest", "SM3 of the fonts"),
    ]
    .map(|(name, description)| {
        format!(
            "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>{name}</pdfaProperty:name>\
             <pdfaProperty:valueType>Text</pdfaProperty:valueType>\
             <pdfaProperty:category>internal</pdfaProperty:category>\
             <pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>\n"
        )
    })
    .concat();
    format!(
        "<rdf:Description rdf:about=\"\" xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\" \
         xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" \
         xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\n\
         <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">\
         <pdfaSchema:schema>How the receipt was printed</pdfaSchema:schema>\
         <pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>\
         <pdfaSchema:prefix>czei</pdfaSchema:prefix>\n\
         <pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>\
         </rdf:li></rdf:Bag></pdfaExtension:schemas>\n</rdf:Description>\n"
    )
}

/// A moment as PDF writes it.
pub(super) fn date(moment: DateTime<FixedOffset>) -> Date {
    let offset = moment.offset().local_minus_utc() / 60;
    // Each field is in its range: the month 1 to 12 and so on; dates of receipts are of the years 1 to 9999.
    Date::new(u16::try_from(moment.year()).unwrap_or(0))
        .month(moment.month() as u8)
        .day(moment.day() as u8)
        .hour(moment.hour() as u8)
        .minute(moment.minute() as u8)
        .second(moment.second() as u8)
        .utc_offset_hour((offset / 60) as i8)
        .utc_offset_minute((offset % 60).unsigned_abs() as u8)
}

/// The text without characters that XML or a text string cannot hold.
pub(super) fn plain(text: &str) -> String {
    let holds = |c: char| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
    text.chars().map(|c| if holds(c) { c } else { ' ' }).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Digests as the metadata names them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
