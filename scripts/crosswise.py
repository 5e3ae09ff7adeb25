#!/usr/bin/env python3
"""Crosswise: what others make, czei reads, and what czei makes, others read, format by format.

Every maker fills a folder of its own and names in manifest.tsv what it made (testdata/crosswise/README.md).
Every reader gets lists of those files and answers for each: ok, refused, or that it has no such format. To
every file that is good belong others that are not: one byte changed, another content, another user id, another
password; those have to be refused by every reader that reads the good one.

Prints the matrix, a row a format, and everything that is not as it should be; the status is then 1.
"""

import argparse
import concurrent.futures
import fnmatch
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent / "testdata" / "crosswise"
sys.path[:0] = [str(HERE), str(HERE.parent / "independent")]

import der  # noqa: E402
from rows import DEFAULT_ID, decoded  # noqa: E402

CONTENT = "<Header><EInvoiceTag>CZ-EI-32</EInvoiceTag></Header><EInvoiceData>交叉验证</EInvoiceData>".encode()
OTHER_ID = "ALICE123@YAHOO.COM"
# Not in ASCII: PKCS#12 takes it as UTF-16, everything else as UTF-8.
PASSWORDS = {"right": "口令 Crosswise-2026", "wrong": "口令 Crosswise-2027"}

# What foreign readers of these versions cannot read, and why: reader, pattern of the format, reason.
# A file of such a format may be refused there; everywhere else, and by czei, a refusal is a failure.
CANNOT = (
    ("openssl", "sd-*", "OpenSSL 3.0 has no SM2 in its CMS"),
    ("openssl", "no-z-*", "OpenSSL 3.0 has no SM2 in its CMS"),
    ("openssl", "key-*-sm3", "OpenSSL 3.0 has no HMAC-SM3 in its PBKDF2"),
    ("openssl", "key-cfca", "a format of CFCA"),
    ("bouncycastle", "key-cfca", "a format of CFCA"),
    ("bouncycastle", "key-*sm4*", "BouncyCastle has no SM4 in PBES2"),
    ("bouncycastle", "key-pkcs12-sm3", "BouncyCastle has no SM4 in PBES2"),
    ("bouncycastle", "sd-*-301.1*", "BouncyCastle knows 501 only as an algorithm of SM2 and SM3"),
    ("bouncycastle", "no-z-*", "BouncyCastle always hashes Z"),
    ("script", "key-aes-*", "the scripts have no ciphers"),
    ("script", "key-sm4-*", "the scripts have no ciphers"),
    ("script", "key-pkcs12*", "the scripts have no ciphers"),
    ("script", "key-cfca", "the scripts have no ciphers"),
    ("gmsm", "key-pkcs12*", "gmsm has no PKCS#12"),
    ("gmsm", "sd-*-501*", "gmsm knows 301.1 only as an algorithm of SM2 in SignedData"),
    ("gmsm", "no-z-*", "gmsm always hashes Z"),
)


class Tool:
    """A maker and reader: the command before `make` and `read`."""

    def __init__(self, name, *command):
        self.name, self.command = name, [str(part) for part in command]

    def run(self, *arguments):
        done = subprocess.run([*self.command, *map(str, arguments)], capture_output=True, text=True,
                              encoding="utf-8", check=False)
        if done.returncode != 0:
            sys.exit(f"{self.name} {' '.join(map(str, arguments))}: status {done.returncode}: {done.stderr}")
        return done.stdout

    def cannot(self, format_):
        return next((why for who, pattern, why in CANNOT
                     if who == self.name and fnmatch.fnmatch(format_, pattern)), None)


class Case:
    """One question: may this file be read? `refused` is why it must not, empty when it is good."""

    def __init__(self, maker, folder, file, format_, content, user_id, refused="", code=""):
        self.maker, self.folder, self.file, self.format = maker, folder, file, format_
        self.content, self.user_id, self.refused, self.code = content, user_id, refused, code

    @property
    def name(self):
        return f"{self.maker}/{self.file}" + (f" ({self.refused})" if self.refused else "")


# --- the cases


def cases(maker, folder, content, other):
    """(those for the right password, those for a wrong one)"""
    right, wrong = [], []
    for line in (folder / "manifest.tsv").read_text(encoding="utf-8").splitlines():
        file, format_, *more = line.split("\t")
        user_id, code = (more + [DEFAULT_ID, ""][len(more):])[:2]

        def case(refused="", file=file, content=content, user_id=user_id, code="", format_=format_):
            return Case(maker, folder, file, format_, content, user_id, refused, code)

        if code:
            right.append(case(f"as {code}", code=code))
            continue
        right.append(case())
        right += bad_ones(case, folder, file, format_, user_id, content, other)
        if format_.startswith("key-") and format_ not in ("key-pkcs8", "key-sec1"):
            wrong.append(case("another password"))
    return right, wrong


def bad_ones(case, folder, file, format_, user_id, content, other):
    data = decoded(folder / file)

    def written(what, changed):
        name = f"{file}.{what.replace(' ', '-')}"
        if (folder / file).read_bytes() != data:
            label = "CERTIFICATE" if format_.startswith("certificate") else "CERTIFICATE REQUEST"
            label = "X509 CRL" if format_.startswith("crl-") else label
            (folder / name).write_text(der.pem(label, changed))
        else:
            (folder / name).write_bytes(changed)
        return case(what, file=name)

    if format_.startswith("key-"):
        return
    # The last byte of all these is the last one of s, in DER and r||s alike.
    yield written("one byte changed", data[:-1] + bytes([data[-1] ^ 1]))
    if format_.startswith(("certificate", "crl-", "request")):
        return
    yield case("another content", content=other)
    if format_.startswith("raw-"):
        yield case("another user id", user_id=DEFAULT_ID if not user_id else OTHER_ID)
        yield written("a byte more", data + b"\0")
        return
    text = content.read_bytes()
    if text in data:
        yield written("attached byte changed", data.replace(text, bytes([text[0] ^ 1]) + text[1:]))


