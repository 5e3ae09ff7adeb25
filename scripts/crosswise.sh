#!/usr/bin/env bash
# Files of OpenSSL, BouncyCastle, gmsm and of a script, read by czei, and files of czei read by them.
. "$(dirname "$0")/parts.sh"
. "$(dirname "$0")/tools.sh"
set -eu

work="target/crosswise"
sources="testdata/crosswise"
rm -rf "$work"
mkdir -p "$work/tools"
debian_package python3 python3 || { echo "python3 is not installed and could not be"; exit 77; }

readers=()
if debian_package openssl openssl; then
    readers+=(--openssl)
    openssl version
else
    echo "skipped: crosswise with OpenSSL: the command openssl is not installed and could not be"
fi
if jars="$(bouncycastle)" && javac -encoding UTF-8 -cp "$jars" -d "$work/tools" "$sources/Bouncy.java"; then
    readers+=(--bouncycastle "$jars:$work/tools")
    echo "BouncyCastle $(java -cp "$jars:$work/tools" Bouncy version)"
else
    echo "skipped: crosswise with BouncyCastle: javac, libbcprov-java or libbcpkix-java is not installed and could not be"
fi
if command -v go >/dev/null && (cd "$sources/gmsm" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly go mod download); then
    (cd "$sources/gmsm" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly go build -o "$ROOT/$work/tools/gmsm" .)
    readers+=(--gmsm "$work/tools/gmsm")
    sed -n 's/^require \(.*\)/\1/p' "$sources/gmsm/go.mod" | head -n 1
else
    echo "skipped: crosswise with gmsm: Go is not installed, or the module proxy is not reached"
fi
cargo build --locked --quiet -p czei-pki --example crosswise
python3 scripts/crosswise.py --work "$work/files" --czei "${CARGO_TARGET_DIR:-target}/debug/examples/crosswise" "${readers[@]}"
