#!/usr/bin/env python3
"""Makes the bundled font, crates/font/CzeiSansSC-Regular.otf, from Noto Sans CJK SC Regular.

Needs fonttools 4.60.1. The source is NotoSansCJK-Regular.ttc as Debian's fonts-noto-cjk
(1:20220127+repack1-1) installs it; another file is refused, because the same source must give the same bytes.

    python3 scripts/make_font.py [SOURCE] [-o TARGET]
"""

import argparse
import hashlib
import pathlib
import sys
import unicodedata

import fontTools
from fontTools import subset
from fontTools.ttLib import TTFont

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SOURCE_SHA256 = "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a"
FACE = "Noto Sans CJK SC"
TARGET = HERE.parent / "crates" / "font" / "CzeiSansSC-Regular.otf"
FONTTOOLS = "4.60.1"
LIMIT = 2_000_000

# The licence (OFL.txt) reserves the name "Source"; this font is named neither that nor Noto.
FAMILY = "Czei Sans SC"
POSTSCRIPT = "CzeiSansSC-Regular"
NOTICE = (
    "Copyright 2014-2021 Adobe (http://www.adobe.com/), with Reserved Font Name 'Source'. "
    "Cut from Noto Sans CJK SC 2.004 for czei."
)
LICENCE = "Licensed under the SIL Open Font License, Version 1.1. http://scripts.sil.org/OFL"
VERSION = "Version 2.004; cut 1"


def gb2312():
    """Every character of GB 2312, in both readings where tables of mappings differ (middle dot, dash)."""
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            pair = bytes([row, cell])
            try:
                found.add(pair.decode("gb2312"))
            except UnicodeDecodeError:
                continue
            found.add(pair.decode("gbk"))
    return found


def symbols():
    """What stands in receipts beside Chinese characters."""
    ranges = [
        (0x0020, 0x007E),  # ASCII
        (0x00A0, 0x00FF),  # Latin-1
        (0x2010, 0x2027),  # dashes, quotation marks, points
        (0x2030, 0x203B),  # per mille, primes, reference mark
        (0x2070, 0x2079),  # superscripts
        (0x2080, 0x2089),  # subscripts
        (0x20A9, 0x20AC),  # won, dong, euro
        (0x2100, 0x2127),  # letterlike: ℃, №, ™
        (0x2153, 0x216B),  # fractions, Roman numerals
        (0x2170, 0x2179),
        (0x2190, 0x2199),  # arrows
        (0x2460, 0x2473),  # circled numbers
        (0x25A0, 0x25CF),  # geometric shapes
        (0x2605, 0x2606),  # stars
        (0x2611, 0x2612),  # boxes with a check and a cross
        (0x2713, 0x2717),  # check marks
        (0x3000, 0x301F),  # CJK punctuation, 〇, 〔〕
        (0x3220, 0x3229),  # numbers in brackets
        (0x3251, 0x325F),  # circled numbers from 21
        (0x338D, 0x339E),  # units: µg, mg, kg, kHz, mL, mm, km
        (0x33A0, 0x33A6),  # ㎡, ㎥
        (0x33C4, 0x33C4),  # cc
        (0x33CE, 0x33CE),
        (0x33D1, 0x33D5),
        (0xFF01, 0xFF5E),  # full-width forms
        (0xFFE0, 0xFFE6),
    ]
    return {chr(code) for first, last in ranges for code in range(first, last + 1)}


def beyond():
    """The committed list of further characters."""
    lines = (HERE / "make_font_characters.txt").read_text(encoding="utf-8").splitlines()
    return {character for line in lines if not line.startswith("#") for character in line}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("source", nargs="?", default=SOURCE)
    arguments.add_argument("-o", "--output", default=str(TARGET))
    given = arguments.parse_args()
    if fontTools.version != FONTTOOLS:
        sys.exit(f"fonttools {FONTTOOLS} is needed, this is {fontTools.version}")
    if hashlib.sha256(pathlib.Path(given.source).read_bytes()).hexdigest() != SOURCE_SHA256:
        sys.exit(f"{given.source} is not the source that this font is made from")

    font = next(face for face in faces(given.source) if face["name"].getDebugName(4) == FACE)
    required = gb2312() | beyond()
    # Combining marks would be set wrongly, and nothing here sets them.
    wanted = {c for c in required | symbols() if not unicodedata.category(c).startswith("M")}

    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    # Without subroutines a glyph can be taken out by itself, which cutting for a PDF does for each file.
    options.desubroutinize = True
    options.notdef_outline = True
    options.name_IDs = []
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes={ord(c) for c in wanted})
    cutter.subset(font)
    # One table of characters; the others repeat it or serve programs that know no characters beyond the BMP.
    font["cmap"].tables = [table for table in font["cmap"].tables if table.format == 12][-1:]
    rename(font)
    lacking = sorted(c for c in required if ord(c) not in font.getBestCmap())
    if lacking:
        sys.exit(f"the source lacks {''.join(lacking)}")

    font.recalcTimestamp = False  # the source's dates, so that the same bytes come out
    font.save(given.output)
    made = pathlib.Path(given.output).read_bytes()
    if len(made) > LIMIT:
        sys.exit(f"{given.output}: {len(made)} bytes are more than {LIMIT}")
    print(f"{given.output}: {len(made)} bytes, {font['maxp'].numGlyphs} glyphs, {len(font.getBestCmap())} characters")
    print(f"SHA-256 {hashlib.sha256(made).hexdigest()}")


def faces(path):
    """The faces of a collection."""
    count = TTFont(path, fontNumber=0, lazy=True).reader.numFonts
    for number in range(count):
        yield TTFont(path, fontNumber=number, lazy=True)


def rename(font):
    """The names of the cut font, and nothing else in the name table."""
    names = font["name"]
    names.names = []
    for number, text in {
        0: NOTICE,
        1: FAMILY,
        2: "Regular",
        3: f"{VERSION};{POSTSCRIPT}",
        4: FAMILY,
        5: VERSION,
        6: POSTSCRIPT,
        13: LICENCE,
        14: "http://scripts.sil.org/OFL",
    }.items():
        names.setName(text, number, 3, 1, 0x409)
    table = font["CFF "].cff
    table.fontNames = [POSTSCRIPT]
    top = table[0]
    top.FullName = FAMILY
    top.FamilyName = FAMILY
    top.Notice = NOTICE
    for number, part in enumerate(top.FDArray):
        part.FontName = f"{POSTSCRIPT}-{number}"


if __name__ == "__main__":
    main()
