#!/usr/bin/env bash
# bench.sh [N] [STOCK]: the figures per receipt (criterion), SM2 and SM3 beside other implementations, a stock
# of numbers on this disk (opened with STOCK numbers in it, default 200,000), and a folder of N receipts
# (default 100,000) through `czei verify` on all processors.
set -eu
cd "$(dirname "$0")/.."
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
benches/target/release/verify_dir target/release/czei target/bench-receipts "${1:-100000}"
