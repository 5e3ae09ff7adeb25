#!/usr/bin/env python3
"""Make signed receipts from field values, independently of czei. See README.md."""

import argparse
import base64
import functools
import json
import pathlib
import sys

import receipt_xml
import self_test
import signed_data
import sm2
from sm3 import sm3
from variants import VARIANTS, Variant
from x509 import Tree, encode_pair

ENCODINGS = ("der", "raw", "signed-data", "attributes")
HASHES = {"hex-lower": lambda h: h.hex().encode(), "hex-upper": lambda h: h.hex().upper().encode(),
          "base64": base64.b64encode, "raw": lambda h: h}


class NotExpressible(Exception):
    """The variant has no meaning in this encoding."""


class Maker:
    """Signs receipts with one tree of certificates, one encoding and one variant."""

    def __init__(self, tree, encoding, joining, variant, target):
        if encoding not in variant.encodings:
            raise NotExpressible
        self.tree, self.encoding, self.variant, self.target = tree, encoding, variant, target
        self.hash, self.second = joining.split("+")

    def receipts(self, documents):
        """The bytes of every document, in order."""
        made = [self._signed(d) for d in documents]
        if self.variant.assemble == "other-receipt":
            if len(made) < 2:
                raise NotExpressible
            signatures = [m[1:] for m in made]
            made = [(m[0], *signatures[(i + 1) % len(made)]) for i, m in enumerate(made)]
        return [self._assemble(*m, d) for m, d in zip(made, documents)]

    # --- one receipt

    def _signed(self, document):
        """(text in the document, unit's Signature, authority's Signature)."""
        text = receipt_xml.signed_text(document)
        if self.variant.before:
            text = self.variant.before(text)
        time = receipt_xml.signature_time(document)
        unit = self._signature("unit", self._identity("unit", document), text.encode(), time)
        authority = self._countersign(document, text, unit, time)
        if self.variant.assemble == "unit-again":
            unit = self._signature("unit", self._identity("unit", document), text.encode(), time, 1)
        if self.variant.after:
            text = self.variant.after(text)
        return text, unit, authority

    def _countersign(self, document, text, unit, time):
        second = unit.encode()
        if self.second == "value":
            second = base64.b64decode(receipt_xml.value_of(unit))
        original = HASHES[self.hash](sm3(text.encode())) + second
        return self._signature("authority", self._identity("authority", document), original, time)

    def _assemble(self, text, unit, authority, document):
        how = self.variant.assemble
        old = receipt_xml.signature_time(document)
        if how in ("unit-time", "authority-time"):
            later = str(int(old[:14]) + 1) + old[14:]
            if how == "unit-time":
                unit = unit.replace(old, later)
            else:
                authority = authority.replace(old, later)
        if how == "swapped-values":
            a, b = receipt_xml.value_of(unit), receipt_xml.value_of(authority)
            unit, authority = unit.replace(a, b), authority.replace(b, a)
        order = {"swapped": (authority, unit), "unit-only": (unit,),
                 "authority-only": (authority,), "three": (unit, authority, authority)}
        data = receipt_xml.document(text, order.get(how, (unit, authority)))
        return (b"\xef\xbb\xbf" if how == "byte-order-mark" else b"") + data

    def _identity(self, role, document):
        return self._named(self.variant.signer.get(role, role), document)

    def _named(self, who, document=None):
        if who == "unit":
            return self.tree.units[receipt_xml.unit_name(document)]
        return getattr(self.tree, who)

    # --- one signature

    def _signature(self, role, signer, message, time, counter=0):
        variant = self.variant if role == self.target else Variant("", "", "")
        reference = "Header,EInvoiceData" if role == "unit" else "Hash,Signature"
        value = self._value(variant, signer, message, time, counter)
        named = self._named(variant.key_info) if variant.key_info else signer
        return receipt_xml.signature(reference, variant.label, time, value,
                                     named.serial_hex, named.issuer_text)

    def _value(self, variant, signer, message, time, counter):
        """The base64 text of SignatureValue; other nonces until the variant can be shown."""
        for attempt in range(64):
            inner, outer = self._bytes(variant, signer, message, time, counter + 2 * attempt)
            text = base64.b64encode(outer).decode()
            seen = inner if variant.inner else text
            if variant.needs is None or variant.needs(seen):
                return variant.base64(text) if variant.base64 else text
        # The length of an r and s pair of 64 bytes, or of a package, may never leave a remainder.
        raise NotExpressible

    def _bytes(self, variant, signer, message, time, counter):
        """(the innermost signature before it was changed, all bytes of the value)."""
        first = []

        def pair(identity, data):
            found = sm2.sign(identity.d, data, variant.equation, counter)
            return variant.pair(found) if variant.pair else found

        def inner(identity, data):
            found = encode_pair(pair(identity, data))
            first.append(found)
            if variant.needs and variant.inner and not variant.needs(found):
                return found
            return variant.inner(found) if variant.inner else found

        if self.encoding == "raw":
            data = b"".join(map(sm2.b32, pair(signer, message)))
        elif self.encoding == "der":
            data = inner(signer, message)
        else:
            data = signed_data.make(signer, message, receipt_xml.universal(time), inner,
                                    with_attributes=self.encoding == "attributes",
                                    **self._package(variant, signer, message))
        return (first or [data])[0], variant.outer(data) if variant.outer else data

    def _package(self, variant, signer, message):
        def identity(who):
            return signer if who == "self" else self._named(who)
        options = dict(variant.package)
        for key in ("signers", "certificates"):
            if key in options:
                options[key] = [identity(w) for w in options[key]]
        if "named" in options:
            options["named"] = identity(options["named"])
        if options.get("attached") == "content":
            options["attached"] = message
        return options


