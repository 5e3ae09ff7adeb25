//! The unit's side: from a draft to a receipt that the unit signed, and the authority's answer in.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, FixedOffset, Utc};
use czei_codes::Code as _;
use czei_core::{
    CheckCode, Content, Draft, DraftDefaults, Held, KeyedFields, NumberSource, Numbered, Numbering, Receipt,
    ReceiptCode, ReceiptNumber, Reservation, Reversal, Token, UnitSigned,
};
use czei_pki::Certificate;
use czei_sm2::{Entropy, SystemEntropy};
use czei_stock::{SignedHeads, Stock};
use serde::Deserialize;

use crate::configuration::check_units;
use crate::heads::HeadKeeper;
use crate::{CheckCodeRule, Clock, Code, Configuration, Error, Result, SystemClock, UnitProfile, Verifier, batch};

/// Issues receipts for one or several units. It ends where the unit has signed, and takes the
/// authority's answer in; it never holds the authority's key.
///
/// Every receipt is stored in the source of numbers before it leaves, and a retry with the same
/// request id gives back what is stored: also after the certificate expired or the policy changed, and
/// also when another process signed in between. The policy judges the authority's answers, and must
/// therefore trust the units. An error after a number was taken names it as the file of
/// its place (`32010126-0000000001`); the number stays with its request id.
///
/// ```
/// # use std::sync::Arc;
/// # use czei::{Issuer, MemoryNumbers, Sandbox, SandboxPlan, SystemClock};
/// # let sandbox = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock)?;
/// # let json = sandbox.example_draft();
/// let numbers = MemoryNumbers::new();
/// # numbers.add_segment("32990126".parse()?, "0000000001".parse()?, "0000000100".parse()?)?;
/// let issuer = Issuer::from_configuration(&sandbox.configuration()?, Arc::new(numbers))?;
/// let draft = issuer.draft_from_json(json.as_bytes())?;
/// let signed = issuer.issue(&draft)?;
/// assert_eq!(signed.bytes(), issuer.issue(&draft)?.bytes());
/// # Ok::<(), czei::Error>(())
/// ```
pub struct Issuer {
    units: Vec<UnitProfile>,
    pub(crate) numbers: Arc<dyn NumberSource>,
    pub(crate) verifier: Arc<Verifier>,
    clock: Arc<dyn Clock>,
    entropy: Mutex<Box<dyn Entropy + Send>>,
    heads: Option<HeadKeeper>,
}

/// How far a receipt came.
#[derive(Debug, Clone)]
pub enum Issued {
    /// The unit signed; the authority has not.
    UnitSigned(Box<UnitSigned>),
    /// Finished before: a retry of a request that was answered.
    Receipt(Box<Receipt>),
}

impl Issued {
    /// The document.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Issued::UnitSigned(signed) => signed.to_bytes(),
            Issued::Receipt(receipt) => receipt.to_bytes(),
        }
    }

    /// The receipt's values.
    #[must_use]
    pub fn content(&self) -> &Content {
        match self {
            Issued::UnitSigned(signed) => signed.content(),
            Issued::Receipt(receipt) => receipt.content(),
        }
    }

    /// Whether the same request had this document before, rather than being signed just now.
    #[must_use]
    pub fn was_before(&self) -> bool {
        match self {
            // What was signed just now knows its certificate; what was taken up from the source does not.
            Issued::UnitSigned(signed) => signed.certificate().is_none(),
            Issued::Receipt(_) => true,
        }
    }
}

impl Issuer {
    /// An issuer for some units.
    ///
    /// # Errors
    /// [`Code::RoleAbsent`] without a unit, [`Code::UnitAmbiguous`].
    pub fn new(
        units: Vec<UnitProfile>,
        numbers: Arc<dyn NumberSource>,
        verifier: Arc<Verifier>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        if units.is_empty() {
            return Err(Code::RoleAbsent.fault().expected("[[unit]]").into());
        }
        check_units(&units)?;
        Ok(Issuer { units, numbers, verifier, clock, entropy: Mutex::new(Box::new(SystemEntropy)), heads: None })
    }

