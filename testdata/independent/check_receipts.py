#!/usr/bin/env python3
"""Check both signatures of receipts, independently of czei. See README.md.

A second opinion, not a verifier: it looks at the two signatures, at the certificates' own
signatures up to a root that is given, and at which joining matches; not at roles, dates, usage,
revocation or field rules.
"""

import argparse
import base64
import pathlib
import sys
from xml.parsers import expat

import der
import signed_data
import sm2
from make_receipts import HASHES
from sm3 import sm3

SM2_OIDS = {der.oid(o) for o in ("1.2.156.10197.1.501", "1.2.156.10197.1.301.1",
                                 "1.2.156.10197.1.301")}

SIGNED_DATA_OIDS = {der.oid(signed_data.GM_SIGNED), der.oid(signed_data.PKCS_SIGNED)}


class Refused(Exception):
    """The document or a signature in it is not good; the text says why."""


class Certificate:
    def __init__(self, data):
        self.data = data
        self.body, self.algorithm, signature = der.children(der.only(data, 0x30))
        fields = der.children(self.body[1])
        fields = fields[1:] if fields[0][0] == 0xA0 else fields
        self.serial = der.read_integer(fields[0][1])
        self.issuer, self.subject, spki = fields[2][2], fields[4][2], fields[5][1]
        point = der.children(spki)[1][1][1:]
        if len(point) != 65 or point[0] != 4:
            raise Refused("certificate key is not an uncompressed point")
        self.public = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
        self.signature = pair_of(signature[1][1:])
        self.key_ids = [der.only(e[-1][1], 4) for e in self._extensions(fields)
                        if e[0][2] == der.oid("2.5.29.14")]

    @staticmethod
    def _extensions(fields):
        for tag, content, _ in fields:
            if tag == 0xA3:
                return [der.children(e[1]) for e in der.children(der.only(content, 0x30))]
        return []

    def is_signed_by(self, issuer):
        return self.issuer == issuer.subject and sm2.verify(
            issuer.public, self.body[2], self.signature)


def pair_of(data):
    r, s = der.children(der.only(data, 0x30))
    if r[0] != 2 or s[0] != 2:
        raise ValueError("not two integers")
    return der.read_integer(r[1]), der.read_integer(s[1])


def parse(data):
    """(signed bytes, [Signature]) of a document; all offsets come from one parse."""
    spans, signatures, path, texts = {}, [], [], []
    parser = expat.ParserCreate()

    def start(name, _):
        path.append((name, parser.CurrentByteIndex))
        texts.append([])

    def end(name):
        begin = path[-1][1]
        stop = data.index(b">", parser.CurrentByteIndex) + 1
        where = "/".join(n for n, _ in path)
        path.pop()
        text = "".join(texts.pop())
        if where in ("EInvoice/Header", "EInvoice/EInvoiceData"):
            if where in spans:
                raise Refused(f"two {where}")
            spans[where] = data[begin:stop]
        elif where == "EInvoice/EInvoiceSignature/Signature":
            signatures.append((data[begin:stop], dict(fields)))
            fields.clear()
        elif where.startswith("EInvoice/EInvoiceSignature/Signature/"):
            fields[name] = text

    def doctype(*_):
        raise Refused("DOCTYPE")

    fields = {}
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda t: texts[-1].append(t)
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(data, True)
    if len(spans) != 2 or len(signatures) != 2:
        raise Refused(f"{len(spans)} signed parts and {len(signatures)} signatures")
    return spans["EInvoice/Header"] + spans["EInvoice/EInvoiceData"], signatures