def policy(documents, certificates, joining):
    """The policy under which `good` is valid."""
    areas = sorted({receipt_xml.field(d["main"], "SupervisorAreaCode")[:4] for d in documents})
    listed = ", ".join(f'"{name}.crt"' for name in certificates if name != "root")
    return f"""v = 1
[trust]
unit = ["root.crt"]
authority = ["root.crt"]
certificates = [{listed}]
crls = []
[[authority]]
area = {json.dumps(areas)}
subject = "O=示例市财政局"
[unit]
binding = "name"
[judge]
time = "issue"
revocation = "if-available"
[accept]
joinings = ["{joining}"]
encodings = ["signed-data", "der", "raw"]
user_ids = ["1234567812345678"]
certificate_user_ids = ["1234567812345678"]
compat = []
"""


@functools.lru_cache
def common_tree(seed, names):
    """The certificates that most variants share."""
    return Tree(seed, names)


def make(documents, out, args, variant):
    """Write everything for one variant into the folder `out`; the paths written."""
    names = tuple(dict.fromkeys(map(receipt_xml.unit_name, documents)))
    changed = variant.certificate
    tree = Tree(args.seed, names, changed) if changed else common_tree(args.seed, names)
    maker = Maker(tree, args.encoding, args.joining, variant, args.target)
    receipts = maker.receipts(documents)
    files = {f"{d['file']}.xml": r for d, r in zip(documents, receipts)}
    identities = tree.files()
    files.update({f"{n}.crt": i.pem.encode() for n, i in identities.items()})
    if args.keys:
        files.update({f"{n}.key": i.key_pem.encode() for n, i in identities.items()})
    files["policy.toml"] = policy(documents, identities, args.joining).encode()
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (out / name).write_bytes(data)
        print(out / name)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--fields", type=pathlib.Path, default=here / "fields.json",
                        help="field values, see README.md (default: the file beside this one)")
    parser.add_argument("--out", type=pathlib.Path, help="folder to write to")
    parser.add_argument("--encoding", choices=ENCODINGS, default="signed-data")
    parser.add_argument("--joining", default="hex-lower+element",
                        choices=[f"{h}+{s}" for h in HASHES for s in ("element", "value")],
                        help="how hash and unit's signature are joined for the authority")
    parser.add_argument("--issue-date", metavar="yyyyMMdd", help="instead of each IssueDate")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other keys")
    parser.add_argument("--keys", action="store_true", help="write the private keys too, PKCS#8")
    parser.add_argument("--variant", default="good", choices=[*VARIANTS, "all"], metavar="NAME",
                        help="depart from a good receipt; `all` makes a folder for each")
    parser.add_argument("--target", choices=("unit", "authority"), default="unit",
                        help="whose signature a variant of a signature value changes")
    parser.add_argument("--list-variants", action="store_true",
                        help="name, verdict, deciding check, encodings and meaning, by tabs")
    parser.add_argument("--self-test", action="store_true")
    return parser, parser.parse_args()


def main():
    parser, args = arguments()
    if args.list_variants:
        for name, v in VARIANTS.items():
            where = v.where.replace("target", args.target)
            print(name, v.verdict, where, ",".join(v.encodings), v.text, sep="\t")
        return 0
    if args.self_test:
        return self_test.run(args.fields)
    if args.out is None:
        parser.error("--out is needed")
    documents = receipt_xml.load(args.fields, args.issue_date)
    if args.variant != "all":
        try:
            make(documents, args.out, args, VARIANTS[args.variant])
        except NotExpressible:
            print(f"{args.variant} has no meaning as {args.encoding}", file=sys.stderr)
            return 2
        return 0
    for name, variant in VARIANTS.items():
        try:
            make(documents, args.out / name, args, variant)
        except NotExpressible:
            print(f"{name} has no meaning as {args.encoding}: left out", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
