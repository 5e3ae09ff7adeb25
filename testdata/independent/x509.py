"""Certificates with SM2 keys (GB/T 20518-2018, RFC 5280) and the little tree the receipts need."""

import der
import sm2
from sm3 import hmac_sm3, sm3

SM2_WITH_SM3 = der.sequence(der.oid("1.2.156.10197.1.501"))
EC_KEY_ON_SM2 = der.sequence(der.oid("1.2.840.10045.2.1"), der.oid("1.2.156.10197.1.301"))
_NAME_TYPES = {"C": "2.5.4.6", "O": "2.5.4.10", "OU": "2.5.4.11", "CN": "2.5.4.3"}

SIGNER_USAGE = der.bits(b"\xc0", 6)         # digitalSignature, nonRepudiation
ENCIPHERMENT_USAGE = der.bits(b"\x30", 4)   # keyEncipherment, dataEncipherment
CA_USAGE = der.bits(b"\x06", 1)             # keyCertSign, cRLSign


class Identity:
    """A key, its certificate and the identity that issued it."""

    def __init__(self, subject, d, serial, issuer=None, ca=None, not_after="20401231155959",
                 not_before="20191231160000", usage=None, extra=b"", kind="sm2"):
        self.subject, self.d, self.serial = subject, d, serial
        self.public = sm2.public_key(d)
        self.issuer = issuer or self
        self.key_id = sm3(self.point)[:20]
        body = der.sequence(
            der.explicit(0, der.integer(2)),
            der.integer(serial),
            SM2_WITH_SM3,
            name(self.issuer.subject),
            der.sequence(der.time(not_before), der.time(not_after)),
            name(subject),
            der.sequence(EC_KEY_ON_SM2, der.bits(self.point)),
            der.explicit(3, der.sequence(*self._extensions(ca, usage, extra))))
        signature = encode_pair(sm2.sign(self.issuer.d, body, kind))
        self.certificate = der.sequence(body, SM2_WITH_SM3, der.bits(signature))

    @property
    def point(self):
        return b"\x04" + sm2.b32(self.public[0]) + sm2.b32(self.public[1])

    @property
    def issuer_and_serial(self):
        return der.sequence(name(self.issuer.subject), der.integer(self.serial))

    @property
    def serial_hex(self):
        return f"{self.serial:X}"

    @property
    def issuer_text(self):
        return name_text(self.issuer.subject)

    @property
    def pem(self):
        return der.pem("CERTIFICATE", self.certificate)

    @property
    def key_pem(self):
        """The private key as PKCS#8 (a published test key)."""
        inner = der.sequence(der.integer(1), der.octets(sm2.b32(self.d)),
                             der.explicit(1, der.bits(self.point)))
        return der.pem("PRIVATE KEY",
                       der.sequence(der.integer(0), EC_KEY_ON_SM2, der.octets(inner)))

    def _extensions(self, ca, usage, extra):
        if ca is None:
            constraints = der.sequence()
        else:
            constraints = der.sequence(der.boolean(True), *map(der.integer, ca))
        usage = usage or (SIGNER_USAGE if ca is None else CA_USAGE)
        found = [extension("2.5.29.19", ca is not None, constraints),
                 extension("2.5.29.15", True, usage),
                 extension("2.5.29.14", False, der.octets(self.key_id))]
        if self.issuer is not self:
            found.append(extension("2.5.29.35", False,
                                   der.sequence(der.tlv(0x80, self.issuer.key_id))))
        return found + ([extra] if extra else [])


def extension(dotted, critical, value):
    flag = [der.boolean(True)] if critical else []
    return der.sequence(der.oid(dotted), *flag, der.octets(value))


def encode_pair(pair):
    """SEQUENCE { r INTEGER, s INTEGER } (GB/T 35276-2017)."""
    return der.sequence(der.integer(pair[0]), der.integer(pair[1]))


def name(parts):
    """An X.501 name from (type, value) pairs, the country first."""
    return der.sequence(*(
        der.tlv(0x31, der.sequence(der.oid(_NAME_TYPES[kind]),
                                   der.printable(text) if kind == "C" else der.utf8(text)))
        for kind, text in parts))


def name_text(parts):
    """The same name as text (RFC 4514): last part first."""
    return ",".join(f"{kind}={_escape(text)}" for kind, text in reversed(parts))


def _escape(text):
    out = "".join("\\" + c if c in '",+;<>\\' else c for c in text)
    if out[:1] in ("#", " "):
        out = "\\" + out
    return out[:-1] + "\\ " if len(text) > 1 and text.endswith(" ") else out


def derive(seed, label, size=32):
    """Repeatable material for keys and serial numbers."""
    data = f"{seed}/{label}".encode()
    return int.from_bytes(hmac_sm3(b"independent 1", data) + hmac_sm3(b"independent 2", data),
                          "big") >> (512 - 8 * size)


def key(seed, label):
    return derive(seed, "key " + label, 64) % (sm2.N - 2) + 1


class Tree:
    """root -> sub -> one certificate a unit, the authority, and another that is neither."""

    def __init__(self, seed, unit_names, changes=None):
        changes = dict(changes or {})
        unit_key = changes.pop("unit_key", None)
        unit_issuer = changes.pop("unit_issuer", "sub")
        organisation = ("O", "示例电子认证")
        self.root = Identity([("C", "CN"), organisation, ("CN", "示例根证书 SM2")],
                             key(seed, "root"), 0x7F << 120 | derive(seed, "root", 15), ca=(),
                             not_after="20601231155959")
        self.sub = Identity([("C", "CN"), organisation, ("CN", "示例运营证书, 第1号")],
                            key(seed, "sub"), 0x1001, self.root, ca=(0,))
        self.other = Identity([("C", "CN"), ("O", "示例市第二单位"), ("CN", "示例市第二单位")],
                              key(seed, "other"), 0x20260003, self.sub)
        # An odd number of hex digits, so that padding them would be noticed.
        self.authority = Identity(
            [("C", "CN"), ("O", "示例市财政局"), ("CN", "示例市财政局电子票据监制签名")],
            key(seed, "authority"),
            0xA << 56 | derive(seed, "authority", 7), self.sub)
        self.stranger = Identity([("C", "CN"), ("O", "陌生根"), ("CN", "陌生根")],
                                 key(seed, "stranger"), 1, ca=())
        issuer = {"sub": self.sub, "other": self.other, "stranger": self.stranger}[unit_issuer]
        # A leading one bit, so that the DER integer needs its zero byte.
        self.units = {
            text: Identity([("C", "CN"), ("O", text), ("CN", f"{text}电子票据签名")],
                           key(seed, unit_key or f"unit {text}"),
                           0xC << 60 | derive(seed, f"unit {text}", 7), issuer, **changes)
            for text in unit_names}

    def files(self):
        """File name and identity of every certificate that is written."""
        units = {f"unit{'' if i == 1 else f'-{i}'}": u
                 for i, u in enumerate(self.units.values(), 1)}
        return {"root": self.root, "sub": self.sub, **units,
                "authority": self.authority, "other": self.other}
