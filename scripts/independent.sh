#!/usr/bin/env bash
# Receipts and attacks made by testdata/independent, which shares nothing with czei, judged by czei.
set -eu
cd "$(dirname "$0")/.."
python3 testdata/independent/make_receipts.py --self-test
cargo build --release --locked --quiet -p czei-cli
exec python3 scripts/independent.py --czei target/release/czei --work target/independent "$@"
