//! Heads of the chains, signed.

use chrono::{DateTime, FixedOffset};

/// The heads of all chains at one moment, as text: what is signed.
///
/// A chain that nobody signed can be recomputed by whoever can write it; so the heads are signed
/// with the unit's key at intervals and kept elsewhere too: in backups, in reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heads {
    /// The text that is signed: `czei heads 1`, then stock, generation and time, then a line for each
    /// chain: name, length and head, in the order of the names, each line ended by one line feed.
    pub text: String,
    /// SM3 of the text.
    pub sm3: [u8; 32],
    /// When they were taken.
    pub at: DateTime<FixedOffset>,
}

impl Heads {
    /// The heads of chains, each with its name, length and head, in the order of the names.
    pub(crate) fn new<'c>(
        stock_id: &str,
        generation: &str,
        at: DateTime<FixedOffset>,
        chains: impl IntoIterator<Item = (&'c str, i64, &'c [u8; 32])>,
    ) -> Self {
        let time = crate::export::time(at);
        let mut text = format!("{FIRST_LINE}\nstock {stock_id}\ngeneration {generation}\ntime {time}\n");
        for (name, length, head) in chains {
            text.push_str(&chain_line(name, length, head));
        }
        Heads { sm3: czei_sm2::Sm3::digest(text.as_bytes()), text, at }
    }
}

/// The first line of every text: no other text that is signed begins so.
pub(crate) const FIRST_LINE: &str = "czei heads 1";

/// The line of a chain.
pub(crate) fn chain_line(name: &str, length: i64, head: &[u8; 32]) -> String {
    format!("{name} {length} {}\n", crate::hex::encode(head))
}

/// Name, length and head of a chain.
pub(crate) type ChainHead<'a> = (&'a str, i64, [u8; 32]);

/// Name, length and head of a line; none of a line that says of what and when.
pub(crate) fn chain_of_line(line: &str) -> Result<Option<ChainHead<'_>>, ()> {
    let mut parts = line.rsplitn(3, ' ');
    let (head, length, name) = (parts.next().ok_or(())?, parts.next().ok_or(())?, parts.next());
    let Some(name) = name else {
        return if matches!(length, "stock" | "generation" | "time") { Ok(None) } else { Err(()) };
    };
    let length = length.parse().ok().filter(|length| *length >= 0).ok_or(())?;
    Ok(Some((name, length, crate::hex::digest(head).ok_or(())?)))
}

/// A signature over the text of some heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadSignature {
    /// The signer's certificate, DER.
    pub certificate: Vec<u8>,
    /// The signature value, in whichever encoding the verifier knows.
    pub value: Vec<u8>,
}

/// Signs heads; made by whoever holds the unit's key.
pub trait HeadSigner {
    /// Signs the text.
    ///
    /// # Errors
    /// The signer's own, under its own code.
    fn sign(&self, text: &[u8]) -> Result<HeadSignature, czei_codes::AnyFault>;
}

/// Verifies signed heads.
pub trait HeadVerifier {
    /// Verifies the signature; answers who signed, for the report.
    ///
    /// # Errors
    /// Why it is not accepted.
    fn verify(&self, text: &[u8], signature: &HeadSignature) -> Result<String, czei_codes::AnyFault>;
}

/// Heads as the journal keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeads {
    /// The journal row that notes them.
    pub seq: i64,
    /// The heads.
    pub heads: Heads,
    /// The signature; none when they were only noted.
    pub signature: Option<HeadSignature>,
}

/// How many faults are named; all are counted.
const MAX_NAMED: usize = 100;

/// What verifying the journal found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JournalReport {
    /// Rows of the journal.
    pub rows: u64,
    /// Chains.
    pub chains: u64,
    /// Heads that were noted.
    pub heads: u64,
    /// Those that carry a signature which was verified, with the last signer.
    pub signed_heads: u64,
    /// Who signed the last of them.
    pub last_signer: Option<String>,
    /// Rows after the last signed heads: whoever can write the file could have changed these.
    pub rows_after_signature: u64,
    /// What is wrong, the first hundred; empty when the journal holds.
    pub faults: Vec<crate::Error>,
    /// How many are wrong in all.
    pub wrong: u64,
}

impl JournalReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.wrong == 0
    }

    /// Something is wrong.
    pub(crate) fn fault(&mut self, fault: czei_codes::Fault<crate::Code>) {
        self.wrong += 1;
        if self.faults.len() < MAX_NAMED {
            self.faults.push(fault.into());
        }
    }
}
