//! What is made to be huge, deep or many is refused, or read, within 16 MiB.
#![allow(clippy::unwrap_used)]
// An allocator that counts is the only way to see how much is held at once, and the trait is unsafe.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use czei_pki::{
    Certificate, CertificateRequest, CertificateTemplate, Code, Crl, Encoding, EncryptionSettings, Error, KeyFile,
    KeyUsage, Name, Password, SignatureValue, encode, read_public_key, to_pkcs12,
};
use czei_sm2::{Message, SigningKey, SystemEntropy};

/// The system's allocator, counting.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(held, Relaxed);
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above; the pointer came from `alloc`, which is the system's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const MOST: usize = 16 << 20;

/// The most that was held at once beyond what was held before.
fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    let result = work();
    (result, PEAK.load(Relaxed).saturating_sub(before))
}

/// Each reader by name; the password is there so that no reader stops for the want of one.
type Reader = fn(&[u8]) -> Result<(), Error>;
const READERS: [(&str, Reader); 6] = [
    ("signature value", |bytes| SignatureValue::parse(bytes).map(drop)),
    ("certificate", |bytes| Certificate::many_from_pem_or_der(bytes).map(drop)),
    ("CRL", |bytes| Crl::from_pem_or_der(bytes).map(drop)),
    ("key file", |bytes| KeyFile::read(bytes, Some(&Password::new("123456"))).map(drop)),
    ("public key", |bytes| read_public_key(bytes).map(drop)),
    ("request", |bytes| CertificateRequest::from_pem_or_der(bytes).map(drop)),
];

/// One test, so that nothing else allocates meanwhile.
#[test]
fn huge_deep_and_many_stay_within_16_mib() {
    let mut greatest = 0;
    for (what, bytes, expected) in inputs() {
        for ((reader, read), code) in READERS.iter().zip(expected) {
            let (result, held) = peak(|| read(&bytes));
            let found = result.map_err(|fault| fault.code()).err();
            assert_eq!(found, code, "{what} as {reader}");
            assert!(held < MOST, "{what} as {reader}: {held} bytes");
            greatest = greatest.max(held);
        }
    }
    // Not by `eprintln!`, which is shown for failures only.
    let _ = writeln!(std::io::stderr(), "proof memory: {greatest} bytes at most, of {MOST} allowed");
}
type Row = (&'static str, Vec<u8>, [Option<Code>; 6]);

/// What is read, and the code with which each reader refuses it, in the order of the readers.
fn inputs() -> Vec<Row> {
    let thousand = thousand();
    let malformed = |value: Code| {
        [
            Some(value),
            Some(Code::CertificateMalformed),
            Some(Code::CrlMalformed),
            Some(Code::PrivateKeyMalformed),
            Some(Code::PublicKeyMalformed),
            Some(Code::RequestMalformed),
        ]
    };
    // Where the second element is no INTEGER it is neither a signature nor SignedData.
    let (unknown, damaged) = (malformed(Code::SignatureValueUnknown), malformed(Code::SignatureMalformed));
    let no_block = Some(Code::PemNoBlock);
    vec![
        ("20,000 levels", nested(20_000), unknown),
        ("20,000 levels of indefinite length", [0x30, 0x80].repeat(20_000), unknown),
        ("20,000 levels in a PFX", pfx(&nested(20_000)), damaged),
        ("20,000 levels of indefinite length in a PFX", pfx(&[0x30, 0x80].repeat(20_000)), damaged),
        ("4 GiB", vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02, 0x01, 0x01], damaged),
        ("4 GiB within", vec![0x30, 9, 2, 1, 1, 0x30, 0x84, 0xff, 0xff, 0xff, 0xff], damaged),
        // What stands in the place of a certificate is not decoded with the value.
        (
            "20,000 levels in SignedData",
            thousand.deep,
            [&[None], &malformed(Code::SignatureMalformed)[1..]].concat().try_into().unwrap(),
        ),
        ("1,000 certificates in SignedData", thousand.signed_data, malformed(Code::TooManyCertificates)),
        ("1,000 certificates in DER", thousand.der, unknown),
        (
            "1,000 certificates in PEM",
            thousand.pem.into_bytes(),
            // Certificates in PEM are read, however many.
            [Some(Code::SignatureValueUnknown), None, no_block, no_block, no_block, no_block],
        ),
        (
            "1,000 certificates in PKCS#12",
            thousand.pkcs12,
            // Read, with its key.
            [&damaged[..3], &[None], &damaged[4..]].concat().try_into().unwrap(),
        ),
    ]
}

