#!/usr/bin/env python3
"""Compares the service's /blur/ of every still that is no PNG or GIF with Pillow's.

    python3 compare.py BASE_URL CORPUS

CORPUS is a folder with a MANIFEST.json; heavy files only with CORPUS_HEAVY=1. Prints the PSNR
of each file; exit status 1 if one is too far off.
"""
import io
import json
import math
import os
import sys
import urllib.error
import urllib.request

from PIL import Image, ImageChops, ImageCms, ImageFilter, ImageOps, ImageStat

# Two correct decoders round the inverse cosine transform and the colour conversion each in its
# own way (off by one or two), and interpolate halved chroma differently; the blur, a mean of 16
# pixels, evens most of that out. Measured, zune-jpeg against Pillow's libjpeg-turbo: 53.7 dB at
# least, 69 dB and more for CMYK and YCCK. A wrong kernel, orientation or colour space, or a lost
# scan, stays below 35. WebP and AVIF differ in the same steps.
PSNR_DB = 45.0
DEADLINE_S = 60
FORMATS = {"JPEG", "WEBP", "AVIF", "BMP", "ICO", "PPM", "TIFF"}


def blur_of_service(base, data):
    request = urllib.request.Request(base + "/blur/", data=data, method="POST",
                                     headers={"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
        kind = answer.headers["Content-Type"]
        if kind != "image/png":
            raise ValueError(f"content type {kind}, not image/png")
        return Image.open(io.BytesIO(answer.read())).convert("RGBA")


def blur_of_pillow(data):
    image = Image.open(io.BytesIO(data))
    profile = image.info.get("icc_profile")
    if profile and image.mode == "RGB":
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
    return ImageOps.exif_transpose(image).convert("RGBA").filter(ImageFilter.BLUR)


def psnr(one, two):
    # Over black: what is transparent has no colour.
    black = Image.new("RGBA", one.size, "black")
    one, two = (Image.alpha_composite(black, image).convert("RGB") for image in (one, two))
    difference = ImageStat.Stat(ImageChops.difference(one, two))
    mean_square = sum(difference.sum2) / (3 * one.width * one.height)
    return 10 * math.log10(255 * 255 / mean_square) if mean_square else math.inf


def judge(base, path):
    """The PSNR; raises ValueError for what no PSNR can say."""
    with open(path, "rb") as file:
        data = file.read()
    expected = blur_of_pillow(data)
    actual = blur_of_service(base, data)
    if actual.size != expected.size:
        raise ValueError(f"size {actual.size}, not {expected.size}")
    alpha = ImageChops.difference(actual.getchannel("A"), expected.getchannel("A"))
    if alpha.getextrema()[1] > 1:
        raise ValueError("another transparency")
    return psnr(actual, expected)


def main():
    base, corpus = sys.argv[1:]
    Image.MAX_IMAGE_PIXELS = None
    heavy = os.environ.get("CORPUS_HEAVY") == "1"
    with open(os.path.join(corpus, "MANIFEST.json"), encoding="utf-8") as file:
        files = json.load(file)["files"]
    judged = faults = 0
    for entry in files:
        accepted = [entry["verdict"], *entry.get("also_accept", [])]
        compared = entry["format"] in FORMATS and (entry["frames"] or 0) == 1
        if not compared or "ok" not in accepted or (entry.get("heavy") and not heavy):
            continue
        # What Pillow reads and the service refuses, or cuts short, is the corpus test's affair.
        if entry["name"].startswith(("odd/jpeg_", "broken/", "bomb/")):
            continue
        judged += 1
        try:
            decibels = judge(base, os.path.join(corpus, *entry["name"].split("/")))
            outcome = f"{decibels:.1f} dB"
            fault = decibels < PSNR_DB
        except (urllib.error.URLError, OSError, ValueError) as error:
            outcome, fault = str(error), True
        faults += fault
        print(f"{'WRONG' if fault else 'right'}  {entry['name']}: {outcome}")
    if judged < 4:
        print(f"only {judged} files: too few to prove anything")
        return 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
