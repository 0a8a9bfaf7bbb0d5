#!/usr/bin/env python3
"""Compares operations whose definition framefarm shares with Pillow.

    python3 operations.py BASE_URL PICTURE...

Each picture is sent through the service and through Pillow. A line of CASES names the `op=`
value, what Pillow does, and how far the two may be apart: the largest difference of a channel,
or, as a float, the least PSNR in dB where Pillow itself approximates. Exit status 1 if one is
further off.
"""
import io
import math
import sys
import urllib.parse
import urllib.request

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps, ImageStat

DEADLINE_S = 60
# Pixels at the edges where the two extend a picture differently.
MARGIN = 8


def scaled(image, size, how):
    return image.resize(size, how)


def resized(how):
    return lambda image: scaled(image, (image.width * 2 // 3, image.height // 3), how)


def enlarged(how):
    return lambda image: scaled(image, (image.width * 5 // 4, image.height * 3 // 2), how)


def turned(image):
    return image.rotate(-20, Image.Resampling.BILINEAR)


FILTERS = [
    ("box", Image.Resampling.BOX),
    ("bilinear", Image.Resampling.BILINEAR),
    ("hamming", Image.Resampling.HAMMING),
    ("catmullrom", Image.Resampling.BICUBIC),
    ("lanczos3", Image.Resampling.LANCZOS),
]


def cases(width, height):
    small = f"{width * 2 // 3}:{height // 3}"
    large = f"{width * 5 // 4}:{height * 3 // 2}"
    for name, how in FILTERS:
        # What overshoots is cut off after each direction, and the two begin with another one.
        allowed = 45.0 if name in ("catmullrom", "lanczos3") else 2
        yield f"resize:{small}:stretch:{name}", resized(how), allowed
        yield f"resize:{large}:stretch:{name}", enlarged(how), allowed
    yield "resize:90:70:cover:lanczos3", lambda i: ImageOps.fit(i, (90, 70), Image.Resampling.LANCZOS), 6
    yield "flip", ImageOps.flip, 0
    yield "mirror", ImageOps.mirror, 0
    yield "rotate:90", lambda i: i.transpose(Image.Transpose.ROTATE_270), 0
    yield "crop:50:40:left=7:top=9", lambda i: i.crop((7, 9, 57, 49)), 0
    yield "border:5:red", lambda i: ImageOps.expand(i, 5, (255, 0, 0)), 0
    yield "extend:3:4:5:6:background=blue", lambda i: framed(i, (6, 3, 4, 5)), 0
    yield "invert", ImageOps.invert, 0
    yield "grayscale", lambda i: i.convert("L").convert("RGB"), 0
    yield "threshold:100", lambda i: i.convert("L").point(lambda v: 255 * (v >= 100)).convert("RGB"), 0
    yield "solarize:90", lambda i: ImageOps.solarize(i, 90), 0
    yield "brightness:1.6", lambda i: ImageEnhance.Brightness(i).enhance(1.6), 1
    yield "brightness:0.4", lambda i: ImageEnhance.Brightness(i).enhance(0.4), 1
    yield "saturation:1.7", lambda i: ImageEnhance.Color(i).enhance(1.7), 2
    yield "saturation:0.2", lambda i: ImageEnhance.Color(i).enhance(0.2), 2
    yield "boxblur:3", lambda i: i.filter(ImageFilter.BoxBlur(3)), 2
    yield "boxblur:40", lambda i: i.filter(ImageFilter.BoxBlur(40)), 2
    yield "median:2", lambda i: i.filter(ImageFilter.MedianFilter(5)), 0
    # Pillow's own is three boxes.
    yield "blur:6", lambda i: i.filter(ImageFilter.GaussianBlur(6)), 40.0
    yield "sharpen:2:1.5:3", lambda i: i.filter(ImageFilter.UnsharpMask(2, 150, 3)), 36.0
    yield "rotate:20:false:black", turned, 34.0


def framed(image, sides):
    left, top, right, bottom = sides
    canvas = Image.new("RGB", (image.width + left + right, image.height + top + bottom), (0, 0, 255))
    canvas.paste(image, (left, top))
    return canvas


def of_service(base, operation, data):
    query = urllib.parse.urlencode({"op": operation, "format": "png"})
    request = urllib.request.Request(f"{base}/v1/process?{query}", data=data, method="POST",
                                     headers={"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
        return Image.open(io.BytesIO(answer.read())).convert("RGB")


def inner(image):
    return image.crop((MARGIN, MARGIN, image.width - MARGIN, image.height - MARGIN))


def judged(actual, expected, allowed):
    """Whether the two are near enough, and how near they are."""
    if actual.size != expected.size:
        return False, f"size {actual.size}, not {expected.size}"
    difference = ImageChops.difference(inner(actual), inner(expected))
    if isinstance(allowed, float):
        mean = sum(ImageStat.Stat(difference).sum2) / (3 * difference.width * difference.height)
        psnr = 10 * math.log10(255 * 255 / mean) if mean else math.inf
        return psnr >= allowed, f"{psnr:.1f} dB"
    most = max(high for _, high in difference.getextrema())
    return most <= allowed, f"off by {most}"


def main(base, paths):
    faults = 0
    for path in paths:
        image = Image.open(path).convert("RGB")
        png = io.BytesIO()
        image.save(png, "PNG")
        for operation, pillow, allowed in cases(*image.size):
            good, told = judged(of_service(base, operation, png.getvalue()), pillow(image), allowed)
            print(f"{'ok   ' if good else 'WRONG'} {operation}: {told}, allowed {allowed}")
            faults += not good
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
