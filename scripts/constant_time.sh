#!/usr/bin/env bash
# constant_time.sh: runs what works on secrets under valgrind with the secrets marked as undefined, which
# reports every branch and index that depends on them; then two controls that leak and must be reported.
. "$(dirname "$0")/parts.sh"
. "$(dirname "$0")/tools.sh"

if [ "$(uname -m)" != x86_64 ]; then
    echo "the requests to valgrind are written for x86-64"
    exit 77
fi
debian_package valgrind valgrind || { echo "valgrind is not installed and could not be"; exit 77; }

# As users get it: optimised; a directory of its own, since the feature is for this alone.
CARGO_PROFILE_RELEASE_DEBUG=1 cargo build --release --locked -p czei-sm2 --example constant_time \
    --features constant-time-check --target-dir target/constant-time || exit 1
program=target/constant-time/release/examples/constant_time

under_valgrind() {
    valgrind --quiet --error-exitcode=99 --num-callers=20 "$program" "$1"
}

under_valgrind all || { echo "a secret decides about a branch or an index, see above"; exit 1; }
for control in branch index; do
    under_valgrind "$control" >/dev/null 2>&1
    status=$?
    if [ $status != 99 ]; then
        echo "the control '$control' leaks and was not reported (status $status): this check sees nothing"
        exit 1
    fi
done
echo "no report over secrets, and both controls were reported"

# Valgrind does not know AVX-512. Of that path the steps that work on secrets are looked at as they were compiled:
# straight-line code, without a conditional jump and without an address made in a vector. The loops around them,
# over rows, lanes and the places of a public exponent, are read by people (CORRECTNESS.md).
debian_package objdump binutils || { echo "objdump is not installed: the AVX-512 path was not looked at"; exit 0; }
objdump -d --no-show-raw-insn "$program" | awk '
    /^[0-9a-f]+ <.*>:$/ { of = $2 }
    of ~ /czei_sm2.*ifma.*(4sign6choose|4sign5bytes|6powers|15negative_of_sum|12add_jacobian)17h/ {
        lines[of]++
        if ($2 ~ /^j/ && $2 != "jmp") { print "a conditional jump in " of ": " $0; bad = 1 }
        if ($2 ~ /gather|scatter/) { print "an address from a vector in " of ": " $0; bad = 1 }
        if ($2 == "vpermt2q" || $2 == "vpermi2q") chosen++
    }
    END {
        for (of in lines) found++
        if (found < 5) { print "only " found + 0 " of 5 functions of the AVX-512 path were found"; bad = 1 }
        if (!chosen) { print "no entry is chosen by permuting registers: this looks at something else"; bad = 1 }
        exit bad
    }' || exit 1
echo "the AVX-512 steps over secrets are straight-line code"
