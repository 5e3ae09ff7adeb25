"""The variants: each one departs from a good receipt in exactly one way.

`verdict` is what a verifier should say under the policy written beside the receipts; `where`
is the group of checks that decides it; "target" there stands for the signature of --target.
Entries whose verdict is "valid" are no attacks: a reader must take them.
"""

import base64
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Optional

import der
import signed_data
from sm2 import N
from x509 import ENCIPHERMENT_USAGE, extension


@dataclass
class Variant:
    verdict: str
    where: str
    text: str
    encodings: tuple = ("der", "raw", "signed-data", "attributes")
    equation: str = "sm2"                 # the digest or equation of the target's signature
    pair: Optional[object] = None         # (r, s) -> (r, s)
    inner: Optional[object] = None        # DER signature -> bytes, where there is one
    outer: Optional[object] = None        # all bytes of the value -> bytes
    base64: Optional[object] = None       # base64 text -> text
    package: dict = field(default_factory=dict)      # arguments of signed_data.make
    certificate: dict = field(default_factory=dict)  # changes of x509.Tree
    signer: dict = field(default_factory=dict)       # role -> identity that signs instead
    key_info: str = ""                    # identity that the target's KeyInfo names instead
    label: str = "SM3withSM2"             # the target's SignatureAlgorithm
    before: Optional[object] = None       # signed text -> text that is signed
    after: Optional[object] = None        # signed text -> text in the document
    assemble: str = ""                    # how the two Signature elements are put together
    needs: Optional[object] = None        # value -> bool: otherwise take another nonce


DER_ONLY = ("der", "signed-data", "attributes")
PACKED = ("signed-data", "attributes")


def wide(der_signature):
    """r needs its leading zero byte, that is, r >= 2^255."""
    return der_signature[2:3] == b"\x02" and der_signature[3] == 33


def padded_r(signature):
    r, s = der.children(der.only(signature, 0x30))
    return der.sequence(der.tlv(2, b"\0" + r[1]), s[2])


def negative_r(signature):
    r, s = der.children(der.only(signature, 0x30))
    return der.sequence(der.tlv(2, r[1].lstrip(b"\0")), s[2])


def long_length(signature):
    return b"\x30\x81" + signature[1:]


def indefinite(data):
    return data[:1] + b"\x80" + der.read(data)[1] + b"\0\0"


def third_integer(signature):
    return der.sequence(der.only(signature, 0x30), der.integer(1))


