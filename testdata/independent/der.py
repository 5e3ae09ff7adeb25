"""DER, as much of it as certificates and SignedData need: a writer and a strict little reader."""

import base64

# --- writing


def length(n):
    if n < 0x80:
        return bytes([n])
    raw = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(raw)]) + raw


def tlv(tag, *parts):
    body = b"".join(parts)
    return bytes([tag]) + length(len(body)) + body


def sequence(*parts):
    return tlv(0x30, *parts)


def set_of(*parts):
    """A SET OF: DER sorts the elements by their encodings."""
    return tlv(0x31, *sorted(parts))


def explicit(number, *parts):
    return tlv(0xA0 | number, *parts)


def integer(x):
    return tlv(2, x.to_bytes(x.bit_length() // 8 + 1, "big", signed=True))


def octets(data):
    return tlv(4, data)


def bits(data, unused=0):
    return tlv(3, bytes([unused]), data)


def boolean(value):
    return tlv(1, b"\xff" if value else b"\0")


def null():
    return tlv(5)


def utf8(text):
    return tlv(0x0C, text.encode("utf-8"))


def printable(text):
    return tlv(0x13, text.encode("ascii"))


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    body = b""
    for arc in [40 * first + second] + rest:
        chunk = [arc & 0x7F]
        while arc := arc >> 7:
            chunk.insert(0, 0x80 | arc & 0x7F)
        body += bytes(chunk)
    return tlv(6, body)


def time(yyyymmddhhmmss):
    """Universal time: UTCTime up to 2049, GeneralizedTime after (RFC 5280, 4.1.2.5)."""
    if yyyymmddhhmmss < "20500101":
        return tlv(0x17, yyyymmddhhmmss[2:].encode(), b"Z")
    return tlv(0x18, yyyymmddhhmmss.encode(), b"Z")


def pem(label, data):
    text = base64.b64encode(data).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


# --- reading


def read(data, at=0):
    """(tag, content, whole, next) of the element at `at`; ValueError unless it is DER."""
    if len(data) < at + 2:
        raise ValueError("truncated")
    tag, n, start = data[at], data[at + 1], at + 2
    if n >= 0x80:
        count = n & 0x7F
        raw = data[start:start + count]
        if not 1 <= count <= 4 or len(raw) != count:
            raise ValueError("length")
        n, start = int.from_bytes(raw, "big"), start + count
        if length(n) != data[at + 1:start]:
            raise ValueError("length is not minimal")
    if len(data) < start + n:
        raise ValueError("truncated")
    return tag, data[start:start + n], data[at:start + n], start + n


def children(data):
    """The elements inside a constructed one's content, as (tag, content, whole)."""
    at, found = 0, []
    while at < len(data):
        tag, content, whole, at = read(data, at)
        found.append((tag, content, whole))
    return found


def only(data, tag):
    """The content of the single element that is the whole of `data`."""
    found, content, _, end = read(data)
    if found != tag or end != len(data):
        raise ValueError("not one element of the expected type")
    return content


def read_integer(content):
    value = int.from_bytes(content, "big", signed=True)
    if integer(value) != tlv(2, content):
        raise ValueError("integer is not minimal")
    return value


def unpem(text):
    """The bytes of the first PEM block."""
    lines = text.split("-----BEGIN ", 1)[1].split("-----END ", 1)[0].splitlines()[1:]
    return base64.b64decode("".join(lines))
