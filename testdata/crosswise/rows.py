"""What the Python makers and readers share: the command line, the manifest and the lists. See README.md."""

import pathlib
import sys
from typing import NamedTuple

# The DER writer and reader, SM2 and SM3 that share nothing with czei.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "independent"))

import der  # noqa: E402

DEFAULT_ID = "1234567812345678"
ORGANISATION = "交叉验证"


class NotKnown(Exception):
    """The reader has no such format."""


class Refused(Exception):
    """The reader says no."""


class Row(NamedTuple):
    id: str
    format: str
    dir: pathlib.Path
    file: str
    content: str
    user_id: str

    @property
    def path(self):
        return self.dir / self.file

    def bytes(self):
        return decoded(self.path)


def decoded(path):
    data = path.read_bytes()
    return der.unpem(data.decode()) if data.startswith(b"-----BEGIN") else data


class Manifest:
    """Files of a maker: name, format, user id, and the code with which czei has to refuse it."""

    def __init__(self, folder):
        self.folder, self.lines = folder, []

    def add(self, name, format_, data=None, user_id=DEFAULT_ID, refused=""):
        if data is not None:
            (self.folder / name).write_bytes(data)
        self.lines.append("\t".join((name, format_, user_id, refused)))

    def write(self):
        text = "".join(line + "\n" for line in self.lines)
        (self.folder / "manifest.tsv").write_text(text, encoding="utf-8")


def main(make, read):
    """MAKER make DIR CONTENT PASSWORDFILE | MAKER read LIST PASSWORDFILE"""
    if len(sys.argv) == 5 and sys.argv[1] == "make":
        folder = pathlib.Path(sys.argv[2])
        manifest = Manifest(folder)
        make(folder, pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4]).resolve(), manifest)
        manifest.write()
    elif len(sys.argv) == 4 and sys.argv[1] == "read":
        sys.stdout.reconfigure(encoding="utf-8")
        for line in pathlib.Path(sys.argv[2]).read_text(encoding="utf-8").splitlines():
            id_, format_, folder, *rest = line.split("\t")
            row = Row(id_, format_, pathlib.Path(folder), *rest)
            print(row.id, *answer(read, row, pathlib.Path(sys.argv[3])), sep="\t")
    else:
        sys.exit(f"usage: {sys.argv[0]} make DIR CONTENT PASSWORDFILE | read LIST PASSWORDFILE")


def answer(read, row, password):
    try:
        read(row, password)
        return "ok", ""
    except NotKnown:
        return "unknown", ""
    except (Refused, ValueError, IndexError) as error:
        return "refused", " ".join(str(error).split())
