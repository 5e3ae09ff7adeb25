#!/usr/bin/env python3
"""Let openssl 3 judge a folder written by make_receipts.py. See README.md.

Every certificate under its issuer, and every signature of every receipt: the signed bytes, the inner DER
signature and the key are handed to openssl, which computes and decides.
"""

import pathlib
import subprocess
import sys
import tempfile

import der
import x509
from check_receipts import Certificate, parse, strict_base64, unwrap
from make_receipts import HASHES
from sm3 import sm3

ID = "distid:1234567812345678"


def openssl(*command):
    done = subprocess.run(["openssl", *map(str, command)], capture_output=True, text=True)
    return done.returncode == 0, (done.stdout + done.stderr).strip()


def check_folder(folder, scratch, joining):
    """Yield (what, good, what openssl said)."""
    # One link at a time: openssl 3.0 uses the id of -vfyopt for the last certificate only, so a
    # longer path would have its upper signatures judged with the empty id.
    issuers = {n: folder / "root.crt" for n in ("root.crt", "sub.crt")}
    certificates = {}
    for path in sorted(folder.glob("*.crt")):
        certificates[Certificate(der.unpem(path.read_text())).serial] = path
        yield path, *openssl("verify", "-x509_strict", "-partial_chain", "-vfyopt", ID, "-trusted",
                             issuers.get(path.name, folder / "sub.crt"), path)
    hashed, second = joining.split("+")
    for path in sorted(folder.glob("*.xml")):
        original, (unit, authority) = parse(path.read_bytes())
        tail = unit[0] if second == "element" else strict_base64(unit[1]["SignatureValue"])
        texts = {"unit": (unit[1], original),
                 "authority": (authority[1], HASHES[hashed](sm3(original)) + tail)}
        for role, (fields, text) in texts.items():
            pair, signed, _, _ = unwrap(strict_base64(fields["SignatureValue"]), text)
            (scratch / "text").write_bytes(signed)
            (scratch / "value").write_bytes(x509.encode_pair(pair))
            key = certificates[int(fields["SerialNumber"], 16)]
            yield f"{path} {role}", *openssl(
                "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-certin", "-inkey", key,
                "-pkeyopt", ID, "-in", scratch / "text", "-sigfile", scratch / "value")


def main():
    if len(sys.argv) not in (2, 3):
        print("usage: check_with_openssl.py FOLDER [JOINING]", file=sys.stderr)
        return 2
    joining = sys.argv[2] if len(sys.argv) == 3 else "hex-lower+element"
    bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        for what, good, said in check_folder(pathlib.Path(sys.argv[1]), pathlib.Path(scratch), joining):
            print("good" if good else "bad", what, said.replace("\n", " "), sep="\t")
            bad += not good
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
