//! The names of elements in the standard (财综〔2017〕32号 附件), for people.

/// The Chinese name of an element of the edition of 2017; `None` for one that it does not list.
pub(super) fn field_name_zh(element: &str) -> Option<&'static str> {
    NAMES.iter().find(|(name, _)| *name == element).map(|(_, zh)| *zh)
}

const NAMES: [(&str, &str); 47] = [
    ("EInvoiceTag", "电子票据标签"),
    ("EInvoiceID", "电子票据标识"),
    ("Version", "版本"),
    ("EInvoiceName", "电子票据名称"),
    ("EInvoiceCode", "电子票据代码"),
    ("EInvoiceNumber", "电子票据号码"),
    ("RandomNumber", "校验码"),
    ("EInvoiceSpecimenCode", "电子票据模板代码"),
    ("SupervisorAreaCode", "电子票据监管机构代码"),
    ("TotalAmount", "总金额"),
    ("IssueDate", "开票日期"),
    ("IssueTime", "开票时间"),
    ("InvoicingParty", "开票单位"),
    ("InvoicingPartyCode", "开票单位代码"),
    ("InvoicingPartyName", "开票单位名称"),
    ("RecName", "收款人全称"),
    ("RecAcct", "收款人账号"),
    ("RecOpBk", "收款人开户行"),
    ("PayerParty", "交款人"),
    ("PayerPartyType", "交款人类型"),
    ("PayerPartyCode", "交款人代码"),
    ("PayerPartyName", "交款人名称"),
    ("PayerAcct", "交款人账号"),
    ("PayerOpBk", "交款人开户行"),
    ("PayMode", "交款方式"),
    ("BizCode", "业务流水号"),
    ("CurrencyType", "货币种类"),
    ("ExchangeRate", "汇率"),
    ("Remark", "备注"),
    ("HandlingPerson", "开票人"),
    ("Checker", "复核人"),
    ("SupervisorRemark", "财政部门备注"),
    ("MainExt", "基本信息扩展"),
    ("RelatedInvoiceCode", "相关票据代码"),
    ("RelatedInvoiceNumber", "相关票据号码"),
    ("PayCode", "缴款码"),
    ("InvoicingPartySeal", "开票单位印章"),
    ("SupervisorPartySeal", "财政部门印章"),
    ("ItemCode", "项目编码"),
    ("ItemName", "项目名称"),
    ("ItemAmount", "金额"),
    ("ItemUnit", "单位"),
    ("ItemQuantity", "数量"),
    ("ItemStd", "标准"),
    ("ItemRemark", "项目备注"),
    ("ItemExt", "明细信息扩展"),
    ("AuxDetails", "辅助信息"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_element_stands_twice() {
        for (at, (name, zh)) in NAMES.iter().enumerate() {
            assert_eq!(field_name_zh(name), Some(*zh));
            assert!(NAMES[..at].iter().all(|(other, _)| other != name), "{name}");
        }
        assert_eq!(field_name_zh("patientNumber"), None);
    }
}
