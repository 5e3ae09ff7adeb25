//! Distinguished names: kept as they were encoded, compared as names.

use core::{fmt, hash};
use std::borrow::Cow;
use std::sync::OnceLock;

use crate::tlv::{self, Reader};
use crate::{Code, Error, attribute_type, name_text};

/// A distinguished name (RFC 5280 4.1.2.4), for example the subject of a certificate.
///
/// Two names are equal when they are the same name, not when they are the same bytes: attribute
/// values are compared as text whatever string type carries them, ASCII letters without regard to
/// case, white space at the ends ignored and inside folded into one space; the attributes of a
/// relative distinguished name are a set (RFC 5280 7.1). Text that cannot be decoded is compared
/// as bytes. No normalisation of composed characters takes place.
///
/// ```
/// use czei_pki::Name;
///
/// let name = Name::parse_rfc4514("CN=示例市财政局, O=Example, C=CN")?;
/// assert_eq!(name.to_rfc4514(), "CN=示例市财政局,O=Example,C=CN");
/// assert_eq!(name, Name::parse_rfc4514("cn=示例市财政局,o=EXAMPLE,c=cn")?);
/// assert!(name.matches_text("C=CN,O=Example,CN=示例市财政局")); // the other way round
/// assert!(name.contains_parts("CN=示例市财政局")?);
/// assert!(!name.contains_parts("CN=示例市")?);
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[derive(Clone)]
pub struct Name {
    der: Vec<u8>,
    rdns: Vec<Vec<Attribute>>,
    /// What is compared, see [`canonical`].
    canonical: Vec<u8>,
    /// The text form, made when it is first asked for.
    text: OnceLock<String>,
}

/// The most attributes an encoded name may have. Usual are six; decoded they take many times the
/// room of their bytes, and names of untrusted certificates are kept.
const MAX_ATTRIBUTES: usize = 100;

/// One attribute of a name.
#[derive(Clone)]
pub(crate) struct Attribute {
    /// Content octets of the type.
    pub(crate) oid: Vec<u8>,
    /// The whole value element.
    pub(crate) value: Vec<u8>,
    /// The value as text, where it is a string that can be decoded.
    pub(crate) text: Option<String>,
}