/// SEQUENCE in SEQUENCE with right lengths.
fn nested(levels: usize) -> Vec<u8> {
    let mut heads: Vec<Vec<u8>> = Vec::with_capacity(levels);
    let mut length = 0_usize;
    for _ in 0..levels {
        let octets: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
        let mut head = vec![0x30];
        match length {
            0..0x80 => head.push(length as u8),
            _ => {
                head.push(0x80 | octets.len() as u8);
                head.extend(octets);
            }
        }
        length += head.len();
        heads.push(head);
    }
    heads.into_iter().rev().flatten().collect()
}

/// What begins as PKCS#12 does (RFC 7292 4), with this in place of the content.
fn pfx(content: &[u8]) -> Vec<u8> {
    let mut bytes =
        vec![0x30, 0x80, 2, 1, 3, 0x30, 0x80, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1, 0xa0, 0x80];
    bytes.extend_from_slice(content);
    bytes
}

struct Thousand {
    deep: Vec<u8>,
    signed_data: Vec<u8>,
    der: Vec<u8>,
    pem: String,
    pkcs12: Vec<u8>,
}

/// The same thousand certificates in all the places where several may stand.
fn thousand() -> Thousand {
    let key = SigningKey::from_bytes(&[3; 32]).unwrap();
    let certificates: Vec<Arc<Certificate>> = (1..=1_000_u32)
        .map(|number| {
            let template = CertificateTemplate {
                subject: Name::parse_rfc4514(&format!("CN={number},C=CN")).unwrap(),
                serial: number.to_be_bytes().to_vec(),
                not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
                not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
                ca: None,
                key_usage: Some(KeyUsage::DIGITAL_SIGNATURE),
                extensions: Vec::new(),
            };
            Arc::new(template.self_sign(&key).unwrap())
        })
        .collect();
    let der: Vec<u8> = certificates.iter().flat_map(|certificate| certificate.der().to_vec()).collect();
    let signature = key.sign(Message::of(&[b"content"])).unwrap();
    let one = encode(Encoding::SignedData, &signature, &certificates[0]);
    let settings = EncryptionSettings { iterations: 1_000, ..EncryptionSettings::default() };
    let password = Password::new("123456");
    let pkcs12 = to_pkcs12(&key, &certificates, "", &password, &settings, &mut SystemEntropy).unwrap();
    Thousand {
        deep: with_certificates(&one, certificates[0].der(), &nested(20_000)),
        signed_data: with_certificates(&one, certificates[0].der(), &der),
        pem: certificates.iter().map(|certificate| certificate.to_pem()).collect(),
        der,
        pkcs12,
    }
}

/// SignedData with other certificates in place of the one it carries. Every length around them takes
/// two octets before and three after.
fn with_certificates(signed_data: &[u8], one: &[u8], all: &[u8]) -> Vec<u8> {
    let at = signed_data.windows(one.len()).position(|window| window == one).unwrap();
    let mut bytes = [&signed_data[..at], all, &signed_data[at + one.len()..]].concat();
    // certificates [0], SignedData, content [0], ContentInfo: from the innermost out.
    let starts = [at - 4, 20, 16, 0];
    for start in starts {
        assert_eq!(bytes[start + 1], 0x82, "the length at {start}");
        let length = usize::from(bytes[start + 2]) << 8 | usize::from(bytes[start + 3]);
        let grown = length + all.len() - one.len() + starts.iter().filter(|inner| **inner > start).count();
        bytes.splice(start + 1..start + 4, [0x83, (grown >> 16) as u8, (grown >> 8) as u8, grown as u8]);
    }
    bytes
}
