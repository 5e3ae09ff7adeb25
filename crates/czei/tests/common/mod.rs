//! A sandbox province with a clock that stands still, for the tests beside this folder.
#![allow(dead_code, unused_imports, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use czei::core::Seal;
use czei::sm2::Signature;
use czei::stock::{By, NewGiven};
use czei::{
    Authority, AuthorityProfile, Certificate, Check, Configuration, Error, FixedClock, Issued, Issuer, MemoryLedger,
    MemoryNumbers, Receipt, ReceiptCode, Report, Sandbox, SandboxPlan, Severity, Signer, UnitProfile, UnitSigned,
    Verifier,
};

#[path = "../../src/test_folder.rs"]
mod test_folder;
pub(crate) use test_folder::TestFolder;

pub const SCHOOL: &str = "123299990000000353";
pub const REGISTRY: &str = "123299990000000278";
pub const CODE: &str = "32020126";
pub const OTHER_CODE: &str = "32010126";

/// A Monday morning in Jiangsu.
pub const NOW: &str = "2026-06-15T10:11:12+08:00";

pub struct Province {
    pub sandbox: Sandbox,
    pub configuration: Configuration,
    pub clock: Arc<FixedClock>,
    pub numbers: Arc<MemoryNumbers>,
    pub ledger: Arc<MemoryLedger>,
    pub verifier: Arc<Verifier>,
    pub issuer: Issuer,
    pub authority: Authority,
}

impl Province {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// A province whose units were changed before it opens.
    pub fn with(change: impl FnOnce(&mut Vec<UnitProfile>)) -> Self {
        Self::with_plan(&SandboxPlan::default(), change)
    }

    pub fn with_plan(plan: &SandboxPlan, change: impl FnOnce(&mut Vec<UnitProfile>)) -> Self {
        let clock = Arc::new(FixedClock::at(time(NOW)));
        let sandbox = Sandbox::in_memory(plan, &*clock).unwrap();
        let mut configuration = sandbox.configuration().unwrap();
        change(&mut configuration.units);
        let numbers = Arc::new(MemoryNumbers::new());
        for code in [CODE, OTHER_CODE] {
            numbers.add_segment(receipt_code(code), number(1), number(1000)).unwrap();
        }
        let verifier = Arc::new(Verifier::with_clock(configuration.policy.clone(), clock.clone()));
        let issuer =
            Issuer::new(configuration.units.clone(), numbers.clone(), verifier.clone(), clock.clone()).unwrap();
        let ledger = Arc::new(MemoryLedger::new());
        let (profiles, own) = (configuration.authorities.clone(), ledger.clone());
        let authority = Authority::new(profiles, own, verifier.clone(), clock.clone()).unwrap();
        let province = Province { sandbox, configuration, clock, numbers, ledger, verifier, issuer, authority };
        // The school's numbers, those from outside included, and the registry's.
        province.give(SCHOOL, CODE, 1, 20_000_000);
        province.give(REGISTRY, OTHER_CODE, 1, 1000);
        province
    }

    /// The authority's ledger notes a segment as given.
    pub fn give(&self, unit: &str, code: &str, first: u64, last: u64) {
        let given = NewGiven { unit, code: receipt_code(code), first: number(first), last: number(last) };
        self.ledger.give(&given, By::one("张三")).unwrap();
    }

    pub fn unit_signed(&self, json: &str) -> UnitSigned {
        let draft = self.issuer.draft_from_json(json.as_bytes()).unwrap();
        unit_signed(self.issuer.issue(&draft).unwrap())
    }

    /// A finished receipt, stored as issued.
    pub fn receipt(&self, json: &str) -> Receipt {
        let signed = self.unit_signed(json);
        let answer = self.authority.countersign(&signed.to_bytes()).unwrap();
        self.issuer.accept(&signed, answer.as_bytes()).unwrap()
    }

    /// The same authority with a ledger of its own, which it must never have: it knows nothing of what was
    /// countersigned before.
    pub fn forgetful_authority(&self) -> Authority {
        self.false_authority(self.configuration.authorities[0].signer.clone())
    }

