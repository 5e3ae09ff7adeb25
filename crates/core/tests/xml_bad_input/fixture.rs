//! One small receipt in pieces, and how to change it.

/// The signed header.
pub(crate) const HEADER: &str = "<Header><EInvoiceTag>CZ-EI-32</EInvoiceTag>\
    <EInvoiceID>2293393100-52101023</EInvoiceID><Version>1.1.0</Version></Header>";

/// The signed data.
pub(crate) const DATA: &str = "<EInvoiceData><Main><EInvoiceName>江苏省非税收入统一票据（电子）</EInvoiceName>\
    <EInvoiceCode>32010125</EInvoiceCode><EInvoiceNumber>0013933922</EInvoiceNumber>\
    <RandomNumber>07892e</RandomNumber><EInvoiceSpecimenCode>3201012501</EInvoiceSpecimenCode>\
    <SupervisorAreaCode>320682</SupervisorAreaCode><TotalAmount>80.00</TotalAmount>\
    <IssueDate>20250923</IssueDate><IssueTime>09:15:30</IssueTime>\
    <InvoicingParty><InvoicingPartyCode>0104901</InvoicingPartyCode>\
    <InvoicingPartyName>示例市不动产登记中心</InvoicingPartyName></InvoicingParty>\
    <PayerParty><PayerPartyType>1</PayerPartyType><PayerPartyName>张三</PayerPartyName></PayerParty>\
    <Remark>R</Remark><HandlingPerson>李四</HandlingPerson><Checker>王五</Checker>\
    <MainExt><PayCode>32068225000000000017</PayCode><gender>女</gender></MainExt></Main>\
    <Details><Item><ItemCode>103043211</ItemCode><ItemName>不动产登记费</ItemName>\
    <ItemAmount>80.00</ItemAmount><ItemUnit>件</ItemUnit><ItemQuantity>1</ItemQuantity>\
    <ItemStd>80.00</ItemStd></Item></Details>\
    <AuxDetails><AuxItem><AuxItemName>坐落</AuxItemName></AuxItem></AuxDetails></EInvoiceData>";

/// The declaration that is written.
pub(crate) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// A signature of no worth: reading never checks it.
pub(crate) fn signature(reference: &str) -> String {
    format!(
        "<Signature><SignedInfo><Reference>{reference}</Reference>\
         <SignatureAlgorithm>SM3withSM2</SignatureAlgorithm><SignatureFormat>DETACH</SignatureFormat></SignedInfo>\
         <SignatureTime>20250923101530+0800</SignatureTime><SignatureValue>AAAA</SignatureValue>\
         <KeyInfo><SerialNumber>01</SerialNumber><X509IssuerName>CN=x</X509IssuerName></KeyInfo></Signature>"
    )
}

/// `EInvoiceSignature` with both signatures.
pub(crate) fn signatures() -> String {
    let (unit, authority) = (signature("Header,EInvoiceData"), signature("Hash,Signature"));
    format!("<EInvoiceSignature>{unit}{authority}</EInvoiceSignature>")
}

/// The whole receipt.
pub(crate) fn receipt() -> String {
    format!("{DECLARATION}<EInvoice>{HEADER}{DATA}{}</EInvoice>", signatures())
}

/// The receipt with one place changed. Panics when the place is not there, so that no case tests
/// an unchanged receipt.
pub(crate) fn with(from: &str, to: &str) -> Vec<u8> {
    let receipt = receipt();
    assert!(receipt.contains(from), "the fixture has no {from}");
    receipt.replacen(from, to, 1).into_bytes()
}

/// The receipt with something put before the root's start tag, instead of the declaration.
pub(crate) fn prolog(prolog: &str) -> Vec<u8> {
    with(DECLARATION, prolog)
}

/// The receipt with bytes put in place of the payer's name, which need not be UTF-8.
pub(crate) fn with_name(bytes: &[u8]) -> Vec<u8> {
    let receipt = receipt();
    let (before, after) = receipt.split_once("张三").expect("the payer's name");
    [before.as_bytes(), bytes, after.as_bytes()].concat()
}

/// The column of a place in the receipt, which is one line.
pub(crate) fn column(of: &str) -> u32 {
    let receipt = receipt();
    let offset = receipt.find(of).expect("a place in the fixture");
    u32::try_from(receipt[..offset].chars().count()).expect("a small receipt") + 1
}

