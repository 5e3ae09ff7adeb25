//! `czei stock explain`: where a number is, and how it came there.

use czei::stock::{Stock as _, Story, Whereabouts};
use serde::Serialize;

use super::Opened;
use crate::Run;
use crate::arguments::stock::StockPlace;
use crate::arguments::stores::Number;
use crate::commands::Ended;
use crate::commands::stores::{self, EventJson, number};
use crate::failure::Result;
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Number<StockPlace>, output: &mut Output) -> Run {
    let number = number("CODE-NUMBER", &arguments.number)?;
    let story = Opened::at(&arguments.place)?.stock.explain(number)?;
    if output.json {
        output.object(&Line { v: 1, story: StoryJson::of(&story) })?;
    } else {
        tell(&story, output)?;
    }
    Ok(Ended::AsWished)
}

#[derive(Serialize)]
struct Line {
    v: u32,
    story: StoryJson,
}

#[derive(Serialize)]
struct StoryJson {
    number: String,
    whereabouts: &'static str,
    segment: Option<i64>,
    unit: Option<String>,
    request_id: Option<String>,
    business_key: Option<String>,
    day: Option<String>,
    total: Option<String>,
    reverses: Option<String>,
    reversed_by: Option<String>,
    exchanged: bool,
    document_sm3: Option<String>,
    events: Vec<EventJson>,
}

impl StoryJson {
    fn of(story: &Story) -> Self {
        let record = story.record.as_ref();
        let segment = story.segment.as_ref();
        StoryJson {
            number: story.id.to_string(),
            whereabouts: story.whereabouts().name(),
            segment: segment.map(|segment| segment.id.0),
            unit: record.map(|record| record.unit.clone()).or_else(|| segment.map(|segment| segment.unit.clone())),
            request_id: record.and_then(|record| record.request_id.clone()),
            business_key: record.and_then(|record| record.business_key.clone()),
            day: record.and_then(|record| Some(record.day?.to_string())),
            total: record.and_then(|record| Some(record.total?.to_string())),
            reverses: record.and_then(|record| Some(format!("{}-{}", record.reverses?.code, record.reverses?.number))),
            reversed_by: story.reversed_by.map(|red| red.to_string()),
            exchanged: record.is_some_and(|record| record.is_exchanged),
            document_sm3: record.and_then(|record| Some(shown::hex(&record.document_sm3?))),
            events: story.journal.iter().map(EventJson::of).collect(),
        }
    }
}

fn tell(story: &Story, output: &mut Output) -> Result<()> {
    let language = output.language;
    let whereabouts = story.whereabouts();
    output.line(&format!("{}: {}", story.id, language.pick(sentence_zh(whereabouts), sentence(whereabouts))))?;
    let json = StoryJson::of(story);
    let segment = story.segment.as_ref().map(|segment| {
        let range = match segment.range {
            Some((first, last)) => format!("{first}–{last}"),
            None => language.pick("外部取号", "from outside").to_owned(),
        };
        let giver = if segment.giver.is_empty() { String::new() } else { format!("  {}", segment.giver) };
        format!("{}  {range}{giver}", segment.id.0)
    });
    let exchanged = json.exchanged.then(|| language.pick("是", "yes").to_owned());
    let rows = [
        ("号段", "Segment", segment),
        ("单位", "Unit", json.unit),
        ("开票日期", "Day", json.day),
        ("金额", "Total", json.total),
        ("请求号", "Request", json.request_id),
        ("业务号", "Business", json.business_key),
        ("冲红的蓝票", "Reverses", json.reverses),
        ("被此红票冲红", "Reversed by", json.reversed_by),
        ("已换开纸质票据", "Exchanged", exchanged),
        ("文件 SM3", "Document SM3", json.document_sm3),
    ];
    for (zh, en, value) in rows {
        if let Some(value) = value {
            output.line(&format!("  {}: {}", language.pick(zh, en), shown::text(&value)))?;
        }
    }
    if !story.journal.is_empty() {
        output.say("经过", "What happened")?;
    }
    story.journal.iter().try_for_each(|row| stores::event(row, output))
}

fn sentence(whereabouts: Whereabouts) -> &'static str {
    use czei::stock::State;
    match whereabouts {
        Whereabouts::Used(State::Reserved) => "reserved for a request, not signed yet",
        Whereabouts::Used(State::Signed) => "signed by the unit, not issued yet",
        Whereabouts::Used(State::Issued) => "issued",
        Whereabouts::Used(State::Voided) => "voided, never to be used again",
        Whereabouts::Used(State::Unknown) => "unknown: used in another system or in a part of this stock that was lost",
        Whereabouts::Free => "free",
        Whereabouts::Pending => "in a segment that was not taken in yet",
        Whereabouts::Returned => "given back, never to be used again",
        Whereabouts::Stranger => "in no segment of this stock",
    }
}

fn sentence_zh(whereabouts: Whereabouts) -> &'static str {
    use czei::stock::State;
    match whereabouts {
        Whereabouts::Used(State::Reserved) => "已占号，尚未签名",
        Whereabouts::Used(State::Signed) => "单位已签名，尚未开具",
        Whereabouts::Used(State::Issued) => "已开具",
        Whereabouts::Used(State::Voided) => "已作废，不再使用",
        Whereabouts::Used(State::Unknown) => "待核实：曾在其他系统或本库丢失的部分中使用",
        Whereabouts::Free => "未使用",
        Whereabouts::Pending => "所在号段尚未领入",
        Whereabouts::Returned => "已退回，不再使用",
        Whereabouts::Stranger => "不在本库的任何号段中",
    }
}

/// Both languages are asked for by name; this keeps the two lists beside each other.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use czei::stock::State;

    #[test]
    fn every_whereabouts_has_its_sentence() {
        let used = State::ALL.map(Whereabouts::Used);
        let others = [Whereabouts::Free, Whereabouts::Pending, Whereabouts::Returned, Whereabouts::Stranger];
        let all: Vec<_> = used.into_iter().chain(others).collect();
        for language in [Language::Zh, Language::En] {
            let sentences: std::collections::BTreeSet<_> =
                all.iter().map(|one| language.pick(sentence_zh(*one), sentence(*one))).collect();
            assert_eq!(sentences.len(), all.len(), "no two alike");
        }
    }
}
