#!/usr/bin/env python3
"""Writes blur.sha256: what Pillow 13.0.0 makes of every still PNG by ImageFilter.BLUR.

    python3 expect.py CORPUS [FOLDER...] > blur.sha256

One line per file with verdict "ok" in the MANIFEST.json of any of the folders: SHA-256 of the
raw RGBA of the blurred upright picture, two spaces, the file's name. Files with a colour profile
other than sRGB are left out: no two converters round alike (see colour.py).
"""
import hashlib
import json
import os
import struct
import sys
import zlib

import PIL
from PIL import Image, ImageFilter, ImageOps

PILLOW = "13.0.0"


def chunks(data):
    at = 8
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8:at + 8 + length]
        at += 12 + length


def grey_by_the_high_byte(data, image):
    """A 16-bit grey PNG as RGBA.

    The service, as libpng's strip_16 and as Pillow itself for 16-bit RGB, RGBA and grey with
    alpha, keeps the high byte of each sample. Only for 16-bit grey (mode I;16) does Pillow's
    convert("RGBA") clip instead: every sample above 255 becomes white. So such pictures are
    converted here, and the transparent grey of tRNS is compared in all 16 bits, as PNG says.
    """
    transparent = None
    for kind, body in chunks(data):
        if kind == b"tRNS":
            transparent, = struct.unpack(">H", body)
    rgba = bytearray()
    for sample, in struct.iter_unpack("<H", image.tobytes("raw", "I;16")):
        grey = sample >> 8
        rgba += bytes((grey, grey, grey, 0 if sample == transparent else 255))
    return Image.frombytes("RGBA", image.size, bytes(rgba))


def upright_rgba(path):
    with open(path, "rb") as file:
        data = file.read()
    with Image.open(path) as image:
        image.load()
        rgba = grey_by_the_high_byte(data, image) if image.mode == "I;16" else image.convert("RGBA")
        orientation = image.getexif().get(0x0112, 1)
    if orientation != 1:
        exif = Image.Exif()
        exif[0x0112] = orientation
        rgba.info["exif"] = exif.tobytes()
        ImageOps.exif_transpose(rgba, in_place=True)
    return rgba


def is_still_png(entry):
    return (entry["format"] == "PNG" and entry["verdict"] == "ok"
            and not entry["name"].startswith("apng/") and "APNG" not in entry["features"]
            and not any(feature.startswith("icc:") for feature in entry["features"]))


def main():
    if PIL.__version__ != PILLOW:
        sys.exit(f"Pillow {PILLOW} is the judge, this is {PIL.__version__}")
    lines = {}
    for folder in sys.argv[1:]:
        with open(os.path.join(folder, "MANIFEST.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        for entry in filter(is_still_png, manifest["files"]):
            name = entry["name"]
            try:
                rgba = upright_rgba(os.path.join(folder, *name.split("/")))
            except (OSError, SyntaxError, ValueError) as error:
                print(f"{name}: Pillow refuses it: {error}", file=sys.stderr)
                continue
            blurred = rgba.filter(ImageFilter.BLUR)
            lines[name] = hashlib.sha256(blurred.tobytes()).hexdigest()
    for name in sorted(lines):
        print(f"{lines[name]}  {name}")


if __name__ == "__main__":
    main()
