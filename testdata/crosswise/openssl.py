#!/usr/bin/env python3
"""Makes and reads SM2 files with the command line of OpenSSL 3. See README.md.

OpenSSL 3.0 takes an empty user id unless told otherwise, cannot be told for a CRL that it verifies, has no
SM2 in its CMS and no HMAC-SM3 in its PBKDF2.
"""

import subprocess
import tempfile

import rows
import der
import x509
from rows import NotKnown, Refused

ID = f"distid:{rows.DEFAULT_ID}"
CONFIGURATION = """
[sub]
basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[leaf]
basicConstraints=CA:FALSE
keyUsage=critical,digitalSignature,nonRepudiation
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[v2]
database=v2.txt
crlnumber=crlnumber
default_md=sm3
default_crl_days=30
crl_extensions=crl
[v1]
database=v1.txt
default_md=sm3
default_crl_days=30
[crl]
authorityKeyIdentifier=keyid
"""


def openssl(*command, cwd=None, stdin=None):
    done = subprocess.run(["openssl", *map(str, command)], capture_output=True, cwd=cwd, input=stdin, check=False)
    if done.returncode != 0:
        raise Refused((done.stderr or done.stdout).decode(errors="replace"))
    return done.stdout or done.stderr


# --- making


def make(folder, content, password, manifest):
    content = content.resolve()

    def run(*command):
        openssl(*command, cwd=folder)

    (folder / "ca.cnf").write_text(CONFIGURATION)
    for serial, name in enumerate(("root", "sub", "leaf", "other"), 1):
        subject = ("-utf8", "-subj", f"/C=CN/O={rows.ORGANISATION}/CN=OpenSSL {name}")
        run("ecparam", "-name", "SM2", "-genkey", "-noout", "-out", f"{name}.key")
        if name == "root":
            run("req", "-x509", "-new", "-key", "root.key", "-sm3", "-sigopt", ID, *subject, "-days", 365,
                "-set_serial", serial, "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", "root.crt")
            continue
        issuer, section = ("root", "sub") if name == "sub" else ("sub", "leaf")
        run("req", "-new", "-key", f"{name}.key", "-sm3", "-sigopt", ID, *subject, "-out", f"{name}.csr")
        run("x509", "-req", "-in", f"{name}.csr", "-vfyopt", ID, "-CA", f"{issuer}.crt", "-CAkey", f"{issuer}.key",
            "-sm3", "-sigopt", ID, "-set_serial", serial, "-days", 300, "-extfile", "ca.cnf", "-extensions", section,
            "-out", f"{name}.crt")
    manifest.add("leaf.crt", "certificate")
    manifest.add("leaf.csr", "request")
    for version, reason in (("v1", ""), ("v2", ",keyCompromise")):
        # The database of `openssl ca`: revoked, valid until, since when and why, serial, file, subject.
        (folder / f"{version}.txt").write_text(f"R\t400101000000Z\t260101000000Z{reason}\t04\tunknown\t/CN=other\n")
        (folder / "crlnumber").write_text("07\n")
        run("ca", "-gencrl", "-config", "ca.cnf", "-name", version, "-cert", "sub.crt", "-keyfile", "sub.key",
            "-sigopt", ID, "-out", f"sub-{version}.crl")
        manifest.add(f"sub-{version}.crl", f"crl-{version}")
    signatures(run, folder, content, manifest)
    keys(run, password, manifest)


def signatures(run, folder, content, manifest):
    def sign(name, *option):
        run("pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-inkey", "leaf.key", *option, "-in", content, "-out", name)
        manifest.add(name, "raw-der", user_id=rows.DEFAULT_ID if option else "")

    sign("signature.der", "-pkeyopt", ID)
    sign("signature-empty-id.der")
    members = der.children(der.only((folder / "signature.der").read_bytes(), 0x30))
    pair = [der.read_integer(body) for _, body, _ in members]
    manifest.add("signature.rs", "raw-rs", b"".join(number.to_bytes(32, "big") for number in pair))


