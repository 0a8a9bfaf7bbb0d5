#!/usr/bin/env python3
"""Compares operations whose definition framefarm shares with Pillow.

    python3 operations.py BASE_URL PICTURE...

Each picture is sent through the service and through Pillow, as it is and with soft alpha. A line of
`cases` names the `op=` values, what Pillow does, and how far the two may be apart: the largest
difference of a channel, or, as a float, the least PSNR in dB where one of them approximates.
Where Pillow has no function of its own for it, the definition is written with what it has: a
table, a matrix, a kernel, or its pixels as an array. Exit status 1 if one is further off.
"""
import io
import math
import sys
import urllib.parse
import urllib.request

import numpy
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps, ImageStat

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
    yield f"resize:{small}:stretch:nearest", resized(Image.Resampling.NEAREST), 0
    yield "thumbnail:96", lambda i: thumbnail(i, 96), 45.0
    yield "flip", ImageOps.flip, 0
    yield "mirror", ImageOps.mirror, 0
    yield "rotate:90", lambda i: i.transpose(Image.Transpose.ROTATE_270), 0
    yield "rotate:180", lambda i: i.transpose(Image.Transpose.ROTATE_180), 0
    yield "rotate:270", lambda i: i.transpose(Image.Transpose.ROTATE_90), 0
    yield "tile:2:3", tiled, 0
    yield "pad:aspect=1:background=white", squared, 0
    yield "extend:12:mode=edge", padded("edge"), 0
    yield "extend:12:mode=mirror", padded("symmetric"), 0
    yield "extend:12:mode=repeat", padded("wrap"), 0
    yield "extend:9:13:background=blue trim:0", lambda i: i, 0
    yield "circle:white", circled, 40.0
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
    yield "contrast:1.4", lambda i: Image.blend(Image.new("RGB", i.size, (128,) * 3), i, 1.4), 1
    yield "contrast:0.3", lambda i: Image.blend(Image.new("RGB", i.size, (128,) * 3), i, 0.3), 1
    yield "gamma:1.8", table(lambda v: 255 * (v / 255) ** (1 / 1.8)), 0
    yield "levels:20:230:1.1", table(lambda v: 255 * min(max((v - 20) / 210, 0), 1) ** (1 / 1.1)), 0
    yield "posterize:4", lambda i: table(lambda v: (v >> 6) * 85)(ImageOps.posterize(i, 2)), 0
    yield "posterize:16", lambda i: table(lambda v: (v >> 4) * 17)(ImageOps.posterize(i, 4)), 0
    yield "normalize:1", lambda i: ImageOps.autocontrast(i, 1, preserve_tone=True), 1
    yield "normalize:0", lambda i: ImageOps.autocontrast(i, preserve_tone=True), 1
    yield "duotone:1b1464:ffcf56", lambda i: ImageOps.colorize(i.convert("L"), "#1b1464", "#ffcf56"), 1
    for degrees in (120, -75):
        yield f"hue:{degrees}", by_matrix(hue_rotated(degrees)), 1
    for amount in (1, 0.4):
        yield f"sepia:{amount}", by_matrix(sepia(amount)), 1
    yield "pixel:12", lambda i: i.reduce(12).resize(up(i, 12), Image.Resampling.NEAREST).crop((0, 0, *i.size)), 1
    yield "edge", sobel, 1
    yield "emboss:1", embossed, 1
    # Cut at three sigmas; from a sigma of 3 on three boxes like Pillow's.
    yield "blur:1.5", lambda i: gaussian(i, 1.5), 2
    yield "blur:3", lambda i: gaussian(i, 3), 45.0
    yield "boxblur:3", lambda i: i.filter(ImageFilter.BoxBlur(3)), 2
    yield "boxblur:40", lambda i: i.filter(ImageFilter.BoxBlur(40)), 2
    yield "median:2", lambda i: i.filter(ImageFilter.MedianFilter(5)), 0
    # Pillow's own is three boxes.
    yield "blur:6", lambda i: i.filter(ImageFilter.GaussianBlur(6)), 40.0
    yield "sharpen:2:1.5:3", lambda i: i.filter(ImageFilter.UnsharpMask(2, 150, 3)), 36.0
    yield "rotate:20:false:black", turned, 34.0


