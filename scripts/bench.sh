#!/usr/bin/env bash
# bench.sh [N] [STOCK]: the figures per receipt (criterion), SM2 and SM3 beside other implementations, a stock
# of numbers on this disk (opened with STOCK numbers in it, default 200,000), printed receipts beside reportlab, and a
# folder of N receipts (default 100,000) through `czei verify` on all processors.
. "$(dirname "$0")/parts.sh"
. "$(dirname "$0")/tools.sh"
set -eu
cargo bench --locked --quiet --manifest-path benches/Cargo.toml --bench receipt >target/bench.log 2>&1 ||
    { tail -n 40 target/bench.log; exit 1; }
cargo build --release --locked --quiet -p czei-cli
cargo build --release --locked --quiet --manifest-path benches/Cargo.toml --bins
echo
benches/target/release/figures
echo
benches/target/release/sm2_peers
echo
benches/target/release/sm2_timing
echo
benches/target/release/stock target/bench-stock "${2:-200000}"
echo
peer=()
font="target/bench-font.ttf"
if python="$(printed_python)" && "$python" benches/reportlab/truetype.py crates/font/CzeiSansSC-Regular.otf "$font"; then
    peer=("$python" "$font")
else
    echo "skipped: reportlab beside us: it is not installed and could not be"
fi
benches/target/release/printed "${peer[@]}"
echo
benches/target/release/verify_dir target/release/czei target/bench-receipts "${1:-100000}"
