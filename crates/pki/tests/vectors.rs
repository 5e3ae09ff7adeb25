//! Certificates, keys and signature values of other implementations, from the folder that the
//! environment variable `CZEI_VECTORS` names. Without it each test says so and passes.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use chrono::{DateTime, Utc};
use czei_pki::{
    Certificate, CertificateStore, ChainBuilder, ChainLimits, Code, Compat, ContentFamily, Encoding, KeyFile, Name,
    Password, Paths, SignatureRequest, SignatureValue, SignedDataForm, encode,
};
use czei_sm2::{Message, Sm3, UserId};

const IDS: &[UserId] = &[UserId::DEFAULT];

fn folder(name: &str) -> Option<PathBuf> {
    match std::env::var_os("CZEI_VECTORS") {
        Some(root) => Some(PathBuf::from(root).join(name)),
        None => {
            eprintln!("skipped: CZEI_VECTORS is not set");
            None
        }
    }
}

/// The files of a folder by name.
fn files(folder: &FilePath) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect()
}

fn certificate(folder: &FilePath, name: &str) -> Arc<Certificate> {
    Arc::new(Certificate::from_pem_or_der(&fs::read(folder.join(name)).unwrap()).unwrap())
}

fn store(certificates: &[&Arc<Certificate>]) -> CertificateStore {
    let mut store = CertificateStore::new();
    for certificate in certificates {
        store.add(Arc::clone(certificate));
    }
    store
}

fn paths(anchors: &CertificateStore, known: &CertificateStore, leaf: &Arc<Certificate>) -> Paths {
    let limits = ChainLimits::default();
    ChainBuilder { anchors, store: known, extra: &[], user_ids: IDS, limits }.paths_to(leaf)
}

/// The one file of the collection that is not one certificate.
const SEVERAL: &str = "openhitls__cert_sm2_chain.crt.der";

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// What stands between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).map(|rest| rest.split(end).next().unwrap()).collect()
}