def soft_cases(width, height):
    """On pictures with alpha; colours must not leak out of what is transparent."""
    small = f"{width * 2 // 3}:{height // 3}"
    yield "flip", ImageOps.flip, 0
    yield "rotate:90", lambda i: i.transpose(Image.Transpose.ROTATE_270), 0
    yield "crop:50:40:left=7:top=9", lambda i: i.crop((7, 9, 57, 49)), 0
    yield "flatten:white", lambda i: Image.alpha_composite(Image.new("RGBA", i.size, "white"), i), 1
    yield "flatten:1b146480", lambda i: Image.alpha_composite(Image.new("RGBA", i.size, "#1b146480"), i), 2
    yield "opacity:0.3", lambda i: with_alpha(i, i.getchannel("A").point(lambda v: int(v * 0.3 + 0.5))), 0
    for operation, colours in (("invert", ImageOps.invert), ("solarize:90", lambda i: ImageOps.solarize(i, 90)),
                               ("sepia", by_matrix(sepia(1)))):
        yield operation, lambda i, do=colours: with_alpha(do(i.convert("RGB")), i.getchannel("A")), 1
    for name, how in FILTERS:
        yield f"resize:{small}:stretch:{name}", resized(how), 40.0 if name in ("catmullrom", "lanczos3") else 3
    yield "boxblur:3", lambda i: i.convert("RGBa").filter(ImageFilter.BoxBlur(3)).convert("RGBA"), 3


def with_alpha(image, alpha):
    image = image.convert("RGB")
    image.putalpha(alpha)
    return image


def thumbnail(image, size):
    image = image.copy()
    image.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=None)
    return image