# --- asking


def ask(reader, asked, password, scratch):
    """[(case, state, reason)]"""
    if not asked:
        return []
    lines = ("\t".join((str(i), c.format, str(c.folder), c.file, str(c.content), c.user_id))
             for i, c in enumerate(asked))
    scratch.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    answers = {}
    for line in reader.run("read", scratch, password).splitlines():
        number, state, reason = (line.split("\t") + [""])[:3]
        answers[int(number)] = state, reason
    return [(case, *answers.get(i, ("no answer", ""))) for i, case in enumerate(asked)]


def judge(reader, case, state, reason):
    """What is wrong, or None. A good file that the reader cannot read by its making is no fault."""
    if case.refused:
        if state == "ok":
            return "was read"
        if case.code and reader.name == "czei" and reason.split(" ")[0] != case.code:
            return f"refused for another reason: {reason}"
        return None if state == "refused" or reader.cannot(case.format) else state
    if state == "ok" or reader.cannot(case.format):
        return None
    return f"{state} {reason}"


class Cell:
    def __init__(self):
        self.read = self.refused = self.cannot = 0
        self.wrong = []

    def __str__(self):
        if self.wrong:
            return "FAIL"
        if self.read or self.refused:
            return f"ok {self.read}+{self.refused}"
        return "cannot" if self.cannot else "-"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="a folder that is made anew")
    parser.add_argument("--czei", type=pathlib.Path, required=True, help="the example crosswise of czei-pki, built")
    parser.add_argument("--openssl", action="store_true", help="OpenSSL's command is there")
    parser.add_argument("--bouncycastle", metavar="CLASSPATH", help="BouncyCastle and the compiled Bouncy.java")
    parser.add_argument("--gmsm", type=pathlib.Path, help="the compiled testdata/crosswise/gmsm")
    args = parser.parse_args()

    czei = Tool("czei", args.czei.resolve())
    others = [Tool("script", sys.executable, HERE / "shapes.py")]
    if args.openssl:
        others.append(Tool("openssl", sys.executable, HERE / "openssl.py"))
    if args.bouncycastle:
        others.append(Tool("bouncycastle", "java", "-XX:TieredStopAtLevel=1", "-cp", args.bouncycastle, "Bouncy"))
    if args.gmsm:
        others.append(Tool("gmsm", args.gmsm.resolve()))

    shutil.rmtree(args.work, ignore_errors=True)
    work = args.work.resolve()
    work.mkdir(parents=True)
    content, other = work / "content.bin", work / "other.bin"
    content.write_bytes(CONTENT)
    other.write_bytes(CONTENT.replace(b"32", b"33"))
    for kind, text in PASSWORDS.items():
        (work / f"{kind}.txt").write_text(text, encoding="utf-8")

    def made(tool):
        folder = work / tool.name
        folder.mkdir()
        tool.run("make", folder, content, work / "right.txt")
        return tool.name, cases(tool.name, folder, content, other)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = dict(pool.map(made, [czei, *others]))
        # czei reads everybody's files, the others czei's. Each reads its own as well: a reader that refuses
        # everything would look careful otherwise.
        makers = [tool.name for tool in [czei, *others]]
        pairs = [(czei, maker) for maker in makers]
        pairs += [(other, maker) for other in others for maker in (czei.name, other.name)]

        def asked(pair):
            reader, maker = pair
            right, wrong = found[maker]
            # What czei alone has to refuse is asked of nobody else.
            right = [case for case in right if reader is czei or not case.code]
            return [answer for kind, asked_ in (("right", right), ("wrong", wrong))
                    for answer in ask(reader, asked_, work / f"{kind}.txt", work / f"{reader.name}-{maker}-{kind}.tsv")]

        answers = list(zip(pairs, pool.map(asked, pairs)))
    return report(answers, [tool.name for tool in others])


def report(answers, others):
    cells, formats, wrong = {}, {}, []
    for (reader, maker), found in answers:
        for case, state, reason in found:
            formats[case.format] = True
            cell = cells.setdefault((case.format, maker, reader.name), Cell())
            fault = judge(reader, case, state, reason)
            if fault:
                cell.wrong.append(fault)
                wrong.append(f"FAIL {case.format}: {case.name} at {reader.name}: {fault}")
            elif state == "ok":
                cell.read += 1
            elif reader.cannot(case.format):
                cell.cannot += 1
            else:
                cell.refused += 1
    columns = [(other, "czei") for other in others] + [("czei", other) for other in others]
    print("Files read + files refused as they should be, from maker to reader\n")
    print("format".ljust(32), *(f"{maker} > {reader}".ljust(22) for maker, reader in columns))
    for format_ in sorted(formats):
        row = [str(cells.get((format_, *column), "-")) for column in columns]
        print(format_.ljust(32), *(text.ljust(22) for text in row))
    print()
    for line in sorted({f"{who} cannot read {pattern}: {why}" for who, pattern, why in CANNOT if who in others}):
        print(line)
    print("\n".join(wrong))
    good = sum(1 for (_, maker, reader), cell in cells.items() if maker != reader and cell.read and not cell.wrong)
    print(f"proof crosswise: {good} cells ok, {len(wrong)} files not as they should be")
    return 1 if wrong or not good else 0


if __name__ == "__main__":
    sys.exit(main())
