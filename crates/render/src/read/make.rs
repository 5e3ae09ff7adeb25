//! Small PDF files for tests, with whatever is wrong with them.
#![allow(clippy::unwrap_used)]

use crate::page::Colour;
use crate::qr;

/// The digest of fonts that files name.
pub(crate) const FONTS: &str = "digest-of-fonts-1";
/// The same of others, of the same length.
pub(crate) const OTHER_FONTS: &str = "digest-of-fonts-2";

/// A file to be. Objects 1 and 2 are the catalog and the page tree.
pub(crate) struct Make {
    objects: Vec<Vec<u8>>,
    catalog: String,
    pages: Vec<usize>,
}

impl Make {
    pub(crate) fn new() -> Self {
        Make { objects: vec![Vec::new(), Vec::new()], catalog: String::new(), pages: Vec::new() }
    }

    /// Adds an object; its number.
    pub(crate) fn object(&mut self, body: impl Into<Vec<u8>>) -> usize {
        self.objects.push(body.into());
        self.objects.len()
    }

    pub(crate) fn stream(&mut self, dictionary: &str, data: &[u8]) -> usize {
        let mut body = format!("<<{dictionary}/Length {}>>stream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.object(body)
    }

    pub(crate) fn deflated(&mut self, dictionary: &str, data: &[u8]) -> usize {
        self.stream(&format!("{dictionary}/Filter/FlateDecode"), &crate::deflate::zlib(data))
    }

    /// Adds to the catalog.
    pub(crate) fn catalog(&mut self, entries: &str) -> &mut Self {
        self.catalog.push_str(entries);
        self
    }

    /// Adds a page of 210 mm × 140 mm. `/F` is a font whose codes are UTF-16.
    pub(crate) fn page(&mut self, content: &str, resources: &str) -> &mut Self {
        let descendant = self.object("<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000>>");
        let font = format!(
            "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[{descendant} 0 R]>>"
        );
        let font = self.object(font);
        let content = self.deflated("", content.as_bytes());
        let page = format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.2756 396.8504]/Contents {content} 0 R\
             /Resources<</Font<</F {font} 0 R>>{resources}>>>>"
        );
        let page = self.object(page);
        self.pages.push(page);
        self
    }

    /// Embeds a file and lists it by name.
    pub(crate) fn embed(&mut self, files: &[(&str, &[u8])]) -> &mut Self {
        let mut names = String::new();
        for (name, bytes) in files {
            let subtype = if bytes.starts_with(b"<") { "text#2Fxml" } else { "application#2Foctet-stream" };
            let stream = self.deflated(&format!("/Type/EmbeddedFile/Subtype/{subtype}"), bytes);
            let name = hexadecimal(name);
            let file = format!(
                "<</Type/Filespec/F<{name}>/UF<{name}>/EF<</F {stream} 0 R/UF {stream} 0 R>>/AFRelationship/Data>>"
            );
            let file = self.object(file);
            names.push_str(&format!("<{name}>{file} 0 R "));
        }
        self.catalog(&format!("/Names<</EmbeddedFiles<</Names[{names}]>>>>"))
    }

    /// Says that it was printed from this template, with fonts whose digest is [`FONTS`].
    pub(crate) fn template(&mut self, name: &str) -> &mut Self {
        let xmp = format!(
            "<czei:kind>receipt</czei:kind><czei:template>{name}</czei:template><czei:fontDigest>{FONTS}</czei:fontDigest>"
        );
        let metadata = self.stream("/Type/Metadata/Subtype/XML", xmp.as_bytes());
        self.catalog(&format!("/Metadata {metadata} 0 R"))
    }

    pub(crate) fn finish(&mut self) -> Vec<u8> {
        self.finish_with_pages("")
    }

    /// With these entries at the root of the pages.
    pub(crate) fn finish_with_pages(&mut self, entries: &str) -> Vec<u8> {
        self.objects[0] = format!("<</Type/Catalog/Pages 2 0 R{}>>", self.catalog).into_bytes();
        let kids: String = self.pages.iter().map(|page| format!("{page} 0 R ")).collect();
        self.objects[1] = format!("<</Type/Pages/Count {}/Kids[{kids}]{entries}>>", self.pages.len()).into_bytes();
        let mut file = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
        let mut offsets = Vec::new();
        for (index, body) in self.objects.iter().enumerate() {
            offsets.push(file.len());
            file.extend_from_slice(format!("{} 0 obj\n", index + 1).as_bytes());
            file.extend_from_slice(body);
            file.extend_from_slice(b"\nendobj\n");
        }
        let start = file.len();
        file.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).as_bytes());
        for offset in &offsets {
            file.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
        }
        let trailer = format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", offsets.len() + 1);
        file.extend_from_slice(trailer.as_bytes());
        file
    }
}

/// A change behind the end: objects with their numbers, their table, and a pointer to the one before.
pub(crate) fn update(file: &[u8], objects: &[(usize, &str)]) -> Vec<u8> {
    let text = String::from_utf8_lossy(file);
    let before: usize = text.rsplit_once("startxref\n").unwrap().1.lines().next().unwrap().parse().unwrap();
    let mut file = file.to_vec();
    let mut table = String::new();
    for (number, body) in objects {
        table.push_str(&format!("{number} 1\n{:010} 00000 n \n", file.len()));
        file.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
    }
    let start = file.len();
    let trailer = format!("xref\n{table}trailer\n<</Size 100/Root 1 0 R/Prev {before}>>\nstartxref\n{start}\n%%EOF\n");
    file.extend_from_slice(trailer.as_bytes());
    file
}

/// A line of text at a place in points from the lower left corner.
pub(crate) fn line(x: i32, y: i32, text: &str) -> String {
    let units: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("BT /F 9 Tf {x} {y} Td <{units}> Tj ET\n")
}

/// A QR code as rectangles of this colour, in points from the lower left corner.
pub(crate) fn qr_code(x: i32, y: i32, text: &str, colour: Colour) -> String {
    let modules = qr::encode(text).unwrap();
    let Colour(red, green, blue) = colour;
    let number = |byte: u8| if byte == 255 { "1" } else { "0" };
    let mut content = format!("q {} {} {} rg 1 0 0 1 {x} {y} cm\n", number(red), number(green), number(blue));
    for (at, _) in modules.dark.iter().enumerate().filter(|(_, dark)| **dark) {
        let (column, row) = (at % modules.side, at / modules.side);
        content.push_str(&format!("{column} {} 1 1 re\n", modules.side - 1 - row));
    }
    content.push_str("f Q\n");
    content
}

/// A zlib stream of this many mebibytes of zeros, almost a thousand times as short, without making them: after the
/// first zero come copies of 258 (RFC 1951, 3.2.6), whose 13 bits repeat every 13 bytes.
pub(crate) fn bomb(mebibytes: usize) -> Vec<u8> {
    let mut bits: Vec<u8> = vec![1, 1, 0];
    bits.extend([0, 0, 1, 1, 0, 0, 0, 0]);
    for _ in 0..24 {
        bits.extend([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    }
    let bytes: Vec<u8> =
        bits.chunks_exact(8).map(|byte| byte.iter().enumerate().map(|(at, bit)| bit << at).sum()).collect();
    let mut stream = vec![0x78, 0x9C];
    stream.extend_from_slice(&bytes[..13]);
    for _ in 0..(mebibytes << 20) / (8 * 258) {
        stream.extend_from_slice(&bytes[13..26]);
    }
    stream
}

fn hexadecimal(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect()
}
