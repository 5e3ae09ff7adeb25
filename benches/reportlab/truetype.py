#!/usr/bin/env python3
"""truetype.py FONT.otf OUT.ttf: a font with CFF outlines as TrueType, which reportlab wants; to within 0.5 unit of the em."""

import sys

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable


def main():
    source, out = sys.argv[1:]
    font = TTFont(source, recalcTimestamp=False)
    order, glyphs, table = font.getGlyphOrder(), font.getGlyphSet(), newTable("glyf")
    table.glyphs = {}
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, max_err=0.5, reverse_direction=True))
        table.glyphs[name] = pen.glyph()
    table.glyphOrder = order
    font["loca"], font["glyf"] = newTable("loca"), table
    most = font["maxp"]
    most.tableVersion, most.maxZones, most.maxSizeOfInstructions = 0x00010000, 1, 0
    for field in ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
                  "maxComponentElements"):
        setattr(most, field, 0)
    post = font["post"]
    post.formatType, post.extraNames, post.mapping, post.glyphOrder = 3.0, [], {}, order
    del font["CFF "]
    if "VORG" in font:
        del font["VORG"]
    font.sfntVersion = "\0\1\0\0"
    font.save(out)


if __name__ == "__main__":
    main()
