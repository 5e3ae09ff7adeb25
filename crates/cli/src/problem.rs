//! What deserves a look and stops nothing: a line, or part of an object.

use czei_codes::{AnyFault, Code, Fault, Severity};
use serde::Serialize;

use crate::failure::PlaceJson;
use crate::language::Language;
use crate::output::Output;
use crate::shown;

/// A problem for programs.
#[derive(Debug, Serialize)]
pub(crate) struct ProblemJson {
    code: String,
    severity: &'static str,
    place: PlaceJson,
    message: String,
    message_en: String,
}

impl ProblemJson {
    pub(crate) fn of(problem: &czei::Error) -> Self {
        ProblemJson {
            code: problem.entry().id(),
            severity: problem.entry().severity.name(),
            place: PlaceJson::of(problem.place()),
            message: problem.message_zh(),
            message_en: problem.message_en(),
        }
    }

    pub(crate) fn all(problems: &[czei::Error]) -> Vec<Self> {
        problems.iter().map(ProblemJson::of).collect()
    }
}

/// An error of any table.
pub(crate) fn of<C: Code>(fault: Fault<C>) -> czei::Error {
    let fault: AnyFault = fault.any();
    czei::Error::from_any(fault)
}

/// `warning CZnnnn message [place]`.
pub(crate) fn line(problem: &czei::Error, language: Language) -> String {
    let entry = problem.entry();
    let severity = match (entry.severity, language) {
        (Severity::Error, Language::Zh) => "错误",
        (Severity::Warning, Language::Zh) => "警告",
        (Severity::Note, Language::Zh) => "提示",
        (Severity::Indeterminate, Language::Zh) => "无法判定",
        (severity, _) => severity.name(),
    };
    let place = problem.place();
    let place = if place.is_unknown() { String::new() } else { format!(" [{place}]") };
    let message = match language {
        Language::Zh => problem.message_zh(),
        Language::En => problem.message_en(),
    };
    shown::text(&format!("{severity} {entry} {message}{place}"))
}

/// Each on its line, below what it belongs to.
pub(crate) fn lines(problems: &[czei::Error], output: &mut Output) -> crate::failure::Result<()> {
    let language = output.language;
    problems.iter().try_for_each(|problem| output.line(&format!("  {}", line(problem, language))))
}
