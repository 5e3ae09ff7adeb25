# Runs named parts, each with its own log and its own time. Sourced by the other scripts.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
LOGS="$ROOT/target/test-logs"
PART_NAMES=()
PART_STATES=()
PART_SECONDS=()
FAILED_PARTS=0

mkdir -p "$LOGS"
cd "$ROOT" || exit 2

notice() {
    printf '\n  !!  %s\n\n' "$*" >&2
}

record() { # NAME STATE SECONDS
    PART_NAMES+=("$1")
    PART_STATES+=("$2")
    PART_SECONDS+=("$3")
    printf 'part %-12s %-7s %4d s\n' "$1" "$2" "$3"
}

# A command that ends with status 77 had nothing to run on; its log says why.
part() { # NAME COMMAND...
    local name="$1" start status log
    shift
    log="$LOGS/$name.log"
    start=$SECONDS
    "$@" >"$log" 2>&1
    status=$?
    case $status in
    0) record "$name" ok $((SECONDS - start)) ;;
    77)
        record "$name" SKIPPED $((SECONDS - start))
        notice "part $name was skipped: $(tail -n 1 "$log")"
        ;;
    *)
        FAILED_PARTS=$((FAILED_PARTS + 1))
        record "$name" FAILED $((SECONDS - start))
        printf -- '--- the end of %s\n' "$log"
        tail -n 60 "$log"
        # A full disk shows itself as a linker that dies of a bus error.
        printf -- '--- %s left on the disk\n' "$(df -h --output=avail "$ROOT" | tail -n 1 | tr -d ' ')"
        ;;
    esac
    # What a test could not do on this machine it says in a line that begins with "skipped"; what a proof of the
    # stock found in one that begins with "proof".
    grep -E '^(skipped[: ]|proof )' "$log" | sort -u | sed 's/^/    /'
    return 0
}

# The table, the sum over cargo's own result lines, and the status of the whole.
finish() {
    local i total=0
    printf '\n%-14s %-8s %9s\n' part result seconds
    for i in "${!PART_NAMES[@]}"; do
        printf '%-14s %-8s %9d\n' "${PART_NAMES[$i]}" "${PART_STATES[$i]}" "${PART_SECONDS[$i]}"
        total=$((total + PART_SECONDS[i]))
    done
    printf '%-14s %-8s %9d\n\n' all "$([ "$FAILED_PARTS" = 0 ] && echo ok || echo FAILED)" "$total"
    for i in "${PART_NAMES[@]}"; do cat "$LOGS/$i.log"; done |
        awk '/^test result: / { for (f = 2; f <= NF; f++) { if ($f == "passed;") passed += $(f - 1); if ($f == "failed;") failed += $(f - 1); if ($f == "ignored;") ignored += $(f - 1) } }
             END { if (ignored) printf "%d ignored\n", ignored; printf "%d passed, %d failed\n", passed, failed }'
    [ "$FAILED_PARTS" = 0 ]
}
