#!/usr/bin/env python3
"""Instructions that small jobs take, beside those of the last time they were written down.

    python3 tests/compare/instructions.py [--write] [--tolerance PERCENT]

Builds `worker/benches/instructions.rs`, has callgrind (of valgrind) count each of its jobs, and prints
the table. With --write the counts go to tests/compare/instructions.txt; without, it fails when one
has grown by more than the tolerance. Counts depend on the compiler, the C library and what the
emulated processor can do, hardly on anything else.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
WRITTEN = os.path.join(HERE, "instructions.txt")


def built():
    """The bench program."""
    command = ["cargo", "bench", "--bench", "instructions", "--no-run", "--locked", "--message-format=json"]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    programs = [line.get("executable") for line in map(json.loads, lines) if line.get("target", {}).get("name") == "instructions"]
    return next(filter(None, programs))


def counted(program, job):
    with tempfile.NamedTemporaryFile() as out:
        command = ["valgrind", "--tool=callgrind", "--toggle-collect=*instructions*measured*", f"--callgrind-out-file={out.name}", program, job]
        told = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True).stderr
    count = re.search(r"Collected : (\d+)", told)
    if not count or int(count[1]) == 0:
        raise SystemExit(f"callgrind counted nothing of {job}:\n{told}")
    return int(count[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--tolerance", type=float, default=5)
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        raise SystemExit("valgrind is not installed")
    program = built()
    jobs = subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    counts = {job: counted(program, job) for job in jobs}
    if options.write:
        with open(WRITTEN, "w") as file:
            file.writelines(f"{job} {count}\n" for job, count in counts.items())
    with open(WRITTEN) as file:
        written = {job: int(count) for job, count in map(str.split, file)}
    grown = []
    print("| job | instructions | written down | change |\n|---|---|---|---|")
    for job, count in counts.items():
        before = written.get(job)
        change = 100 * (count / before - 1) if before else float("inf")
        print(f"| {job} | {count:,} | {before or 0:,} | {change:+.1f} % |")
        if change > options.tolerance:
            grown.append(job)
    if grown:
        sys.exit(f"more than {options.tolerance} % above tests/compare/instructions.txt: {', '.join(grown)}; "
                 "find out why, or write the new counts down with --write")


main()
