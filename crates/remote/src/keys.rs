//! What a server signs with.

use std::collections::BTreeMap;
use std::sync::Arc;

use czei_pki::Certificate;
use czei_sm2::{Message, Signature, SigningKey, Sm3, UserId};

use crate::{Class, KeyLabel, Refusal};

/// The keys of a server, in memory or in a device. Called from several threads at once.
pub trait KeyProvider: Send + Sync {
    /// The certificate of a key; none where the provider keeps only the key.
    ///
    /// # Errors
    /// A refusal, [`Class::NoKey`] for a label that is not known.
    fn certificate(&self, key: &KeyLabel) -> Result<Option<Arc<Certificate>>, Refusal>;

    /// Signs the digest e.
    ///
    /// # Errors
    /// A refusal; [`Class::Busy`] only when nothing was signed.
    fn sign_digest(&self, key: &KeyLabel, digest: &[u8; 32]) -> Result<Signature, Refusal>;

    /// Signs a message: its digest, which is made with the key of the certificate. Without a user id, in the
    /// compatibility forms without Z, e is SM3 of the message alone.
    ///
    /// # Errors
    /// As [`KeyProvider::sign_digest`]; [`Class::Refused`] where there is no certificate.
    fn sign_message(&self, key: &KeyLabel, user_id: Option<&UserId>, message: &[u8]) -> Result<Signature, Refusal> {
        let Some(user_id) = user_id else { return self.sign_digest(key, &Sm3::digest(message)) };
        let certificate = self.certificate(key)?;
        let prepared = certificate.as_ref().and_then(|certificate| certificate.prepared_key().ok());
        let prepared = prepared.ok_or_else(|| Refusal::new(Class::Refused, "only digests are signed with this key"))?;
        self.sign_digest(key, &prepared.digest(user_id, &[message]))
    }
}

impl<T: KeyProvider + ?Sized> KeyProvider for Arc<T> {
    fn certificate(&self, key: &KeyLabel) -> Result<Option<Arc<Certificate>>, Refusal> {
        (**self).certificate(key)
    }

    fn sign_digest(&self, key: &KeyLabel, digest: &[u8; 32]) -> Result<Signature, Refusal> {
        (**self).sign_digest(key, digest)
    }

    fn sign_message(&self, key: &KeyLabel, user_id: Option<&UserId>, message: &[u8]) -> Result<Signature, Refusal> {
        (**self).sign_message(key, user_id, message)
    }
}

/// Keys in memory, by label.
///
/// ```
/// use czei_remote::{KeyLabel, Keys};
///
/// let mut keys = Keys::new();
/// keys.add(KeyLabel::new("unit-1")?, czei_sm2::SigningKey::generate().unwrap(), None);
/// assert_eq!(keys.labels().map(KeyLabel::as_str).collect::<Vec<_>>(), ["unit-1"]);
/// # Ok::<(), czei_remote::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Keys(BTreeMap<KeyLabel, (SigningKey, Option<Arc<Certificate>>)>);

impl Keys {
    /// No keys.
    #[must_use]
    pub fn new() -> Self {
        Keys::default()
    }

    /// Adds a key with its certificate, where there is one. Says whether the label was free; a label that
    /// was taken keeps its key.
    pub fn add(&mut self, label: KeyLabel, key: SigningKey, certificate: Option<Arc<Certificate>>) -> bool {
        let free = !self.0.contains_key(&label);
        if free {
            self.0.insert(label, (key, certificate));
        }
        free
    }

    /// The labels, sorted.
    pub fn labels(&self) -> impl Iterator<Item = &KeyLabel> {
        self.0.keys()
    }

    fn get(&self, label: &KeyLabel) -> Result<&(SigningKey, Option<Arc<Certificate>>), Refusal> {
        self.0.get(label).ok_or_else(|| Refusal::new(Class::NoKey, format!("no key {label}")))
    }
}

impl KeyProvider for Keys {
    fn certificate(&self, key: &KeyLabel) -> Result<Option<Arc<Certificate>>, Refusal> {
        Ok(self.get(key)?.1.clone())
    }

    fn sign_digest(&self, key: &KeyLabel, digest: &[u8; 32]) -> Result<Signature, Refusal> {
        sign(&self.get(key)?.0, Message::Digest(digest))
    }

    fn sign_message(&self, key: &KeyLabel, user_id: Option<&UserId>, message: &[u8]) -> Result<Signature, Refusal> {
        let key = &self.get(key)?.0;
        match user_id {
            Some(user_id) => sign(key, Message::Parts { user_id, parts: &[message] }),
            None => sign(key, Message::Digest(&Sm3::digest(message))),
        }
    }
}

fn sign(key: &SigningKey, message: Message<'_>) -> Result<Signature, Refusal> {
    key.sign(message).map_err(|error| Refusal::new(Class::Failed, error.entry().name))
}
