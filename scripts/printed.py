#!/usr/bin/env python3
"""Printed receipts judged by programs of others.

Makes the receipts of testdata/printed with the independent maker, lets czei print them, and asks qpdf, poppler,
MuPDF, zbar, pikepdf, pypdf and veraPDF what they find. Each of them is also given files with one thing wrong, and has
to complain about those. Prints a line for each proof, and everything that is not as it should be; the status is then 1.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE = ROOT / "testdata" / "printed"
sys.path[:0] = [str(HERE)]

import damage  # noqa: E402
import judges  # noqa: E402
import pictures  # noqa: E402
from PIL import Image  # noqa: E402

# The receipts that testdata/printed keeps for the tests in Rust.
KEPT = ("general", "medical", "medical-inpatient", "medical-red", "notice", "red", "bare", "rare")
# The pages that are compared with their pictures: printed file, page counted from 1.
PICTURED = (("general", 1), ("general-person", 1), ("medical", 1), ("medical", 2), ("medical-inpatient", 1), ("medical-red", 1),
            ("notice", 1), ("red", 1), ("bare", 1), ("rare", 1), ("limits", 1), ("limits", 2), ("preview-general", 1),
            ("merged-a4", 1))
# Bounds on a page: names at their limits take the room they need, so that the title has several lines there.
LONG_TITLES = ("limits", "limits-medical")


class Printed:
    """A printed receipt with what it has to show."""

    def __init__(self, name, pdf, kind, *, texts=(), absent=(), attached=None, qr=(), pages=None, page_size=(210.0, 140.0)):
        self.name, self.pdf, self.kind = name, pathlib.Path(pdf), kind
        self.texts, self.absent, self.attached, self.qr = texts, absent, attached or {}, list(qr)
        self.pages, self.page_size = pages, page_size


def run(*command, env=None, cwd=None):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, encoding="utf-8", check=False,
                          env=None if env is None else {**os.environ, **env}, cwd=cwd)


def must(*command, status=(0,), **options):
    done = run(*command, **options)
    if done.returncode not in status:
        sys.exit(f"{' '.join(map(str, command))[:300]}: status {done.returncode}: {done.stdout[-500:]} {done.stderr[-1500:]}")
    return done


# --- making


class Press:
    """czei, and the folders it prints to."""

    def __init__(self, args):
        self.czei, self.work, self.fonts = args.czei, args.work, [font for font in args.font if font]
        self.receipts = self.work / "receipts"

    def make_receipts(self):
        fields, expected = self.work / "fields.json", self.work / "expected.json"
        must(sys.executable, HERE / "cases.py", "--fields", fields, "--expected", expected)
        must(sys.executable, ROOT / "testdata/independent/make_receipts.py", "--fields", fields, "--out", self.receipts)
        self.expected = {one["name"]: one for one in json.loads(expected.read_text(encoding="utf-8"))}

    def unsigned(self, name):
        """The same document before anybody signed it."""
        document = self.xml(name).read_bytes()
        at, end = document.index(b"<EInvoiceSignature>"), document.index(b"</EInvoiceSignature>")
        path = self.work / f"unsigned-{name}.xml"
        path.write_bytes(document[:at] + document[end + len(b"</EInvoiceSignature>"):])
        return path

    def xml(self, name):
        return self.receipts / f"{name}.xml"

    def render(self, out, *arguments, env=None, status=(0,)):
        return must(self.czei, "render", "--policy", self.receipts / "policy.toml", "-o", out, *arguments, env=env, status=status)

    def print_all(self):
        """All printed files."""
        single, rare = self.work / "single", self.work / "rare"
        ordinary = [name for name in self.expected if name != "rare"]
        self.render(single, *map(self.xml, ordinary))
        printed = [self.single(name, single) for name in ordinary]
        if self.fonts:
            self.render(rare, *self.with_fonts(), self.xml("rare"))
            printed.append(self.single("rare", rare))
        preview = self.work / "preview"
        must(self.czei, "render", "--preview", "-o", preview, self.unsigned("general"), self.unsigned("medical"))
        for name in ("general", "medical"):
            one = self.expected[name]
            absent = ["einvoice.xml", *one["absent"]]
            printed.append(Printed(f"preview-{name}", preview / f"preview-{one['code']}-{one['number']}.pdf", "preview",
                                   texts=[*one["texts"], "预览"], absent=absent))
        return printed + self.merged(ordinary)

    def with_fonts(self):
        return [part for font in self.fonts for part in ("--font", font)]

    def single(self, name, folder):
        one = self.expected[name]
        return Printed(name, folder / f"{one['code']}-{one['number']}.pdf", "receipt", texts=one["texts"],
                       absent=one["absent"], attached={"einvoice.xml": self.xml(name).read_bytes()}, qr=[one["qr"]],
                       pages=None if one["has_details"] else 1)

    def merged(self, ordinary):
        names, copies = [name for name in ordinary if not name.startswith("limits") and name != "long-remark"], []
        for path, arguments, size in (("merged", (), (210.0, 140.0)), ("merged-a4", ("--a4",), (210.0, 297.0))):
            file = self.work / f"{path}.pdf"
            must(self.czei, "render", "--policy", self.receipts / "policy.toml", "--merged", file, *arguments,
                 *map(self.xml, names))
            rows = [self.expected[name] for name in names]
            attached = {f"{one['code']}-{one['number']}.xml": self.xml(one["name"]).read_bytes() for one in rows}
            texts = [text for one in rows for text in one["texts"]]
            copies.append(Printed(path, file, "print-copy", texts=texts, attached=attached, qr=[one["qr"] for one in rows],
                                  page_size=size))
        return copies


# --- judging


class Judge:
    """Asks everybody about a printed file and counts what was asked."""

    def __init__(self, work, java):
        self.work, self.java, self.counts = work, java, {}

    def count(self, what, number=1):
        self.counts[what] = self.counts.get(what, 0) + number

    def all(self, printed):
        """file -> complaints"""
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            found = dict(zip((one.name for one in printed), pool.map(self.complaints, printed)))
        if self.java:
            by_file, checks = judges.vera(self.java, [one.pdf for one in printed])
            for one in printed:
                found[one.name] += by_file[str(one.pdf)]
            self.count("veraPDF files", len(printed))
            self.count("veraPDF checks", checks)
        return found

    def complaints(self, one):
        found = [*judges.qpdf(one.pdf), *judges.mutool(one.pdf)]
        found += judges.structure(one.pdf, one.attached, one.kind)
        found += judges.poppler_attachments(one.pdf, one.attached)
        found += judges.poppler_text(one.pdf, one.texts, one.absent)
        if one.kind != "print-copy" and one.name not in LONG_TITLES:
            found += judges.pypdf_text(one.pdf, one.texts[:4])
        self.count("texts found", len(one.texts))
        self.count("attached documents equal", len(one.attached))
        return found + self.measured(one) + self.seen(one)

    def measured(self, one):
        """Complaints about where things stand."""
        pages, letters = judges.letters(one.pdf)
        size = one.page_size
        wrong = [page for page in pages if abs(page[0] - size[0]) > 0.1 or abs(page[1] - size[1]) > 0.1]
        found = [f"geometry: a page of {wrong[0]} mm"] if wrong else []
        if one.pages and len(pages) != one.pages:
            found.append(f"geometry: {len(pages)} pages, should be {one.pages}")
        if not letters:
            return [*found, "geometry: MuPDF sees no letter"]
        self.count("pages", len(pages))
        self.count("letters placed", len(letters))
        # On A4 the pages stand in the middle of their halves, which is 4.25 mm from an edge.
        found += judges.apart(letters)
        if one.kind != "print-copy":
            found += judges.grid(letters) + judges.inside(pages, letters) + columns(judges.upright_rules(one.pdf))
        return found

    def seen(self, one):
        """Complaints about the pictures of the pages."""
        if one.kind == "print-copy":
            return self.read_codes(one, 200)
        with tempfile.TemporaryDirectory() as folder:
            _, found = judges.poppler_pictures(one.pdf, folder, 20)
        with tempfile.TemporaryDirectory() as folder:
            pages, more = judges.poppler_pictures(one.pdf, folder, 200, last=1)
            found += more
            first = Image.open(pages[0]).convert("RGB")
            found += judges.zbar(pages[:1], one.qr)
            self.count("QR codes read", len(one.qr))
            if one.kind != "preview":
                found += judges.white_margins(first, 200)
            # A preview carries nobody's seal.
            if one.name not in LONG_TITLES and one.kind != "preview":
                found += judges.seal(first, 200, title_centre(one.pdf), 30, 20)
                self.count("seals measured")
            return found

    def read_codes(self, one, dpi):
        with tempfile.TemporaryDirectory() as folder:
            pages, found = judges.poppler_pictures(one.pdf, folder, dpi)
            self.count("QR codes read", len(one.qr))
            return found + judges.zbar(pages, one.qr)


def title_centre(pdf):
    """Where the middle of the first page's largest text is."""
    _, letters = judges.letters(pdf)
    largest = max(one.size for one in letters if one.page == 0)
    title = [one for one in letters if one.page == 0 and one.size > largest - 0.01]
    middle = (min(one.left for one in title) + max(one.right for one in title)) / 2
    return middle, (min(one.top for one in title) + max(one.bottom for one in title)) / 2