    /// The issuer of a configuration with the stock of numbers that it names, whose heads it signs when they
    /// are due, and the computer's clock.
    ///
    /// # Errors
    /// As [`Issuer::new`] and [`Configuration::open_stock`].
    ///
    /// ```
    /// # use czei::{Configuration, Issuer, Sandbox, SandboxPlan, SystemClock};
    /// # let folder = std::env::temp_dir().join(format!("czei-doc-open-{}", std::process::id()));
    /// # let json = Sandbox::create(&folder, &SandboxPlan::default(), &SystemClock)?.example_draft();
    /// let issuer = Issuer::open(&Configuration::load(folder.join("czei.toml"))?)?;
    /// let issued = issuer.issue(&issuer.draft_from_json(json.as_bytes())?)?;
    /// assert_eq!(issued.content().number.to_string(), "0000000001");
    /// # std::fs::remove_dir_all(&folder).ok();
    /// # Ok::<(), czei::Error>(())
    /// ```
    pub fn open(configuration: &Configuration) -> Result<Self> {
        // A configuration without any unit lacks that first.
        if configuration.units.is_empty() {
            return Err(Code::RoleAbsent.fault().expected("[[unit]]").into());
        }
        Self::with_stock(configuration, Arc::new(configuration.open_stock()?))
    }

    /// The issuer of a configuration with another stock of numbers, whose heads it signs when they are
    /// due, and the computer's clock.
    ///
    /// # Errors
    /// As [`Issuer::new`].
    pub fn with_stock(configuration: &Configuration, stock: Arc<dyn Stock>) -> Result<Self> {
        let numbers: Arc<dyn NumberSource> = Arc::clone(&stock) as _;
        Ok(Self::from_configuration(configuration, numbers)?.with_heads(stock))
    }

