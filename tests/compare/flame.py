#!/usr/bin/env python3
"""Flame graph of one job: where the CPU time of gateway and worker goes.

    python3 tests/compare/flame.py PROGRAM JOB OUT.svg [--images FOLDER] [--seconds 5]

Records the whole service with `perf` while one client asks for JOB (see service.py) again and again, and
draws the stacks: width is time, depth is calls, the colour tells gateway, worker and kernel apart. Move
the mouse over a box for its name and share.
"""
import argparse
import collections
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from service import IMAGES, JOBS, Service, serve_pictures

WIDTH, ROW, LEAST = 1200, 16, 1.0  # px; narrower boxes are left out
HUES = {"worker": "#e8854a", "gateway": "#6f9fd8", "kernel": "#b9b4a7"}


def recorded(program, job, images, seconds):
    """Lines of `perf script`."""
    path, picture = JOBS[job]
    # Within the cage `perf` cannot find the program, and so not its calls.
    service = Service(program, 1, "--sandbox=off")
    try:
        path = path.format(serve_pictures(images) + picture)
        for _ in range(5):
            service.ask(path)
        pids = ",".join(map(str, [service.process.pid, *(worker["pid"] for worker in service.workers())]))
        with tempfile.TemporaryDirectory() as folder:
            data = os.path.join(folder, "perf.data")
            perf = subprocess.Popen(["perf", "record", "-q", "-F", "1500", "--call-graph", "dwarf,16384", "-p", pids, "-o", data])
            until = time.time() + seconds
            while time.time() < until:
                service.ask(path)
            perf.send_signal(2)
            perf.wait()
            script = ["perf", "script", "--no-inline", "-i", data, "-F", "comm,ip,sym"]
            return subprocess.run(script, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.splitlines()
    finally:
        service.stop()


def stacks(lines):
    """Counts by stack, outermost first."""
    counts, process, frames = collections.Counter(), None, []
    for line in [*lines, ""]:
        if not line.strip():
            if process:
                counts[(process, *reversed(frames))] += 1
            process, frames = None, []
        elif not line[0].isspace():
            process = "worker" if line.startswith("framefarm-w") else "gateway"
        else:
            address, name = (line.split(None, 1) + [""])[:2]
            name = re.sub(r"\+0x[0-9a-f]+$", "", name.strip())
            kernel = address.startswith("ffffffff")
            if name and name != "[unknown]":
                frames.append(("kernel" if kernel else process, name))
    return counts


def tree(counts):
    root = {"count": 0, "children": {}}
    for (process, *frames), count in counts.items():
        node = root
        node["count"] += count
        for frame in [(process, process), *frames]:
            node = node["children"].setdefault(frame, {"count": 0, "children": {}})
            node["count"] += count
    return root


def short(name):
    """Without the parameters of generics, which are longer than the name."""
    depth, kept = 0, []
    for letter in name:
        depth += letter == "<"
        if depth == 0:
            kept.append(letter)
        depth -= letter == ">" and depth > 0
    return "".join(kept).strip(":") or name[:60]


def boxes(node, left, level, total, out):
    for (side, name), child in sorted(node["children"].items(), key=lambda item: item[0]):
        width = WIDTH * child["count"] / total
        if width >= LEAST:
            out.append((left, level, width, side, short(name), 100 * child["count"] / total))
            boxes(child, left, level + 1, total, out)
        left += width


def draw(job, drawn):
    depth = max(level for _, level, *_ in drawn) + 1
    height = (depth + 2) * ROW
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="11">',
             f'<rect width="{WIDTH}" height="{height}" fill="#fff"/><text x="4" y="13" font-size="13">job {job}: '
             'CPU time by call; orange the worker, blue the gateway, grey the kernel</text>']
    for left, level, width, side, name, share in drawn:
        top = height - (level + 1) * ROW
        label = html.escape(name[:int(width / 7)]) if width > 30 else ""
        parts.append(f'<g><title>{html.escape(name)} {share:.1f} %</title><rect x="{left:.1f}" y="{top}" width="{width:.1f}" '
                     f'height="{ROW - 1}" fill="{HUES[side]}" stroke="#fff" stroke-width=".4"/>'
                     f'<text x="{left + 3:.1f}" y="{top + 11}">{label}</text></g>')
    return "\n".join([*parts, "</svg>\n"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("job", choices=JOBS)
    parser.add_argument("out")
    parser.add_argument("--images", default=IMAGES)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    if not shutil.which("perf"):
        sys.exit("perf is not installed")
    root = tree(stacks(recorded(options.program, options.job, options.images, options.seconds)))
    drawn = []
    boxes(root, 0, 0, root["count"], drawn)
    with open(options.out, "w") as file:
        file.write(draw(options.job, drawn))
    print(f"{options.out}: {root['count']} samples")


main()
