#!/usr/bin/env python3
"""How cost grows: with pixels, frames, workers and clients, as charts.

    OHA=/path/oha python3 tests/compare/growth.py PROGRAM OUT-FOLDER [--images FOLDER] [--seconds 3]

Pixels and frames: CPU time of a request, one at a time, on pictures made here (soft gradients under fine
noise, uploaded as PNM; the first frames of `anim480.gif`). Workers and clients: requests per
second and waiting times of job a1. Each chart is an SVG of its own; the figures are printed too.
"""
import argparse
import os
import shutil
import statistics
import sys
import time
import urllib.request
from math import ceil, floor, log10

from load import offered
from service import IMAGES, Service

COLOURS = ("#c2571a", "#2d6cb5", "#3c8a4f")


def pnm(width, height):
    """A picture that is to codecs what a photograph is."""
    pixels = bytearray(3 * width * height)
    for channel in range(3):
        pixels[channel::3] = bytes(
            ((x + y // 2) * (channel + 1) // 8 % 240 + ((y * width + x) * 2_654_435_761 >> 29 & 7)) & 255
            for y in range(height) for x in range(width))
    return b"P6 %d %d 255\n" % (width, height) + pixels


def post(service, path, body):
    request = urllib.request.Request(f"http://127.0.0.1:{service.port}{path}", body)
    return urllib.request.urlopen(request).read()


def cpu_ms(service, path, body, seconds):
    """Median of three stretches."""
    post(service, path, body)
    stretches = []
    for _ in range(3):
        asked, until, cpu = 0, time.time() + seconds / 3, service.cpu_s()
        while time.time() < until or asked < 2:
            post(service, path, body)
            asked += 1
        stretches.append((service.cpu_s() - cpu) / asked * 1e3)
    return statistics.median(stretches)


def chart(title, across, up, lines):
    """Both axes are logarithmic: what grows in proportion is a straight line of one steepness.

    `lines`: for each label its points."""
    width, height, left, right, top, bottom = 640, 360, 64, 128, 36, 44
    points = [point for line in lines.values() for point in line]

    def scale(values, begin, end):
        low, high = min(values), max(values)
        low, high = floor(log10(low) * 3) / 3, ceil(log10(high) * 3) / 3
        place = lambda value: begin + (end - begin) * (log10(value) - low) / ((high - low) or 1)
        ticks = [digit * 10.0 ** power for power in range(floor(low) - 1, ceil(high) + 1) for digit in (1, 2, 5)]
        return place, [tick for tick in ticks if low - 1e-9 <= log10(tick) <= high + 1e-9]

    x, x_ticks = scale([point[0] for point in points], left, width - right)
    y, y_ticks = scale([point[1] for point in points], height - bottom, top)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="#fff"/><text x="{left}" y="20" font-size="14">{title}</text>']
    for tick in x_ticks:
        parts.append(f'<path d="M{x(tick):.1f} {top}V{height - bottom}" stroke="#ddd"/>'
                     f'<text x="{x(tick):.1f}" y="{height - bottom + 16}" text-anchor="middle">{tick:g}</text>')
    for tick in y_ticks:
        parts.append(f'<path d="M{left} {y(tick):.1f}H{width - right}" stroke="#ddd"/>'
                     f'<text x="{left - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    parts.append(f'<text x="{(left + width - right) / 2}" y="{height - 8}" text-anchor="middle">{across}</text>'
                 f'<text transform="translate(14 {(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">{up}</text>')
    taken = []
    for colour, (label, line) in zip(COLOURS, lines.items()):
        beside = y(line[-1][1]) + 4
        while any(abs(beside - other) < 13 for other in taken):
            beside += 1
        taken.append(beside)
        path = "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in line)
        dots = "".join(f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="3"/>' for a, b in line)
        parts.append(f'<g fill="{colour}"><path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
                     f'<text x="{x(line[-1][0]) + 8:.1f}" y="{beside:.1f}">{label}</text></g>')
    return "\n".join([*parts, "</svg>\n"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("out")
    parser.add_argument("--images", default=IMAGES)
    parser.add_argument("--seconds", type=float, default=3)
    options = parser.parse_args()
    oha = os.environ.get("OHA") or shutil.which("oha") or sys.exit("oha is not installed (cargo install oha)")

    def save(name, title, across, up, lines):
        for label, line in lines.items():
            print(f"{name}, {label}: " + ", ".join(f"{a:g} → {b:.3g}" for a, b in line), flush=True)
        with open(os.path.join(options.out, name + ".svg"), "w") as file:
            file.write(chart(title, across, up, lines))

    service = Service(options.program, 1, "--source-bytes-max=67108864")
    try:
        jobs = {"ring blur": "/blur/", "to 256 px": "/v1/process?op=resize:256:256", "to JPEG": "/v1/process?format=jpeg"}
        lines = {label: [] for label in jobs}
        for side in (64, 128, 256, 512, 1024, 2048, 4096):
            source = pnm(side, side)
            for label, path in jobs.items():
                lines[label].append((side * side / 1e6, cpu_ms(service, path, source, options.seconds)))
        save("pixels", "Cost by pixels, PNM in", "megapixels", "CPU ms per request", lines)

        jobs = {"ring blur": "/blur/", "half size": "/v1/process?op=resize:240:135", "colours": "/invert/"}
        lines = {label: [] for label in jobs}
        with open(os.path.join(options.images, "anim480.gif"), "rb") as file:
            film = file.read()
        for frames in (1, 2, 5, 10, 20, 40, 58):
            source = post(service, f"/v1/process?op=frames:1:{frames}&format=gif", film)
            for label, path in jobs.items():
                lines[label].append((frames, cpu_ms(service, path, source, options.seconds)))
        save("frames", "Cost by frames, 480 × 270 GIF", "frames", "CPU ms per request", lines)
    finally:
        service.stop()

    rates, waits = {}, {}
    for workers in (1, 2):
        service = Service(options.program, workers, "--log=error", "--queue-jobs=256")
        try:
            told = {clients: offered(oha, service, "a1", options.images, options.seconds, clients) for clients in (1, 2, 4, 8, 16, 32, 64)}
        finally:
            service.stop()
        name = f"{workers} worker" + "s" * (workers > 1)
        rates[name] = [(clients, figures["ok"]) for clients, figures in told.items()]
        waits[f"p50, {name}"] = [(clients, figures["p50"]) for clients, figures in told.items()]
    save("clients", "Job a1 by clients and workers", "clients", "requests per second", rates)
    save("waiting", "Job a1: time of the middle request", "clients", "ms", waits)


if __name__ == "__main__":
    main()