/// The receipt in the spelling of 2020, with all that has no counterpart.
pub(crate) fn receipt_2020() -> String {
    let signature = "<SIGNED_INFO><REFERENCE>r</REFERENCE><SIGNATURE_ALGORITHM>SM3withSM2</SIGNATURE_ALGORITHM>\
        <SIGNATURE_FORMAT>DETACH</SIGNATURE_FORMAT></SIGNED_INFO><SIGNATURE_TIME>20250923101530+0800</SIGNATURE_TIME>\
        <SIGNATURE_VALUE>AAAA</SIGNATURE_VALUE><KEY_INFO><SERIAL_NUMBER>01</SERIAL_NUMBER>\
        <X509ISSUER_NAME>CN=x</X509ISSUER_NAME></KEY_INFO>";
    format!(
        "{DECLARATION}<EINVOICE><HEADER><EINVOICE_TAG>CZ-EI-32</EINVOICE_TAG>\
         <EINVOICE_ID>2293393100-52101023</EINVOICE_ID><VERSION>1.1.0</VERSION></HEADER>\
         <EINVOICE_DATA><MAIN><EINVOICE_NAME>江苏省非税收入统一票据（电子）</EINVOICE_NAME>\
         <EINVOICE_CODE>32010125</EINVOICE_CODE><EINVOICE_NUMBER>0013933922</EINVOICE_NUMBER>\
         <NON_TAX_PAY_NO>N1</NON_TAX_PAY_NO><NON_TAX_PAY_CODE>32068225000000000017</NON_TAX_PAY_CODE>\
         <RANDOM_NUMBER>07892e</RANDOM_NUMBER><EINVOICE_SPECIMEN_CODE>3201012501</EINVOICE_SPECIMEN_CODE>\
         <SUPERVISOR_AREA_CODE>320682</SUPERVISOR_AREA_CODE><BILL_DATE>20250923</BILL_DATE>\
         <BILL_TIME>09:15:30</BILL_TIME><PAID_AMT>80.00</PAID_AMT>\
         <EXEC_AGENCY_PARTY><EXEC_AGENCY_CODE>0104901</EXEC_AGENCY_CODE>\
         <EXEC_AGENCY_NAME>示例市不动产登记中心</EXEC_AGENCY_NAME><REC_ACCT_TYPE>2</REC_ACCT_TYPE>\
         <PAYEE_ACCT_NAME>专户</PAYEE_ACCT_NAME></EXEC_AGENCY_PARTY>\
         <PAYER_PARTY><PAYER_PARTY_TYPE_CODE>1</PAYER_PARTY_TYPE_CODE><PAYER_NAME>张三</PAYER_NAME></PAYER_PARTY>\
         <AUTHOR>李四</AUTHOR><CHECKER>王五</CHECKER>\
         <MAIN_EXT><RELATED_INVOICE_CODE>32010125</RELATED_INVOICE_CODE>\
         <RELATED_INVOICE_NUMBER>0013933921</RELATED_INVOICE_NUMBER></MAIN_EXT></MAIN>\
         <DETAILS><ITEM><NON_TAX_CODE>103043211</NON_TAX_CODE><NON_TAX_PROJ_CODE>P</NON_TAX_PROJ_CODE>\
         <NON_TAX_NAME>不动产登记费</NON_TAX_NAME><PAY_NUMBER>1.0000</PAY_NUMBER>\
         <CHARGE_STAND_UNIT>件</CHARGE_STAND_UNIT><CHARGE_STAND_NAME>住宅</CHARGE_STAND_NAME>\
         <CHARGE_STAND>80.0000</CHARGE_STAND><PAID_DETAIL_AMT>80.00</PAID_DETAIL_AMT></ITEM></DETAILS></EINVOICE_DATA>\
         <EINVOICE_SIGNATURE><INVOICING_PARTY_SIGNATURE>{signature}</INVOICING_PARTY_SIGNATURE>\
         <SUPERVISOR_PARTY_SIGNATURE>{signature}</SUPERVISOR_PARTY_SIGNATURE></EINVOICE_SIGNATURE></EINVOICE>"
    )
}
