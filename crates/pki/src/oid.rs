//! Object identifiers, kept as their content octets: comparing them is comparing bytes.

macro_rules! oids {
    ($($(#[$meta:meta])* $name:ident = $text:literal, $bytes:literal;)*) => {
        $( $(#[$meta])* pub(crate) const $name: &[u8] = $bytes; )*

        #[cfg(test)]
        const ALL: &[(&str, &[u8])] = &[ $( ($text, $bytes) ),* ];
    };
}

oids! {
    /// id-ecPublicKey, RFC 5480.
    EC_PUBLIC_KEY = "1.2.840.10045.2.1", b"\x2a\x86\x48\xce\x3d\x02\x01";
    /// prime-field, ANSI X9.62.
    PRIME_FIELD = "1.2.840.10045.1.1", b"\x2a\x86\x48\xce\x3d\x01\x01";
    /// The SM2 curve, and SM2 as an algorithm, GB/T 33560.
    SM2 = "1.2.156.10197.1.301", b"\x2a\x81\x1c\xcf\x55\x01\x82\x2d";
    /// SM2 signature, GB/T 33560.
    SM2_SIGNATURE = "1.2.156.10197.1.301.1", b"\x2a\x81\x1c\xcf\x55\x01\x82\x2d\x01";
    /// SM2 with SM3, GB/T 33560.
    SM2_WITH_SM3 = "1.2.156.10197.1.501", b"\x2a\x81\x1c\xcf\x55\x01\x83\x75";
    /// SM3, GB/T 33560.
    SM3 = "1.2.156.10197.1.401", b"\x2a\x81\x1c\xcf\x55\x01\x83\x11";
    /// data, GB/T 35275-2017.
    GM_DATA = "1.2.156.10197.6.1.4.2.1", b"\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x01";
    /// signedData, GB/T 35275-2017.
    GM_SIGNED_DATA = "1.2.156.10197.6.1.4.2.2", b"\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x02";
    /// data, RFC 2315.
    PKCS7_DATA = "1.2.840.113549.1.7.1", b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
    /// signedData, RFC 2315.
    PKCS7_SIGNED_DATA = "1.2.840.113549.1.7.2", b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    /// contentType, RFC 2985.
    CONTENT_TYPE = "1.2.840.113549.1.9.3", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03";
    /// messageDigest, RFC 2985.
    MESSAGE_DIGEST = "1.2.840.113549.1.9.4", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04";
    /// signingTime, RFC 2985.
    SIGNING_TIME = "1.2.840.113549.1.9.5", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05";
    /// extensionRequest, RFC 2985.
    EXTENSION_REQUEST = "1.2.840.113549.1.9.14", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e";
    /// subjectKeyIdentifier, RFC 5280 4.2.1.2.
    SUBJECT_KEY_ID = "2.5.29.14", b"\x55\x1d\x0e";
    /// keyUsage, RFC 5280 4.2.1.3.
    KEY_USAGE = "2.5.29.15", b"\x55\x1d\x0f";
    /// subjectAltName, RFC 5280 4.2.1.6.
    SUBJECT_ALT_NAME = "2.5.29.17", b"\x55\x1d\x11";
    /// issuerAltName, RFC 5280 4.2.1.7.
    ISSUER_ALT_NAME = "2.5.29.18", b"\x55\x1d\x12";
    /// basicConstraints, RFC 5280 4.2.1.9.
    BASIC_CONSTRAINTS = "2.5.29.19", b"\x55\x1d\x13";
    /// cRLNumber, RFC 5280 5.2.3.
    CRL_NUMBER = "2.5.29.20", b"\x55\x1d\x14";
    /// reasonCode, RFC 5280 5.3.1.
    REASON_CODE = "2.5.29.21", b"\x55\x1d\x15";
    /// invalidityDate, RFC 5280 5.3.2.
    INVALIDITY_DATE = "2.5.29.24", b"\x55\x1d\x18";
    /// deltaCRLIndicator, RFC 5280 5.2.4.
    DELTA_CRL_INDICATOR = "2.5.29.27", b"\x55\x1d\x1b";
    /// issuingDistributionPoint, RFC 5280 5.2.5.
    ISSUING_DISTRIBUTION_POINT = "2.5.29.28", b"\x55\x1d\x1c";
    /// certificateIssuer, RFC 5280 5.3.3.
    CERTIFICATE_ISSUER = "2.5.29.29", b"\x55\x1d\x1d";
    /// cRLDistributionPoints, RFC 5280 4.2.1.13.
    CRL_DISTRIBUTION_POINTS = "2.5.29.31", b"\x55\x1d\x1f";
    /// certificatePolicies, RFC 5280 4.2.1.4.
    CERTIFICATE_POLICIES = "2.5.29.32", b"\x55\x1d\x20";
    /// authorityKeyIdentifier, RFC 5280 4.2.1.1.
    AUTHORITY_KEY_ID = "2.5.29.35", b"\x55\x1d\x23";
    /// expiredCertsOnCRL, X.509 (2005) 8.5.2.12.
    EXPIRED_CERTS_ON_CRL = "2.5.29.60", b"\x55\x1d\x3c";
    /// id-PBES2, RFC 8018.
    PBES2 = "1.2.840.113549.1.5.13", b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d";
    /// id-PBKDF2, RFC 8018.
    PBKDF2 = "1.2.840.113549.1.5.12", b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c";
    /// id-hmacWithSHA1, RFC 8018.
    HMAC_SHA1 = "1.2.840.113549.2.7", b"\x2a\x86\x48\x86\xf7\x0d\x02\x07";
    /// id-hmacWithSHA256, RFC 8018.
    HMAC_SHA256 = "1.2.840.113549.2.9", b"\x2a\x86\x48\x86\xf7\x0d\x02\x09";
    /// id-hmacWithSHA384, RFC 8018.
    HMAC_SHA384 = "1.2.840.113549.2.10", b"\x2a\x86\x48\x86\xf7\x0d\x02\x0a";
    /// id-hmacWithSHA512, RFC 8018.
    HMAC_SHA512 = "1.2.840.113549.2.11", b"\x2a\x86\x48\x86\xf7\x0d\x02\x0b";
    /// HMAC-SM3 as most tools write it, SM3 with a key in GM/T 0006-2012.
    HMAC_SM3 = "1.2.156.10197.1.401.2", b"\x2a\x81\x1c\xcf\x55\x01\x83\x11\x02";
    /// HMAC-SM3 as OpenSSL names it.
    HMAC_SM3_OTHER = "1.2.156.10197.1.401.3.1", b"\x2a\x81\x1c\xcf\x55\x01\x83\x11\x03\x01";
    /// id-sha1, RFC 8017.
    SHA1 = "1.3.14.3.2.26", b"\x2b\x0e\x03\x02\x1a";
    /// id-sha256, RFC 8017.
    SHA256 = "2.16.840.1.101.3.4.2.1", b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";
    /// id-sha384, RFC 8017.
    SHA384 = "2.16.840.1.101.3.4.2.2", b"\x60\x86\x48\x01\x65\x03\x04\x02\x02";
    /// id-sha512, RFC 8017.
    SHA512 = "2.16.840.1.101.3.4.2.3", b"\x60\x86\x48\x01\x65\x03\x04\x02\x03";
    /// id-aes128-CBC, RFC 3565.
    AES_128_CBC = "2.16.840.1.101.3.4.1.2", b"\x60\x86\x48\x01\x65\x03\x04\x01\x02";
    /// id-aes192-CBC, RFC 3565.
    AES_192_CBC = "2.16.840.1.101.3.4.1.22", b"\x60\x86\x48\x01\x65\x03\x04\x01\x16";
    /// id-aes256-CBC, RFC 3565.
    AES_256_CBC = "2.16.840.1.101.3.4.1.42", b"\x60\x86\x48\x01\x65\x03\x04\x01\x2a";
    /// des-ede3-cbc, RFC 8018.
    DES_EDE3_CBC = "1.2.840.113549.3.7", b"\x2a\x86\x48\x86\xf7\x0d\x03\x07";
    /// SM4, GB/T 33560.
    SM4 = "1.2.156.10197.1.104", b"\x2a\x81\x1c\xcf\x55\x01\x68";
    /// SM4-CBC, GB/T 33560.
    SM4_CBC = "1.2.156.10197.1.104.2", b"\x2a\x81\x1c\xcf\x55\x01\x68\x02";
    /// pbeWithSHAAnd3-KeyTripleDES-CBC, RFC 7292.
    PBE_SHA1_3DES = "1.2.840.113549.1.12.1.3", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x03";
    /// pbeWithSHAAnd2-KeyTripleDES-CBC, RFC 7292.
    PBE_SHA1_2DES = "1.2.840.113549.1.12.1.4", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x04";
    /// pbeWithSHAAnd128BitRC2-CBC, RFC 7292.
    PBE_SHA1_RC2_128 = "1.2.840.113549.1.12.1.5", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x05";
    /// pbewithSHAAnd40BitRC2-CBC, RFC 7292.
    PBE_SHA1_RC2_40 = "1.2.840.113549.1.12.1.6", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x06";
    /// keyBag, RFC 7292.
    KEY_BAG = "1.2.840.113549.1.12.10.1.1", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x01";
    /// pkcs8ShroudedKeyBag, RFC 7292.
    SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02";
    /// certBag, RFC 7292.
    CERT_BAG = "1.2.840.113549.1.12.10.1.3", b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x03";
    /// friendlyName, RFC 2985.
    FRIENDLY_NAME = "1.2.840.113549.1.9.20", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x14";
    /// localKeyId, RFC 2985.
    LOCAL_KEY_ID = "1.2.840.113549.1.9.21", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x15";
    /// x509Certificate, RFC 7292.
    X509_CERTIFICATE = "1.2.840.113549.1.9.22.1", b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01";
    /// encryptedData, RFC 2315.
    PKCS7_ENCRYPTED_DATA = "1.2.840.113549.1.7.6", b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06";
    /// encryptedData, GB/T 35275-2017.
    GM_ENCRYPTED_DATA = "1.2.156.10197.6.1.4.2.5", b"\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x05";
}

/// The dotted form of content octets that the reader has accepted.
pub(crate) fn to_dotted(content: &[u8]) -> String {
    let mut arcs = Vec::new();
    let mut arc = 0u64;
    for octet in content {
        // The reader admits nine octets an arc, 63 bits; anything else saturates harmlessly here.
        arc = arc.saturating_mul(128).saturating_add(u64::from(octet & 0x7f));
        if octet & 0x80 == 0 {
            if arcs.is_empty() {
                let first = (arc / 40).min(2);
                arcs.push(first);
                arcs.push(arc - first * 40);
            } else {
                arcs.push(arc);
            }
            arc = 0;
        }
    }
    arcs.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

/// The content octets of a dotted form, or nothing when it is none.
pub(crate) fn from_dotted(text: &str) -> Option<Vec<u8>> {
    let mut arcs = Vec::new();
    for part in text.split('.') {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || (part.len() > 1 && part.starts_with('0')) {
            return None;
        }
        arcs.push(part.parse::<u64>().ok().filter(|arc| *arc < 1 << 62)?);
    }
    let [first, second, rest @ ..] = &arcs[..] else { return None };
    if *first > 2 || (*first < 2 && *second > 39) {
        return None;
    }
    let mut content = Vec::new();
    push_arc(&mut content, first * 40 + second);
    for arc in rest {
        push_arc(&mut content, *arc);
    }
    (content.len() <= crate::tlv::MOST_OID_OCTETS).then_some(content)
}

fn push_arc(content: &mut Vec<u8>, arc: u64) {
    let mut groups = (u64::BITS - arc.leading_zeros()).div_ceil(7).max(1);
    while groups > 0 {
        groups -= 1;
        let more = if groups > 0 { 0x80 } else { 0 };
        // Seven bits, masked.
        content.push(((arc >> (7 * groups)) & 0x7f) as u8 | more);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn octets_and_dotted_forms_agree() {
        for (text, bytes) in ALL {
            assert_eq!(from_dotted(text).unwrap(), *bytes, "{text}");
            assert_eq!(to_dotted(bytes), *text);
        }
        // An independent writer agrees.
        for (text, bytes) in ALL {
            let oid: der::asn1::ObjectIdentifier = text.parse().unwrap();
            assert_eq!(oid.as_bytes(), *bytes);
        }
    }

    #[test]
    fn what_is_no_dotted_form_is_refused() {
        for text in ["", "1", "1.", "3.1", "1.40", "1.02", "1.-2", "1.a", "1.2.18446744073709551616"] {
            assert_eq!(from_dotted(text), None, "{text}");
        }
        assert_eq!(to_dotted(&from_dotted("2.999.3").unwrap()), "2.999.3");
    }
}
