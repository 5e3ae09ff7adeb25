//! printed [PYTHON FONT.ttf]: printed receipts of five items, warm, on one processor: files a second, bytes of a file,
//! memory over 10,000 of them, and what their parts take. With a Python that has reportlab and a TrueType font, the
//! same page with the same font by reportlab in the same run (`benches/reportlab/receipt.py`).

mod page;
mod peer;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::FixedOffset;
use czei_benches::{Province, Result, settings};
use czei_core::{Content, Draft, DraftDefaults, DraftRules, Receipt};
use czei_pki::Signer;
use czei_render::fields::{FieldOptions, Fields};
use czei_render::font::FontSet;
use czei_render::layout::{self, Furniture};
use czei_render::page::Page;
use czei_render::pdf::{Attachment, Document, Kind, Prepared, Sheets};
use czei_render::template::{Template, Templates};
use czei_render::{RenderSettings, Renderer, qr, seal};
use serde_json::json;

/// Different receipts, so that no figure rests on one that is known already.
const RECEIPTS: u64 = 200;

/// How long each measurement lasts, and how many there are; the middle one counts.
const SPAN: Duration = Duration::from_millis(1_500);
const RUNS: usize = 5;

/// Over how many files memory must not grow.
const MANY: usize = 10_000;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let peer = arguments.next().zip(arguments.next());
    let receipts = receipts()?;
    let fonts = FontSet::bundled();
    let renderer = Renderer::new(RenderSettings::new(fonts.clone()));

    let mut bytes = 0;
    for receipt in &receipts {
        bytes += renderer.render(receipt)?.len();
    }
    println!("printed receipt, 5 items, PDF/A-3 with XML and QR, one processor, warm");
    let rate = rate(&receipts, |receipt| renderer.render(receipt).map(drop))?;
    line("receipts a second", format!("{rate:.0}"));
    line("bytes a file", (bytes / receipts.len()).to_string());
    memory(&renderer, &receipts)?;
    parts(&receipts, &fonts)?;
    if let Some((python, font)) = peer {
        beside(&receipts, &python, &font)?;
    }
    Ok(())
}

fn line(what: &str, figure: String) {
    println!("  {what:<44}{figure:>10}");
}

/// The middle of several runs, each so many a second.
fn rate<E: Into<Box<dyn std::error::Error>>>(
    receipts: &[Receipt],
    mut each: impl FnMut(&Receipt) -> std::result::Result<(), E>,
) -> Result<f64> {
    let mut rates = Vec::new();
    for _ in 0..RUNS {
        let (start, mut count) = (Instant::now(), 0_u32);
        while start.elapsed() < SPAN {
            for receipt in receipts.iter().take(20) {
                each(receipt).map_err(Into::into)?;
                count += 1;
            }
        }
        rates.push(f64::from(count) / start.elapsed().as_secs_f64());
    }
    rates.sort_by(f64::total_cmp);
    Ok(rates[RUNS / 2])
}

/// What the process keeps in memory while it prints many.
fn memory(renderer: &Renderer, receipts: &[Receipt]) -> Result<()> {
    let before = status("VmRSS:")?;
    let mut sum = 0;
    for receipt in receipts.iter().cycle().take(MANY) {
        sum += black_box(renderer.render(receipt)?).len();
    }
    line("kept in memory before, kB", before.to_string());
    line(&format!("after {MANY} more of {} MB, kB", sum / 1_000_000), status("VmRSS:")?.to_string());
    line("peak, kB", status("VmHWM:")?.to_string());
    Ok(())
}

/// A line of what Linux says of this process, in kilobytes.
fn status(name: &str) -> Result<i64> {
    let all = std::fs::read_to_string("/proc/self/status")?;
    let line = all.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// What each step takes, in microseconds.
fn parts(receipts: &[Receipt], fonts: &FontSet) -> Result<()> {
    let templates = Templates::default();
    let template = templates.choose(receipts[0].content());
    let prepared = Prepared::new(fonts, template.fixed_text())?;
    // Nothing is left to embed when all that the receipts say is prepared.
    let documents: Vec<_> = receipts.iter().map(|receipt| String::from_utf8_lossy(receipt.as_bytes())).collect();
    let texts = template.fixed_text().chain(documents.iter().map(AsRef::as_ref));
    let whole = Prepared::new(fonts, texts)?;
    let sheets = Sheet::of(template, fonts)?;
    let pages: BTreeMap<_, _> = receipts
        .iter()
        .map(|receipt| Ok((receipt.content().number.to_string(), sheets.pages(receipt.content())?)))
        .collect::<Result<_>>()?;
    let of = |receipt: &Receipt| &pages[&receipt.content().number.to_string()];
    let micro = |rate: f64| 1_000_000.0 / rate;
    let code = micro(rate(receipts, |receipt| qr_of(receipt.content()).map(drop))?);
    let laid = micro(rate(receipts, |receipt| sheets.pages(receipt.content()).map(drop))?);
    let all = micro(rate(receipts, |receipt| written(receipt, of(receipt), &prepared).map(drop))?);
    let bare = micro(rate(receipts, |receipt| written(receipt, of(receipt), &whole).map(drop))?);
    line("QR code, µs", format!("{code:.0}"));
    line("layout, µs", format!("{:.0}", laid - code));
    line("subsets of what is not prepared, µs", format!("{:.0}", all - bare));
    line("writing and compressing, µs", format!("{bare:.0}"));
    Ok(())
}

/// What every receipt of a template needs for its layout.
struct Sheet<'a> {
    template: &'a Template,
    fonts: &'a FontSet,
    furniture: Furniture,
    options: FieldOptions,
}

