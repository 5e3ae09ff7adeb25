//! The two spellings of the same document, as tables: names in their order, and what is required.

/// The spelling of a document.
///
/// The edition is a value: the reader walks the same tables with other names. Only the edition of
/// 2017 is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edition {
    /// 财综〔2017〕32号: `EInvoice`, camel case.
    E2017,
    /// 财网信办〔2020〕1号: `EINVOICE`, upper snake case.
    E2020,
}

impl Edition {
    /// The names of the edition.
    pub(super) fn names(self) -> &'static Names {
        match self {
            Edition::E2017 => &NAMES_2017,
            Edition::E2020 => &NAMES_2020,
        }
    }

    /// The edition whose root element has the name.
    pub(super) fn of_root(name: &str) -> Option<Self> {
        [Edition::E2017, Edition::E2020].into_iter().find(|edition| edition.names().root == name)
    }
}

/// A value or node of the model, whatever its name in an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Field {
    // Header
    Tag,
    Id,
    Version,
    // EInvoiceData
    Main,
    Details,
    AuxDetails,
    // Main
    Name,
    Code,
    Number,
    CheckCode,
    Specimen,
    Area,
    Total,
    IssueDate,
    IssueTime,
    Unit,
    Payer,
    PayMode,
    BizCode,
    Currency,
    ExchangeRate,
    Remark,
    Handler,
    Checker,
    SupervisorRemark,
    MainExt,
    UnitSeal,
    AuthoritySeal,
    // MainExt; the edition of 2020 has PayCode in Main
    RelatedCode,
    RelatedNumber,
    PayCode,
    // InvoicingParty
    UnitCode,
    UnitName,
    PayeeName,
    PayeeAccount,
    PayeeBank,
    // PayerParty
    PayerType,
    PayerCode,
    PayerName,
    PayerAccount,
    PayerBank,
    // seals
    SealId,
    SealName,
    SealHash,
    // Item
    ItemCode,
    ItemName,
    ItemAmount,
    ItemUnit,
    ItemQuantity,
    ItemStandard,
    ItemRemark,
    ItemExt,
    // Signature
    SignedInfo,
    SignatureTime,
    SignatureValue,
    KeyInfo,
    Reference,
    SignatureAlgorithm,
    SignatureFormat,
    SerialNumber,
    IssuerName,
    /// An element of this edition that has no counterpart in the other: kept as an extension.
    Extra,
}

impl Field {
    /// How many fields there are; `Extra` has no place of its own.
    pub(super) const COUNT: usize = Field::Extra as usize;
}

/// One element of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) field: Field,
    pub(super) required: bool,
}

/// All names of an edition.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) root: &'static str,
    pub(super) header: &'static str,
    pub(super) data: &'static str,
    pub(super) signature_part: &'static str,
    /// The unit's and the authority's signature.
    pub(super) signatures: [&'static str; 2],
    pub(super) item: &'static str,
    pub(super) aux_item: &'static str,
    pub(super) header_rows: &'static [Row],
    pub(super) data_rows: &'static [Row],
    pub(super) main: &'static [Row],
    pub(super) main_ext: &'static [Row],
    pub(super) unit: &'static [Row],
    pub(super) payer: &'static [Row],
    pub(super) seal: &'static [Row],
    pub(super) item_rows: &'static [Row],
    pub(super) signature: &'static [Row],
    pub(super) signed_info: &'static [Row],
    pub(super) key_info: &'static [Row],
}

impl Names {
    /// Whether a name belongs to the standard's own elements, which stand in one place only.
    pub(super) fn knows(&self, name: &str) -> bool {
        let parts = [
            self.root,
            self.header,
            self.data,
            self.signature_part,
            self.signatures[0],
            self.signatures[1],
            self.item,
            self.aux_item,
        ];
        let tables = [
            self.main,
            self.main_ext,
            self.item_rows,
            self.unit,
            self.payer,
            self.header_rows,
            self.data_rows,
            self.seal,
            self.signature,
            self.signed_info,
            self.key_info,
        ];
        // ItemRemark is no element of the standard, and live systems use names as they like.
        let own = |row: &&Row| row.field != Field::Extra && row.field != Field::ItemRemark;
        parts.contains(&name) || tables.iter().flat_map(|rows| rows.iter()).filter(own).any(|row| row.name == name)
    }

    /// Whether the standard demands the element in its group.
    pub(super) fn requires(&self, field: Field) -> bool {
        [self.header_rows, self.main, self.unit, self.payer, self.seal, self.item_rows]
            .iter()
            .flat_map(|rows| rows.iter())
            .any(|row| row.field == field && row.required)
    }
}

/// Whether an extension may not have the name: an element of the standard has it (any edition
/// that is written).
pub(crate) fn is_standard_name(name: &str) -> bool {
    NAMES_2017.knows(name)
}

