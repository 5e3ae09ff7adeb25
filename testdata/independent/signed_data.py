"""SignedData of GB/T 35275-2017, and the forms of it that a verifier has to tell apart."""

import der
from sm3 import sm3
from x509 import SM2_WITH_SM3

GM_DATA, GM_SIGNED = "1.2.156.10197.6.1.4.2.1", "1.2.156.10197.6.1.4.2.2"
PKCS_DATA, PKCS_SIGNED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
SM3_DIGEST = der.sequence(der.oid("1.2.156.10197.1.401"))
SHA256_DIGEST = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"))
SM2_301_1_NULL = der.sequence(der.oid("1.2.156.10197.1.301.1"), der.null())


def attributes(content, time, data_type=GM_DATA, digest=None, with_digest=True):
    """The signed attributes as the SET OF that is signed: content type, digest, time."""
    def attribute(dotted, value):
        return der.sequence(der.oid(dotted), der.set_of(value))
    found = [attribute("1.2.840.113549.1.9.3", der.oid(data_type)),
             attribute("1.2.840.113549.1.9.5", der.time(time))]
    if with_digest:
        found.append(attribute("1.2.840.113549.1.9.4", der.octets(digest or sm3(content))))
    return der.set_of(*found)


def make(signer, content, time, sign, with_attributes=False, types=(GM_DATA, GM_SIGNED),
         algorithm=SM2_WITH_SM3, digest_algorithm=SM3_DIGEST, attached=None,
         certificates=None, signers=None, named=None, by_key_id=False, attribute_options=None,
         attributes_as_content=False):
    """The DER of a ContentInfo. `sign(identity, bytes)` gives the inner signature's bytes.

    time: yyyyMMddHHmmss in universal time, used by signed attributes.
    attached: content to carry; absent by default.
    signers: identities that sign, default the one; named: what SignerInfo points to instead.
    """
    data_type, signed_type = types
    if attributes_as_content:
        attached = signed = attributes(content, time)
        in_info = None
    elif with_attributes:
        signed = attributes(content, time, **(attribute_options or {}))
        in_info = b"\xa0" + signed[1:]
    else:
        signed, in_info = content, None

    def signer_info(identity):
        pointed = named or identity
        if by_key_id:
            version, who = 3, der.tlv(0x80, pointed.key_id)
        else:
            version, who = 1, pointed.issuer_and_serial
        return der.sequence(der.integer(version), who, digest_algorithm,
                            *([in_info] if in_info else []), algorithm,
                            der.octets(sign(identity, signed)))

    signers = [signer] if signers is None else signers
    certificates = [signer] if certificates is None else certificates
    body = [der.explicit(0, der.octets(attached))] if attached is not None else []
    carried = [der.tlv(0xA0, *(c.certificate for c in certificates))] if certificates else []
    return der.sequence(
        der.oid(signed_type),
        der.explicit(0, der.sequence(
            der.integer(3 if by_key_id else 1),
            der.set_of(digest_algorithm),
            der.sequence(der.oid(data_type), *body),
            *carried,
            der.set_of(*(signer_info(s) for s in signers)))))