    /// The issuer of a configuration with any source of numbers, and the computer's clock.
    ///
    /// # Errors
    /// As [`Issuer::new`].
    pub fn from_configuration(configuration: &Configuration, numbers: Arc<dyn NumberSource>) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let verifier = Verifier::with_clock(configuration.policy.clone(), Arc::clone(&clock));
        Self::new(configuration.units.clone(), numbers, Arc::new(verifier), clock)
    }

    /// Takes random check codes from another source than the operating system's.
    #[must_use]
    pub fn with_entropy(self, entropy: Box<dyn Entropy + Send>) -> Self {
        Issuer { entropy: Mutex::new(entropy), ..self }
    }

    /// Signs the heads of a stock's journal with the key of the first unit when they are due: after a batch,
    /// once so many rows were added as the stock's options say. The stock is the source of numbers, as a
    /// rule.
    #[must_use]
    pub fn with_heads(self, stock: Arc<dyn Stock>) -> Self {
        let signer = self.units.first().map(UnitProfile::head_signer);
        let actor = self.units.first().map(|unit| unit.name.clone()).unwrap_or_default();
        Issuer { heads: signer.map(|signer| HeadKeeper::new(stock, signer, actor)), ..self }
    }

    /// Signs the heads when they are due, as every batch does at its end; none when they are not, or when
    /// the issuer keeps no heads.
    ///
    /// # Errors
    /// The signer's, and those of the stock.
    pub fn sign_heads_if_due(&self) -> Result<Option<SignedHeads>> {
        self.heads.as_ref().map_or(Ok(None), HeadKeeper::sign_if_due)
    }

    /// Why signing heads failed after the latest batch. The receipts of the batch are none the worse; the
    /// next batch tries again.
    #[must_use]
    pub fn heads_error(&self) -> Option<Error> {
        self.heads.as_ref().and_then(HeadKeeper::error)
    }

    /// At the end of a batch, whose answers do not depend on it.
    fn keep_heads(&self) {
        if let Some(heads) = &self.heads {
            heads.keep();
        }
    }

    /// The units.
    #[must_use]
    pub fn units(&self) -> &[UnitProfile] {
        &self.units
    }

    /// Reads a draft; what it leaves out comes from the defaults of its unit, which `/unit/code` and
    /// `/code` name unless there is only one.
    ///
    /// # Errors
    /// Those of [`Draft::from_json`]; [`Code::UnitUnknown`], [`Code::UnitNotNamed`],
    /// [`Code::UnitNameDiffers`].
    pub fn draft_from_json(&self, json: &[u8]) -> Result<Draft> {
        #[derive(Deserialize)]
        struct Choice {
            unit: Option<UnitChoice>,
            code: Option<String>,
        }
        #[derive(Deserialize)]
        struct UnitChoice {
            code: Option<String>,
        }
        // More lenient than the draft's own reader, which names what is wrong.
        let Ok(choice) = serde_json::from_slice::<Choice>(json) else {
            let draft = Draft::from_json(json, &DraftDefaults::default(), czei_core::DraftRules::default())?;
            self.profile_of(&draft)?;
            return Ok(draft);
        };
        let unit_code = choice.unit.and_then(|unit| unit.code);
        let profile = self.choose(unit_code.as_deref(), choice.code.as_deref())?;
        let draft = Draft::from_json(json, &profile.defaults, profile.rules)?;
        self.profile_of(&draft)?;
        Ok(draft)
    }

    /// Gives a draft its number and has the unit sign it; or gives back what the same request id
    /// gave before.
    ///
    /// # Errors
    /// [`Code::UnitUnknown`], [`Code::UnitNameDiffers`]; the codes of the source of numbers, among
    /// them [`RequestDiffers`](czei_core::Code::RequestDiffers) and
    /// [`NumbersExhausted`](czei_core::Code::NumbersExhausted);
    /// [`CodeYearLater`](czei_core::Code::CodeYearLater) and a certificate that is not valid now:
    /// in all of these no number is used.
    /// [`SigningFailed`](czei_core::Code::SigningFailed) and whatever else happens after the number
    /// was taken names the number; the same call again goes on where it stopped.
    pub fn issue(&self, draft: &Draft) -> Result<Issued> {
        self.issue_one(draft, None)
    }

    /// Issues many drafts: numbers are reserved in one call, signatures made in batches, and stored
    /// in one call. The answers stand in the order of the drafts, and one that fails stops no other.
    #[must_use]
    pub fn issue_many(&self, drafts: &[Draft]) -> Vec<Result<Issued>> {
        self.issue_batch(&drafts.iter().map(|draft| (draft, None)).collect::<Vec<_>>())
    }

    /// Issues with a number obtained from outside (message 8999), which the source of numbers keeps
    /// from now on like those of its own; or gives back what the same request id gave before.
    ///
    /// # Errors
    /// As [`Issuer::issue`]; [`NumberingCode`](czei_core::Code::NumberingCode) when the number
    /// belongs to another receipt code, [`NumberHeld`](czei_core::Code::NumberHeld) when it serves
    /// another request or lies in a segment of the source.
    pub fn issue_with_number(&self, draft: &Draft, code: ReceiptCode, number: ReceiptNumber) -> Result<Issued> {
        let own = draft.fields().code;
        if code != own {
            let fault = czei_core::Error::new(czei_core::Code::NumberingCode);
            return Err(named(fault.expected(own.to_string()).found(code.to_string()).into(), code, number));
        }
        self.issue_one(draft, Some(number))
    }

    /// Takes the authority's answer in, the finished document or its `Signature` element alone, and
    /// stores the receipt as issued. The answer must belong to `signed` byte for byte, `signed` must
    /// be what the source holds for its number, and the receipt must be valid under the policy. A
    /// second time with the same answer is no error.
    ///
    /// # Errors
    /// Those of [`UnitSigned::accept`], among them [`AnswerMismatch`](czei_core::Code::AnswerMismatch);
    /// those of the source of numbers. Nothing is stored then, and `signed` can be used again.
    pub fn accept(&self, signed: &UnitSigned, answer: &[u8]) -> Result<Receipt> {
        self.accept_many(&[(signed, answer)]).pop().unwrap_or_else(unanswered)
    }

    /// Takes many answers in: they are stored in one call. The results stand in the order of the
    /// answers, and one that is refused stops no other.
    #[must_use]
    pub fn accept_many(&self, answers: &[(&UnitSigned, &[u8])]) -> Vec<Result<Receipt>> {
        let results = batch::accept(self, answers);
        self.keep_heads();
        results
    }

    /// Issues the red receipt that reverses a blue one. The source of numbers notes the reversal
    /// together with the number, so that of two at once only one gets through; the same request id
    /// again goes on where it stopped.
    ///
    /// # Errors
    /// [`AlreadyReversed`](czei_core::Code::AlreadyReversed), [`RedOfRed`](czei_core::Code::RedOfRed),
    /// and those of [`Issuer::issue`].
    pub fn reverse(&self, blue: &Receipt, reversal: Reversal) -> Result<Issued> {
        self.issue(&czei_core::reverse(blue, reversal)?)
    }

    fn issue_one(&self, draft: &Draft, number: Option<ReceiptNumber>) -> Result<Issued> {
        self.issue_batch(&[(draft, number)]).pop().unwrap_or_else(unanswered)
    }

    fn issue_batch(&self, orders: &[batch::Order<'_>]) -> Vec<Result<Issued>> {
        let answers = batch::issue(self, orders);
        self.keep_heads();
        answers
    }

    /// The profile for a draft.
    pub(crate) fn profile_of(&self, draft: &Draft) -> Result<&UnitProfile> {
        let unit = &draft.fields().unit;
        let profile = self.profile(unit.code.as_str(), draft.fields().code)?;
        if profile.name != unit.name.as_str() {
            let fault = Code::UnitNameDiffers.fault().expected(profile.name.as_str()).found(unit.name.as_str());
            return Err(fault.at_path("/unit/name").into());
        }
        Ok(profile)
    }

    fn profile(&self, unit: &str, code: ReceiptCode) -> Result<&UnitProfile> {
        let fits = |profile: &&UnitProfile| profile.codes.is_empty() || profile.codes.contains(&code);
        let mut of_unit = self.units.iter().filter(|profile| profile.code == unit).peekable();
        if of_unit.peek().is_none() {
            return Err(Code::UnitUnknown.fault().at_path("/unit/code").found(unit).into());
        }
        let found = of_unit.find(fits);
        found.ok_or_else(|| Code::UnitUnknown.fault().at_path("/code").found(code.to_string()).into())
    }

    /// The profile for a draft that says only so much.
    fn choose(&self, unit: Option<&str>, code: Option<&str>) -> Result<&UnitProfile> {
        let mut candidates: Vec<_> =
            self.units.iter().filter(|profile| unit.is_none_or(|unit| profile.code == unit)).collect();
        if candidates.is_empty() {
            return Err(Code::UnitUnknown.fault().at_path("/unit/code").found(unit.unwrap_or_default()).into());
        }
        let several_units = candidates.iter().any(|profile| profile.code != candidates[0].code);
        if several_units {
            return Err(Code::UnitNotNamed.fault().at_path("/unit/code").into());
        }
        if candidates.len() == 1 {
            return Ok(candidates[0]);
        }
        let Some(code) = code else { return Err(Code::UnitNotNamed.fault().at_path("/code").into()) };
        candidates.retain(|profile| profile.codes.iter().any(|own| own.as_str() == code));
        let unknown = || Code::UnitUnknown.fault().at_path("/code").found(code).into();
        candidates.first().copied().ok_or_else(unknown)
    }

    /// Gives a draft its number, check code and time. Nothing is used up when it fails.
    pub(crate) fn number(
        &self,
        draft: &Draft,
        profile: &UnitProfile,
        code: ReceiptCode,
        number: ReceiptNumber,
        at: DateTime<FixedOffset>,
    ) -> Result<Numbered> {
        let numbering = Numbering {
            code,
            number,
            check_code: self.check_code(draft, profile, number, at)?,
            at,
            unit_seal: profile.seal.clone(),
            authority_seal: profile.authority_seal.clone(),
        };
        let numbered = draft.clone().number(&numbering)?;
        may_sign_at(profile.signer.certificate(), at)?;
        Ok(numbered)
    }

    fn check_code(
        &self,
        draft: &Draft,
        profile: &UnitProfile,
        number: ReceiptNumber,
        at: DateTime<FixedOffset>,
    ) -> Result<CheckCode> {
        let CheckCodeRule::Keyed(secret) = &profile.check_code else {
            let mut bytes = [0; 3];
            self.entropy.lock().unwrap_or_else(PoisonError::into_inner).fill(&mut bytes)?;
            return Ok(CheckCode::random(bytes));
        };
        let (issue_date, _) = czei_core::date_and_time(at)?;
        let fields = draft.fields();
        Ok(CheckCode::keyed(
            secret,
            &KeyedFields {
                code: fields.code,
                number,
                issue_date,
                unit_code: fields.unit.code.as_str(),
                payer_name: fields.payer.name.as_str(),
                total: draft.total(),
            },
        ))
    }

    pub(crate) fn now(&self) -> DateTime<FixedOffset> {
        self.clock.now()
    }

    pub(crate) fn now_utc(&self) -> DateTime<Utc> {
        self.clock.now().with_timezone(&Utc)
    }

    pub(crate) fn index_of(&self, profile: &UnitProfile) -> usize {
        self.units.iter().position(|other| std::ptr::eq(other, profile)).unwrap_or_default()
    }

    /// What is stored for a number, taken up again. What was signed passed its checks when it was
    /// stored, and a later day or policy takes nothing of it back; what is still to be signed is checked.
    pub(crate) fn resume(&self, profile: &UnitProfile, reservation: Reservation) -> Result<Resumed> {
        let limits = &self.verifier.policy().limits;
        let resumed = match reservation.held {
            Held::Reserved(bytes) => {
                let numbered = Numbered::resume(&bytes, limits)?;
                // The bytes keep the time of their reservation; the certificate may have been renewed since.
                may_sign_at(profile.signer.certificate(), numbered.content().issued_at())?;
                may_sign_at(profile.signer.certificate(), self.now())?;
                Resumed::Numbered(Box::new(numbered))
            }
            Held::Signed(bytes) => Resumed::Issued(Issued::UnitSigned(Box::new(UnitSigned::take_up(&bytes, limits)?))),
            Held::Issued(bytes) => Resumed::Issued(Issued::Receipt(Box::new(Receipt::take_up(&bytes, limits)?))),
        };
        resumed.of(reservation.token, profile)
    }
}