def unwrap(value, content):
    """(pair, signed bytes, certificates inside, matcher or None) of a SignatureValue."""
    if len(value) == 64:
        pair = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
        return pair, content, [], None
    parts = der.children(der.only(value, 0x30))
    if parts[0][0] == 2:
        return pair_of(value), content, [], None
    if parts[0][2] not in SIGNED_DATA_OIDS:
        raise Refused("neither r and s nor SignedData")
    _, _, info, *rest = der.children(der.only(parts[1][1], 0x30))
    certificates = [Certificate(c[2]) for t, body, _ in rest if t == 0xA0
                    for c in der.children(body)]
    infos = der.children(rest[-1][1])
    if len(infos) != 1:
        raise Refused(f"{len(infos)} signers")
    data_type, *attached = der.children(info[1])
    if attached and der.only(attached[0][1], 4) != content:
        raise Refused("other content attached")
    _, who, digest, *more = der.children(infos[0][1])
    if der.oid("1.2.156.10197.1.401") not in digest[2]:
        raise Refused("digest is not SM3")
    signed = content
    if more[0][0] == 0xA0:
        signed = b"\x31" + more[0][2][1:]
        found = {a[0][2]: der.children(a[1][1]) for a in
                 (der.children(x[1]) for x in der.children(more[0][1]))}
        if [v[1] for v in found.get(der.oid("1.2.840.113549.1.9.4"), [])] != [sm3(content)]:
            raise Refused("messageDigest is missing or wrong")
        if [v[2] for v in found.get(der.oid("1.2.840.113549.1.9.3"), [])] != [data_type[2]]:
            raise Refused("contentType is missing or wrong")
        more = more[1:]
    if der.children(more[0][1])[0][2] not in SM2_OIDS:
        raise Refused("signature algorithm is not SM2")

    def is_signer(certificate):
        if who[0] == 0x80:
            return who[1] in certificate.key_ids
        issuer, serial = der.children(who[1])
        return (certificate.issuer == issuer[2]
                and certificate.serial == der.read_integer(serial[1]))
    return pair_of(more[1][1]), signed, certificates, is_signer


def strict_base64(text):
    data = base64.b64decode("".join(text.split()), validate=True)
    if base64.b64encode(data).decode() != "".join(text.split()):
        raise Refused("base64 is not canonical")
    return data


def check_signature(fields, content, known):
    """The signer's certificate when the signature over `content` is good, else None."""
    value = strict_base64(fields["SignatureValue"])
    pair, signed, carried, is_signer = unwrap(value, content)
    serial = int(fields["SerialNumber"], 16)
    for c in carried + known:
        if (is_signer is None or is_signer(c)) and c.serial == serial:
            return c if sm2.verify(c.public, signed, pair) else None
    raise Refused("no certificate for the signer that is named")


def has_path(certificate, known, roots, depth=5):
    if any(r.data == certificate.data for r in roots):
        return True
    return depth > 0 and any(
        certificate.is_signed_by(k) and has_path(k, known, roots, depth - 1)
        for k in known if k.data != certificate.data)


def check(data, known, roots):
    """The joining that matched; Refused or ValueError when anything is wrong."""
    original, (unit, authority) = parse(data)
    unit_certificate = check_signature(unit[1], original, known)
    if unit_certificate is None:
        raise Refused("unit signature")
    first = {n: f(sm3(original)) for n, f in HASHES.items()}
    second = {"element": unit[0], "value": strict_base64(unit[1]["SignatureValue"])}
    why = "authority signature"
    for joining in [f"{h}+{s}" for h in first for s in second]:
        h, s = joining.split("+")
        try:
            certificate = check_signature(authority[1], first[h] + second[s], known)
        except Refused as refused:
            why = f"authority signature: {refused}"
            continue
        if certificate:
            break
    else:
        raise Refused(why)
    if certificate.public == unit_certificate.public:
        raise Refused("one key in both roles")
    for c in (unit_certificate, certificate):
        if not has_path(c, known, roots):
            raise Refused("no path to a root")
    return joining


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", action="append", required=True, type=pathlib.Path)
    parser.add_argument("--cert", action="append", default=[], type=pathlib.Path)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    roots, others = ([Certificate(der.unpem(p.read_text())) for p in paths]
                     for paths in (args.root, args.cert))
    bad = 0
    for path in args.files:
        try:
            print("good", path, check(path.read_bytes(), roots + others, roots), sep="\t")
        except (Refused, ValueError, KeyError, IndexError, expat.ExpatError) as error:
            bad += 1
            print("bad", path, f"{type(error).__name__}: {error}", sep="\t")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