impl<'a> Sheet<'a> {
    fn of(template: &'a Template, fonts: &'a FontSet) -> Result<Self> {
        let supervision_seal = Some(Arc::new(seal::supervision("江苏省", fonts)?));
        let furniture = Furniture { supervision_seal, ..Furniture::default() };
        Ok(Sheet { template, fonts, furniture, options: FieldOptions::default() })
    }

    fn pages(&self, content: &Content) -> Result<Vec<Page>> {
        let furniture = Furniture { qr: Some(qr_of(content)?), ..self.furniture.clone() };
        Ok(layout::lay_out(self.template, &Fields::of(content, &self.options), self.fonts, &furniture)?)
    }
}

fn qr_of(content: &Content) -> Result<Arc<qr::QrModules>> {
    Ok(Arc::new(qr::encode(&qr::QrText::default().write(content)?)?))
}

fn written(receipt: &Receipt, pages: &[Page], prepared: &Prepared) -> Result<Vec<u8>> {
    let content = receipt.content();
    let document = Document {
        pages,
        title: content.name.as_str(),
        kind: Kind::Receipt,
        made: Some(content.issued_at()),
        template: None,
        attachment: Some(Attachment { name: "einvoice.xml", description: "xml", bytes: receipt.as_bytes() }),
        sheets: Sheets::Single,
    };
    Ok(document.write(prepared)?)
}

/// The same page with the same font by reportlab and by us, one after the other.
fn beside(receipts: &[Receipt], python: &PathBuf, font: &PathBuf) -> Result<()> {
    let fonts = FontSet::new().with_face("peer", std::fs::read(font)?.into(), 0)?;
    let renderer = Renderer::new(RenderSettings::new(fonts.clone()));
    let templates = Templates::default();
    let receipt = &receipts[0];
    let pages = Sheet::of(templates.choose(receipt.content()), &fonts)?.pages(receipt.content())?;
    let described = page::described(&pages[0], receipt)?;
    let (mut ours, mut theirs, mut without) = (Vec::new(), Vec::new(), Vec::new());
    let mut bytes = 0;
    for _ in 0..3 {
        ours.push(rate(receipts, |receipt| renderer.render(receipt).map(drop))?);
        let peer = peer::reportlab(python, font, &described, &[])?;
        bytes = peer.bytes;
        theirs.push(peer.rate);
        without.push(peer::reportlab(python, font, &described, &["--no-qr"])?.rate);
    }
    let middle = |rates: &mut Vec<f64>| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    };
    let (ours, theirs, without) = (middle(&mut ours), middle(&mut theirs), middle(&mut without));
    println!("the same page with the same TrueType font, one processor, warm");
    line("czei, a second", format!("{ours:.0}"));
    line("reportlab, a second", format!("{theirs:.1}"));
    line("reportlab without its QR code, a second", format!("{without:.1}"));
    line("bytes of reportlab's file", bytes.to_string());
    line("czei : reportlab", format!("{:.1}", ours / theirs));
    line("czei : reportlab without its QR code", format!("{:.1}", ours / without));
    Ok(())
}

/// Receipts that differ in number, payer, amounts and remark.
fn receipts() -> Result<Vec<Receipt>> {
    let province = Province::new()?;
    let (unit, authority) = (province.unit.signer()?, province.authority.signer()?);
    (1..=RECEIPTS).map(|number| receipt(&province, &unit, &authority, number)).collect()
}

fn receipt(province: &Province, unit: &dyn Signer, authority: &dyn Signer, number: u64) -> Result<Receipt> {
    let surname = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"][number as usize % 10];
    let given =
        ["梓涵", "浩宇", "欣怡", "子轩", "诗琪", "俊杰", "雨桐", "嘉豪", "思远", "晓雯"][number as usize / 10 % 10];
    let item = |code: &str, name: &str, unit: &str, fen: u64, quantity: u64| {
        let yuan = |fen: u64| format!("{}.{:02}", fen / 100, fen % 100);
        json!({ "code": code, "name": name, "unit": unit, "quantity": quantity.to_string(), "standard": yuan(fen),
                "amount": yuan(fen * quantity) })
    };
    let draft = json!({
        "v": 1, "request_id": format!("printed-{number}"), "name": "江苏省非税收入统一票据（电子）",
        "code": "32010126", "specimen": "3201012601", "area": "320600",
        "unit": { "code": "0104901", "name": "示例市实验中学" },
        "payer": { "type": "person", "name": format!("{surname}{given}"), "code": "329999190001016735" },
        "items": [
            item("103042701", "普通高中学费", "学期", 85_000, 1), item("103042702", "普通高中住宿费", "人·学期", 30_000 + number, 1),
            item("103042711", "教材代收费", "套", 18_650, 1), item("103042712", "校服代收费（夏、冬装）", "套", 16_530, number % 3 + 1),
            item("103042713", "考试报名费", "人次", 4_500, number % 9 + 1),
        ],
        "remark": format!("2026年秋季学期 高{}({})班", ["一", "二", "三"][number as usize % 3], number % 12 + 1),
        "biz_code": format!("XF20260903-{number:05}"), "handler": "李样会", "checker": "王虚核",
    });
    let draft = Draft::from_json(draft.to_string().as_bytes(), &DraftDefaults::default(), DraftRules::default())?;
    let numbered = draft.number(&province.numbering(number)?).map_err(|step| step.error)?;
    let at: chrono::DateTime<FixedOffset> = province.at;
    let signed = numbered.sign(unit, &settings(), at).map_err(|step| step.error)?;
    Ok(signed.countersign(authority, &settings(), at).map_err(|step| step.error)?)
}
