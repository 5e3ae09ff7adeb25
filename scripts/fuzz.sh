#!/usr/bin/env bash
# fuzz.sh SECONDS [TARGET…]: each fuzz target for so many seconds, from the committed corpus.
# New inputs that widen the coverage stay under target/fuzz-corpus; a finding fails the run and its
# input stays under fuzz/artifacts.
. "$(dirname "$0")/parts.sh"
. "$(dirname "$0")/tools.sh"

seconds="${1:-20}"
shift
if ! cargo_fuzz; then
    echo "skipped: cargo-fuzz could not be installed, see target/test-logs/tools.log"
    exit 77
fi
# The sanitizers are unstable options; this lets the stable toolchain take them.
export RUSTC_BOOTSTRAP=1
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    mapfile -t targets < <(cargo fuzz list)
fi
if [ ${#targets[@]} = 0 ]; then
    echo "no fuzz targets found"
    exit 1
fi
cargo fuzz build || exit 1
status=0
for target in "${targets[@]}"; do
    found="target/fuzz-corpus/$target"
    mkdir -p "$found"
    log="$LOGS/fuzz-$target.log"
    if cargo fuzz run "$target" "$found" "fuzz/corpus/$target" -- -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=1024 -verbosity=1 >"$log" 2>&1 && grep -q '^Done ' "$log"; then
        printf 'fuzz %-16s ok      %s\n' "$target" "$(grep -E '^Done ' "$log" | tail -n 1)"
    else
        status=1
        printf 'fuzz %-16s FAILED\n' "$target"
        tail -n 60 "$log"
    fi
    grep -E '^skipped[: ]' "$log"
done
exit $status