def tail_bits(text):
    """The same bytes, with bits set that no byte uses."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = text.rstrip("=")
    last = alphabet[alphabet.index(body[-1]) + 1]
    return body[:-1] + last + text[len(body):]


def hex_text(text):
    return base64.b64decode(text).hex()


def padding(text):
    return text.endswith("=")


def once(old, new):
    def change(text):
        if old not in text:
            raise ValueError(f"nothing to change: {old}")
        return text.replace(old, new, 1)
    return change


def more_money(text):
    """Total and first item 100000 yuan up, so that the sums still agree."""
    for name in ("TotalAmount", "ItemAmount"):
        head, rest = text.split(f"<{name}>", 1)
        amount, tail = rest.split("<", 1)
        text = f"{head}<{name}>{Decimal(amount) + 100000:.2f}<{tail}"
    return text


def total_twice(text):
    return text.replace("<IssueDate>", "<TotalAmount>0.01</TotalAmount><IssueDate>", 1)


def cdata_party(text):
    head, rest = text.split("<HandlingPerson>", 1)
    name, tail = rest.split("<", 1)
    return f"{head}<HandlingPerson><![CDATA[{name}]]><{tail}"


def reference_party(text):
    head, rest = text.split("<HandlingPerson>", 1)
    return f"{head}<HandlingPerson>&#x{ord(rest[0]):X};{rest[1:]}"


def lines(text):
    return text.replace("><", ">\n<")


def lines_inside(text):
    """As `lines`, but nothing between Header and EInvoiceData, which would not be signed."""
    return lines(text).replace("</Header>\n<", "</Header><")


CRITICAL = extension("1.3.6.1.4.1.55555.1", True, der.null())
SIG, CERT, POLICY = "target signature", "target certificate", "binding"

VARIANTS = {
    # --- accepted
    "good": Variant("valid", "-", "nothing is changed"),
    "pretty-signed": Variant("valid", "-", "line breaks between elements, there when it was signed",
                             before=lines_inside),
    "white-space-between": Variant("valid", "-", "white space between Header and EInvoiceData",
                                   after=once("</Header><", "</Header>\n  <")),
    "cdata-signed": Variant("valid", "-", "a CDATA section, there when it was signed",
                            before=cdata_party),
    "reference-signed": Variant("valid", "-", "a character reference, there when it was signed",
                                before=reference_party),
    "unknown-element-signed": Variant("valid", "-", "an unknown element in Main, signed: reported",
                                      before=once("</Main>", "<Foreign>1</Foreign></Main>")),
    "byte-order-mark": Variant("valid", "-", "a byte order mark before the declaration: reported",
                               assemble="byte-order-mark"),
    "attached-same-content": Variant("valid", "-", "SignedData that carries the original bytes",
                                     PACKED, package={"attached": "content"}),
    "oid-pkcs": Variant("valid", "-", "PKCS#7 content types instead of GB/T 35275", PACKED,
                        package={"types": (signed_data.PKCS_DATA, signed_data.PKCS_SIGNED),
                                 "attribute_options": {"data_type": signed_data.PKCS_DATA}}),
    "oid-301-1-null": Variant("valid", "-", "signature algorithm 301.1 with NULL", PACKED,
                              package={"algorithm": signed_data.SM2_301_1_NULL}),
    "by-key-identifier": Variant("valid", "-", "signer named by key identifier, version 3", PACKED,
                                 package={"by_key_id": True}),
    "no-certificate": Variant("valid", "-", "SignedData without certificates", PACKED,
                              package={"certificates": []}),
    "authority-time-changed": Variant(
        "valid", "-", "the authority's SignatureTime: covered by nothing, unproved",
        ("der", "raw", "signed-data"), assemble="authority-time"),

    # --- what was signed
    "payer-changed": Variant("invalid", "unit signature", "the payer's name after signing",
                             after=once("<PayerPartyName>", "<PayerPartyName>某")),
    "amount-changed": Variant("invalid", "unit signature", "total and first item after signing",
                              after=more_money),
    "pretty-after": Variant("invalid", "unit signature", "line breaks between elements added later",
                            after=lines_inside),
    "cdata-after": Variant("invalid", "unit signature", "a text made CDATA after signing",
                           after=cdata_party),
    "reference-after": Variant("invalid", "unit signature", "a letter made a reference afterwards",
                               after=reference_party),
    "total-twice-signed": Variant("invalid", "form", "a second TotalAmount, signed",
                                  before=total_twice),
    "two-data": Variant("invalid", "form", "an unsigned EInvoiceData before the signed one",
                        after=once("</Header>", "</Header><EInvoiceData><Main></Main>"
                                                "</EInvoiceData>")),
    "other-receipt": Variant("invalid", "unit signature", "the signatures of the next receipt",
                             assemble="other-receipt"),

    # --- which signature stands where
    "swapped-signatures": Variant("invalid", "unit signature", "the two elements exchanged",
                                  assemble="swapped"),
    "swapped-values": Variant("invalid", "unit signature", "only the two values exchanged",
                              assemble="swapped-values"),
    "unit-only": Variant("indeterminate", "authority signature", "the authority's is missing",
                         assemble="unit-only"),
    "authority-only": Variant("invalid", "unit signature", "the unit's is missing",
                              assemble="authority-only"),
    "three-signatures": Variant("invalid", "form", "the authority's twice",
                                assemble="three"),
    "unit-signed-again": Variant("invalid", "authority signature",
                                 "a fresh good unit signature under the old authority signature",
                                 assemble="unit-again"),
    "unit-time-changed": Variant("invalid", "authority signature",
                                 "the unit's SignatureTime after the countersignature",
                                 assemble="unit-time"),

    # --- who signed
    "authority-by-other": Variant("indeterminate", "authority certificate",
                                  "countersigned by a certificate that is no authority",
                                  signer={"authority": "other"}),
    "same-key": Variant("invalid", "authority certificate",
                        "the unit's key and certificate in both roles",
                        signer={"authority": "unit"}),
    "same-key-two-certificates": Variant(
        "invalid", "authority certificate", "unit and authority have certificates over one key",
        certificate={"unit_key": "authority"}),
    "unit-in-another-name": Variant("indeterminate", POLICY,
                                    "the unit's signature by a certificate of another name",
                                    signer={"unit": "other"}),
    "unit-by-authority": Variant("invalid", POLICY, "the authority's key in both roles",
                                 signer={"unit": "authority"}),
    "key-info-other": Variant("invalid", SIG, "KeyInfo names another certificate at hand",
                              key_info="other"),
    "key-info-unknown": Variant("indeterminate", SIG,
                                "KeyInfo names a certificate that is not at hand",
                                ("der", "raw"), key_info="stranger"),
    "label-none": Variant("finding", SIG, "SignatureAlgorithm `none`; SM2 is checked all the same",
                          label="none"),
    "label-rsa": Variant("finding", SIG, "SignatureAlgorithm SHA256withRSA", label="SHA256withRSA"),

    # --- how it was computed
    "sha256": Variant("invalid", SIG, "SHA-256 in place of SM3", equation="sha256"),
    "ecdsa": Variant("invalid", SIG, "the ECDSA equation", equation="ecdsa"),
    "empty-user-id": Variant("invalid", SIG, "an empty user id in Z", equation="empty-id"),
    "other-user-id": Variant("invalid", SIG, "user id ALICE123@YAHOO.COM", equation="other-id"),
    "no-z": Variant("invalid", SIG, "SM3 of the text alone, without Z", equation="no-z"),
    "double-hash": Variant("invalid", SIG, "the hash of the text signed as text",
                           equation="double-hash"),

    # --- r and s
    "r-zero": Variant("invalid", SIG, "r = 0", pair=lambda p: (0, p[1])),
    "s-zero": Variant("invalid", SIG, "s = 0", pair=lambda p: (p[0], 0)),
    "r-n": Variant("invalid", SIG, "r = n", pair=lambda p: (N, p[1])),
    "s-n": Variant("invalid", SIG, "s = n", pair=lambda p: (p[0], N)),
    "r-above-n": Variant("invalid", SIG, "r + n: the same modulo n", DER_ONLY,
                         pair=lambda p: (p[0] + N, p[1])),
    "s-above-n": Variant("invalid", SIG, "s + n: the same modulo n", DER_ONLY,
                         pair=lambda p: (p[0], p[1] + N)),
    "r-plus-s-n": Variant("invalid", SIG, "t = r + s = 0 modulo n", pair=lambda p: (p[0], N - p[0])),
    "s-negated": Variant("invalid", SIG, "n - s: good in ECDSA only",
                         pair=lambda p: (p[0], N - p[1])),
    "r-and-s-swapped": Variant("invalid", SIG, "s, r", pair=lambda p: (p[1], p[0])),

    # --- the DER of r and s
    "der-trailing": Variant("invalid", SIG, "a byte after the SEQUENCE", DER_ONLY,
                            inner=lambda b: b + b"\0"),
    "der-third-integer": Variant("invalid", SIG, "a third INTEGER in the SEQUENCE", DER_ONLY,
                                 inner=third_integer),
    "der-non-minimal": Variant("invalid", SIG, "r with a superfluous zero byte", DER_ONLY,
                               inner=padded_r),
    "der-negative": Variant("invalid", SIG, "r without its zero byte, so negative", DER_ONLY,
                            inner=negative_r, needs=wide),
    "der-long-length": Variant("invalid", SIG, "a length in the long form", DER_ONLY,
                               inner=long_length),
    "der-indefinite": Variant("invalid", SIG, "an indefinite length", DER_ONLY, inner=indefinite),
    "raw-63-bytes": Variant("invalid", SIG, "r and s without the last byte", ("raw",),
                            outer=lambda b: b[:-1]),
    "raw-65-bytes": Variant("invalid", SIG, "a byte before r and s", ("raw",),
                            outer=lambda b: b"\x04" + b),

    # --- the text of the value
    "hex": Variant("invalid", SIG, "hex digits instead of base64", base64=hex_text),
    "base64-no-padding": Variant("invalid", SIG, "base64 without its =", base64=lambda t: t.rstrip("="),
                                 needs=padding),
    "base64-tail-bits": Variant("invalid", SIG, "bits set behind the last byte", base64=tail_bits,
                                needs=padding),
    "base64-pem": Variant("invalid", SIG, "PEM lines around the value",
                          base64=lambda t: f"-----BEGIN PKCS7-----\n{t}\n-----END PKCS7-----"),
    "base64-empty": Variant("invalid", SIG, "an empty value", base64=lambda t: ""),

    # --- SignedData
    "two-signers": Variant("invalid", SIG, "two SignerInfo", PACKED, package={"signers": ["self", "other"]}),
    "no-signer": Variant("invalid", SIG, "no SignerInfo", PACKED, package={"signers": []}),
    "signer-mismatch": Variant("invalid", SIG, "SignerInfo names another certificate than the key's",
                               PACKED, package={"named": "other", "certificates": ["self", "other"]}),
    "attached-other-content": Variant("invalid", SIG, "SignedData that carries other content", PACKED,
                                      package={"attached": b"<Header></Header>"}),
    "attributes-as-content": Variant("invalid", SIG, "attributes signed as if they were the content",
                                     PACKED, package={"attributes_as_content": True}),
    "message-digest-wrong": Variant("invalid", SIG, "messageDigest of something else",
                                    ("attributes",),
                                    package={"attribute_options": {"digest": bytes(range(32))}}),
    "message-digest-missing": Variant("invalid", SIG, "no messageDigest", ("attributes",),
                                      package={"attribute_options": {"with_digest": False}}),
    "content-type-attribute-wrong": Variant(
        "invalid", SIG, "contentType attribute that is not the content's", ("attributes",),
        package={"attribute_options": {"data_type": signed_data.GM_SIGNED}}),
    "digest-oid-sha256": Variant("invalid", SIG, "SHA-256 declared as digest", PACKED,
                                 package={"digest_algorithm": signed_data.SHA256_DIGEST}),
    "content-info-oid": Variant("invalid", SIG, "ContentInfo of type data", PACKED,
                                package={"types": (signed_data.GM_DATA, signed_data.GM_DATA)}),
    "signed-data-trailing": Variant("invalid", SIG, "a byte after the ContentInfo", PACKED,
                                    outer=lambda b: b + b"\0"),
    "signed-data-indefinite": Variant("invalid", SIG, "an indefinite length", PACKED, outer=indefinite),

    # --- the unit's certificate
    "unit-expired": Variant("invalid", "unit certificate", "expired before any issue date",
                            certificate={"not_after": "20200601000000"}),
    "unit-not-yet-valid": Variant("invalid", "unit certificate", "valid only from 2039 on",
                                  certificate={"not_before": "20390101000000"}),
    "unit-encipherment": Variant("invalid", "unit certificate", "keyUsage of an encryption certificate",
                                 certificate={"usage": ENCIPHERMENT_USAGE}),
    "unit-critical-extension": Variant("invalid", "unit certificate", "an unknown critical extension",
                                       certificate={"extra": CRITICAL}),
    "unit-stranger": Variant("indeterminate", "unit certificate", "issued under a root nobody trusts",
                             certificate={"unit_issuer": "stranger"}),
    "unit-leaf-issuer": Variant("invalid", "unit certificate", "issued by a certificate that is no CA",
                                certificate={"unit_issuer": "other"}),
    "unit-empty-id": Variant("invalid", "unit certificate", "certificate signed with an empty user id",
                             certificate={"kind": "empty-id"}),
}
