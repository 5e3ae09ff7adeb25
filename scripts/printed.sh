#!/usr/bin/env bash
# printed.sh [renew]: printed receipts judged by programs of others; with renew, the page pictures of
# testdata/printed/pages are taken anew and have to be looked at.
. "$(dirname "$0")/parts.sh"
. "$(dirname "$0")/tools.sh"
set -eu

debian_package qpdf qpdf || { echo "qpdf is not installed and could not be"; exit 77; }
debian_package pdftotext poppler-utils || { echo "poppler-utils is not installed and could not be"; exit 77; }
debian_package mutool mupdf-tools || { echo "mutool is not installed and could not be"; exit 77; }
debian_package zbarimg zbar-tools || { echo "zbarimg is not installed and could not be"; exit 77; }
python="$(printed_python)" || { echo "pikepdf, pypdf or Pillow is not installed and could not be"; exit 77; }

outsiders=()
if vera="$(verapdf)"; then
    outsiders+=(--vera "$vera")
else
    echo "skipped: printed receipts by veraPDF: a JDK, Maven or veraPDF is not installed and could not be"
fi
# Between them they have the rare characters of planes 0 and 2.
noto=/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
hanazono=/usr/share/fonts/truetype/hanazono
[ -e "$noto" ] || debian_install fonts-noto-cjk || true
[ -e "$hanazono/HanaMinA.ttf" ] || debian_install fonts-hanazono || true
if [ -e "$noto" ] && [ -e "$hanazono/HanaMinA.ttf" ]; then
    outsiders+=(--font "$noto#2" --font "$hanazono/HanaMinA.ttf" --font "$hanazono/HanaMinB.ttf")
else
    echo "skipped: printed receipts with rare characters: fonts-noto-cjk or fonts-hanazono is not installed and could not be"
fi
if locales="$(other_locales)"; then
    outsiders+=(--locales "$locales")
else
    echo "skipped: printed receipts in other locales: they are not installed and could not be made"
fi
[ "${1:-}" = renew ] && outsiders+=(--renew)

cargo build --release --locked --quiet -p czei-cli
exec "$python" scripts/printed.py --czei "${CARGO_TARGET_DIR:-target}/release/czei" --work target/printed "${outsiders[@]}"
