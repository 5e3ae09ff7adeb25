//! The report over one receipt as a page for people, in Chinese.

use std::fmt::Write as _;

use czei_codes::Severity;

use crate::hex::hex;
use crate::mask::mask_identity_numbers;
use crate::model::{Content, Kind, PayerKind};
use crate::{first_invisible, to_capitals};

use super::{Check, Finding, Report, SignatureReport, Status, Verdict};

/// The most items and the most findings on the page, so that it stays one page.
const MAX_ITEMS: usize = 8;
const MAX_FINDINGS: usize = 10;

/// The most characters of one text on the page.
const MAX_TEXT: usize = 120;

impl Report {
    /// One self-contained HTML page in Chinese: the receipt, the verdict, the checks and the
    /// findings. No script, nothing loaded from elsewhere; it prints on one A4 page, for which at
    /// most 8 items and 10 findings, the heaviest first, are shown and the rest counted. Identity
    /// numbers are masked.
    ///
    /// `file` is the file as the caller names it, `tool` the program and its version.
    #[must_use]
    pub fn to_html(&self, file: &str, tool: &str) -> String {
        let mut page = Page(String::with_capacity(16 * 1024));
        page.verdict(self);
        match &self.content {
            Some(content) => page.receipt(content, self.checks.get(Check::UnitSignature)),
            None => page.raw("<p class=\"none\">格式检查未通过，不显示票面内容。</p>"),
        }
        page.checks(self);
        page.signers(self);
        page.findings(&self.findings);
        page.footer(self, file, tool);
        [HEAD, page.size(), HEAD_END, &page.0].concat()
    }
}

