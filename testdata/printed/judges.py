"""Programs of others that judge a printed receipt. Each function gives a list of complaints, empty when there are none."""

import html
import pathlib
import re
import subprocess
import tempfile

import pikepdf
import pypdf

MARGIN = 8.0


def run(*command, text=True):
    return subprocess.run([str(part) for part in command], capture_output=True, text=text, check=False)


def squeezed(text):
    """Without white space: a page wraps its lines where it must."""
    return re.sub(r"\s+", "", text)


# --- is it a whole file?


def qpdf(pdf):
    done = run("qpdf", "--check", "--no-original-object-ids", pdf)
    clean = "No syntax or stream encoding errors found" in done.stdout
    return [] if done.returncode == 0 and clean else [f"qpdf: {(done.stdout + done.stderr).strip()[-300:]}"]


# What MuPDF says of itself as Debian builds it.
OF_NO_FILE = ("warning: ICC support is not available",)


def mutool(pdf):
    complaints = []
    with tempfile.TemporaryDirectory() as folder:
        for what in (("info", pdf), ("clean", "-ggg", pdf, f"{folder}/clean.pdf"),
                     ("draw", "-q", "-r", "20", "-o", f"{folder}/%d.png", pdf)):
            done = run("mutool", *what)
            said = [line for line in (done.stderr + done.stdout).splitlines()
                    if re.match(r"(warning|error)", line) and line not in OF_NO_FILE]
            if done.returncode or said:
                complaints.append(f"mutool {what[0]}: status {done.returncode} {said[:2]}")
    return complaints


def poppler_pictures(pdf, folder, dpi, last=0):
    """The pages, or those up to a last one, as PNG files in order, and complaints."""
    done = run("pdftoppm", "-r", dpi, "-png", *(["-l", last] if last else []), pdf, pathlib.Path(folder) / "page")
    pages = sorted(pathlib.Path(folder).glob("page-*.png"))
    complaints = [f"pdftoppm: {done.stderr.strip()[:300]}"] if done.returncode or done.stderr.strip() else []
    return pages, complaints


def vera(java, pdfs):
    """file -> complaints, by one run of veraPDF."""
    found = {str(pdf): [] for pdf in pdfs}
    judged, checks = set(), 0
    done = run("java", "-Xmx1g", "-cp", java, "Vera", *pdfs)
    for line in done.stdout.splitlines():
        name, verdict, detail = line.split("\t", 2)
        judged.add(name)
        if verdict == "ok":
            checks += int(detail)
        else:
            found[name].append(f"veraPDF: {detail}")
    for name in set(found) - judged:
        found[name].append(f"veraPDF gave no answer: {done.stderr[-300:]}")
    return found, checks


# --- what does it say?


def poppler_text(pdf, texts, absent=()):
    """Every text is found by searching, on some page, wherever its lines break."""
    done = run("pdftotext", "-raw", "-enc", "UTF-8", pdf, "-")
    if done.returncode or done.stderr.strip():
        return [f"pdftotext: {done.stderr.strip()[:300]}"]
    # Long texts go on overleaf, below what heads each page.
    page_texts = [squeezed(page) for page in done.stdout.split("\f")]
    whole = "".join(page_texts)
    complaints = []
    for text in texts:
        wanted = squeezed(text)
        if wanted in whole or all(piece in whole for piece in pieces(wanted)):
            continue
        complaints.append(f"pdftotext does not find {text[:60]!r}")
    complaints += [f"pdftotext finds {text!r}" for text in absent if text in whole]
    return complaints


def pieces(text):
    """Texts beyond a page's column are searched by their parts of ten characters."""
    return [text[at:at + 10] for at in range(0, len(text) - 9, 10)] if len(text) > 1500 else ["\0"]


def pypdf_text(pdf, texts):
    """The same by another reader's ToUnicode; short texts on the first page only."""
    whole = squeezed(pypdf.PdfReader(pdf).pages[0].extract_text())
    return [f"pypdf does not find {text!r}" for text in texts if squeezed(text) not in whole]