const fn one(name: &'static str, field: Field) -> Row {
    Row { name, field, required: true }
}

const fn may(name: &'static str, field: Field) -> Row {
    Row { name, field, required: false }
}

static NAMES_2017: Names = Names {
    root: "EInvoice",
    header: "Header",
    data: "EInvoiceData",
    signature_part: "EInvoiceSignature",
    signatures: ["Signature", "Signature"],
    item: "Item",
    aux_item: "AuxItem",
    header_rows: &[one("EInvoiceTag", Field::Tag), one("EInvoiceID", Field::Id), one("Version", Field::Version)],
    data_rows: &[one("Main", Field::Main), one("Details", Field::Details), may("AuxDetails", Field::AuxDetails)],
    main: &[
        one("EInvoiceName", Field::Name),
        one("EInvoiceCode", Field::Code),
        one("EInvoiceNumber", Field::Number),
        one("RandomNumber", Field::CheckCode),
        one("EInvoiceSpecimenCode", Field::Specimen),
        one("SupervisorAreaCode", Field::Area),
        one("TotalAmount", Field::Total),
        one("IssueDate", Field::IssueDate),
        one("IssueTime", Field::IssueTime),
        one("InvoicingParty", Field::Unit),
        one("PayerParty", Field::Payer),
        may("PayMode", Field::PayMode),
        may("BizCode", Field::BizCode),
        may("CurrencyType", Field::Currency),
        may("ExchangeRate", Field::ExchangeRate),
        may("Remark", Field::Remark),
        one("HandlingPerson", Field::Handler),
        one("Checker", Field::Checker),
        may("SupervisorRemark", Field::SupervisorRemark),
        may("MainExt", Field::MainExt),
        may("InvoicingPartySeal", Field::UnitSeal),
        may("SupervisorPartySeal", Field::AuthoritySeal),
    ],
    main_ext: &[
        may("RelatedInvoiceCode", Field::RelatedCode),
        may("RelatedInvoiceNumber", Field::RelatedNumber),
        may("PayCode", Field::PayCode),
    ],
    unit: &[
        one("InvoicingPartyCode", Field::UnitCode),
        one("InvoicingPartyName", Field::UnitName),
        may("RecName", Field::PayeeName),
        may("RecAcct", Field::PayeeAccount),
        may("RecOpBk", Field::PayeeBank),
    ],
    payer: &[
        one("PayerPartyType", Field::PayerType),
        may("PayerPartyCode", Field::PayerCode),
        one("PayerPartyName", Field::PayerName),
        may("PayerAcct", Field::PayerAccount),
        may("PayerOpBk", Field::PayerBank),
    ],
    seal: &[one("SealId", Field::SealId), one("SealName", Field::SealName), one("SealHash", Field::SealHash)],
    item_rows: &[
        one("ItemCode", Field::ItemCode),
        one("ItemName", Field::ItemName),
        one("ItemAmount", Field::ItemAmount),
        may("ItemUnit", Field::ItemUnit),
        may("ItemQuantity", Field::ItemQuantity),
        may("ItemStd", Field::ItemStandard),
        may("ItemRemark", Field::ItemRemark),
        may("ItemExt", Field::ItemExt),
    ],
    signature: &[
        one("SignedInfo", Field::SignedInfo),
        one("SignatureTime", Field::SignatureTime),
        one("SignatureValue", Field::SignatureValue),
        one("KeyInfo", Field::KeyInfo),
    ],
    signed_info: &[
        one("Reference", Field::Reference),
        one("SignatureAlgorithm", Field::SignatureAlgorithm),
        one("SignatureFormat", Field::SignatureFormat),
    ],
    key_info: &[one("SerialNumber", Field::SerialNumber), one("X509IssuerName", Field::IssuerName)],
};

