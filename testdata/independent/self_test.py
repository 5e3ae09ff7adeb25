"""Known answers, and whether the field file is what the standard asks for."""

import json
from decimal import Decimal

import sm2
from receipt_xml import field
from sm3 import sm3


def known_answers():
    """GB/T 32905-2016, annex A.1 and A.2; GB/T 32918.5-2017, annex A.2."""
    yield "SM3 of abc", sm3(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
    yield "SM3 of 64 bytes", sm3(b"abcd" * 16).hex() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")
    d = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
    k = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
    public = (0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020,
              0xCCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13)
    pair = (0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3,
            0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA)
    message = b"message digest"
    yield "SM2 public key", sm2.public_key(d) == public and sm2.is_on_curve(public)
    yield "SM2 Z", sm2.z_value(public).hex() == (
        "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3")
    yield "SM2 e", sm2.digest(public, message) == (
        0xF0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640)
    yield "SM2 signature", sm2.sign_digest(d, sm2.digest(public, message), k) == pair
    yield "SM2 verifies", sm2.verify(public, message, pair)
    yield "SM2 refuses another message", not sm2.verify(public, b"message digesu", pair)
    yield "SM2 refuses s + n", not sm2.verify(public, message, (pair[0], pair[1] + sm2.N))


def field_checks(documents):
    """Ids, totals and reds of the field file."""
    by_number = {}
    for d in documents:
        main, name = d["main"], d["file"]
        code, number = field(main, "EInvoiceCode"), field(main, "EInvoiceNumber")
        by_number[code, number] = d
        yield f"{name}: id", field(d["header"], "EInvoiceID") == f"{code}-{number}"[::-1]
        yield f"{name}: tag", field(d["header"], "EInvoiceTag") == f"CZ-EI-{code[:2]}"
        total = sum(Decimal(field(item, "ItemAmount")) for item in d["items"])
        yield f"{name}: total", field(main, "TotalAmount") == f"{total:.2f}"
        for item in map(dict, d["items"]):
            if "ItemQuantity" in item and "ItemStd" in item:
                product = Decimal(item["ItemQuantity"]) * Decimal(item["ItemStd"])
                yield f"{name}: {item['ItemName']}", product == Decimal(item["ItemAmount"])
    for d in documents:
        extra = dict(dict(d["main"]).get("MainExt", []))
        if "RelatedInvoiceCode" in extra:
            blue = by_number[extra["RelatedInvoiceCode"], extra["RelatedInvoiceNumber"]]
            yield f"{d['file']}: minus its blue", (
                Decimal(field(d["main"], "TotalAmount"))
                == -Decimal(field(blue["main"], "TotalAmount")))


def run(path):
    """Print each result; 1 when one is wrong."""
    documents = json.loads(path.read_text(encoding="utf-8"))
    bad = 0
    for name, good in [*known_answers(), *field_checks(documents)]:
        print("ok  " if good else "BAD ", name)
        bad += not good
    return 1 if bad else 0
