"""Pictures of pages at 100 dpi, kept small, and how far a page may be from its picture."""

from PIL import Image, ImageChops, ImageFilter, ImageStat

DPI = 100
# Programs smooth letters differently from version to version; a digit that changed or a line that moved is far more
# (a changed digit 25 or more, few colours 9 or less).
MEAN, HIGHEST = 0.6, 20


def kept(image, path):
    """Writes a picture with few colours."""
    few = image.convert("RGB").quantize(colors=24, method=Image.Quantize.MAXCOVERAGE, kmeans=8, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def difference(image, other):
    """(mean, highest) difference of grey values, blurred; None when the sizes differ."""
    if image.size != other.size:
        return None
    blurred = [one.convert("L").filter(ImageFilter.GaussianBlur(1.5)) for one in (image.convert("RGB"), other.convert("RGB"))]
    found = ImageChops.difference(*blurred)
    return ImageStat.Stat(found).mean[0], found.getextrema()[1]


def compared(image, other):
    """Complaints about a page beside its picture."""
    found = difference(image, other)
    if found is None:
        return [f"picture: {image.size} beside {other.size} pixels"]
    mean, highest = found
    if mean > MEAN or highest > HIGHEST:
        return [f"picture: differs by {mean:.2f} of 255 in the mean and {highest} at most"]
    return []
