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
