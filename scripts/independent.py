#!/usr/bin/env python3
"""Let czei judge what testdata/independent makes: every variant in every encoding, each with the
verdict, and the group of checks that decides, which the maker's own list names.

Every folder of a variant is verified under the policy that lies in it. Where a receipt departs from
the expected verdict, it is printed and the status is 1.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

MAKER = pathlib.Path(__file__).resolve().parent.parent / "testdata" / "independent" / "make_receipts.py"
ENCODINGS = ("der", "raw", "signed-data", "attributes")


def run(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)


def maker(*arguments):
    done = run(sys.executable, MAKER, *arguments)
    if done.returncode != 0:
        sys.exit(f"make_receipts.py {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def variants(target):
    """name -> (verdict, deciding group or None)"""
    rows = (line.split("\t") for line in maker("--list-variants", "--target", target).splitlines())
    return {name: (verdict, None if where == "-" else where.replace(" ", "_")) for name, verdict, where, *_ in rows}


def reports(czei, folder):
    done = run(czei, "verify", "--json", "--policy", folder / "policy.toml", *sorted(folder.glob("*.xml")))
    if done.returncode not in (0, 1):
        sys.exit(f"czei verify {folder}: status {done.returncode}: {done.stderr}")
    lines = map(json.loads, done.stdout.splitlines())
    return [line for line in lines if "verdict" in line]


def departure(report, verdict, group):
    """What is not as expected, or None."""
    if verdict == "finding":
        named = any(finding["severity"] != "note" for finding in report["findings"])
        return None if named else "nothing is reported"
    if report["verdict"] != verdict:
        return f"is {report['verdict']}, should be {verdict}"
    if group and report["checks"][group] not in ("failed", "indeterminate"):
        return f"{group} is {report['checks'][group]}"
    return None


def judge(czei, work, encoding, target):
    """(receipts judged, departures) of all variants in one encoding."""
    out = work / f"{encoding}-{target}"
    maker("--variant", "all", "--encoding", encoding, "--target", target, "--out", out)
    count, wrong = 0, []
    for name, (verdict, group) in variants(target).items():
        folder = out / name
        if not folder.is_dir():
            continue
        written = len(list(folder.glob("*.xml")))
        found = reports(czei, folder)
        if len(found) != written:
            wrong.append(f"{folder}: {written} receipts, {len(found)} reports")
        for report in found:
            count += 1
            what = departure(report, verdict, group)
            if what:
                wrong.append(f"{encoding} {target} {name} {pathlib.Path(report['file']).name}: {what} "
                             f"({report['headline']['code']})")
    return count, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--czei", type=pathlib.Path, required=True, help="the built command")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="a folder that is made anew")
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    jobs = [(encoding, target) for encoding in ENCODINGS for target in ("unit", "authority")]
    count, wrong = 0, []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for judged, departures in pool.map(lambda job: judge(args.czei.resolve(), args.work, *job), jobs):
            count += judged
            wrong += departures
    print("\n".join(wrong))
    print(f"{count} independent receipts judged, {len(wrong)} otherwise than expected")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