#[test]
fn signature_values_of_the_receipts_are_read_verified_and_written_alike() {
    let Some(folder) = folder("receipts") else { return };
    let known = store(&["unit.crt", "authority.crt"].map(|name| certificate(&folder, name)).each_ref());
    for (file, encoding) in
        [("der.xml", Encoding::Der), ("signed-data.xml", Encoding::SignedData), ("red-raw.xml", Encoding::Raw)]
    {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let signed_end = text.find("<EInvoiceSignature>").unwrap();
        let unit_content = &text[text.find("<Header>").unwrap()..signed_end];
        let unit_signature = format!("<Signature>{}</Signature>", between(&text, "<Signature>", "</Signature>")[0]);
        let hash: String = Sm3::digest(unit_content.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        let contents: [&[&[u8]]; 2] = [&[unit_content.as_bytes()], &[hash.as_bytes(), unit_signature.as_bytes()]];
        let values = between(&text, "<SignatureValue>", "</SignatureValue>");
        let serials = between(&text, "<SerialNumber>", "</SerialNumber>");
        let issuers = between(&text, "<X509IssuerName>", "</X509IssuerName>");
        assert_eq!(values.len(), 2);
        for index in 0..2 {
            let bytes = base64::engine::general_purpose::STANDARD.decode(values[index]).unwrap();
            let value = SignatureValue::parse(&bytes).unwrap();
            assert_eq!(value.encoding(), encoding, "{file}");
            let found = known.find_by_text(issuers[index], serials[index]);
            assert_eq!(found.len(), 1);
            let signer = found[0];
            assert_eq!(signer.serial_hex(), serials[index]);
            assert_eq!(signer.issuer().to_rfc4514(), issuers[index]);
            value.verify(signer.prepared_key().unwrap(), &UserId::DEFAULT, contents[index]).unwrap();
            let other = value.verify(signer.prepared_key().unwrap(), &UserId::EMPTY, contents[index]);
            assert_eq!(other.unwrap_err().code(), Code::SignatureWrong);
            if let Some(signed_data) = value.signed_data() {
                signed_data.require_signer(signer).unwrap();
                assert!(signed_data.embedded().eq([signer.der()]));
            }
            // Byte for byte what the other program wrote.
            assert_eq!(encode(encoding, value.signature(), signer), bytes, "{file}");
        }
    }
}

/// An intermediate may be an anchor too.
#[test]
fn a_server_certificate_leads_to_the_authority_above_it() {
    let Some(folder) = folder("real-ca") else { return };
    let anchors = store(&[&certificate(&folder, "cfca_sm2_oca1.crt.der")]);
    let leaf = certificate(&folder, "boc_sign.crt.der");
    let found = paths(&anchors, &CertificateStore::new(), &leaf);
    assert_eq!(found.all().len(), 1);
    assert!(found.at(leaf.not_after()).is_ok());
    assert_eq!(found.at(time("2026-12-01T00:00:00Z")).unwrap_err().code(), Code::CertificateExpired);
}

/// Every collected certificate is read and says what the table says of it.
#[test]
fn collected_certificates_agree_with_their_table() {
    let Some(folder) = folder("certs") else { return };
    let table: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(&fs::read(folder.join("VERIFIED.json")).unwrap()).unwrap();
    let mut read = BTreeMap::new();
    let mut mismatches = Vec::new();
    for name in table.keys() {
        match Certificate::from_der(&fs::read(folder.join(name)).unwrap()) {
            Ok(certificate) => drop(read.insert(name.clone(), certificate)),
            // Two certificates one after the other: not one certificate.
            Err(fault) if name == SEVERAL => {
                assert_eq!(fault.code(), Code::CertificateMalformed);
                assert_eq!(fault.found_text(), Some("1115 bytes too many"));
            }
            Err(fault) => mismatches.push(format!("{name} | not read: {fault}")),
        }
    }
    for (name, row) in &table {
        let Some(certificate) = read.get(name) else { continue };
        let mut compare = |what: &str, ours: String, theirs: String| {
            if ours != theirs {
                mismatches.push(format!("{name} | {what} | ours {ours} | table {theirs}"));
            }
        };
        let date = |time: DateTime<Utc>| time.format("%Y-%m-%d %H:%M:%S+00:00").to_string();
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        compare("not before", date(certificate.not_before()), text("nb"));
        compare("not after", date(certificate.not_after()), text("na"));
        compare("version", format!("v{}", certificate.version()), text("version"));
        compare("algorithm", certificate.signature_algorithm().into(), text("sigalg"));
        compare("usage", usage(certificate), table_usage(row));
        let constraints = certificate.basic_constraints();
        let bound = constraints.and_then(|constraints| constraints.path_len);
        compare(
            "authority",
            format!("{:?} {bound:?}", constraints.map(|constraints| constraints.ca)),
            format!("{:?} {:?}", row["bc"]["ca"].as_bool(), row["bc"]["path_len_constraint"].as_u64()),
        );
        if let Err(fault) = certificate.verifying_key() {
            mismatches.push(format!("{name} | key | {fault}"));
        }
    }
    for line in &mismatches {
        eprintln!("{line}");
    }
    assert!(mismatches.is_empty(), "{} mismatches", mismatches.len());
    assert_eq!((table.len(), read.len()), (139, 138));
}

fn usage(certificate: &Certificate) -> String {
    let mut names: Vec<_> = match certificate.key_usage() {
        None => return "none".into(),
        Some(usage) => usage.to_string().split(", ").map(str::to_owned).collect(),
    };
    names.sort();
    names.join(" ")
}

fn table_usage(row: &serde_json::Value) -> String {
    let Some(names) = row["keyusage"].as_array() else { return "none".into() };
    let mut names: Vec<_> = names
        .iter()
        .map(|name| match name.as_str().unwrap() {
            "digital_signature" => "digitalSignature",
            "non_repudiation" | "content_commitment" => "nonRepudiation",
            "key_encipherment" => "keyEncipherment",
            "data_encipherment" => "dataEncipherment",
            "key_agreement" => "keyAgreement",
            "key_cert_sign" => "keyCertSign",
            "crl_sign" => "cRLSign",
            "encipher_only" => "encipherOnly",
            "decipher_only" => "decipherOnly",
            other => other,
        })
        .map(str::to_owned)
        .collect();
    names.sort();
    names.join(" ")
}

/// Every certificate of the collection that x509-cert reads as well says the same there.
#[test]
fn collected_certificates_agree_with_an_independent_reader() {
    use der::{Decode as _, Encode as _};
    let Some(folder) = folder("certs") else { return };
    let mut compared = 0;
    for (name, bytes) in files(&folder) {
        if !name.ends_with(".der") || name == SEVERAL {
            continue;
        }
        let ours = Certificate::from_der(&bytes).unwrap();
        let Ok(theirs) = x509_cert::Certificate::from_der(&bytes) else {
            eprintln!("{name}: not read by x509-cert");
            continue;
        };
        let tbs = theirs.tbs_certificate();
        assert_eq!(ours.serial(), tbs.serial_number().as_bytes(), "{name}");
        assert_eq!(ours.subject().der(), tbs.subject().to_der().unwrap(), "{name}");
        assert_eq!(ours.issuer().der(), tbs.issuer().to_der().unwrap(), "{name}");
        // The text form leads back to the same name.
        if !ours.subject().is_empty() {
            let again = Name::parse_rfc4514(&ours.subject().to_rfc4514()).unwrap();
            assert_eq!(&again, ours.subject(), "{name}");
        }
        compared += 1;
    }
    assert_eq!(compared, 138);
}

/// What is told about how a file is encrypted; that each is read stands in the table of the test
/// `field`.
#[test]
fn encryption_of_key_files_is_told() {
    let (Some(keys), Some(pkcs12)) = (folder("keys"), folder("pkcs12")) else { return };
    let legacy = "PKCS#12 with SHA1, 3DES-CBC, 51200 iterations";
    let cfca = "SM4-CBC, one SM3 of the password";
    let pbes2 = "PBES2, SM4-CBC, HMAC-SM3 1.2.156.10197.1.401.2, 16 iterations";
    for (folder, name, password, encryption) in [
        (&pkcs12, "ofdrw__ROOT.p12", Some("123456"), Some(legacy)),
        (&pkcs12, "ofdrw__SealBuilder.p12", Some("777777"), Some(legacy)),
        (&pkcs12, "ofdrw__USER.p12", Some("777777"), Some(legacy)),
        (&keys, "gmsm__cfca_pkcs12_sm2_test_L14.cfca_key.der", Some("123456"), Some(cfca)),
        (&keys, "gmsm__cfca_pkcs12_sm2_test_L164.cfca_sm2key.der", Some("changeit"), Some(cfca)),
        (&keys, "gmsm__pkcs8_example_test_L146.encrypted_private_key.der", Some("Password1"), Some(pbes2)),
        (&keys, "gmsm__pkcs8_example_test_L42.private_key.der", None, None),
        (&keys, "ofdrw__sign_key.pem", None, None),
    ] {
        let file = KeyFile::read(&fs::read(folder.join(name)).unwrap(), password.map(Password::new).as_ref()).unwrap();
        assert_eq!(file.encryption(), encryption, "{name}");
    }
}

/// SignedData as CFCA's kit writes it: attached and detached, 1.2.156.10197.1.301.1 with NULL. Our
/// form `cfca` writes the same bytes.
#[test]
fn signed_data_of_cfca_verifies_and_is_written_alike() {
    let Some(folder) = folder("pkcs7") else { return };
    let content: [&[u8]; 1] = [b"Hello Secret World!"];
    for (name, attached) in
        [("gmsm__cfca_pkcs7_sign_test_L93.p7.der", true), ("gmsm__cfca_pkcs7_sign_test_L94.p7.der", false)]
    {
        let value = SignatureValue::parse(&fs::read(folder.join(name)).unwrap()).unwrap();
        let signed_data = value.signed_data().unwrap();
        assert_eq!(signed_data.content_family(), ContentFamily::Gm);
        assert_eq!(signed_data.signature_oid(), "1.2.156.10197.1.301.1");
        assert_eq!(signed_data.content(), attached.then_some(content[0]));
        let signer = Certificate::from_der(signed_data.embedded().next().unwrap()).unwrap();
        signed_data.require_signer(&signer).unwrap();
        value.verify(signer.prepared_key().unwrap(), &UserId::DEFAULT, &content).unwrap();
        for compat in Compat::ALL {
            let digest = value.compat_digest(compat, &content).unwrap();
            assert!(signer.prepared_key().unwrap().verify(Message::Digest(&digest), value.signature()).is_err());
        }
        let fault = value.verify(signer.prepared_key().unwrap(), &UserId::DEFAULT, &[b"Hello Secret World?"]);
        let expected = if attached { Code::ContentDiffers } else { Code::SignatureWrong };
        assert_eq!(fault.unwrap_err().code(), expected, "{name}");

        let form = SignedDataForm { attached, ..SignedDataForm::cfca() };
        let request =
            SignatureRequest::new(Encoding::SignedData, form, &signer, &UserId::DEFAULT, &content, None).unwrap();
        request.check(&value).unwrap();
        assert_eq!(request.finish(value.signature()).unwrap(), fs::read(folder.join(name)).unwrap(), "{name}");
    }
    for (name, code) in [
        ("gmsm__pkcs7_envelope_test_L204.p7.der", Code::SignedDataContentType),
        ("gmsm__pkcs7_envelope_test_L230.p7.der", Code::SignedDataContentType),
        ("gmsm__pkcs7_sign_enveloped_test_L17.p7.der", Code::SignedDataContentType),
        // Certificates alone, without a digest and without a signer.
        ("gmsm__pkcs7_gm_test_L8.p7.der", Code::SignedDataDigest),
    ] {
        let fault = SignatureValue::parse(&fs::read(folder.join(name)).unwrap()).unwrap_err();
        assert_eq!(fault.code(), code, "{name}");
    }
}
