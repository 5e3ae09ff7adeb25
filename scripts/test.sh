#!/usr/bin/env bash
# test.sh all | check: the parts of the test, each with its time; logs under target/test-logs.
. "$(dirname "$0")/parts.sh"
. "$(dirname "$0")/tools.sh"

what="${1:-all}"
rm -f "$LOGS"/*.log
if [ -z "${CZEI_VECTORS:-}" ]; then
    notice "CZEI_VECTORS is not set: tests over receipts and vectors of other implementations are skipped"
fi

format() {
    rust_component fmt rustfmt || { echo "rustfmt is not installed and could not be"; return 77; }
    cargo fmt --all --check -- --color never &&
        cargo fmt --manifest-path fuzz/Cargo.toml --check &&
        cargo fmt --manifest-path benches/Cargo.toml --check
}

# The fuzzers and the benchmarks are workspaces of their own: nothing else here notices when their lock files lag.
locks() {
    local workspace
    for workspace in . fuzz benches; do
        cargo update --workspace --locked --quiet --manifest-path "$workspace/Cargo.toml" || return 1
    done
}

lints() {
    rust_component clippy clippy || { echo "clippy is not installed and could not be"; return 77; }
    cargo clippy --workspace --all-targets --locked -- -D warnings &&
        cargo clippy -p czei-stock --test controls --features fault-controls --locked -- -D warnings &&
        cargo clippy -p czei-sm2 --example constant_time --features constant-time-check --locked -- -D warnings
}

tests() {
    # These judge our output from outside; a test that lacks one of them says so and skips.
    debian_package xmllint libxml2-utils
    debian_package openssl openssl
    debian_package python3 python3
    debian_headers openssl/evp.h libssl-dev
    cargo test --workspace --lib --bins --tests --examples --locked --no-fail-fast
}

# The proofs of the stock with one thing changed: they fail when nothing is lost then.
controls() {
    cargo test -p czei-stock --test controls --features fault-controls --locked
}

doctests() {
    cargo test --workspace --doc --locked --no-fail-fast
}

independent() {
    debian_package python3 python3 || { echo "python3 is not installed and could not be"; return 77; }
    scripts/independent.sh
}

msrv() {
    local version
    version="$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)"
    if ! cargo "+$version" --version >/dev/null 2>&1; then
        rustup toolchain install "$version" --profile minimal >>"$LOGS/tools.log" 2>&1
    fi
    if ! cargo "+$version" --version >/dev/null 2>&1; then
        echo "Rust $version, the oldest one promised, is not installed and could not be"
        return 77
    fi
    cargo "+$version" check --workspace --locked --target-dir target/msrv
}

case "$what" in
check)
    part locks locks
    # A tenth of the proofs of the stock: `make test` makes all of them, CZEI_PROOF=long many more.
    export CZEI_PROOF="${CZEI_PROOF:-quick}"
    part format format
    part clippy lints
    part tests tests
    part doctests doctests
    ;;
all)
    part locks locks
    part format format
    part clippy lints
    part tests tests
    part controls controls
    part doctests doctests
    part constant-time scripts/constant_time.sh
    part independent independent
    part crosswise scripts/crosswise.sh
    part printed scripts/printed.sh
    part fuzz scripts/fuzz.sh 20
    part msrv msrv
    ;;
*)
    echo "usage: test.sh all | check" >&2
    exit 2
    ;;
esac
finish
