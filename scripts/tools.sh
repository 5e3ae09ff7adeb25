# Brings the tools that the tests use, once, into target/tools or through the system's packages.
# Each function answers whether the tool is there afterwards. Sourced by the other scripts.
# shellcheck shell=bash

TOOLS="$ROOT/target/tools"
export PATH="$TOOLS/bin:$PATH"

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

# A package of a Debian system; elsewhere, or without the right to install, nothing happens.
debian_install() { # PACKAGE
    command -v apt-get >/dev/null || return 1
    {
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" ||
            { as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
                as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1"; }
    } >>"$LOGS/tools.log" 2>&1
}

debian_package() { # COMMAND PACKAGE
    command -v "$1" >/dev/null && return 0
    debian_install "$2"
    command -v "$1" >/dev/null
}

debian_headers() { # HEADER PACKAGE
    [ -e "/usr/include/$1" ] && return 0
    debian_install "$2"
    [ -e "/usr/include/$1" ]
}

# The class path of BouncyCastle, from the packages of a Debian system, with a compiler for it.
bouncycastle() {
    local jar jars=""
    debian_package javac default-jdk-headless || return 1
    for jar in bcprov bcutil bcpkix; do
        [ -e "/usr/share/java/$jar.jar" ] || debian_install "lib$jar-java"
        [ -e "/usr/share/java/$jar.jar" ] || return 1
        jars="$jars:/usr/share/java/$jar.jar"
    done
    echo "${jars#:}"
}

rust_component() { # CARGO-COMMAND COMPONENT
    cargo "$1" --version >/dev/null 2>&1 && return 0
    command -v rustup >/dev/null && rustup component add "$2" >>"$LOGS/tools.log" 2>&1
    cargo "$1" --version >/dev/null 2>&1
}

cargo_fuzz() {
    command -v cargo-fuzz >/dev/null && return 0
    # libFuzzer itself is C++.
    debian_package c++ g++ || return 1
    cargo install cargo-fuzz --version '^0.13' --locked --quiet --root "$TOOLS" --target-dir "$TOOLS/build" \
        >>"$LOGS/tools.log" 2>&1
    rm -rf "$TOOLS/build"
    command -v cargo-fuzz >/dev/null
}
