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

# Valgrind does not know AVX-512. Of that path, what works on secrets is looked at as it was compiled: the steps are
# straight-line code; the functions around them, which loop over rows, lanes and the places of a public exponent,
# turn no vector into a condition or an address, and have no more conditional jumps than were read.
debian_package objdump binutils || { echo "objdump is not installed: the AVX-512 path was not looked at"; exit 0; }
# Jumps of each loop, read with this compiler; inlining differs with another, and then there are other loops.
READ_WITH=1.95
objdump -d --no-show-raw-insn "$program" | awk -v same="$(rustc --version | grep -c "^rustc $READ_WITH\.")" '
    BEGIN {
        for (i = split("4sign6choose 4sign5bytes 6powers 15negative_of_sum 12add_jacobian", name, " "); i; i--) most[name[i]] = 0
        split("4sign4sums 4sign8affine_x 8sign_one3sum 3Fe86invert 3Fe89sqr_times", name, " ")
        split("7 4 4 1 1", count, " ")
        for (i = 1; i <= 5; i++) most[name[i]] = count[i]
    }
    /^[0-9a-f]+ <.*>:$/ {
        of = ""
        # A closure is named after the function around it; it has no loop of its own.
        for (each in most) if ($2 ~ "czei_sm2.*ifma.*" each "(17h|28_)") { of = each; symbol = $2; jumps = 0; there[each] = 1 }
    }
    of != "" {
        if ($2 ~ /^j/ && $2 != "jmp" && ++jumps > most[of] && (same || most[of] == 0)) {
            print "conditional jump " jumps " where " most[of] " were read, in " symbol ": " $0; bad = 1
        }
        if ($2 ~ /gather|scatter|kortest|ktest|movmsk/ || ($2 == "vptest" && $0 ~ /[xy]mm/)) {
            print "a vector becomes a condition or an address in " symbol ": " $0; bad = 1
        }
        if ($2 ~ /^vperm[ti]2q$/) chosen++
    }
    END {
        for (each in most) if (!there[each]) { print "not found: " each; bad = 1 }
        if (!chosen) { print "no entry is chosen by permuting registers: this looks at something else"; bad = 1 }
        if (!same) print "another compiler than the loops were read with: their jumps were not counted"
        exit bad
    }' || exit 1
echo "the AVX-512 path over secrets has no condition and no address made of them"