    /// An authority that signs with another key than the policy names.
    pub fn false_authority(&self, signer: Arc<dyn Signer>) -> Authority {
        let profile = AuthorityProfile::new(&["3206"], signer);
        // With a ledger of its own: what it signs was countersigned by nobody else.
        let ledger = Arc::new(MemoryLedger::new());
        let all = NewGiven { unit: SCHOOL, code: receipt_code(CODE), first: number(1), last: number(1000) };
        ledger.give(&all, By::one("张三")).unwrap();
        Authority::new(vec![profile], ledger, self.verifier.clone(), self.clock.clone()).unwrap()
    }

    pub fn free(&self) -> u64 {
        self.numbers.free(receipt_code(CODE))
    }
}

/// A draft of the school with one item.
pub fn draft(request_id: &str) -> String {
    draft_of(request_id, SCHOOL, CODE)
}

pub fn draft_of(request_id: &str, unit: &str, code: &str) -> String {
    format!(
        r#"{{ "v": 1, "request_id": "{request_id}", "name": "江苏省非税收入专用票据（电子）",
  "code": "{code}", "specimen": "{code}01", "area": "320600", "unit": {{ "code": "{unit}" }},
  "payer": {{ "type": "person", "name": "𠮷永昝" }},
  "items": [ {{ "code": "103042701", "name": "学费", "amount": "850.00" }},
             {{ "code": "103042702", "name": "住宿费", "amount": "600.50", "quantity": "1", "standard": "600.50" }} ],
  "handler": "李四", "checker": "王五" }}"#
    )
}

pub fn unit_signed(issued: Issued) -> UnitSigned {
    match issued {
        Issued::UnitSigned(signed) => *signed,
        Issued::Receipt(_) => panic!("finished before"),
    }
}

pub fn receipt_code(text: &str) -> ReceiptCode {
    ReceiptCode::parse(text).unwrap()
}

pub fn number(number: u64) -> czei::ReceiptNumber {
    czei::ReceiptNumber::parse(&format!("{number:010}")).unwrap()
}

pub fn time(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse().unwrap()
}

pub fn seal(id: char) -> Seal {
    Seal {
        id: czei::core::Text::new(id.to_string().repeat(32)).unwrap(),
        name: czei::core::Text::new("示例市实验中学财务专用章").unwrap(),
        hash: czei::core::Text::new("ab".repeat(32)).unwrap(),
    }
}

/// The code's name, the place's file and path.
pub fn told(error: &Error) -> (&'static str, Option<&str>, Option<&str>) {
    (error.entry().name, error.place().file.as_deref(), error.place().path.as_deref())
}

/// The name of the finding for which a document was not taken up.
pub fn refused_for(error: &Error) -> &'static str {
    assert_eq!(error.entry().name, "resume-refused", "{error}");
    let code = error.found_text().unwrap().split(' ').next().unwrap();
    czei::explain(code).unwrap().name
}

/// The findings of a report that are more than a warning, as group and name.
pub fn against(report: &Report) -> Vec<(Check, &'static str)> {
    let weighty = report.findings.iter().filter(|finding| finding.severity >= Severity::Indeterminate);
    weighty.map(|finding| (finding.check, finding.entry.name)).collect()
}

/// A signer that can be out of order.
pub struct Failing {
    pub signer: Arc<dyn Signer>,
    pub works: AtomicBool,
}

impl Failing {
    pub fn new(signer: Arc<dyn Signer>) -> Arc<Self> {
        Arc::new(Failing { signer, works: AtomicBool::new(false) })
    }
}

impl Signer for Failing {
    fn certificate(&self) -> &Arc<Certificate> {
        self.signer.certificate()
    }

    fn sign(&self, input: &czei::pki::SigningInput<'_>) -> Result<Signature, czei::pki::Error> {
        if self.works.load(Ordering::SeqCst) {
            return self.signer.sign(input);
        }
        Err(czei::pki::Error::new(czei::pki::Code::SigningFailed).found("no device"))
    }
}
