#!/usr/bin/env python3
"""Compares the colours of the service with littleCMS's.

    python3 colour.py BASE_URL CORPUS

Every still of the corpus whose colour profile is not sRGB goes through an operation that changes
nothing. CORPUS is a folder with a MANIFEST.json; heavy files only with CORPUS_HEAVY=1. Prints the
mean CIEDE2000 of each file; exit status 1 if one is too large.
"""
import io
import json
import os
import sys
import urllib.error
import urllib.request

import numpy
from PIL import Image, ImageCms, ImageOps

# A difference of 1 is said to be just visible. Untouched, the wide-gamut files differ by more.
DELTA_E = 2.0
DEADLINE_S = 60


def of_service(base, data):
    request = urllib.request.Request(base + "/v1/process?op=rotate:0&format=png", data=data, method="POST",
                                     headers={"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
        return Image.open(io.BytesIO(answer.read())).convert("RGB")


def lab(image):
    """CIE L*a*b* under D65 of sRGB."""
    rgb = numpy.asarray(image, dtype=numpy.float64) / 255
    linear = numpy.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ numpy.array([[0.4124564, 0.3575761, 0.1804375],
                                [0.2126729, 0.7151522, 0.0721750],
                                [0.0193339, 0.1191920, 0.9503041]]).T
    ratio = xyz / numpy.array([0.95047, 1.0, 1.08883])
    f = numpy.where(ratio > (6 / 29) ** 3, numpy.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return numpy.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


def delta_e(one, two):
    """CIEDE2000 of each pixel (CIE 142-2001)."""
    l1, a1, b1 = numpy.moveaxis(one, -1, 0)
    l2, a2, b2 = numpy.moveaxis(two, -1, 0)
    seventh = ((numpy.hypot(a1, b1) + numpy.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - numpy.sqrt(seventh / (seventh + 25.0 ** 7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = numpy.hypot(a1, b1), numpy.hypot(a2, b2)
    h1, h2 = numpy.degrees(numpy.arctan2(b1, a1)) % 360, numpy.degrees(numpy.arctan2(b2, a2)) % 360
    dl, dc = l2 - l1, c2 - c1
    turn = (h2 - h1 + 180) % 360 - 180
    dh = 2 * numpy.sqrt(c1 * c2) * numpy.sin(numpy.radians(turn / 2))
    l, c, h = (l1 + l2) / 2, (c1 + c2) / 2, (h1 + turn / 2) % 360
    cos = lambda degrees: numpy.cos(numpy.radians(degrees))
    t = 1 - 0.17 * cos(h - 30) + 0.24 * cos(2 * h) + 0.32 * cos(3 * h + 6) - 0.20 * cos(4 * h - 63)
    rc = 2 * numpy.sqrt(c ** 7 / (c ** 7 + 25.0 ** 7))
    rt = -rc * numpy.sin(numpy.radians(60 * numpy.exp(-(((h - 275) / 25) ** 2))))
    sl = 1 + 0.015 * (l - 50) ** 2 / numpy.sqrt(20 + (l - 50) ** 2)
    x, y, z = dl / sl, dc / (1 + 0.045 * c), dh / (1 + 0.015 * c * t)
    return numpy.sqrt(numpy.maximum(x * x + y * y + z * z + rt * y * z, 0))


def of_littlecms(image):
    profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    converted = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return ImageOps.exif_transpose(converted)


def main():
    base, corpus = sys.argv[1:]
    Image.MAX_IMAGE_PIXELS = None
    heavy = os.environ.get("CORPUS_HEAVY") == "1"
    with open(os.path.join(corpus, "MANIFEST.json"), encoding="utf-8") as file:
        files = json.load(file)["files"]
    judged = faults = 0
    for entry in files:
        wide = any(feature.startswith("icc:") for feature in entry["features"])
        if not wide or entry["verdict"] != "ok" or (entry.get("heavy") and not heavy):
            continue
        judged += 1
        with open(os.path.join(corpus, *entry["name"].split("/")), "rb") as file:
            data = file.read()
        image = Image.open(io.BytesIO(data))
        image.load()
        expected = lab(of_littlecms(image))
        untouched = delta_e(lab(ImageOps.exif_transpose(image).convert("RGB")), expected).mean()
        try:
            apart = delta_e(lab(of_service(base, data)), expected).mean()
            outcome, fault = f"{apart:.3f}, untouched {untouched:.3f}", apart > DELTA_E or apart >= untouched
        except (urllib.error.URLError, OSError, ValueError) as error:
            outcome, fault = str(error), True
        faults += fault
        print(f"{'WRONG' if fault else 'right'}  {entry['name']}: {outcome}")
    if not judged:
        print("no file has a wide gamut: that proves nothing")
        return 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
