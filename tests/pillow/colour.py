#!/usr/bin/env python3
"""Compares the colours of the service with littleCMS's.

    python3 colour.py BASE_URL CORPUS

Every still of the corpus whose colour profile is not sRGB goes through an operation that changes
nothing, and so do pictures with profiles made here, as JPEG, PNG, WebP and TIFF. CORPUS is a folder
with a MANIFEST.json; heavy files only with CORPUS_HEAVY=1. Prints the mean CIEDE2000 of each file;
exit status 1 if one is too large.
"""
import io
import json
import os
import struct
import sys
import urllib.error
import urllib.request

import numpy
from PIL import Image, ImageCms, ImageOps

# A difference of 1 is said to be just visible. Untouched, the wide-gamut files differ by more.
DELTA_E = 2.0
DEADLINE_S = 60
# Chromaticities of red, green and blue, and the exponent of the transfer curve.
SPACES = {
    "Display P3": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), 2.4),
    "Adobe RGB": ((0.640, 0.330), (0.210, 0.710), (0.150, 0.060), 563 / 256),
    "BT.2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), 2.4),
}
D65 = (0.3127, 0.3290)
# The white of every profile (ICC.1), and the Bradford matrix that adapts to it.
D50_XYZ = numpy.array([0.9642, 1.0, 0.8249])
BRADFORD = numpy.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


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


def xyz(chromaticity):
    x, y = chromaticity
    return numpy.array([x / y, 1.0, (1 - x - y) / y])


def profile_of(space):
    """An ICC profile (version 2.4) of three primaries and one exponent."""
    red, green, blue, exponent = SPACES[space]
    primaries = numpy.stack([xyz(red), xyz(green), xyz(blue)], 1)
    to_xyz = primaries * numpy.linalg.solve(primaries, xyz(D65))
    cones = numpy.diag((BRADFORD @ D50_XYZ) / (BRADFORD @ xyz(D65)))
    to_xyz = numpy.linalg.inv(BRADFORD) @ cones @ BRADFORD @ to_xyz

    def fixed(values):
        return struct.pack(">3i", *(round(value * 65536) for value in values))

    name = space.encode() + b"\0"
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(exponent * 256))
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(78),
        b"cprt": b"text\0\0\0\0nobody\0",
        b"wtpt": b"XYZ \0\0\0\0" + fixed(D50_XYZ),
        b"rXYZ": b"XYZ \0\0\0\0" + fixed(to_xyz[:, 0]),
        b"gXYZ": b"XYZ \0\0\0\0" + fixed(to_xyz[:, 1]),
        b"bXYZ": b"XYZ \0\0\0\0" + fixed(to_xyz[:, 2]),
        b"rTRC": curve, b"gTRC": curve, b"bTRC": curve,
    }
    table, body = struct.pack(">I", len(tags)), b""
    for tag, data in tags.items():
        table += tag + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s12x4s", 128 + len(table) + len(body), b"\0" * 4, 0x02400000,
                       b"mntr", b"RGB ", b"XYZ ", b"acsp") + bytes(28) + fixed(D50_XYZ)
    return head.ljust(128, b"\0") + table + body


def made():
    """Every hue, from pale to full and from dark to bright, in each space and format."""
    hues = Image.linear_gradient("L").rotate(90).resize((192, 128))
    strong = Image.linear_gradient("L").resize((192, 128))
    bright = Image.radial_gradient("L").resize((192, 128)).point(lambda value: 255 - value // 2)
    image = Image.merge("HSV", (hues, strong, bright)).convert("RGB")
    for space in SPACES:
        for kind, options in (("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {}),
                              ("JPEG", {"quality": 95, "subsampling": 0})):
            file = io.BytesIO()
            image.save(file, kind, icc_profile=profile_of(space), **options)
            yield f"made {kind} in {space}", file.getvalue()


def of_corpus(corpus):
    heavy = os.environ.get("CORPUS_HEAVY") == "1"
    with open(os.path.join(corpus, "MANIFEST.json"), encoding="utf-8") as file:
        files = json.load(file)["files"]
    for entry in files:
        wide = any(feature.startswith("icc:") for feature in entry["features"])
        if not wide or entry["verdict"] != "ok" or (entry.get("heavy") and not heavy):
            continue
        with open(os.path.join(corpus, *entry["name"].split("/")), "rb") as file:
            yield entry["name"], file.read()


def of_littlecms(image):
    profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    converted = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return ImageOps.exif_transpose(converted)


def judged(base, data):
    """Whether the colours are near enough, and how near they are."""
    image = Image.open(io.BytesIO(data))
    image.load()
    expected = lab(of_littlecms(image))
    untouched = delta_e(lab(ImageOps.exif_transpose(image).convert("RGB")), expected).mean()
    try:
        apart = delta_e(lab(of_service(base, data)), expected).mean()
    except (urllib.error.URLError, OSError, ValueError) as error:
        return False, str(error)
    return apart <= DELTA_E and apart < untouched, f"{apart:.3f}, untouched {untouched:.3f}"


def main():
    base, corpus = sys.argv[1:]
    Image.MAX_IMAGE_PIXELS = None
    faults = 0
    for name, data in (*made(), *of_corpus(corpus)):
        good, told = judged(base, data)
        faults += not good
        print(f"{'right' if good else 'WRONG'}  {name}: {told}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
