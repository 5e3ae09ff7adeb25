//! Wrapping and moving: nothing that is not signed may pass for data, nor a part for another.

use czei_core::Code;

use super::fixture::{DATA, HEADER, receipt, receipt_2020, signature, signatures, with};
use super::judge::cases;

/// A data part that says something else than the signed one.
fn forged() -> String {
    DATA.replace("张三", "李鬼")
}

fn root(inner: &str) -> Vec<u8> {
    format!("<EInvoice>{inner}</EInvoice>").into_bytes()
}

cases! {
    no_receipt {
        two_data_parts_the_forged_first: root(&format!("{HEADER}{}{DATA}{}", forged(), signatures()))
            => Code::PartTwice, "EInvoice/EInvoiceData[2]";
        two_data_parts_the_forged_last: root(&format!("{HEADER}{DATA}{}{}", forged(), signatures()))
            => Code::PartTwice, "EInvoice/EInvoiceData[2]";
        two_headers: root(&format!("{HEADER}{HEADER}{DATA}")) => Code::PartTwice, "EInvoice/Header[2]";
        two_signature_parts: root(&format!("{HEADER}{DATA}{}{}", signatures(), signatures()))
            => Code::PartTwice, "EInvoice/EInvoiceSignature[2]";
        data_before_header: root(&format!("{DATA}{HEADER}{}", signatures())) => Code::PartOrder, "EInvoice/Header";
        signatures_first: root(&format!("{}{HEADER}{DATA}", signatures())) => Code::PartOrder, "EInvoice/Header";
        no_header: root(&format!("{DATA}{}", signatures())) => Code::PartMissing, "EInvoice";
        no_data: root(&format!("{HEADER}{}", signatures())) => Code::PartMissing, "EInvoice";
        an_empty_root: b"<EInvoice/>".to_vec() => Code::PartMissing, "EInvoice";
        wrapped_under_an_unsigned_element: root(&format!("{HEADER}{}<Old>{DATA}</Old>{}", forged(), signatures()))
            => Code::Unsigned, "EInvoice/Old";
        wrapped_in_a_second_receipt: root(&format!("{HEADER}{}<EInvoice>{HEADER}{DATA}</EInvoice>", forged()))
            => Code::Unsigned, "EInvoice/EInvoice";
        signed_data_moved_under_the_signatures:
            root(&format!("{HEADER}{}<EInvoiceSignature>{DATA}</EInvoiceSignature>", forged()))
            => Code::Unsigned, "EInvoice/EInvoiceSignature/EInvoiceData";
        signed_data_moved_into_a_signature: with("<SignedInfo>", &format!("{DATA}<SignedInfo>"))
            => Code::Unsigned, "EInvoice/EInvoiceSignature/Signature[1]/EInvoiceData";
        signed_data_moved_into_a_value: with("<SignatureValue>AAAA", &format!("<SignatureValue>AAAA{DATA}"))
            => Code::Unsigned, "EInvoice/EInvoiceSignature/Signature[1]/SignatureValue/EInvoiceData";
        an_unsigned_sibling: with("</EInvoice>", "<TotalAmount>1.00</TotalAmount></EInvoice>") => Code::Unsigned, "EInvoice/TotalAmount";
        an_attribute_of_the_root: with("<EInvoice>", "<EInvoice TotalAmount=\"1.00\">") => Code::UnsignedAttribute, "EInvoice";
        an_attribute_of_the_signatures: with("<EInvoiceSignature>", "<EInvoiceSignature a='1'>")
            => Code::UnsignedAttribute, "EInvoice/EInvoiceSignature";
        an_attribute_of_a_signature: with("<Signature>", "<Signature Id='1'>")
            => Code::UnsignedAttribute, "EInvoice/EInvoiceSignature/Signature[1]";
        an_attribute_of_a_value: with("<SignatureValue>", "<SignatureValue a='1'>")
            => Code::UnsignedAttribute, "EInvoice/EInvoiceSignature/Signature[1]/SignatureValue";
        text_between_the_parts: with("</Header>", "</Header>x") => Code::UnsignedText, "EInvoice";
        cdata_between_the_parts: with("</Header>", "</Header><![CDATA[ ]]>") => Code::UnsignedText, "EInvoice";
        a_reference_between_the_parts: with("</Header>", "</Header>&#32;") => Code::UnsignedText, "EInvoice";
        text_between_the_signatures: with("</Signature>", "</Signature>x") => Code::UnsignedText, "EInvoice/EInvoiceSignature";
        text_in_a_signature: with("<SignedInfo>", "x<SignedInfo>") => Code::UnsignedText, "EInvoice/EInvoiceSignature/Signature[1]";
        three_signatures: with("</EInvoiceSignature>", &format!("{}</EInvoiceSignature>", signature("x")))
            => Code::SignatureCount, "EInvoice/EInvoiceSignature/Signature[3]";
        a_signature_outside_its_part: with("<EInvoiceSignature>", &format!("{}<EInvoiceSignature>", signature("x")))
            => Code::Unsigned, "EInvoice/Signature[1]";
        an_unknown_element_in_a_signature: with("<KeyInfo>", "<X509Data/><KeyInfo>")
            => Code::Unsigned, "EInvoice/EInvoiceSignature/Signature[1]/X509Data";
        no_signature_value: with("<SignatureValue>AAAA</SignatureValue>", "")
            => Code::SignatureMissing, "EInvoice/EInvoiceSignature/Signature[1]";
        no_key_info: with("<KeyInfo><SerialNumber>01</SerialNumber><X509IssuerName>CN=x</X509IssuerName></KeyInfo>", "")
            => Code::SignatureMissing, "EInvoice/EInvoiceSignature/Signature[1]";
        no_reference: with("<Reference>Header,EInvoiceData</Reference>", "")
            => Code::SignatureMissing, "EInvoice/EInvoiceSignature/Signature[1]/SignedInfo";
        two_signature_values: with("</SignatureValue>", "</SignatureValue><SignatureValue>AAAA</SignatureValue>")
            => Code::SignatureOrder, "EInvoice/EInvoiceSignature/Signature[1]/SignatureValue[2]";
        key_info_first: with("<SignedInfo>", "<KeyInfo><SerialNumber>1</SerialNumber></KeyInfo><SignedInfo>")
            => Code::SignatureOrder, "EInvoice/EInvoiceSignature/Signature[1]/SignedInfo";
        another_root: receipt().replace("EInvoice>", "Invoice>").into_bytes() => Code::WrongRoot, "Invoice";
        the_root_in_another_case: b"<einvoice/>".to_vec() => Code::WrongRoot, "einvoice";
        a_web_page: b"<html><body>404</body></html>".to_vec() => Code::WrongRoot, "html";
        a_tax_invoice: root("<Header><EIid>1</EIid><EInvoiceTag>SWEI3200</EInvoiceTag></Header><EInvoiceData>\
            <SellerInformation/></EInvoiceData><TaxSupervisionInfo/>") => Code::OtherDocument, "EInvoice/Header/EInvoiceTag";
        a_tax_invoice_without_header: root("<EInvoiceData><SellerInformation/></EInvoiceData>")
            => Code::OtherDocument, "EInvoice/EInvoiceData/SellerInformation";
        other_content_under_our_root: root("<Body/>") => Code::OtherDocument, "EInvoice";
        the_authority_alone_in_2020: receipt_2020().replace("INVOICING_PARTY_SIGNATURE", "SUPERVISOR_PARTY_SIGNATURE").into_bytes()
            => Code::SignatureCount, "EINVOICE/EINVOICE_SIGNATURE/SUPERVISOR_PARTY_SIGNATURE[1]";
        a_header_of_2020_in_2017: with("<Header>", "<HEADER/><Header>") => Code::Unsigned, "EInvoice/HEADER";
    }
    found {
        a_copy_in_a_comment: with("<Header>", &format!("<!--{}--><Header>", forged())) => &[("comment-outside", "EInvoice")];
        a_copy_in_an_instruction: with("</EInvoice>", &format!("<?x {}?></EInvoice>", forged())) => &[("instruction-outside", "EInvoice")];
        a_copy_in_a_comment_inside: with("<Main>", &format!("<!--{}--><Main>", forged())) => &[("comment-inside", "EInvoice/EInvoiceData")];
        a_copy_in_cdata_inside: with("<gender>女", &format!("<gender><![CDATA[{}]]>", forged())) => &[];
        a_copy_in_an_attribute_inside: with("<Main>", "<Main TotalAmount='1.00'>") => &[("attribute-inside", "EInvoice/EInvoiceData/Main")];
        a_stylesheet: with("<EInvoice>", "<?xml-stylesheet href='http://127.0.0.1/a.xsl'?><EInvoice>") => &[("instruction-outside", "")];
        a_comment_in_a_signature: with("<SignatureValue>AA", "<SignatureValue>AA<!-- x -->")
            => &[("comment-outside", "EInvoice/EInvoiceSignature/Signature[1]/SignatureValue")];
        no_signatures: with(&signatures(), "") => &[];
        an_empty_signature_part: with(&signatures(), "<EInvoiceSignature/>") => &[];
        data_inside_data: with("</Main>", &format!("</Main>{}", forged().replace("EInvoiceData>", "Main>")))
            => &[("element-twice", "EInvoice/EInvoiceData/Main[2]")];
        a_receipt_inside_an_extension: with("<gender>女", "<gender><EInvoice/>")
            => &[("element-place", "EInvoice/EInvoiceData/Main/MainExt/gender/EInvoice")];
        two_totals: with("<IssueDate>", "<TotalAmount>1.00</TotalAmount><IssueDate>")
            => &[("element-twice", "EInvoice/EInvoiceData/Main/TotalAmount[2]")];
        a_total_in_an_extension: with("<gender>", "<TotalAmount>1.00</TotalAmount><gender>")
            => &[("element-place", "EInvoice/EInvoiceData/Main/MainExt/TotalAmount")];
        a_total_among_the_items: with("<Item>", "<TotalAmount>1.00</TotalAmount><Item>")
            => &[("element-place", "EInvoice/EInvoiceData/Details/TotalAmount")];
        a_total_in_an_auxiliary_item: with("<AuxItemName>", "<TotalAmount>1.00</TotalAmount><AuxItemName>")
            => &[("element-place", "EInvoice/EInvoiceData/AuxDetails/AuxItem[1]/TotalAmount")];
        a_total_in_an_unknown_element: with("<Checker>", "<Box><TotalAmount>1.00</TotalAmount></Box><Checker>")
            => &[("element-place", "EInvoice/EInvoiceData/Main/Box/TotalAmount")];
        the_order_changed: with("<IssueDate>20250923</IssueDate><IssueTime>09:15:30</IssueTime>",
            "<IssueTime>09:15:30</IssueTime><IssueDate>20250923</IssueDate>")
            => &[("element-order", "EInvoice/EInvoiceData/Main/IssueDate")];
        details_before_main: receipt().replace("<EInvoiceData><Main>", "<EInvoiceData><Details/><Main>").into_bytes()
            => &[("element-order", "EInvoice/EInvoiceData/Main"), ("element-twice", "EInvoice/EInvoiceData/Details[2]"),
                 ("element-missing", "EInvoice/EInvoiceData/Details[1]/Item")];
        text_inside_the_signed_span: with("<Main>", "x<Main>") => &[("element-text", "EInvoice/EInvoiceData")];
    }
}