def columns(pages):
    """The edges of columns stand at the same places on all pages of a table; the outer ones on every page."""
    edges = [sorted({x for x, *_ in page}) for page in pages]
    if not all(edges):
        return [f"geometry: page {edges.index([]) + 1} has no upright rule"]
    found = [f"geometry: the table of page {index + 1} is {one[0]} to {one[-1]}, that of page 1 {edges[0][0]} to {edges[0][-1]}"
             for index, one in enumerate(edges) if (one[0], one[-1]) != (edges[0][0], edges[0][-1])]
    # Items, auxiliary items and other information that goes on have tables of their own, one after the other.
    tables = [one for index, one in enumerate(edges[1:]) if index == 0 or one != edges[index]]
    if len(tables) > 3:
        found.append(f"geometry: the columns of detail pages change {len(tables) - 1} times")
    every = sorted({x for page in edges for x in page})
    found += [f"geometry: columns at {x} and {other} mm" for x, other in zip(every, every[1:]) if other - x < 0.5]
    return found[:2]


# --- controls


def controls(judge, general, medical, work):
    """Damaged files of which each outsider has to complain: (how many, those about which nothing was said)."""
    work.mkdir(exist_ok=True)
    one, details = general.pdf, medical.pdf
    silent, count = [], 0

    def wants(what, complaints, word):
        nonlocal count
        count += 1
        if not any(word in complaint for complaint in complaints):
            silent.append(f"control: {what}: nothing was said, or something else: {complaints[:2]}")

    def copy(name, change, of=one):
        return damage.damaged(of, work / f"{name}.pdf", change)

    table = damage.bytes_changed(one, work / "table.pdf", damage.wrong_table)
    broken = damage.bytes_changed(one, work / "stream.pdf", damage.broken_stream)
    wants("a wrong table", judges.qpdf(table), "qpdf")
    wants("a wrong table", judges.mutool(table), "mutool")
    wants("a broken stream", judges.qpdf(broken), "qpdf")
    with tempfile.TemporaryDirectory() as folder:
        wants("a broken stream", judges.poppler_pictures(broken, folder, 50)[1], "pdftoppm")
    unicode = copy("unicode", damage.without_unicode)
    wants("no ToUnicode", judges.poppler_text(unicode, general.texts), "pdftotext does not find")
    wants("no ToUnicode", judges.pypdf_text(unicode, general.texts[:2]), "pypdf does not find")
    wants("no ToUnicode", judges.structure(unicode, general.attached, general.kind), "way to Unicode")
    wants("another amount", judges.poppler_text(one, ["5269.51"]), "pdftotext does not find")
    wants("a text that must be absent", judges.poppler_text(one, [], [general.texts[0]]), "pdftotext finds")
    other = copy("xml", damage.other_xml)
    wants("another XML", judges.poppler_attachments(other, general.attached), "not the receipt's XML")
    wants("another XML", judges.structure(other, general.attached, general.kind), "its bytes")
    covered = copy("covered", damage.covered(8, 8, 20, 10))
    with tempfile.TemporaryDirectory() as folder:
        wants("half a QR code", judges.zbar(judges.poppler_pictures(covered, folder, 200)[0], general.qr), "zbarimg")
    structures = (
        ("a script", damage.root_entry("/OpenAction", damage.pikepdf.Dictionary(S=damage.pikepdf.Name.JavaScript, JS="1")),
         "OpenAction"),
        ("no language", damage.without("/Lang"), "language"), ("another title", damage.other_title, "/Title"),
        ("no associated file", damage.without("/AF"), "AF"), ("an annotation", damage.annotated, "annotations"),
        ("no output intent", damage.without("/OutputIntents"), "output intent"))
    for what, change, word in structures:
        file = copy(what.replace(" ", "-"), change)
        wants(what, judges.structure(file, general.attached, general.kind), word)
    wants("letters off the grid", judges.grid(judges.letters(copy("off", damage.moved(0, 0.2)))[1]), "off the grid")
    wants("letters in the margin", judges.inside(*judges.letters(copy("left", damage.moved(-15, 0)))), "in the margin")
    wants("letters over letters", judges.apart(judges.letters(copy("twice", damage.twice(0.7, 0)))[1]), "overlap")
    moved = copy("columns", damage.moved(1, 0, [1]), of=details)
    wants("a moved table", columns(judges.upright_rules(moved)), "the table of page 2")
    rules = judges.upright_rules(details)
    rules[2] = [(x + 0.3 if 20 < x < 190 else x, top, bottom) for x, top, bottom in rules[2]]
    wants("moved columns", columns(rules), "geometry: columns at")
    with tempfile.TemporaryDirectory() as folder:
        page = Image.open(judges.poppler_pictures(one, folder, 200)[0][0]).convert("RGB")
    wants("a moved seal", judges.seal(damage.shifted(page, 12, 0), 200, title_centre(one), 30, 20), "off by")
    with tempfile.TemporaryDirectory() as folder:
        marked = Image.open(judges.poppler_pictures(copy("dot", damage.covered(3, 60, 1, 1, 0)), folder, 200)[0][0])
    wants("a dot in the margin", judges.white_margins(marked.convert("RGB"), 200), "in the margin")
    if judge.java:
        bad = {"another title": None, "no output intent": "6.2.4.3", "a script": "6.5.1", "an annotation": "6.3.2",
               "no associated file": "6.8"}
        files = {what: work / f"{what.replace(' ', '-')}.pdf" for what in bad if bad[what]}
        files["other widths"] = copy("widths", damage.other_widths)
        found, _ = judges.vera(judge.java, files.values())
        for what, file in files.items():
            wants(what, found[str(file)], f"veraPDF: {bad.get(what, '6.2.11.5')}")
    return count, silent