impl Name {
    /// A name from its DER encoding, a SEQUENCE; the whole input. At most 100 attributes.
    ///
    /// # Errors
    /// [`Code::NameMalformed`].
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes, Code::NameMalformed);
        let name = Name::read(&mut reader, "Name")?;
        reader.finish("Name")?;
        Ok(name)
    }

    /// A name from its text form (RFC 4514), for example `CN=EInvoice Test Sub CA,O=测试,C=CN`.
    ///
    /// Read generously: spaces around separators, `;` for `,`, quoted values, attribute names in
    /// either case and by their long names, dotted object identifiers with or without `OID.`.
    /// The text runs from the last attribute of the encoded name to the first, as RFC 4514 says.
    ///
    /// # Errors
    /// [`Code::NameText`] with the column, [`Code::NameTextEmpty`] for no attribute at all.
    pub fn parse_rfc4514(text: &str) -> Result<Self, Error> {
        let mut rdns = name_text::parse(text)?;
        rdns.reverse();
        Ok(Name::from_rdns(rdns))
    }

    /// The DER encoding, as it was read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The text form of RFC 4514: the last attribute first, `,` between, special characters
    /// escaped. An attribute type without a short name is written as its dotted object identifier
    /// with the value as `#` and the hex of its encoding.
    #[must_use]
    pub fn to_rfc4514(&self) -> String {
        self.text().to_owned()
    }

    /// Whether a text of RFC 4514 is this name. Live issuers write the attributes in either
    /// order, so both are tried. Text that is no name is no match.
    #[must_use]
    pub fn matches_text(&self, text: &str) -> bool {
        // Mostly the text is written as it would be here, and need not be taken apart.
        if text == self.text() && !self.is_empty() {
            return true;
        }
        let Ok(other) = Name::parse_rfc4514(text) else { return false };
        self == &other || self.canonical == canonical(other.rdns.iter().rev())
    }

    /// Whether every attribute of a text of RFC 4514 occurs in this name with an equal value, in
    /// any order. Values are compared whole, never as substrings.
    ///
    /// # Errors
    /// [`Code::NameText`]; [`Code::NameTextEmpty`] for an empty text, which would match everyone.
    pub fn contains_parts(&self, text: &str) -> Result<bool, Error> {
        Ok(self.contains(&Name::parse_rfc4514(text)?))
    }

    /// Whether every attribute of another name occurs in this one with an equal value. An empty
    /// name is contained in none.
    #[must_use]
    pub fn contains(&self, parts: &Name) -> bool {
        let mine: Vec<_> = self.rdns.iter().flatten().map(Attribute::canonical).collect();
        let mut theirs = parts.rdns.iter().flatten().map(Attribute::canonical).peekable();
        theirs.peek().is_some() && theirs.all(|part| mine.contains(&part))
    }

    /// The attributes in the order of the encoding: the short name, or the dotted object
    /// identifier where there is none, and the value as text, or `#` and hex where it is none.
    pub fn attributes(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        self.rdns.iter().flatten().map(|attribute| {
            let kind = match attribute_type::short_name(&attribute.oid) {
                Some(short) => Cow::Borrowed(short),
                None => Cow::Owned(crate::oid::to_dotted(&attribute.oid)),
            };
            let value = match &attribute.text {
                Some(text) => Cow::Borrowed(text.as_str()),
                None => Cow::Owned(name_text::hex_value(&attribute.value)),
            };
            (kind, value)
        })
    }

    /// The text values of one attribute type, given by any of its names (`CN`, `commonName`,
    /// `2.5.4.3`), in the order of the encoding. An unknown type has none.
    pub fn values(&self, kind: &str) -> impl Iterator<Item = &str> {
        let oid = attribute_type::oid_of(kind);
        self.rdns
            .iter()
            .flatten()
            .filter(move |attribute| oid.as_deref() == Some(&attribute.oid[..]))
            .filter_map(|attribute| attribute.text.as_deref())
    }

    fn text(&self) -> &str {
        self.text.get_or_init(|| name_text::write(&self.rdns))
    }

    /// Whether there is no attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rdns.is_empty()
    }

    /// Reads the next element as a name.
    pub(crate) fn read(reader: &mut Reader<'_>, path: &'static str) -> Result<Self, Error> {
        let whole = reader.tlv(tlv::SEQUENCE, path)?;
        let mut sequence = reader.over(whole.content);
        let mut rdns = Vec::new();
        let mut attributes = 0;
        while !sequence.is_empty() {
            let mut set = sequence.enter(tlv::SET, path)?;
            let mut rdn = Vec::with_capacity(1);
            while !set.is_empty() {
                attributes += 1;
                if attributes > MAX_ATTRIBUTES {
                    return Err(set.fault(path, format!("more than {MAX_ATTRIBUTES} attributes")));
                }
                let mut pair = set.enter(tlv::SEQUENCE, path)?;
                let oid = pair.oid(path)?;
                let value = pair.any(path)?;
                pair.finish(path)?;
                rdn.push(Attribute::new(oid.to_vec(), value.whole.to_vec(), value.tag, value.content));
            }
            if rdn.is_empty() {
                return Err(set.fault(path, "an empty relative distinguished name"));
            }
            rdns.push(rdn);
        }
        let canonical = canonical(rdns.iter());
        Ok(Name { der: whole.whole.to_vec(), rdns, canonical, text: OnceLock::new() })
    }

    /// A name from its attributes in the order of the encoding.
    fn from_rdns(rdns: Vec<Vec<Attribute>>) -> Self {
        let mut content = Vec::new();
        for rdn in &rdns {
            // DER wants the members of a SET OF in the order of their encodings.
            let mut members: Vec<_> = rdn
                .iter()
                .map(|attribute| {
                    let oid = tlv::write(tlv::OID, &[&attribute.oid]);
                    tlv::write(tlv::SEQUENCE, &[&oid, &attribute.value])
                })
                .collect();
            members.sort();
            content.extend(tlv::write(tlv::SET, &[&members.concat()]));
        }
        let canonical = canonical(rdns.iter());
        Name { der: tlv::write(tlv::SEQUENCE, &[&content]), rdns, canonical, text: OnceLock::new() }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Name {}

impl hash::Hash for Name {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.canonical.hash(state);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

impl Attribute {
    /// `whole` is the value element, `tag` and `content` its parts.
    pub(crate) fn new(oid: Vec<u8>, whole: Vec<u8>, tag: u8, content: &[u8]) -> Self {
        Attribute { oid, value: whole, text: decode_text(tag, content) }
    }

    /// The bytes that are equal when two attributes are.
    fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.oid.len() + self.value.len() + 9);
        push_counted(&mut out, &self.oid);
        match &self.text {
            Some(text) => {
                out.push(0);
                push_counted(&mut out, fold(text).as_bytes());
            }
            None => {
                out.push(1);
                push_counted(&mut out, &self.value);
            }
        }
        out
    }
}

