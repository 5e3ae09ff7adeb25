"""Pages of a receipt as another program draws them: `foreign.py` writes the files in `foreign` anew.

The receipt is `receipts/general.xml`; the pages are drawn by reportlab, and pikepdf puts the XML into them."""

import pathlib
import re

import pikepdf
from reportlab import rl_config
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

HERE = pathlib.Path(__file__).parent
XML = (HERE / "receipts/general.xml").read_bytes()
FONT, SIZE, PAPER = "STSong-Light", 9, (210 * mm, 140 * mm)
CAPITALS = "伍仟贰佰陆拾玖元伍角整"
COLUMNS = {"ItemCode": 10, "ItemName": 40, "ItemUnit": 100, "ItemQuantity": 120, "ItemStd": 140, "ItemAmount": 170}
HEADINGS = "项目编码 项目名称 单位 数量 标准 金额（元）".split()


def value(name, within=XML.decode()):
    return re.search(f"<{name}>([^<]*)</{name}>", within)[1]


def items():
    found = re.findall("<Item>.*?</Item>", XML.decode(), re.S)
    return [[value(name, item) for name in COLUMNS] for item in found]


def rows(total):
    date = re.sub(r"(....)(..)(..)", r"\1-\2-\3", value("IssueDate"))
    return [
        [("票据代码：", value("EInvoiceCode")), ("票据号码：", value("EInvoiceNumber"))],
        [("交款人统一社会信用代码：", value("PayerPartyCode")), ("校验码：", value("RandomNumber"))],
        [("交款人：", value("PayerPartyName")), ("开票日期：", date)],
        [("金额合计（大写）", CAPITALS), ("（小写）", total)],
        [("收款单位（章）：", value("InvoicingPartyName")), ("复核人：", value("Checker"))],
    ]


def cells(name, total):
    """All captions first, then all values, cell by cell."""
    page = canvas.Canvas(str(HERE / name), pagesize=PAPER, invariant=1)
    page.setFont(FONT, SIZE)
    captions, values = [(80, 12, value("EInvoiceName"))], []
    for line, row in enumerate(rows(total)):
        for x, (caption, text) in zip((10, 120), row):
            captions.append((x, 30 + 6 * line, caption))
            values.append((x + len(caption) * SIZE / mm, 30 + 6 * line, text))
    for line, item in enumerate([HEADINGS, *items()]):
        values += [(x, 70 + 6 * line, text) for x, text in zip(COLUMNS.values(), item)]
    for x, y, text in captions + values:
        page.drawString(x * mm, PAPER[1] - y * mm, text)
    page.save()


def table(name):
    """Tables of paragraphs."""
    style = ParagraphStyle("", fontName=FONT, fontSize=SIZE, leading=SIZE + 2, wordWrap="CJK")
    paragraphs = lambda lines: [[Paragraph(text, style) for text in line] for line in lines]
    fields = [["".join(cell) for cell in row] for row in rows(value("TotalAmount"))]
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 8 * mm)
    document = SimpleDocTemplate(str(HERE / name), pagesize=PAPER, invariant=1, **margins)
    document.build([Table(paragraphs(fields)), Table(paragraphs([HEADINGS, *items()]))])


def photographs(name):
    """QR codes as JPEG: upright, turned by a quarter, and one that is made for print."""
    page = canvas.Canvas(str(HERE / name), pagesize=PAPER, invariant=1)
    for x, turn, picture in ((10, 0, "gray"), (80, 90, "progressive"), (90, 0, "print")):
        page.saveState()
        page.translate(x * mm, 60 * mm)
        page.rotate(turn)
        page.drawImage(str(HERE / f"qr/{picture}.jpg"), 0, 0, 25 * mm, 25 * mm)
        page.restoreState()
    page.save()


def embed(name):
    with pikepdf.open(HERE / name, allow_overwriting_input=True) as file:
        file.attachments["einvoice.xml"] = pikepdf.AttachedFileSpec(
            file, XML, filename="einvoice.xml", mime_type="text/xml", creation_date="", mod_date=""
        )
        file.save(HERE / name, deterministic_id=True)


if __name__ == "__main__":
    (HERE / "foreign").mkdir(exist_ok=True)
    rl_config.useA85 = 0
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    photographs("foreign/photographs.pdf")
    cells("foreign/cells.pdf", "¥5,269.50")
    cells("foreign/cells-spaced.pdf", "¥5 269.50")
    cells("foreign/cells-lie.pdf", "¥9 269.50")
    table("foreign/table.pdf")
    for name in ("cells", "cells-spaced", "cells-lie", "table"):
        embed(f"foreign/{name}.pdf")