def keys(run, password, manifest):
    out, own = ("-passout", f"file:{password}"), ("-inkey", "leaf.key", "-in", "leaf.crt", "-certfile", "sub.crt")
    manifest.add("leaf.key", "key-pkcs8")
    run("pkcs8", "-topk8", "-in", "leaf.key", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256", *out, "-out", "aes.pem")
    manifest.add("aes.pem", "key-aes-sha256")
    run("pkcs8", "-topk8", "-in", "leaf.key", "-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1", *out, "-out", "sha1.pem")
    manifest.add("sha1.pem", "key-aes-sha1")
    run("pkcs8", "-topk8", "-in", "leaf.key", "-v2", "sm4-cbc", "-v2prf", "hmacWithSHA256", *out, "-out", "sm4.pem")
    manifest.add("sm4.pem", "key-sm4-sha256")
    run("pkcs12", "-export", *own, "-name", "leaf", *out, "-out", "modern.p12")
    manifest.add("modern.p12", "key-pkcs12")
    run("pkcs12", "-export", "-legacy", *own, *out, "-out", "legacy.p12")
    manifest.add("legacy.p12", "key-pkcs12-legacy")
    run("pkcs12", "-export", "-keypbe", "sm4-cbc", "-certpbe", "sm4-cbc", "-macalg", "sm3", *own, *out,
        "-out", "sm.p12")
    manifest.add("sm.p12", "key-pkcs12-sm4")


# --- reading


def read(row, password):
    if row.format == "certificate":
        # One link at a time: the id of -vfyopt counts for the last certificate only.
        for issuer, subject in (("root.crt", "root.crt"), ("root.crt", "sub.crt"), ("sub.crt", row.file)):
            openssl("verify", "-x509_strict", "-partial_chain", "-vfyopt", ID, "-trusted", row.dir / issuer,
                    row.dir / subject)
    elif row.format.startswith("crl-"):
        read_crl(row)
    elif row.format == "request":
        data = der.pem("CERTIFICATE REQUEST", row.bytes()).encode()
        # `req -verify` of OpenSSL 3.0 ends with status 0 also when the signature is wrong: its words count.
        if b"verify OK" not in openssl("req", "-verify", "-noout", "-vfyopt", ID, stdin=data):
            raise Refused("signature")
        same_key(openssl("req", "-noout", "-pubkey", stdin=data), row)
    elif row.format.startswith("key-"):
        read_key(row, password)
    elif row.format in ("raw-der", "raw-rs"):
        data = row.bytes()
        if row.format == "raw-rs":
            if len(data) != 64:
                raise Refused("not 64 bytes")
            data = x509.encode_pair((int.from_bytes(data[:32], "big"), int.from_bytes(data[32:], "big")))
        verify(row.dir / "leaf.crt", row.content, data, row.user_id)
    else:
        raise NotKnown


def verify(certificate, content, signature, user_id):
    with tempfile.NamedTemporaryFile() as value:
        value.write(signature)
        value.flush()
        option = ("-pkeyopt", f"distid:{user_id}") if user_id else ()
        openssl("pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-certin", "-inkey", certificate, *option,
                "-in", content, "-sigfile", value.name)


def read_crl(row):
    data = row.bytes()
    text = openssl("crl", "-inform", "DER", "-noout", "-text", stdin=data).decode()
    serials = [line.split(":")[1].strip() for line in text.splitlines() if "Serial Number:" in line]
    if [int(serial, 16) for serial in serials] != [4]:
        raise Refused(f"revokes {serials}")
    (_, _, signed), _, (_, bits, _) = der.children(der.only(data, 0x30))
    with tempfile.NamedTemporaryFile() as content:
        content.write(signed)
        content.flush()
        verify(row.dir / "sub.crt", content.name, bits[1:], rows.DEFAULT_ID)


def read_key(row, password):
    if row.format == "key-cfca":
        raise NotKnown
    given = ("-in", row.path, "-passin", f"file:{password}")
    if row.format.startswith("key-pkcs12"):
        legacy = () if row.format in ("key-pkcs12", "key-pkcs12-sm4") else ("-legacy",)
        text = openssl("pkcs12", *given, "-nodes", *legacy)
        key = openssl("pkey", "-pubout", stdin=text)
        own = openssl("pkcs12", *given, "-nokeys", "-clcerts", *legacy)
        same_key(openssl("x509", "-noout", "-pubkey", stdin=own), row)
    else:
        key = openssl("pkey", *given, "-pubout")
    same_key(key, row)


def same_key(key, row):
    if key != openssl("x509", "-in", row.dir / "leaf.crt", "-noout", "-pubkey"):
        raise Refused("another key")


if __name__ == "__main__":
    rows.main(make, read)
