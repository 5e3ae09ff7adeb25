"""Printed receipts with one thing wrong: each outsider has to complain about its own, or its silence proves nothing."""

import pathlib

import pikepdf
from PIL import Image, ImageChops

POINT = 72 / 25.4


def damaged(pdf, out, change):
    """A copy with a change by pikepdf, and where it lies."""
    with pikepdf.open(pdf) as file:
        change(file)
        file.save(out, static_id=True, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out


def bytes_changed(pdf, out, change):
    pathlib.Path(out).write_bytes(change(pathlib.Path(pdf).read_bytes()))
    return out


def moved(x, y, pages=None):
    """Everything moved by millimetres, to the right and down, on all pages or on those named."""
    def change(file):
        for index, page in enumerate(file.pages):
            if pages is None or index in pages:
                page.contents_add(f"q 1 0 0 1 {x * POINT} {-y * POINT} cm\n".encode(), prepend=True)
                page.contents_add(b"\nQ")
    return change


def twice(x, y):
    """The first page's content painted again, moved by millimetres."""
    def change(file):
        page = file.pages[0]
        page.contents_coalesce()
        content = page.Contents.read_bytes()
        page.Contents = file.make_stream(b"q " + content + f"\nQ q 1 0 0 1 {x * POINT} {-y * POINT} cm\n".encode()
                                         + content + b"\nQ")
    return change


def covered(left, top, width, height, grey=1):
    """A filled rectangle on the first page, in millimetres from its top left corner."""
    def change(file):
        page = file.pages[0]
        up = float(page.mediabox[3]) - (top + height) * POINT
        page.contents_add(f"\nq {grey} g {left * POINT} {up} {width * POINT} {height * POINT} re f Q".encode())
    return change


def without_unicode(file):
    for one in file.objects:
        if isinstance(one, pikepdf.Dictionary) and "/ToUnicode" in one:
            del one["/ToUnicode"]


def other_xml(file):
    for name in list(file.attachments):
        data = file.attachments[name].get_file().read_bytes()
        del file.attachments[name]
        file.attachments[name] = data.replace(b"<TotalAmount>", b"<TotalAmount>1", 1)


def root_entry(key, value):
    def change(file):
        file.Root[key] = value
    return change


def without(key):
    def change(file):
        del file.Root[key]
    return change


def other_title(file):
    file.trailer.Info.Title = pikepdf.String("收据")


def annotated(file):
    file.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.com")))])


def other_widths(file):
    for one in file.objects:
        if isinstance(one, pikepdf.Dictionary) and "/W" in one and "/CIDSystemInfo" in one:
            one.W = pikepdf.Array([0, 65535, 777])


def wrong_table(data):
    """The cross-reference table is not where the file says."""
    at = data.rindex(b"startxref\n") + 10
    return data[:at] + b"7" + data[at:]


def broken_stream(data):
    """A compressed page whose data do not end as they should."""
    with_filter = data.rindex(b"/FlateDecode", 0, data.rindex(b"xref\n0 "))
    at = data.index(b"stream\n", with_filter) + 7
    return data[:at + 4] + bytes(byte ^ 0x55 for byte in data[at + 4:at + 24]) + data[at + 24:]


def shifted(image, x, y):
    return ImageChops.offset(image, x, y)


def other_digit(image, box):
    """A piece of the picture painted over with what stands beside it."""
    changed = image.copy()
    left, top, right, bottom = box
    changed.paste(image.crop((left - (right - left), top, left, bottom)), (left, top))
    return changed


def moved_line(image, box, by):
    """A piece of the picture stands a few pixels lower."""
    changed = image.copy()
    piece = image.crop(box)
    changed.paste(Image.new(image.mode, piece.size, "white"), box[:2])
    changed.paste(piece, (box[0], box[1] + by))
    return changed