def ledger(java):
    """Clauses that veraPDF has rules for and crates/render/PDF_A3.md no row."""
    rows = {line.split()[1] for line in (ROOT / "crates/render/PDF_A3.md").read_text(encoding="utf-8").splitlines()
            if line.startswith("| 6.")}
    rules = {line.split("\t")[0] for line in must("java", "-cp", java, "Vera", "rules").stdout.splitlines()}
    found = [f"PDF_A3.md has no row for {clause}" for clause in sorted(rules - rows)]
    return found if rules else ["veraPDF lists no rules"]


# --- the same bytes


def same_bytes(press, names, locales):
    """(runs compared, complaints): other threads, locales, time zones and folders change nothing."""
    settings = [("C", "UTC", 1), ("C", "Asia/Shanghai", 2), ("zh_CN.UTF-8", "Asia/Shanghai", 2), ("tr_TR.UTF-8", "America/St_Johns", 2),
                ("en_US.UTF-8", "UTC", 7)]
    seen, complaints = {}, []
    for index, (locale, zone, jobs) in enumerate(settings):
        out = press.work / f"again-{index}"
        env = {"LC_ALL": locale, "LANG": locale, "TZ": zone, **({"LOCPATH": locales} if locales else {})}
        press.render(out, "--jobs", jobs, *map(press.xml, names if index % 2 else reversed(names)), env=env)
        for file in sorted(out.glob("*.pdf")):
            first = seen.setdefault(file.name, file.read_bytes())
            if first != file.read_bytes():
                complaints.append(f"bytes: {file.name} differs with {locale}, {zone}, {jobs} threads")
        shutil.rmtree(out)
    if len(seen) != len(names):
        complaints.append(f"bytes: {len(seen)} files, should be {len(names)}")
    return len(settings), complaints


