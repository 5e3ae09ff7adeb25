#!/usr/bin/env python3
"""Makes the SM2 files that exist in the field and that no tool at hand makes, and reads files with the same
independent means. See README.md.
"""

import datetime

import rows
import check_receipts
import der
import signed_data
import sm2
import x509
from check_receipts import Certificate, pair_of
from rows import NotKnown, Refused
from sm3 import sm3

SM2_CURVE = "1.2.156.10197.1.301"
# X9.62 ECParameters with everything spelled out.
EXPLICIT_CURVE = der.sequence(
    der.integer(1),
    der.sequence(der.oid("1.2.840.10045.1.1"), der.integer(sm2.P)),
    der.sequence(der.octets(sm2.b32(sm2.A)), der.octets(sm2.b32(sm2.B))),
    der.octets(b"\x04" + sm2.b32(sm2.G[0]) + sm2.b32(sm2.G[1])),
    der.integer(sm2.N), der.integer(1))
ANOTHER_CURVE = EXPLICIT_CURVE.replace(sm2.b32(sm2.B), sm2.b32(sm2.B ^ 1))


def algorithm(dotted, null):
    return der.sequence(der.oid(dotted), *([der.null()] if null else []))


SM2_WITH_SM3_NULL = algorithm("1.2.156.10197.1.501", True)


def now(hours):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)).strftime("%Y%m%d%H%M%S")


# --- making


class Tree:
    """root -> sub -> leaf, another that is revoked, the encryption half of a pair."""

    def __init__(self):
        def identity(name, serial, issuer=None, **more):
            subject = [("C", "CN"), ("O", rows.ORGANISATION), ("CN", f"script {name}")]
            return x509.Identity(subject, x509.key("crosswise", name), serial, issuer, **more)
        self.root = identity("root", 1, ca=())
        self.sub = identity("sub", 2, self.root, ca=(0,))
        self.leaf = identity("leaf", 3, self.sub)
        self.other = identity("other", 4, self.sub)
        self.encryption = identity("leaf", 5, self.sub, usage=x509.ENCIPHERMENT_USAGE)


def make(folder, content, _, manifest):
    content, tree = content.read_bytes(), Tree()
    for name in ("root", "sub", "leaf", "other"):
        (folder / f"{name}.crt").write_text(getattr(tree, name).pem)
    manifest.add("leaf.crt", "certificate")
    certificates(tree, manifest)
    lists(tree, manifest)
    signed(tree, content, manifest)
    manifest.add("key.p8", "key-pkcs8", tree.leaf.key_pem.encode())
    signature = x509.encode_pair(sm2.sign(tree.leaf.d, content))
    manifest.add("signature.der", "raw-der", signature)
    manifest.add("signature.rs", "raw-rs", b"".join(map(sm2.b32, pair_of(signature))))


def certificates(tree, manifest):
    """The leaf's certificate with other encodings of the same key and algorithm."""
    def variant(spki, signature_algorithm):
        key = der.sequence(spki, der.bits(tree.leaf.point))
        fields = [whole for _, _, whole in der.children(der.children(der.only(tree.leaf.certificate, 0x30))[0][1])]
        fields[2], fields[6] = signature_algorithm, key
        body = der.sequence(*fields)
        bits = der.bits(x509.encode_pair(sm2.sign(tree.sub.d, body)))
        return der.pem("CERTIFICATE", der.sequence(body, signature_algorithm, bits)).encode()

    named, ec = x509.EC_KEY_ON_SM2, der.oid("1.2.840.10045.2.1")
    own = der.oid(SM2_CURVE)
    manifest.add("spki-301.crt", "certificate-shape", variant(der.sequence(own), x509.SM2_WITH_SM3))
    manifest.add("spki-301-curve.crt", "certificate-shape", variant(der.sequence(own, own), x509.SM2_WITH_SM3))
    manifest.add("null.crt", "certificate-shape", variant(named, SM2_WITH_SM3_NULL))
    manifest.add("explicit.crt", "certificate-shape", variant(der.sequence(ec, EXPLICIT_CURVE), x509.SM2_WITH_SM3))
    manifest.add("explicit-other.crt", "certificate-shape",
                 variant(der.sequence(ec, ANOTHER_CURVE), x509.SM2_WITH_SM3), refused="certificate-key-explicit-curve")
    # The second of two certificates that a Chinese authority issues: it encrypts, the first one signs.
    manifest.add("encryption.crt", "certificate-shape", tree.encryption.pem.encode(), refused="usage-encryption")