static NAMES_2020: Names = Names {
    root: "EINVOICE",
    header: "HEADER",
    data: "EINVOICE_DATA",
    signature_part: "EINVOICE_SIGNATURE",
    signatures: ["INVOICING_PARTY_SIGNATURE", "SUPERVISOR_PARTY_SIGNATURE"],
    item: "ITEM",
    // This edition has no auxiliary items; an empty name matches no element.
    aux_item: "",
    header_rows: &[one("EINVOICE_TAG", Field::Tag), one("EINVOICE_ID", Field::Id), one("VERSION", Field::Version)],
    data_rows: &[one("MAIN", Field::Main), one("DETAILS", Field::Details)],
    main: &[
        one("EINVOICE_NAME", Field::Name),
        one("EINVOICE_CODE", Field::Code),
        one("EINVOICE_NUMBER", Field::Number),
        may("NON_TAX_PAY_NO", Field::Extra),
        may("NON_TAX_PAY_CODE", Field::PayCode),
        one("RANDOM_NUMBER", Field::CheckCode),
        one("EINVOICE_SPECIMEN_CODE", Field::Specimen),
        one("SUPERVISOR_AREA_CODE", Field::Area),
        one("BILL_DATE", Field::IssueDate),
        one("BILL_TIME", Field::IssueTime),
        one("PAID_AMT", Field::Total),
        one("EXEC_AGENCY_PARTY", Field::Unit),
        one("PAYER_PARTY", Field::Payer),
        may("PAY_IN_MET_CODE", Field::PayMode),
        may("BIZ_CODE", Field::BizCode),
        may("REMARK", Field::Remark),
        one("AUTHOR", Field::Handler),
        one("CHECKER", Field::Checker),
        may("SUPERVISOR_REMARK", Field::SupervisorRemark),
        may("MAIN_EXT", Field::MainExt),
        may("INVOICING_PARTY_SEAL", Field::UnitSeal),
        may("SUPERVISOR_PARTY_SEAL", Field::AuthoritySeal),
    ],
    main_ext: &[may("RELATED_INVOICE_CODE", Field::RelatedCode), may("RELATED_INVOICE_NUMBER", Field::RelatedNumber)],
    unit: &[
        one("EXEC_AGENCY_CODE", Field::UnitCode),
        one("EXEC_AGENCY_NAME", Field::UnitName),
        may("REC_ACCT_TYPE", Field::Extra),
        may("PAYEE_ACCT_NAME", Field::PayeeName),
        may("PAYEE_ACCT_NO", Field::PayeeAccount),
        may("PAYEE_ACCT_BANK_NAME", Field::PayeeBank),
    ],
    payer: &[
        one("PAYER_PARTY_TYPE_CODE", Field::PayerType),
        may("PAYER_PARTY_CODE", Field::PayerCode),
        one("PAYER_NAME", Field::PayerName),
        may("PAYER_ACC_NO", Field::PayerAccount),
        may("PAYER_OPEN_BANK", Field::PayerBank),
    ],
    seal: &[one("SEAL_ID", Field::SealId), one("SEAL_NAME", Field::SealName), one("SEAL_HASH", Field::SealHash)],
    item_rows: &[
        one("NON_TAX_CODE", Field::ItemCode),
        may("NON_TAX_PROJ_CODE", Field::Extra),
        one("NON_TAX_NAME", Field::ItemName),
        may("PAY_NUMBER", Field::ItemQuantity),
        may("CHARGE_STAND_UNIT", Field::ItemUnit),
        may("CHARGE_STAND_NAME", Field::Extra),
        may("CHARGE_STAND", Field::ItemStandard),
        one("PAID_DETAIL_AMT", Field::ItemAmount),
        may("ITEM_REMARK", Field::ItemRemark),
    ],
    signature: &[
        one("SIGNED_INFO", Field::SignedInfo),
        one("SIGNATURE_TIME", Field::SignatureTime),
        one("SIGNATURE_VALUE", Field::SignatureValue),
        one("KEY_INFO", Field::KeyInfo),
    ],
    signed_info: &[
        one("REFERENCE", Field::Reference),
        one("SIGNATURE_ALGORITHM", Field::SignatureAlgorithm),
        one("SIGNATURE_FORMAT", Field::SignatureFormat),
    ],
    key_info: &[one("SERIAL_NUMBER", Field::SerialNumber), one("X509ISSUER_NAME", Field::IssuerName)],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_in_two_places() {
        for edition in [Edition::E2017, Edition::E2020] {
            let names = edition.names();
            let mut all: Vec<&str> = [
                names.header_rows,
                names.data_rows,
                names.main,
                names.main_ext,
                names.unit,
                names.payer,
                names.seal,
                names.item_rows,
                names.signature,
                names.signed_info,
                names.key_info,
            ]
            .iter()
            .flat_map(|rows| rows.iter().map(|row| row.name))
            .chain([names.root, names.header, names.data, names.signature_part, names.item, names.aux_item])
            .collect();
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count, "{edition:?}");
        }
    }

    #[test]
    fn every_field_of_2020_but_four_has_its_counterpart() {
        let extras: Vec<&str> = [NAMES_2020.main, NAMES_2020.unit, NAMES_2020.payer, NAMES_2020.item_rows]
            .iter()
            .flat_map(|rows| rows.iter())
            .filter(|row| row.field == Field::Extra)
            .map(|row| row.name)
            .collect();
        assert_eq!(extras, ["NON_TAX_PAY_NO", "REC_ACCT_TYPE", "NON_TAX_PROJ_CODE", "CHARGE_STAND_NAME"]);
    }
}
