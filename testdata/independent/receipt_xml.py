"""The XML of a receipt (财综〔2017〕32号), written and cut by plain string building."""

import datetime
import json

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def load(path, issue_date=None):
    """The documents of a field file; `issue_date` replaces every IssueDate."""
    documents = json.loads(path.read_text(encoding="utf-8"))
    for d in documents:
        if issue_date:
            d["main"] = [[k, issue_date if k == "IssueDate" else v] for k, v in d["main"]]
    return documents


def field(pairs, name):
    """The first value of that name; KeyError when there is none."""
    for key, value in pairs:
        if key == name:
            return value
    raise KeyError(name)


def unit_name(document):
    return field(field(document["main"], "InvoicingParty"), "InvoicingPartyName")


def signature_time(document):
    """The issue time as UTCDateTime; the receipts are signed when they are issued."""
    date, clock = (field(document["main"], n) for n in ("IssueDate", "IssueTime"))
    return date + clock.replace(":", "") + "+0800"


def universal(time):
    """yyyyMMddHHmmss+0800 as yyyyMMddHHmmss in universal time."""
    local = datetime.datetime.strptime(time[:14], "%Y%m%d%H%M%S")
    return (local - datetime.timedelta(hours=8)).strftime("%Y%m%d%H%M%S")


def escape(text):
    """Text content: & < > as entities, LF as a reference, quotes as they are."""
    for old, new in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\n", "&#10;")):
        text = text.replace(old, new)
    return text


def element(name, value):
    inner = escape(value) if isinstance(value, str) else elements(value)
    return f"<{name}>{inner}</{name}>"


def elements(pairs):
    return "".join(element(name, value) for name, value in pairs)


def signed_text(document):
    """Header and EInvoiceData, joined: what the unit signs."""
    data = element("Main", document["main"])
    data += element("Details", [["Item", item] for item in document["items"]])
    if document.get("aux"):
        data += element("AuxDetails", [["AuxItem", item] for item in document["aux"]])
    return element("Header", document["header"]) + f"<EInvoiceData>{data}</EInvoiceData>"


def signature(reference, algorithm, time, value, serial, issuer):
    return element("Signature", [
        ["SignedInfo", [["Reference", reference], ["SignatureAlgorithm", algorithm],
                        ["SignatureFormat", "DETACH"]]],
        ["SignatureTime", time],
        ["SignatureValue", value],
        ["KeyInfo", [["SerialNumber", serial], ["X509IssuerName", issuer]]]])


def value_of(signature_element):
    """The text of SignatureValue in an element that `signature` wrote."""
    return signature_element.split("<SignatureValue>")[1].split("</SignatureValue>")[0]


def document(text, signatures):
    return (f"{DECLARATION}<EInvoice>{text}<EInvoiceSignature>{''.join(signatures)}"
            "</EInvoiceSignature></EInvoice>").encode("utf-8")