def tiled(image):
    canvas = Image.new("RGB", (image.width * 2, image.height * 3))
    for at in range(6):
        canvas.paste(image, (at % 2 * image.width, at // 2 * image.height))
    return canvas


def squared(image):
    side = max(image.size)
    canvas = Image.new("RGB", (side, side), "white")
    canvas.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return canvas


def padded(mode):
    return lambda image: Image.fromarray(numpy.pad(numpy.asarray(image), ((12, 12), (12, 12), (0, 0)), mode))


def circled(image):
    side, fine = min(image.size), 8
    mask = Image.new("L", (side * fine, side * fine))
    ImageDraw.Draw(mask).ellipse((0, 0, side * fine - 1, side * fine - 1), fill=255)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    part = image.crop((left, top, left + side, top + side))
    return Image.composite(part, Image.new("RGB", part.size, "white"), mask.reduce(fine))


def table(value):
    return lambda image: image.point([int(value(v) + 0.5) for v in range(256)] * 3)


def by_matrix(rows):
    return lambda image: image.convert("RGB", tuple(number for row in rows for number in (*row, 0)))


def hue_rotated(degrees):
    """W3C Filter Effects, feColorMatrix hueRotate."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return ((0.213 + cos * 0.787 - sin * 0.213, 0.715 - cos * 0.715 - sin * 0.715, 0.072 - cos * 0.072 + sin * 0.928),
            (0.213 - cos * 0.213 + sin * 0.143, 0.715 + cos * 0.285 + sin * 0.140, 0.072 - cos * 0.072 - sin * 0.283),
            (0.213 - cos * 0.213 - sin * 0.787, 0.715 - cos * 0.715 + sin * 0.715, 0.072 + cos * 0.928 + sin * 0.072))


def sepia(amount):
    """W3C Filter Effects, sepia()."""
    rest = 1 - amount
    return ((0.393 + 0.607 * rest, 0.769 - 0.769 * rest, 0.189 - 0.189 * rest),
            (0.349 - 0.349 * rest, 0.686 + 0.314 * rest, 0.168 - 0.168 * rest),
            (0.272 - 0.272 * rest, 0.534 - 0.534 * rest, 0.131 + 0.869 * rest))


def up(image, block):
    return tuple(-(-side // block) * block for side in image.size)


def sobel(image):
    luma = numpy.pad(numpy.asarray(image.convert("L"), dtype=numpy.float64), 1, "edge")
    smooth = luma[:-2] + 2 * luma[1:-1] + luma[2:]
    across = smooth[:, 2:] - smooth[:, :-2]
    smooth = luma[:, :-2] + 2 * luma[:, 1:-1] + luma[:, 2:]
    down = smooth[2:] - smooth[:-2]
    steep = numpy.minimum(numpy.hypot(across, down), 255)
    return Image.fromarray((steep + 0.5).astype(numpy.uint8)).convert("RGB")


def embossed(image):
    # A quarter of both Sobel sums. Pillow counts the rows of a kernel from the bottom.
    kernel = ImageFilter.Kernel((3, 3), (0, 2, 2, -2, 0, 2, -2, -2, 0), scale=4, offset=128)
    return image.convert("L").filter(kernel).convert("RGB")


def gaussian(image, sigma):
    """The kernel itself, where Pillow's own is three boxes."""
    reach = math.ceil(5 * sigma)
    weights = numpy.exp(-numpy.arange(-reach, reach + 1) ** 2 / (2 * sigma * sigma))
    weights /= weights.sum()
    pixels = numpy.pad(numpy.asarray(image, dtype=numpy.float64), ((reach, reach), (reach, reach), (0, 0)), "edge")
    width, height = image.size
    pixels = sum(weight * pixels[at:at + height] for at, weight in enumerate(weights))
    pixels = sum(weight * pixels[:, at:at + width] for at, weight in enumerate(weights))
    return Image.fromarray((pixels + 0.5).astype(numpy.uint8))


def framed(image, sides):
    left, top, right, bottom = sides
    canvas = Image.new("RGB", (image.width + left + right, image.height + top + bottom), (0, 0, 255))
    canvas.paste(image, (left, top))
    return canvas


def of_service(base, operations, data):
    query = urllib.parse.urlencode({"op": operations.split(), "format": "png"}, doseq=True)
    request = urllib.request.Request(f"{base}/v1/process?{query}", data=data, method="POST",
                                     headers={"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
        return Image.open(io.BytesIO(answer.read())).convert("RGBA")


def seen(image):
    """As it looks on black beside its alpha, without the edges."""
    image = image.convert("RGBA").crop((MARGIN, MARGIN, image.width - MARGIN, image.height - MARGIN))
    on_black = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image)
    return on_black.convert("RGB"), image.getchannel("A").convert("RGB")


def judged(actual, expected, allowed):
    """Whether the two are near enough, and how near they are."""
    if actual.size != expected.size:
        return False, f"size {actual.size}, not {expected.size}"
    differences = [ImageChops.difference(one, two) for one, two in zip(seen(actual), seen(expected))]
    if isinstance(allowed, float):
        means = (sum(ImageStat.Stat(one).sum2) / (3 * one.width * one.height) for one in differences)
        psnr = min(10 * math.log10(255 * 255 / mean) if mean else math.inf for mean in means)
        return psnr >= allowed, f"{psnr:.1f} dB"
    most = max(high for one in differences for _, high in one.getextrema())
    return most <= allowed, f"off by {most}"


def softened(image):
    """With alpha that rises to the right, a hole, and colours in the hole that must stay there."""
    alpha = Image.linear_gradient("L").rotate(90).resize(image.size)
    ImageDraw.Draw(alpha).rectangle((20, 20, 60, 50), fill=0)
    ImageDraw.Draw(image).rectangle((20, 20, 60, 50), fill=(255, 0, 255))
    return with_alpha(image, alpha)


def main(base, paths):
    faults = 0
    for path in paths:
        image = Image.open(path).convert("RGB")
        soft = softened(image.copy())
        for picture, compared in ((image, cases(*image.size)), (soft, soft_cases(*image.size))):
            png = io.BytesIO()
            picture.save(png, "PNG")
            for operations, pillow, allowed in compared:
                actual = of_service(base, operations, png.getvalue())
                good, told = judged(actual, pillow(picture), allowed)
                print(f"{'ok   ' if good else 'WRONG'} {picture.mode} {operations}: {told}, allowed {allowed}")
                faults += not good
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