/// What a stored state is worth.
pub(crate) enum Resumed {
    /// Still to be signed.
    Numbered(Box<Numbered>),
    /// Answered before.
    Issued(Issued),
}

impl Resumed {
    /// The state, when it is of this number and this unit.
    pub(crate) fn of(self, token: Token, profile: &UnitProfile) -> Result<Self> {
        let content = match &self {
            Resumed::Numbered(numbered) => numbered.content(),
            Resumed::Issued(issued) => issued.content(),
        };
        let unit = content.unit.code.as_str();
        if content.code != token.code || content.number != token.number || unit != profile.code {
            let fault = czei_core::Error::new(czei_core::Code::HeldDiffers);
            let expected = format!("{}-{} {}", token.code, token.number, profile.code);
            return Err(fault.expected(expected).found(format!("{}-{} {unit}", content.code, content.number)).into());
        }
        Ok(self)
    }
}

/// The error when a source or a signer of somebody else's gave fewer answers than it was asked for.
pub(crate) fn unanswered<T>() -> Result<T> {
    Err(czei_core::Error::new(czei_core::Code::SigningFailed).into())
}

/// The error with the number that it happened to.
pub(crate) fn named(error: Error, code: ReceiptCode, number: ReceiptNumber) -> Error {
    error.in_file(format!("{code}-{number}"))
}

/// A certificate that may not sign, such as the encryption certificate of a pair, or that is not valid now would make a
/// receipt that nobody can verify.
pub(crate) fn may_sign_at(certificate: &Certificate, at: DateTime<FixedOffset>) -> Result<()> {
    czei_pki::signer_usage(certificate)?;
    let (code, expected) = if at > certificate.not_after() {
        (czei_pki::Code::CertificateExpired, format!("<= {}", certificate.not_after().to_rfc3339()))
    } else if at < certificate.not_before() {
        (czei_pki::Code::CertificateNotYetValid, format!(">= {}", certificate.not_before().to_rfc3339()))
    } else {
        return Ok(());
    };
    Err(code.fault().at_path(certificate.subject().to_rfc4514()).expected(expected).found(at.to_rfc3339()).into())
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuer").field("units", &self.units).finish_non_exhaustive()
    }
}
