//! From a draft to the content of a receipt.

use crate::model::Content;
use crate::xml::canonical;
use crate::{CheckCode, Code, Error, IssueDate, IssueTime, ReceiptNumber, Text};

use super::{Draft, Numbering};

/// The version of the standard that is written.
const VERSION: &str = "1.1.0";

/// The content of a draft with its number.
pub(super) fn content(draft: &Draft, numbering: &Numbering) -> Result<Content, Error> {
    let fields = draft.fields();
    if numbering.code != fields.code {
        return Err(Error::new(Code::NumberingCode)
            .expected(fields.code.to_string())
            .found(numbering.code.to_string()));
    }
    let (issue_date, issue_time) = crate::date_time::date_and_time(numbering.at)?;
    if fields.code.full_year() > issue_date.year() {
        return Err(Error::new(Code::CodeYearLater)
            .expected(issue_date.year().to_string())
            .found(fields.code.full_year().to_string()));
    }
    Ok(Content {
        unit_seal: numbering.unit_seal.clone(),
        authority_seal: numbering.authority_seal.clone(),
        ..assemble(draft, numbering.number, numbering.check_code, issue_date, issue_time)?
    })
}

/// The bytes of a draft with placeholders for all that the library adds.
pub(super) fn placeholder_bytes(draft: &Draft) -> Result<Vec<u8>, Error> {
    let number = ReceiptNumber::FIRST;
    let check_code = CheckCode::parse("000000")?;
    let content = assemble(draft, number, check_code, IssueDate::parse("20000101")?, IssueTime::parse("00:00:00")?)?;
    canonical::write_header_and_data(&content)
}

fn assemble(
    draft: &Draft,
    number: ReceiptNumber,
    check_code: CheckCode,
    issue_date: IssueDate,
    issue_time: IssueTime,
) -> Result<Content, Error> {
    let fields = draft.fields();
    Ok(Content {
        version: Text::new(VERSION)?,
        name: fields.name.clone(),
        code: fields.code,
        number,
        check_code,
        specimen: fields.specimen,
        area: fields.area,
        total: draft.total(),
        issue_date,
        issue_time,
        unit: fields.unit.clone(),
        payer: fields.payer.clone(),
        pay_mode: fields.pay_mode.clone(),
        biz_code: fields.biz_code.clone(),
        currency: fields.currency.clone(),
        exchange_rate: fields.exchange_rate,
        remark: fields.remark.clone(),
        handler: fields.handler.clone(),
        checker: fields.checker.clone(),
        supervisor_remark: fields.supervisor_remark.clone(),
        related: draft.related(),
        pay_code: fields.pay_code.clone(),
        ext: fields.ext.clone(),
        unit_seal: None,
        authority_seal: None,
        items: fields.items.clone(),
        aux: fields.aux.clone(),
    })
}