/// What is compared: each relative name as its count and its attributes, sorted, each part
/// preceded by its length so that no two names run into the same bytes.
fn canonical<'a>(rdns: impl Iterator<Item = &'a Vec<Attribute>>) -> Vec<u8> {
    let mut out = Vec::new();
    for rdn in rdns {
        let mut members: Vec<_> = rdn.iter().map(Attribute::canonical).collect();
        members.sort();
        out.extend_from_slice(&(members.len() as u64).to_be_bytes());
        for member in members {
            out.extend_from_slice(&member);
        }
    }
    out
}

fn push_counted(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// RFC 5280 7.1 asks for case folding in all string types; beyond ASCII no issuer agrees with the
/// next about it, so other letters stay as they are.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.make_ascii_lowercase();
    out
}

/// The text of a string value, or nothing when it is no string or not decodable.
fn decode_text(tag: u8, content: &[u8]) -> Option<String> {
    match tag {
        tlv::UTF8_STRING => core::str::from_utf8(content).ok().map(str::to_owned),
        tlv::PRINTABLE_STRING | tlv::NUMERIC_STRING | tlv::IA5_STRING | tlv::VISIBLE_STRING => {
            if content.is_ascii() {
                core::str::from_utf8(content).ok().map(str::to_owned)
            } else {
                None
            }
        }
        // T.61 itself is used by nobody: issuers put UTF-8 or Latin-1 there.
        tlv::TELETEX_STRING => Some(match core::str::from_utf8(content) {
            Ok(text) => text.to_owned(),
            Err(_) => content.iter().map(|octet| char::from(*octet)).collect(),
        }),
        tlv::BMP_STRING => {
            let (pairs, []) = content.as_chunks::<2>() else { return None };
            char::decode_utf16(pairs.iter().map(|pair| u16::from_be_bytes(*pair))).collect::<Result<_, _>>().ok()
        }
        tlv::UNIVERSAL_STRING => {
            let (quads, []) = content.as_chunks::<4>() else { return None };
            quads.iter().map(|quad| char::from_u32(u32::from_be_bytes(*quad))).collect()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// CN with the given string type.
    fn common_name(tag: u8, content: &[u8]) -> Name {
        let oid = tlv::write(tlv::OID, &[b"\x55\x04\x03"]);
        let pair = tlv::write(tlv::SEQUENCE, &[&oid, &tlv::write(tag, &[content])]);
        Name::from_der(&tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::SET, &[&pair])])).unwrap()
    }

    #[test]
    fn an_encoded_name_has_a_bounded_number_of_attributes() {
        let of = |count: usize| Name::parse_rfc4514(&vec!["CN=a"; count].join(",")).unwrap();
        assert_eq!(Name::from_der(of(100).der()).unwrap(), of(100));
        let fault = Name::from_der(of(101).der()).unwrap_err();
        assert_eq!(fault.code(), Code::NameMalformed);
        assert_eq!(fault.found_text(), Some("more than 100 attributes"));
    }

    #[test]
    fn the_same_text_in_any_string_type_is_the_same_name() {
        let utf8 = common_name(tlv::UTF8_STRING, "Ab 财".as_bytes());
        assert_eq!(utf8, common_name(tlv::BMP_STRING, &[0, 0x41, 0, 0x62, 0, 0x20, 0x8d, 0x22]));
        assert_eq!(utf8, common_name(tlv::TELETEX_STRING, "  aB   财 ".as_bytes()));
        let universal: Vec<u8> = "Ab 财".chars().flat_map(|char| u32::from(char).to_be_bytes()).collect();
        assert_eq!(utf8, common_name(tlv::UNIVERSAL_STRING, &universal));
        let ascii = common_name(tlv::PRINTABLE_STRING, b"x");
        for tag in [tlv::IA5_STRING, tlv::UTF8_STRING, tlv::VISIBLE_STRING] {
            assert_eq!(ascii, common_name(tag, b"X"));
        }
        assert_ne!(ascii, common_name(tlv::UTF8_STRING, b"xy"));
        // White space inside a word counts.
        assert_ne!(common_name(tlv::UTF8_STRING, b"a b"), common_name(tlv::UTF8_STRING, b"ab"));
    }

    #[test]
    fn what_cannot_be_decoded_is_compared_and_written_as_bytes() {
        let bad = common_name(tlv::UTF8_STRING, &[0xff, 0xfe]);
        assert_eq!(bad.to_rfc4514(), "CN=#0C02FFFE");
        assert_eq!(Name::parse_rfc4514("CN=#0c02fffe").unwrap(), bad);
        assert_ne!(bad, common_name(tlv::UTF8_STRING, &[0xff, 0xff]));
        assert_eq!(common_name(tlv::BMP_STRING, &[0xd8, 0x00]).to_rfc4514(), "CN=#1E02D800");
        assert_eq!(common_name(tlv::BMP_STRING, &[0x41]).to_rfc4514(), "CN=#1E0141");
        assert_eq!(common_name(tlv::IA5_STRING, &[0x80]).values("CN").count(), 0);
    }

    #[test]
    fn multi_valued_parts_are_sets_and_order_between_parts_counts() {
        let name = |text| Name::parse_rfc4514(text).unwrap();
        assert_eq!(name("CN=a+OU=b,C=CN"), name("OU=b+CN=a,C=CN"));
        assert_ne!(name("CN=a+OU=b,C=CN"), name("CN=a,OU=b,C=CN"));
        assert_ne!(name("CN=a,C=CN"), name("C=CN,CN=a"));
        assert!(name("CN=a,C=CN").matches_text("C=CN, CN=A"));
        assert!(!name("CN=a,OU=x,C=CN").matches_text("OU=x,CN=a,C=CN"));
        assert!(!name("CN=a").matches_text(""));
        assert!(!name("CN=a").matches_text("CN"));
    }

    #[test]
    fn parts_are_whole_values() {
        let name = Name::parse_rfc4514("CN=示例市财政局,OU=a,OU=b,O=x,C=CN").unwrap();
        for (parts, expected) in [
            ("CN=示例市财政局", true),
            ("O=x,CN=示例市财政局", true),
            ("OU=b", true),
            ("OU=b+C=cn", true),
            ("CN=示例市", false),
            ("O=示例市财政局", false),
            ("CN=示例市财政局,O=y", false),
        ] {
            assert_eq!(name.contains_parts(parts).unwrap(), expected, "{parts}");
        }
        assert_eq!(name.contains_parts(" ").unwrap_err().code(), Code::NameTextEmpty);
        assert!(!name.contains(&Name::from_der(&[0x30, 0]).unwrap()));
        assert_eq!(name.values("organizationalUnitName").collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(name.values("2.5.4.10").collect::<Vec<_>>(), ["x"]);
    }

    #[test]
    fn malformed_names_are_refused() {
        for bytes in [
            &[0x30, 0x00, 0x00][..],                                             // trailing
            &[0x30, 0x02, 0x31, 0x00],                                           // empty RDN
            &[0x30, 0x04, 0x31, 0x02, 0x30, 0x00],                               // empty pair
            &[0x30, 0x09, 0x31, 0x07, 0x30, 0x05, 0x06, 0x03, 0x55, 0x04, 0x03], // no value
            &[0x31, 0x00],
        ] {
            assert_eq!(Name::from_der(bytes).unwrap_err().code(), Code::NameMalformed);
        }
        assert!(Name::from_der(&[0x30, 0x00]).unwrap().is_empty());
    }

    #[test]
    fn what_is_encoded_is_read_again_by_us_and_by_x509_cert() {
        use der::Decode as _;
        let text = "CN=a\\,b+OU=财,emailAddress=x@y.z,1.2.3.4=#0401FF,C=CN";
        let name = Name::parse_rfc4514(text).unwrap();
        let again = Name::from_der(name.der()).unwrap();
        assert_eq!(again, name);
        assert_eq!(again.attributes().count(), 5);
        let theirs = x509_cert::name::Name::from_der(name.der()).unwrap();
        assert_eq!(theirs.len(), 4);
    }
}
