//! Signature values: no input panics, a plain form that was read is the only spelling of it, and what
//! is written in any form over any content is read again.
#![no_main]

use std::sync::OnceLock;

use czei_pki::{
    Certificate, CertificateTemplate, Compat, Encoding, Name, SignatureRequest, SignatureValue, SignedDataForm,
};
use czei_sm2::{Message, SigningKey, UserId};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Signing takes ten times as long as reading; values with a certificate are longer than this.
    if bytes.len() < 200 {
        written_is_read(bytes);
    }
    let Ok(value) = SignatureValue::parse(bytes) else { return };
    match value.encoding() {
        Encoding::Der => assert_eq!(value.signature().to_der(), bytes),
        Encoding::Raw => assert_eq!(value.signature().to_bytes().as_slice(), bytes),
        Encoding::SignedData => {
            let signed_data = value.signed_data().expect("SignedData has its parts");
            for certificate in signed_data.embedded() {
                let _ = czei_pki::Certificate::from_der(certificate);
            }
            let _ = (value.signing_time(), signed_data.content(), signed_data.signer());
            let content = signed_data.content().unwrap_or_default();
            for compat in Compat::ALL {
                let digest = value.compat_digest(compat, &[content]);
                assert!(digest.is_err() || signed_data.signed_attributes().is_none());
            }
        }
    }
});

/// The first two bytes choose the form, the others are the content.
fn written_is_read(bytes: &[u8]) {
    let Some((choice, content)) = bytes.split_at_checked(2) else { return };
    let number = usize::from(u16::from_be_bytes([choice[0], choice[1]])) % 720;
    let form = SignedDataForm::all().nth(number).expect("there are 720");
    let (key, certificate) = signer();
    let at = "2026-12-01T01:15:30Z".parse().ok();
    let parts = [content];
    let request = SignatureRequest::new(Encoding::SignedData, form, certificate, &UserId::DEFAULT, &parts, at)
        .expect("the certificate has what every form needs");
    let signature = key.sign(Message::Digest(request.digest())).expect("the generator works");
    let value = SignatureValue::parse(&request.finish(&signature).expect("our own")).expect("what is written is read");
    request.check(&value).expect("what is written verifies");
    assert_eq!(value.signed_data().and_then(|data| data.content()), form.attached.then_some(content));
}

fn signer() -> &'static (SigningKey, Certificate) {
    static SIGNER: OnceLock<(SigningKey, Certificate)> = OnceLock::new();
    SIGNER.get_or_init(|| {
        let key = SigningKey::from_bytes(&[7; 32]).expect("in range");
        let template = CertificateTemplate {
            subject: Name::parse_rfc4514("CN=x").expect("a name"),
            serial: vec![1],
            not_before: "2026-01-01T00:00:00Z".parse().expect("a time"),
            not_after: "2036-01-01T00:00:00Z".parse().expect("a time"),
            ca: None,
            key_usage: None,
            extensions: Vec::new(),
        };
        let certificate = template.self_sign(&key).expect("a template that can be signed");
        (key, certificate)
    })
}
