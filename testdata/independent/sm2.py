"""SM2 signatures (GB/T 32918.2-2016) on the curve of GB/T 32918.5-2017.

For test data only: nothing here runs in constant time.
"""

import hashlib

from sm3 import hmac_sm3, sm3

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
     0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)
DEFAULT_ID = b"1234567812345678"

# --- points, Jacobian (X, Y, Z); None is the point at infinity


def _double(p):
    if p is None or p[1] == 0:
        return None
    x, y, z = p
    zz = z * z % P
    yy = y * y % P
    s = 4 * x * yy % P
    m = 3 * (x - zz) * (x + zz) % P
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * yy * yy) % P, 2 * y * z % P


def _add(p, q):
    if p is None:
        return q
    if q is None:
        return p
    z1, z2 = p[2] * p[2] % P, q[2] * q[2] % P
    u1, u2 = p[0] * z2 % P, q[0] * z1 % P
    s1, s2 = p[1] * z2 * q[2] % P, q[1] * z1 * p[2] % P
    if u1 == u2:
        return _double(p) if s1 == s2 else None
    h, r = (u2 - u1) % P, (s2 - s1) % P
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - s1 * hhh) % P, h * p[2] * q[2] % P


def _affine(p):
    i = pow(p[2], -1, P)
    return p[0] * i * i % P, p[1] * i * i * i % P


def _multiply(k, point):
    result, step = None, (point[0], point[1], 1)
    while k:
        if k & 1:
            result = _add(result, step)
        step, k = _double(step), k >> 1
    return result


_BASE = []  # [i][j]: (j + 1) * 16^i * G


def _multiply_base(k):
    if not _BASE:
        step = (G[0], G[1], 1)
        for _ in range(64):
            row = [step]
            for _ in range(15):
                row.append(_add(row[-1], step))
            _BASE.append(row)
            step = row.pop()
    result = None
    for row in _BASE:
        if k & 15:
            result = _add(result, row[(k & 15) - 1])
        k >>= 4
    return result


def is_on_curve(point):
    x, y = point
    return 0 <= x < P and 0 <= y < P and (y * y - x * x * x - A * x - B) % P == 0


def public_key(d):
    """The point of the private key `d`, as two integers."""
    return _affine(_multiply_base(d))


def b32(x):
    return x.to_bytes(32, "big")


# --- digests of a message: the standard's, and the wrong ones that attacks use


def z_value(public, user_id=DEFAULT_ID):
    """Z: the hash over user id, curve and key (GB/T 32918.2-2016, 5.5)."""
    x, y = public
    parts = (8 * len(user_id)).to_bytes(2, "big") + user_id
    return sm3(parts + b"".join(map(b32, (A, B, G[0], G[1], x, y))))


def digest(public, message, kind="sm2"):
    """The integer e. `kind` other than sm2 gives one that a verifier must refuse."""
    if kind in ("sm2", "ecdsa"):
        data = sm3(z_value(public) + message)
    elif kind == "empty-id":
        data = sm3(z_value(public, b"") + message)
    elif kind == "other-id":
        data = sm3(z_value(public, b"ALICE123@YAHOO.COM") + message)
    elif kind == "no-z":
        data = sm3(message)
    elif kind == "double-hash":
        data = sm3(z_value(public) + sm3(message))
    elif kind == "sha256":
        data = hashlib.sha256(z_value(public) + message).digest()
    else:
        raise ValueError(kind)
    return int.from_bytes(data, "big")


# --- signatures


def nonce(d, e, counter):
    """A nonce that depends on key and digest alone, so that output repeats byte for byte."""
    seed = b32(d) + b32(e % N) + counter.to_bytes(4, "big")
    wide = hmac_sm3(b"independent nonce 1", seed) + hmac_sm3(b"independent nonce 2", seed)
    return int.from_bytes(wide, "big") % (N - 1) + 1


def sign_digest(d, e, k):
    """(r, s), or None where the standard demands another nonce."""
    x1, _ = _affine(_multiply_base(k))
    r = (e + x1) % N
    s = pow(1 + d, -1, N) * (k - r * d) % N
    return None if 0 in (r, (r + k) % N, s) else (r, s)


def ecdsa_digest(d, e, k):
    """The ECDSA equation over the same curve: wrong here."""
    x1, _ = _affine(_multiply_base(k))
    r = x1 % N
    return r, pow(k, -1, N) * (e + r * d) % N


def sign(d, message, kind="sm2", counter=0):
    """Sign with a repeatable nonce; another `counter` gives another signature."""
    e = digest(public_key(d), message, kind)
    make = ecdsa_digest if kind == "ecdsa" else sign_digest
    while True:
        pair = make(d, e, nonce(d, e, counter))
        if pair:
            return pair
        counter += 1 << 16


def verify(public, message, pair, user_id=DEFAULT_ID):
    """True when `pair` is the SM2 signature of `message`."""
    e = int.from_bytes(sm3(z_value(public, user_id) + message), "big")
    return verify_digest(public, e, pair)


def verify_digest(public, e, pair):
    """True when `pair` is the SM2 signature of the digest `e`."""
    r, s = pair
    if not is_on_curve(public) or not (1 <= r < N and 1 <= s < N):
        return False
    t = (r + s) % N
    if t == 0:
        return False
    point = _add(_multiply_base(s), _multiply(t, public))
    return point is not None and (e + _affine(point)[0]) % N == r