const HEAD: &str = "<!DOCTYPE html>
<html lang=\"zh-CN\">
<head>
<meta charset=\"utf-8\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">
<title>财政电子票据验证报告</title>
<style>
@page { size: A4; margin: 10mm 12mm }
body { font: 9.5pt/1.4 \"Noto Serif CJK SC\", \"Songti SC\", SimSun, serif; color: #111; max-width: 186mm; margin: 0 auto; overflow-wrap: anywhere }
h1 { font-size: 1.6em; text-align: center; margin: 2mm 0; letter-spacing: .1em }
h2 { font-size: 1.1em; margin: .8em 0 .2em; border-bottom: .3mm solid #999 }
table { width: 100%; border-collapse: collapse; table-layout: fixed }
th, td { border: .2mm solid #bbb; padding: .1em .5em; text-align: left; vertical-align: top; font-weight: normal }
th { background: #f3f3f3 }
.verdict { border: .6mm solid; padding: .4em .6em; font-size: 1.4em; font-weight: bold }
.verdict small { display: block; font-size: .72em; font-weight: normal; color: #111 }
.valid, .passed { color: #0a6b2d } .invalid, .failed, .error { color: #a8071a } .indeterminate { color: #8a5a00 }
.not-made, .note, .none, footer { color: #555 } .warning { color: #8a5a00 }
.money { text-align: right } .narrow { width: 24mm } .code { width: 16mm } .status { width: 18mm }
footer { font-size: .8em; margin-top: 3mm }
body { font-size: ";

const HEAD_END: &str = " }
</style>
</head>
<body>
<h1>财政电子票据验证报告</h1>
";

/// The size of letters with which at most so many characters fit on the page: the longest text that
/// the limits above let through needs the last.
const SIZES: [(usize, &str); 3] = [(1400, "9.5pt"), (2400, "8pt"), (usize::MAX, "6pt")];

/// The body.
struct Page(String);

impl Page {
    fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    /// The size of letters, by the characters outside of tags.
    fn size(&self) -> &'static str {
        let mut in_tag = false;
        let is_text = |c: &char| {
            let was_in_tag = in_tag;
            in_tag = if in_tag { *c != '>' } else { *c == '<' };
            !was_in_tag && !in_tag
        };
        let characters = self.0.chars().filter(is_text).count();
        SIZES.iter().find(|(most, _)| characters <= *most).map_or("6pt", |(_, size)| size)
    }

    fn verdict(&mut self, report: &Report) {
        let (entry, message, _) = report.headline_text();
        let verdict = report.verdict;
        let explained = match verdict {
            Verdict::Valid => "所有必需的检查均已通过。",
            Verdict::Indeterminate => "没有检查不通过，但至少一项必需的检查未能完成。",
            Verdict::Invalid => "至少一项检查不通过。",
        };
        self.raw(&format!(
            "<div class=\"verdict {}\">结论：{}<small>{explained}（{entry} {}）</small></div>\n",
            verdict.name(),
            verdict.name_zh(),
            shown(&message),
        ));
    }

    fn receipt(&mut self, content: &Content, signed: Status) {
        self.raw(match signed {
            Status::Passed => "<h2>票面内容</h2>\n<table>\n",
            _ => "<h2>票面内容 <span class=\"failed\">（没有有效的单位签名，内容不可信）</span></h2>\n<table>\n",
        });
        let kind = match content.kind() {
            Kind::Blue => "蓝票",
            Kind::Red => "红票（冲红）",
        };
        let payer = match content.payer.kind {
            PayerKind::Person => "个人",
            PayerKind::Organisation => "单位",
        };
        let (code, number) = (content.code.to_string(), content.number.to_string());
        self.pair("票据名称", content.name.as_str(), "票据种类", kind);
        self.pair("票据代码", &code, "票据号码", &number);
        self.pair("校验码", &content.check_code.to_string(), "监管机构代码", &content.area.to_string());
        self.pair("开票单位", content.unit.name.as_str(), "单位代码", content.unit.code.as_str());
        self.pair(
            "交款人",
            &format!("{}（{payer}）", content.payer.name),
            "开票时间",
            &format!("{} {}", content.issue_date, content.issue_time),
        );
        self.pair("开票人", content.handler.as_str(), "复核人", content.checker.as_str());
        if let Some(related) = content.related {
            self.pair("相关票据代码", &related.code.to_string(), "相关票据号码", &related.number.to_string());
        }
        if let Some(remark) = &content.remark {
            self.raw(&format!(
                "<tr><th class=\"narrow\">备注</th><td colspan=\"3\">{}</td></tr>\n",
                shown(remark.as_str())
            ));
        }
        self.raw("</table>\n<table>\n<tr><th class=\"narrow\">项目编码</th><th>项目名称</th><th class=\"status\">数量</th><th class=\"narrow\">标准</th><th class=\"narrow money\">金额（元）</th></tr>\n");
        for item in content.items.iter().take(MAX_ITEMS) {
            let quantity = item.quantity.as_ref().map(ToString::to_string).unwrap_or_default();
            let standard = match &item.standard {
                Some(crate::Standard::Amount(amount)) => amount.to_string(),
                Some(crate::Standard::Text(text)) => text.clone(),
                None => String::new(),
            };
            self.raw(&format!(
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"money\">{}</td></tr>\n",
                shown(&item.code.to_string()),
                shown(item.name.as_str()),
                shown(&quantity),
                shown(&standard),
                item.amount,
            ));
        }
        if content.items.len() > MAX_ITEMS {
            self.raw(&format!("<tr><td colspan=\"5\">另有 {} 项未列出</td></tr>\n", content.items.len() - MAX_ITEMS));
        }
        self.raw(&format!(
            "<tr><th>合计</th><td colspan=\"3\">{}</td><td class=\"money\">{}</td></tr>\n</table>\n",
            to_capitals(content.total),
            content.total
        ));
    }

    fn pair(&mut self, first: &str, first_value: &str, second: &str, second_value: &str) {
        self.raw(&format!(
            "<tr><th class=\"narrow\">{first}</th><td>{}</td><th class=\"narrow\">{second}</th><td>{}</td></tr>\n",
            shown(first_value),
            shown(second_value),
        ));
    }

    fn checks(&mut self, report: &Report) {
        self.raw("<h2>检查结果</h2>\n<table>\n");
        let all: Vec<_> = report.checks.iter().collect();
        for row in all.chunks(3) {
            self.raw("<tr>");
            for (check, status) in row {
                self.raw(&format!(
                    "<th>{}</th><td class=\"status {}\">{} {}</td>",
                    check.name_zh(),
                    status.name(),
                    mark(*status),
                    status.name_zh(),
                ));
            }
            self.raw("</tr>\n");
        }
        self.raw("</table>\n");
    }

    fn signers(&mut self, report: &Report) {
        let signers = [("开票单位签名", &report.unit), ("财政部门签名", &report.authority)];
        if signers.iter().all(|(_, signer)| signer.is_none()) {
            return;
        }
        self.raw("<h2>签名人</h2>\n<table>\n");
        for (role, signer) in signers {
            let Some(signer) = signer else { continue };
            self.raw(&format!("<tr><th class=\"narrow\">{role}</th><td>{}</td></tr>\n", shown(&signer_text(signer))));
        }
        self.raw("</table>\n");
    }

    fn findings(&mut self, findings: &[Finding]) {
        if findings.is_empty() {
            return;
        }
        self.raw("<h2>发现</h2>\n<table>\n");
        let mut heaviest_first: Vec<_> = findings.iter().collect();
        heaviest_first.sort_by_key(|finding| core::cmp::Reverse(finding.severity));
        for finding in heaviest_first.iter().take(MAX_FINDINGS) {
            let place =
                if finding.place.is_unknown() { String::new() } else { format!("　位置：{}", finding.place) };
            self.raw(&format!(
                "<tr><td class=\"code\">{}</td><td class=\"status {}\">{}</td><td>{}：{}{}</td></tr>\n",
                finding.entry,
                finding.severity.name(),
                severity_zh(finding.severity),
                finding.check.name_zh(),
                shown(&finding.message_zh()),
                shown(&place),
            ));
        }
        if findings.len() > MAX_FINDINGS {
            self.raw(&format!("<tr><td colspan=\"3\">另有 {} 条未列出</td></tr>\n", findings.len() - MAX_FINDINGS));
        }
        self.raw("</table>\n");
    }

    fn footer(&mut self, report: &Report, file: &str, tool: &str) {
        let policy = report.policy_sm3.map_or_else(|| "无".to_owned(), |sm3| hex(&sm3));
        self.raw(&format!(
            "<footer>文件：{}<br>文件 SM3：{}<br>策略 SM3：{policy}<br>{}　结论依据上述策略得出；未检查的项目不等于通过。</footer>\n</body>\n</html>\n",
            shown(file),
            hex(&report.file_sm3),
            shown(tool),
        ));
    }
}

fn signer_text(signer: &SignatureReport) -> String {
    let certificate = &signer.certificate;
    let mut text = format!(
        "{}；序列号 {}；有效期 {} 至 {}；{}",
        certificate.subject().to_rfc4514(),
        certificate.serial_hex(),
        certificate.not_before().format("%Y-%m-%d"),
        certificate.not_after().format("%Y-%m-%d"),
        signer.encoding.name(),
    );
    if let Some(joining) = signer.joining {
        // Writing into a string does not fail.
        let _ = write!(text, "；{joining}");
    }
    text
}

fn mark(status: Status) -> &'static str {
    match status {
        Status::Passed => "✓",
        Status::Failed => "✗",
        Status::Indeterminate => "？",
        Status::NotMade => "－",
    }
}

fn severity_zh(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "提示",
        Severity::Warning => "警告",
        Severity::Indeterminate => "无法判定",
        Severity::Error => "错误",
    }
}

/// A text from outside: masked, cut to a length that fits, with nothing that HTML would take for
/// markup and nothing that would change how the rest is read.
fn shown(text: &str) -> String {
    let masked = mask_identity_numbers(text);
    let mut shown = String::with_capacity(masked.len());
    for (at, c) in masked.chars().enumerate() {
        if at == MAX_TEXT {
            shown.push('…');
            break;
        }
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            '\n' => shown.push('⏎'),
            _ if c.is_control() || first_invisible(c.encode_utf8(&mut [0; 4])).is_some() => {
                let _ = write!(shown, "[U+{:04X}]", u32::from(c));
            }
            _ => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_markup() {
        assert_eq!(shown("<b>&\"'"), "&lt;b&gt;&amp;&quot;&#39;");
        assert_eq!(shown("a\u{202e}b\u{9b}c\nd"), "a[U+202E]b[U+009B]c⏎d");
        assert_eq!(shown("张三 110105194912310021"), "张三 **************0021");
        assert_eq!(shown(&"长".repeat(500)).chars().count(), MAX_TEXT + 1);
    }
}
