//! The attribute types of names and what they are called.

/// Content octets, the name written, further names read (all compared without regard to case).
const TYPES: &[(&[u8], &str, &[&str])] = &[
    (b"\x55\x04\x03", "CN", &["commonName"]),
    (b"\x55\x04\x04", "SN", &["surname"]),
    (b"\x55\x04\x05", "serialNumber", &[]),
    (b"\x55\x04\x06", "C", &["countryName"]),
    (b"\x55\x04\x07", "L", &["localityName"]),
    (b"\x55\x04\x08", "ST", &["S", "SP", "stateOrProvinceName"]),
    (b"\x55\x04\x09", "STREET", &["streetAddress"]),
    (b"\x55\x04\x0a", "O", &["organizationName"]),
    (b"\x55\x04\x0b", "OU", &["organizationalUnitName"]),
    (b"\x55\x04\x0c", "title", &["T"]),
    (b"\x55\x04\x0d", "description", &[]),
    (b"\x55\x04\x0f", "businessCategory", &[]),
    (b"\x55\x04\x11", "postalCode", &[]),
    (b"\x55\x04\x14", "telephoneNumber", &[]),
    (b"\x55\x04\x2a", "GN", &["G", "givenName"]),
    (b"\x55\x04\x2b", "initials", &[]),
    (b"\x55\x04\x2c", "generationQualifier", &[]),
    (b"\x55\x04\x2d", "x500UniqueIdentifier", &[]),
    (b"\x55\x04\x2e", "dnQualifier", &["dnQ"]),
    (b"\x55\x04\x41", "pseudonym", &[]),
    (b"\x55\x04\x61", "organizationIdentifier", &[]),
    (EMAIL, "emailAddress", &["E", "EMAIL", "MAIL"]),
    (b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", "UID", &["userId"]),
    (DOMAIN_COMPONENT, "DC", &["domainComponent"]),
];

const EMAIL: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01";
const DOMAIN_COMPONENT: &[u8] = b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19";

/// The name written for a type.
pub(crate) fn short_name(oid: &[u8]) -> Option<&'static str> {
    TYPES.iter().find(|(known, ..)| *known == oid).map(|(_, short, _)| *short)
}

/// The content octets of a type given by a name or in dotted form, with or without `OID.`.
pub(crate) fn oid_of(name: &str) -> Option<Vec<u8>> {
    for (oid, short, others) in TYPES {
        if short.eq_ignore_ascii_case(name) || others.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            return Some(oid.to_vec());
        }
    }
    let dotted = match name.split_at_checked(4) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("OID.") => rest,
        _ => name,
    };
    crate::oid::from_dotted(dotted)
}

/// Whether RFC 5280 and RFC 4519 want a value of this type as PrintableString.
pub(crate) fn is_printable(oid: &[u8]) -> bool {
    matches!(oid, b"\x55\x04\x05" | b"\x55\x04\x06" | b"\x55\x04\x2e")
}

/// Whether a value of this type is an IA5String.
pub(crate) fn is_ia5(oid: &[u8]) -> bool {
    oid == EMAIL || oid == DOMAIN_COMPONENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_one_type() {
        let mut seen = std::collections::HashSet::new();
        for (oid, short, others) in TYPES {
            for name in others.iter().chain([short]) {
                assert!(seen.insert(name.to_ascii_lowercase()), "{name} twice");
                assert_eq!(oid_of(&name.to_ascii_uppercase()).as_deref(), Some(*oid));
            }
            assert_eq!(oid_of(&crate::oid::to_dotted(oid)).as_deref(), Some(*oid));
        }
        assert_eq!(oid_of("oid.2.5.4.3").as_deref(), Some(&b"\x55\x04\x03"[..]));
        assert_eq!(oid_of("nonsense"), None);
        assert_eq!(oid_of(""), None);
    }
}