def crl(issuer, version, extensions=(), algorithm_=x509.SM2_WITH_SM3, hours=(-1, 720)):
    entry = der.sequence(der.integer(4), der.time("20260101000000"))
    body = der.sequence(
        *([der.integer(1)] if version == 2 else []), algorithm_, x509.name(issuer.subject),
        *(der.time(now(h)) for h in hours), der.sequence(entry),
        *([der.explicit(0, der.sequence(*extensions))] if extensions else []))
    return der.sequence(body, algorithm_, der.bits(x509.encode_pair(sm2.sign(issuer.d, body))))


def lists(tree, manifest):
    number = x509.extension("2.5.29.20", False, der.integer(7))

    def scope(*fields):
        return x509.extension("2.5.29.28", True, der.sequence(*fields))

    for name, refused, *arguments in (
            ("v1", "", 1), ("v2", "", 2, [number]), ("v1-null", "", 1, (), SM2_WITH_SM3_NULL),
            ("full-scope", "", 2, [number, scope()]),
            ("users-only", "crl-partial", 2, [number, scope(der.tlv(0x81, b"\xff"))]),
            ("some-reasons", "crl-partial", 2, [number, scope(der.tlv(0x83, b"\x06\x40"))]),
            ("indirect", "crl-indirect", 2, [number, scope(der.tlv(0x84, b"\xff"))]),
            ("delta", "crl-delta", 2, [number, x509.extension("2.5.29.27", True, der.integer(6))]),
            ("critical", "crl-critical-extension", 2,
             [number, x509.extension("1.3.6.1.4.1.32473.1", True, der.null())]),
            ("stale", "crl-stale", 2, [number], x509.SM2_WITH_SM3, (-48, -24)),
            ("early", "crl-not-yet-valid", 2, [number], x509.SM2_WITH_SM3, (24, 48))):
        manifest.add(f"{name}.crl", "crl-shape", crl(tree.sub, *arguments), refused=refused)
    manifest.add("stranger.crl", "crl-shape", crl(stranger(tree.sub), 2, [number]), refused="crl-signature-wrong")


def stranger(identity):
    """Somebody else of the same name."""
    return x509.Identity(identity.subject, x509.key("crosswise", "stranger"), 9, ca=())


def signed(tree, content, manifest):
    def sign(identity, data):
        return x509.encode_pair(sm2.sign(identity.d, data))

    def value(**arguments):
        return signed_data.make(tree.leaf, content, now(0), arguments.pop("sign", sign), **arguments)

    gm, pkcs = (signed_data.GM_DATA, signed_data.GM_SIGNED), (signed_data.PKCS_DATA, signed_data.PKCS_SIGNED)
    for family, types in (("gm", gm), ("pkcs", pkcs)):
        for oid in ("1.2.156.10197.1.501", "1.2.156.10197.1.301.1", SM2_CURVE):
            for null in (False, True):
                for attributes in (False, True):
                    name = f"{family}-{oid[16:]}{'-null' if null else ''}{'-attributes' if attributes else ''}.p7"
                    options = {"data_type": types[0]} if attributes else None
                    manifest.add(name, "sd-shape", value(
                        types=types, algorithm=algorithm(oid, null), with_attributes=attributes,
                        attribute_options=options))
    manifest.add("key-id.p7", "sd-shape", value(by_key_id=True))
    manifest.add("chain.p7", "sd-shape", value(certificates=[tree.leaf, tree.sub]))
    manifest.add("no-certificate.p7", "sd-shape", value(certificates=[]))
    compatible(tree, content, manifest, value, pkcs)