# --- pictures


def page_picture(pdf, page):
    with tempfile.TemporaryDirectory() as folder:
        must("pdftoppm", "-r", pictures.DPI, "-png", "-f", page, "-l", page, pdf, pathlib.Path(folder) / "page")
        return Image.open(next(pathlib.Path(folder).glob("page-*.png"))).convert("RGB")


def compare_pictures(printed, renew):
    """(pictures compared, complaints)"""
    by_name, folder, complaints, count = {one.name: one for one in printed}, HERE / "pages", [], 0
    folder.mkdir(exist_ok=True)
    for name, page in PICTURED:
        if name not in by_name:
            continue
        image, path = page_picture(by_name[name].pdf, page), folder / f"{name}-{page}.png"
        if renew:
            pictures.kept(image, path)
        if path.exists():
            complaints += [f"{path.name}: {what}" for what in pictures.compared(image, Image.open(path))]
            count += 1
        else:
            complaints.append(f"{path.name}: no such picture is kept")
    return count, complaints


def picture_controls(printed):
    """A changed digit and a moved line must be seen: (how many, those that were not)."""
    general = next(one for one in printed if one.name == "general")
    image = page_picture(general.pdf, 1)
    _, letters = judges.letters(general.pdf)
    scale = pictures.DPI / 25.4
    digits = [one for one in letters if one.text.isdigit() and one.page == 0]
    digit = next(one for before, one in zip(digits, digits[1:]) if before.text != one.text and one.left - before.right < 0.3)
    box = [round(edge * scale) for edge in (digit.left, digit.top, digit.right, digit.bottom)]
    line = [one for one in letters if one.baseline == digit.baseline]
    row = [round(edge * scale) for edge in (min(one.left for one in line), digit.top, max(one.right for one in line), digit.bottom)]
    changes = {"a changed digit": damage.other_digit(image, box), "a moved line": damage.moved_line(image, row, 2),
               "a moved page": damage.shifted(image, 0, 2)}
    return len(changes), [f"control: {what} is not seen" for what, changed in changes.items()
                          if not pictures.compared(changed, image)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--czei", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--vera", default="", help="the class path of veraPDF with its driver")
    parser.add_argument("--font", action="append", default=[], help="fonts with rare characters")
    parser.add_argument("--locales", default="", help="a folder of locales, for LOCPATH")
    parser.add_argument("--renew", action="store_true", help="keep the pages as they are now, and the receipts")
    args = parser.parse_args()
    args.czei, args.work = args.czei.resolve(), args.work.resolve()
    shutil.rmtree(args.work, ignore_errors=True)
    args.work.mkdir(parents=True)
    press = Press(args)
    press.make_receipts()
    complaints = []
    for name in KEPT:
        kept = HERE / "receipts" / f"{name}.xml"
        if args.renew:
            shutil.copyfile(press.xml(name), kept)
        elif kept.read_bytes() != press.xml(name).read_bytes():
            complaints.append(f"testdata/printed/receipts/{name}.xml is not what is made today")
    printed = press.print_all()
    judge = Judge(args.work, args.vera)
    for name, found in judge.all(printed).items():
        complaints += [f"{name}: {what}" for what in found]
    by_name = {one.name: one for one in printed}
    wanted, silent = controls(judge, by_name["general"], by_name["medical"], args.work / "controls")
    runs, differing = same_bytes(press, [name for name in press.expected if name != "rare"], args.locales)
    compared, unlike = compare_pictures(printed, args.renew)
    seen, unseen = picture_controls(printed)
    complaints += silent + differing + unlike + unseen + (ledger(args.vera) if args.vera else [])
    for what, number in sorted(judge.counts.items()):
        print(f"proof printed: {number} {what}")
    print(f"proof printed: {len(printed)} files, {wanted + seen} controls that were noticed, {compared} pages like their pictures, "
          f"the same bytes in {runs} settings")
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
