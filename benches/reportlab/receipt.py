#!/usr/bin/env python3
"""The benchmark's page drawn by reportlab: the same font file, texts, rules, seal and QR text, the same XML attached.

    receipt.py [--no-qr] PAGE.json FONT.ttf SECONDS [OUT.pdf]

PAGE.json is what src/bin/printed of the benchmarks writes: lengths in micrometres from the page's top left corner.
Prints receipts a second of one process, the font read once, and the bytes of a file. reportlab chooses no line breaks
here and writes no PDF/A (no XMP, no output intent): it has less to do.
"""

import base64
import io
import json
import sys
import time

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfdoc, pdfmetrics, ttfonts
from reportlab.pdfgen import canvas
from reportlab.pdfgen.pathobject import PDFPathObject

POINT = 72 / 25_400


class Receipt:
    """One page with its attachment."""

    def __init__(self, page, with_qr):
        self.page, self.height, self.with_qr = page, page["height"], with_qr
        self.xml = base64.b64decode(page["xml"])
        # What is the same on every page is made ready once, as it is for the other side.
        self.paths = [(self.path(shape["path"]), HexColor(shape["colour"]), shape["width"]) for shape in page["shapes"]]

    def pdf(self, number):
        """The file; the number makes each one another document, as receipts are."""
        out = io.BytesIO()
        page = canvas.Canvas(out, pagesize=(self.page["width"] * POINT, self.height * POINT), pageCompression=1)
        page.setTitle(self.page["title"])
        self.rules(page)
        self.texts(page, number)
        self.seal(page)
        if self.with_qr:
            self.qr(page, number)
        self.attach(page)
        page.showPage()
        page.save()
        return out.getvalue()

    def y(self, um):
        return (self.height - um) * POINT

    def rules(self, page):
        for x, y, x2, y2, width, colour in self.page["rules"]:
            page.setStrokeColor(HexColor(colour))
            page.setLineWidth(width * POINT)
            page.line(x * POINT, self.y(y), x2 * POINT, self.y(y2))

    def texts(self, page, number):
        for x, baseline, size, colour, text in self.page["texts"]:
            page.setFillColor(HexColor(colour))
            page.setFont("receipt", size * POINT)
            page.drawString(x * POINT, self.y(baseline), text.replace(self.page["number"], number))

    def path(self, segments):
        path = PDFPathObject()
        for kind, *points in segments:
            points = [one * POINT if index % 2 == 0 else self.y(one) for index, one in enumerate(points)]
            {"m": path.moveTo, "l": path.lineTo, "c": path.curveTo, "z": path.close}[kind](*points)
        return path

    def seal(self, page):
        for path, colour, width in self.paths:
            page.setFillColor(colour)
            page.setStrokeColor(colour)
            page.setLineWidth(width * POINT)
            page.drawPath(path, stroke=int(width > 0), fill=int(width == 0))

    def qr(self, page, number):
        code = self.page["qr"]
        side = code["side"] * POINT
        text = code["text"].replace(self.page["number"], number)
        drawing = Drawing(side, side)
        drawing.add(QrCodeWidget(text, barWidth=side, barHeight=side, barLevel="M", barBorder=0))
        renderPDF.draw(drawing, page, code["x"] * POINT, self.y(code["y"] + code["side"]))

    def attach(self, page):
        document = page._doc
        stream = pdfdoc.PDFStream(pdfdoc.PDFDictionary({"Type": "/EmbeddedFile", "Subtype": "/text#2Fxml"}), self.xml,
                                  filters=[pdfdoc.PDFZCompress])
        content = document.Reference(stream, "xml")
        name = pdfdoc.PDFString("einvoice.xml")
        file = document.Reference(pdfdoc.PDFDictionary({
            "Type": "/Filespec", "F": name, "UF": name, "AFRelationship": "/Data",
            "EF": pdfdoc.PDFDictionary({"F": content})}), "file")
        names = pdfdoc.PDFDictionary({"EmbeddedFiles": pdfdoc.PDFDictionary({"Names": pdfdoc.PDFArray([name, file])})})
        document.Catalog.Names = document.Reference(names, "names")
        document.Catalog.AF = pdfdoc.PDFArray([file])
        document.Catalog.__RefOnly__ = 1
        document.Catalog.__NoDefault__ = [*document.Catalog.__NoDefault__, "Names", "AF"]


def main():
    with_qr = "--no-qr" not in sys.argv
    page_file, font, seconds, *out = [one for one in sys.argv[1:] if one != "--no-qr"]
    with open(page_file, encoding="utf-8") as file:
        receipt = Receipt(json.load(file), with_qr)
    pdfmetrics.registerFont(ttfonts.TTFont("receipt", font))
    data = receipt.pdf("0000000000")
    if out:
        with open(out[0], "wb") as file:
            file.write(data)
    begun, count = time.perf_counter(), 0
    while time.perf_counter() - begun < float(seconds):
        receipt.pdf(f"{count:010}")
        count += 1
    rate = count / (time.perf_counter() - begun)
    print(f"{rate:.1f}\t{len(data)}")


if __name__ == "__main__":
    main()
