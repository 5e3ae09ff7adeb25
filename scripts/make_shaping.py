#!/usr/bin/env python3
"""Prints the table of crates/render/src/font/shaping.rs from the Unicode Character Database.

Needs fonttools 4.60.1 (Scripts.txt) and unicodedata2 16.0.0 (general categories), both of Unicode 16.

    python3 scripts/make_shaping.py
"""

import sys

import unicodedata2
from fontTools.unicodedata import Scripts, script, script_horizontal_direction

# Left to right, but letters change their shape or their place: the scripts that HarfBuzz gives to a shaper other
# than its default one (Indic, Khmer, Myanmar, Thai and Lao, Hangul for jamo, and the Universal Shaping Engine).
SHAPED = set(
    """Ahom Bali Batk Beng Bhks Brah Bugi Buhd Cakm Cham Cpmn Deva Diak Dogr Dupl Egyp Gong Gonm Gran Gujr Gukh Guru
    Hano Java Kali Kawi Khmr Khoj Kits Knda Krai Kthi Lana Laoo Lepc Limb Mahj Maka Marc Medf Mlym Modi Mong Mtei Mult
    Mymr Nagm Nand Newa Onao Orya Phag Plrd Rjng Saur Shrd Sidd Sind Sinh Soyo Sund Sunu Sylo Tagb Takr Tale Talu Taml
    Tavt Telu Tglg Tfng Thai Tibt Tirh Tnsa Toto Tutg Wcho Yezi Zanb Sgnw""".split()
)
JAMO = [(0x1100, 0x11FF), (0xA960, 0xA97F), (0xD7B0, 0xD7FF)]
SELECTORS = [(0xFE00, 0xFE0F), (0xE0100, 0xE01EF)]


def within(code, ranges):
    return any(first <= code <= last for first, last in ranges)


def shaped(code):
    character = chr(code)
    if 0xD800 <= code <= 0xDFFF or within(code, SELECTORS):
        return False
    if unicodedata2.category(character).startswith("M") or within(code, JAMO):
        return True
    name = script(character)
    if name in ("Zyyy", "Zinh", "Zzzz"):
        # Signs of several right-to-left scripts, and what is not assigned in their blocks.
        return unicodedata2.bidirectional(character) in ("R", "AL", "AN") or within(
            code, [(0x0590, 0x08FF), (0xFB1D, 0xFDCF), (0xFDF0, 0xFDFF), (0xFE70, 0xFEFE), (0x10800, 0x10FFF), (0x1E800, 0x1EFFF)]
        )
    return name in SHAPED or script_horizontal_direction(name, "LTR") == "RTL"


def main():
    version = unicodedata2.unidata_version
    if not any(version in str(line) for line in open(Scripts.__file__, encoding="utf-8").readlines()[:12]):
        sys.exit(f"unicodedata2 is of Unicode {version}, Scripts.txt is not")
    codes = [code for code in range(0x110000) if shaped(code)]
    ranges, start, last = [], codes[0], codes[0]
    for code in codes[1:] + [0x7FFFFFFF]:
        # Gaps that nothing is assigned in do not part a range.
        gap = range(last + 1, min(code, 0x110000))
        if code == last + 1 or (code < 0x110000 and all(unicodedata2.category(chr(g)) == "Cn" for g in gap)):
            last = code
            continue
        ranges.append((start, last))
        start = last = code
    print(f"// Unicode {version}, {len(ranges)} ranges.")
    for first, last in ranges:
        print(f"    ({first:#07x}, {last:#07x}), // {unicodedata2.name(chr(first), '(not assigned)').lower()}")


if __name__ == "__main__":
    main()