def compatible(tree, content, manifest, value, pkcs):
    """The two that sign without Z: refused by default, read by name only."""
    def without_z(data):
        return lambda identity, _: x509.encode_pair(sm2.sign(identity.d, data, "no-z"))

    # Tongsuo: openssl cms -sign -noattr.
    tongsuo = value(types=pkcs, sign=without_z(content))
    manifest.add("tongsuo-noattr.p7", "sd-shape", tongsuo, refused="signature-wrong")
    manifest.add("tongsuo-noattr.p7", "no-z-content")
    # GmSSL: gmssl cmssign. What is hashed is the inner ContentInfo with its OCTET STRING.
    info = der.sequence(der.oid(signed_data.GM_DATA), der.explicit(0, der.octets(content)))
    for name, attached in (("gmssl-cmssign.p7", content), ("gmssl-cmssign-detached.p7", None)):
        manifest.add(name, "sd-shape", value(sign=without_z(info), attached=attached), refused="signature-wrong")
        manifest.add(name, "no-z-contentinfo")


# --- reading


def read(row, _):
    data = row.bytes()
    leaf, sub, root = (Certificate(rows.decoded(row.dir / f"{name}.crt")) for name in ("leaf", "sub", "root"))
    if row.format.startswith("certificate"):
        need(root.is_signed_by(root) and sub.is_signed_by(root) and Certificate(data).is_signed_by(sub), "signature")
    elif row.format.startswith("crl-"):
        read_crl(data, sub)
    elif row.format == "request":
        (_, fields, body), _, (_, bits, _) = der.children(der.only(data, 0x30))
        point = der.children(der.children(fields)[2][1])[1][1][2:]
        public = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
        need(public == leaf.public, "another key")
        need(sm2.verify(public, body, pair_of(bits[1:])), "signature")
    elif row.format == "key-pkcs8":
        inner = der.children(der.only(der.children(der.only(data, 0x30))[2][1], 0x30))
        need(sm2.public_key(int.from_bytes(inner[1][1], "big")) == leaf.public, "another key")
    elif row.format == "key-sec1":
        number = int.from_bytes(der.children(der.only(data, 0x30))[1][1], "big")
        need(sm2.public_key(number) == leaf.public, "another key")
    elif row.format.startswith(("raw-", "sd-", "no-z-")):
        read_signature(row, data, leaf)
    else:
        raise NotKnown


def need(good, why):
    if not good:
        raise Refused(why)


def read_crl(data, issuer):
    (_, fields, body), _, (_, bits, _) = der.children(der.only(data, 0x30))
    need(sm2.verify(issuer.public, body, pair_of(bits[1:])), "signature")
    entries = [content for tag, content, _ in der.children(fields) if tag == 0x30][2:]
    serials = [der.read_integer(der.children(entry)[0][1]) for _, entry, _ in der.children(entries[-1])]
    need(serials == [4], f"revokes {serials}")


def read_signature(row, data, leaf):
    with open(row.content, "rb") as file:
        content = file.read()
    try:
        pair, text, found, _ = check_receipts.unwrap(data, content)
    except check_receipts.Refused as refused:
        raise Refused(refused) from refused
    need(not found or any(certificate.data == leaf.data for certificate in found), "another certificate")
    if row.format.startswith("no-z-"):
        if row.format == "no-z-contentinfo":
            text = der.sequence(der.oid(signed_data.GM_DATA), der.explicit(0, der.octets(content)))
        need(sm2.verify_digest(leaf.public, int.from_bytes(sm3(text), "big"), pair), "signature")
    else:
        need(sm2.verify(leaf.public, text, pair, row.user_id.encode()), "signature")


if __name__ == "__main__":
    rows.main(make, read)