def poppler_attachments(pdf, wanted):
    """The attached files, name -> bytes, are those wanted and no others, byte for byte."""
    with tempfile.TemporaryDirectory() as folder:
        listed = run("pdfdetach", "-list", pdf)
        names = re.findall(r"^\d+: (.*)$", listed.stdout, re.M)
        complaints = [] if listed.returncode == 0 else [f"pdfdetach: {listed.stderr.strip()[:200]}"]
        if sorted(names) != sorted(wanted):
            complaints.append(f"pdfdetach lists {names[:5]}, should be {sorted(wanted)[:5]}")
        done = run("pdfdetach", "-saveall", "-o", folder, pdf)
        if names and (done.returncode or done.stderr.strip()):
            complaints.append(f"pdfdetach: {done.stderr.strip()[:200]}")
        for name, content in wanted.items():
            path = pathlib.Path(folder) / name
            if not path.is_file() or path.read_bytes() != content:
                complaints.append(f"pdfdetach: {name} is not the receipt's XML")
    return complaints


def zbar(pictures, wanted):
    """The QR codes of the pictures, as texts in any order."""
    found = []
    for picture in pictures:
        done = run("zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture)
        if done.returncode not in (0, 4):
            return [f"zbarimg: {done.stderr.strip()[:200]}"]
        found += done.stdout.splitlines()
    return [] if sorted(found) == sorted(wanted) else [f"zbarimg reads {found[:4]}, should be {wanted[:4]}"]


# --- how is it built?

ACTIONS = {"/JavaScript", "/JS", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/URI", "/Movie", "/Sound",
           "/Rendition", "/SetOCGState", "/Hide", "/ResetForm", "/Named", "/RichMedia"}


def structure(pdf, attached, kind):
    """The parts of the file as PDF/A-3 and the rules of printed receipts want them."""
    try:
        return structure_complaints(pdf, attached, kind)
    except (AttributeError, KeyError, TypeError, ValueError, pikepdf.PdfError) as missing:
        return [f"pikepdf: cannot be judged: {missing!r}"]


def structure_complaints(pdf, attached, kind):
    complaints = []

    def hold(condition, what):
        if not condition:
            complaints.append(f"pikepdf: {what}")

    with pikepdf.open(pdf) as file:
        root, trailer = file.Root, file.trailer
        hold(pathlib.Path(pdf).read_bytes()[:9] == b"%PDF-1.7\n", "the header is not %PDF-1.7")
        hold("/ID" in trailer and bytes(trailer.ID[0]) == bytes(trailer.ID[1]) and len(bytes(trailer.ID[0])) == 16,
             "the file identifier is not two equal values of 16 bytes")
        hold("/Encrypt" not in trailer, "encrypted")
        hold(str(root.get("/Lang")) == "zh-CN", "the language is not zh-CN")
        hold(bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")), "the title is not displayed")
        for key in ("/AA", "/OpenAction", "/AcroForm", "/OCProperties", "/Requirements", "/NeedsRendering", "/URI"):
            hold(key not in root, f"the catalogue has {key}")
        hold("/JavaScript" not in root.get("/Names", {}), "scripts by name")
        for one in file.objects:
            if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
                hold(str(one.get("/S", "")) not in ACTIONS, f"an action {one.get('/S', '')}")
                for key in ("/AA", "/JS", "/OPI", "/TR", "/Alternates", "/PS"):
                    hold(key not in one, f"an object with {key}")
                if str(one.get("/Type", "")) == "/Font":
                    complaints.extend(font_complaints(one))
        for page in file.pages:
            hold("/Annots" not in page, "a page with annotations")
            hold("/Resources" in page, "a page without resources of its own")
        intents = root.get("/OutputIntents", [])
        hold(len(intents) == 1 and str(intents[0].S) == "/GTS_PDFA1" and int(intents[0].DestOutputProfile.N) == 3,
             "no output intent of PDF/A with an RGB profile")
        complaints.extend(attachment_complaints(file, attached))
        complaints.extend(metadata_complaints(file, kind))
    return complaints


def font_complaints(font):
    subtype = str(font.Subtype)
    if subtype == "/Type0":
        cids = [int(start, 16) for start in re.findall(rb"<([0-9A-Fa-f]{4})>\s*<[0-9A-Fa-f]{4,}>",
                                                       font.ToUnicode.read_bytes())] if "/ToUnicode" in font else []
        good = str(font.Encoding) == "/Identity-H" and cids
        return [] if good else ["pikepdf: a composite font without Identity-H or without its way to Unicode"]
    if subtype in ("/CIDFontType0", "/CIDFontType2"):
        description = font.FontDescriptor
        embedded = "/FontFile3" in description or "/FontFile2" in description
        tagged = re.fullmatch(r"/[A-Z]{6}\+.+", str(font.BaseFont))
        return [] if embedded and tagged and "/W" in font else [f"pikepdf: {font.BaseFont} is not an embedded subset"]
    return [f"pikepdf: a font of type {subtype}"]


def attachment_complaints(file, attached):
    complaints, root = [], file.Root
    names = sorted(file.attachments)
    if names != sorted(attached):
        return [f"pikepdf: attached are {names[:5]}"]
    # Those of the document stand in the catalogue, those of one of many receipts on its first page.
    related = [one for owner in (root, *(page.obj for page in file.pages)) for one in owner.get("/AF", [])]
    if len(related) != len(attached):
        complaints.append("pikepdf: not every attached file stands in AF")
    for one in related:
        stream = one.EF.F
        if str(one.AFRelationship) != "/Data" or str(stream.Subtype) != "/text/xml" or str(one.F) != str(one.UF):
            complaints.append(f"pikepdf: {one.UF}: relationship, type or names")
        if int(stream.Params.Size) != len(stream.read_bytes()) or stream.read_bytes() != attached[str(one.UF)]:
            complaints.append(f"pikepdf: {one.UF}: its size or its bytes")
    return complaints


def metadata_complaints(file, kind):
    complaints = []
    raw = file.Root.Metadata.read_raw_bytes()
    if b"<?xpacket begin=" not in raw:
        complaints.append("pikepdf: the metadata is no plain XMP packet")
    with file.open_metadata() as meta:
        if meta.get("pdfaid:part") != "3" or meta.get("pdfaid:conformance") != "B":
            complaints.append("pikepdf: not declared as PDF/A-3b")
        for key, name in (("/Title", "dc:title"), ("/Producer", "pdf:Producer"), ("/Creator", "xmp:CreatorTool")):
            said = file.docinfo.get(key)
            if key == "/Title" and not said:
                complaints.append("pikepdf: no title")
            if said is not None and str(said) != meta.get(name):
                complaints.append(f"pikepdf: {key} is {said!s}, {name} is {meta.get(name)}")
        for key, name in (("/CreationDate", "xmp:CreateDate"), ("/ModDate", "xmp:ModifyDate")):
            said = re.findall(r"\d\d", str(file.docinfo.get(key, "")))
            if said[:7] != re.findall(r"\d\d", meta.get(name) or "")[:7]:
                complaints.append(f"pikepdf: {key} and {name} differ")
    if kind and f">{kind}<".encode() not in raw and f'"{kind}"'.encode() not in raw:
        complaints.append(f"pikepdf: the metadata does not say {kind}")
    return complaints


# --- where do things stand?


class Letter:
    """A character of a page; millimetres from the top left corner."""

    def __init__(self, text, left, right, baseline, size, page):
        self.text, self.left, self.right, self.baseline = text, left, right, baseline
        self.size, self.page = size, page
        # What Han characters take: they stand in their em, 0.12 of it below the baseline.
        self.top, self.bottom = baseline - 0.86 * size, baseline + 0.12 * size


def letters(pdf):
    """(pages as (width, height), letters), read by MuPDF."""
    done = run("mutool", "draw", "-q", "-F", "stext", "-o", "-", pdf)
    number = r"(-?[\d.e-]+)"
    pages, found, size = [], [], 0.0
    for line in done.stdout.splitlines():
        if page := re.match(rf'<page id="[^"]*" width="{number}" height="{number}"', line):
            pages.append((millimetres(page[1]), millimetres(page[2])))
        elif font := re.match(rf'<font name="[^"]*" size="{number}"', line):
            size = millimetres(font[1])
        elif char := re.match(rf'<char quad="([^"]*)" x="{number}" y="{number}"[^>]* c="([^"]*)"', line):
            text = html.unescape(char[4])
            if text.strip():
                corners = [millimetres(one) for one in char[1].split()]
                found.append(Letter(text, min(corners[::2]), max(corners[::2]), millimetres(char[3]), size, len(pages) - 1))
    return pages, found


def millimetres(points):
    return float(points) * 25.4 / 72


def grid(found, step=0.5, tolerance=0.02):
    """Baselines on a grid from the page's top."""
    wrong = [one for one in found if abs(one.baseline / step - round(one.baseline / step)) * step > tolerance]
    return [f"geometry: {len(wrong)} letters off the grid, such as {one.text!r} at {one.baseline:.3f} mm" for one in wrong[:1]]


def inside(pages, found, tolerance=0.05):
    """Every letter within the margins."""
    def outside(one):
        width, height = pages[one.page]
        return (one.left < MARGIN - tolerance or one.right > width - MARGIN + tolerance or one.top < MARGIN - tolerance
                or one.bottom > height - MARGIN + tolerance)
    wrong = [one for one in found if outside(one)]
    return [f"geometry: {len(wrong)} letters in the margin, such as {one.text!r} at {one.left:.2f}, {one.baseline:.2f} mm "
            f"of page {one.page + 1}" for one in wrong[:1]]


def apart(found, tolerance=0.06):
    """No letter stands in the box of another."""
    places = {}
    for one in found:
        for column in range(int(one.left // 5), int(one.right // 5) + 1):
            for row in range(int(one.top // 5), int(one.bottom // 5) + 1):
                places.setdefault((one.page, column, row), []).append(one)
    for together in places.values():
        together.sort(key=lambda one: one.left)
        for index, one in enumerate(together):
            for other in together[index + 1:]:
                if other.left >= one.right - tolerance:
                    break
                if one.top + tolerance < other.bottom and other.top + tolerance < one.bottom:
                    return [f"geometry: {one.text!r} and {other.text!r} overlap at {one.left:.2f}, {one.baseline:.2f} mm of "
                            f"page {one.page + 1}"]
    return []


def upright_rules(pdf):
    """For each page the upright rules as (x, top, bottom) in millimetres, read from the content."""
    pages = []
    with pikepdf.open(pdf) as file:
        for page in file.pages:
            height = float(page.mediabox[3])
            pages.append(sorted(set(page_rules(page, height))))
    return pages


def page_rules(page, height):
    matrix, stack, path = pikepdf.Matrix(), [], []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "q":
            stack.append(matrix)
        elif name == "Q":
            matrix = stack.pop()
        elif name == "cm":
            matrix = pikepdf.Matrix(*map(float, operands)) @ matrix
        elif name in ("m", "l"):
            path.append(matrix.transform((float(operands[0]), float(operands[1]))))
        elif name in ("S", "s"):
            for (x, y), (x2, y2) in zip(path[::2], path[1::2]):
                if abs(x - x2) < 0.01 and abs(y - y2) > 1:
                    yield tuple(round(millimetres(value), 2) for value in (x, height - max(y, y2), height - min(y, y2)))
            path = []
        elif name in ("f", "n", "B", "f*", "re"):
            path = []


def red_box(image, region=None):
    """The box (left, top, right, bottom) of seal red pixels within a region of the image, in pixels."""
    left, top, right, bottom = map(round, region or (0, 0, *image.size))
    pixels = image.load()
    points = [(x, y) for y in range(max(top, 0), min(bottom, image.height)) for x in range(max(left, 0), min(right, image.width))
              if pixels[x, y][0] > 190 and pixels[x, y][1] < 120 and pixels[x, y][2] < 120]
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs) + 1, max(ys) + 1


def seal(image, dpi, centre, width, height, tolerance=1.0):
    """A red seal of that size stands with its centre at that place (millimetres)."""
    scale = dpi / 25.4
    region = [scale * one for one in (centre[0] - width, centre[1] - height, centre[0] + width, centre[1] + height)]
    box = red_box(image, region)
    if box is None:
        return ["geometry: there is no seal"]
    left, top, right, bottom = (one / scale for one in box)
    off = max(abs((left + right) / 2 - centre[0]), abs((top + bottom) / 2 - centre[1]))
    complaints = [] if off <= tolerance else [f"geometry: the seal's centre is off by {off:.2f} mm"]
    if abs(right - left - width) > tolerance or abs(bottom - top - height) > tolerance:
        complaints.append(f"geometry: the seal measures {right - left:.1f} mm by {bottom - top:.1f} mm")
    return complaints


def white_margins(image, dpi):
    """Nothing at all is printed in the margins."""
    band = int((MARGIN - 0.3) * dpi / 25.4)
    width, height = image.size
    for box in ((0, 0, width, band), (0, height - band, width, height), (0, 0, band, height), (width - band, 0, width, height)):
        if min(low for low, _ in image.crop(box).getextrema()) < 250:
            return [f"geometry: something is printed in the margin {box}"]
    return []
