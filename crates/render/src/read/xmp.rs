//! What a file says of itself in its XMP metadata (ISO 16684-1): from which template and fonts it was printed.

use super::file::PdfFile;
use super::object::Object;

/// What a file printed by this program says of itself. It may be a lie: it tells how to print the receipt again for
/// comparison, and is believed in nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hints {
    /// `czei:kind`: receipt, preview or print copy.
    pub kind: Option<String>,
    /// `czei:template`: the layout template's name.
    pub template: Option<String>,
    /// `czei:templateDigest`: SM3 of the layout template, in hexadecimal.
    pub template_digest: Option<String>,
    /// `czei:settingsDigest`: SM3 of addresses, parameters and seals, in hexadecimal.
    pub settings_digest: Option<String>,
    /// `czei:fontDigest`: SM3 of the fonts, in hexadecimal.
    pub font_digest: Option<String>,
}

/// Characters of one value.
const VALUE: usize = 200;
/// Bytes of metadata that are looked through.
const METADATA: usize = 1 << 20;

impl PdfFile<'_> {
    /// What the file says of itself; nothing where it has no metadata that can be read.
    #[must_use]
    pub fn hints(&self) -> Hints {
        let metadata = self.catalog().and_then(|catalog| self.value(catalog, "Metadata")).ok().flatten();
        let Some(stream) = metadata.and_then(Object::stream) else { return Hints::default() };
        let Ok(mut bytes) = self.decoded(stream) else { return Hints::default() };
        bytes.truncate(METADATA);
        let text = String::from_utf8_lossy(&bytes);
        Hints {
            kind: property(&text, "kind"),
            template: property(&text, "template"),
            template_digest: property(&text, "templateDigest"),
            settings_digest: property(&text, "settingsDigest"),
            font_digest: property(&text, "fontDigest"),
        }
    }
}

/// The text of the element, if it stands there once.
fn property(text: &str, name: &str) -> Option<String> {
    let (begin, end) = (format!("<czei:{name}>"), format!("</czei:{name}>"));
    let (_, behind) = text.split_once(&begin)?;
    let (value, rest) = behind.split_once(&end)?;
    if rest.contains(&begin) || value.chars().count() > VALUE || value.contains('<') {
        return None;
    }
    Some(value.trim().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_stands_once() {
        let text = "<czei:template>a&amp;lt;</czei:template><czei:kind>1</czei:kind><czei:kind>2</czei:kind>";
        assert_eq!(property(text, "template").as_deref(), Some("a&lt;"));
        assert_eq!(property(text, "kind"), None);
        assert_eq!(property(text, "fontDigest"), None);
    }
}
