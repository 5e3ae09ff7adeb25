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

# The class path of veraPDF, from Maven Central, with the driver testdata/printed/Vera.java compiled.
verapdf() {
    local home="$TOOLS/verapdf" sources="$ROOT/testdata/printed"
    debian_package javac default-jdk-headless || return 1
    if ! cmp -s "$sources/pom.xml" "$home/pom.xml"; then
        debian_package mvn maven || return 1
        rm -rf "$home"
        mkdir -p "$home/lib"
        mvn --quiet --batch-mode --file "$sources/pom.xml" dependency:copy-dependencies \
            -DoutputDirectory="$home/lib" >>"$LOGS/tools.log" 2>&1 || return 1
        cp "$sources/pom.xml" "$home/pom.xml"
    fi
    if ! cmp -s "$sources/Vera.java" "$home/Vera.java"; then
        javac -encoding UTF-8 -cp "$home/lib/*" -d "$home/classes" "$sources/Vera.java" >>"$LOGS/tools.log" 2>&1 || return 1
        cp "$sources/Vera.java" "$home/Vera.java"
    fi
    echo "$home/lib/*:$home/classes"
}

# A Python with the packages that testdata/printed/requirements.txt names.
printed_python() {
    local home="$TOOLS/printed-python" wanted="$ROOT/testdata/printed/requirements.txt"
    debian_package python3 python3 || return 1
    if ! cmp -s "$wanted" "$home/requirements.txt"; then
        rm -rf "$home"
        python3 -m venv "$home" >>"$LOGS/tools.log" 2>&1 || {
            debian_install python3-venv && rm -rf "$home" && python3 -m venv "$home" >>"$LOGS/tools.log" 2>&1
        } || return 1
        "$home/bin/python" -m pip install --quiet --requirement "$wanted" >>"$LOGS/tools.log" 2>&1 || return 1
        cp "$wanted" "$home/requirements.txt"
    fi
    echo "$home/bin/python"
}

# A folder with locales (for LOCPATH) in which programs that heed them would write something else.
other_locales() {
    local home="$TOOLS/locales" name
    for name in zh_CN tr_TR; do
        [ -d "$home/$name.UTF-8" ] && continue
        [ -e "/usr/share/i18n/locales/$name" ] || debian_install locales
        mkdir -p "$home"
        localedef --no-archive -i "$name" -f UTF-8 "$home/$name.UTF-8" >>"$LOGS/tools.log" 2>&1
        [ -d "$home/$name.UTF-8" ] || return 1
    done
    echo "$home"
}
