#!/usr/bin/env python3
"""CPU time of many kinds of jobs, beside sharp: other formats, codings and operations than those of docs/performance.md.

    python3 tests/compare/wide.py PROGRAM --sharp FOLDER [--images FOLDER] [--jobs webp,cover] [--rounds 3] [--seconds 1]

PROGRAM is a `framefarm` with its worker beside it; `npm install sharp` was called in the folder of sharp. Pictures go by upload, one
client asks, both take turns, and the table has medians of the rounds. The pictures are made of those of docs/performance.md, by Pillow.
"""
import argparse
import http.client
import io
import os
import socket
import statistics
import subprocess
import time

from PIL import Image, ImageSequence

from service import IMAGES, Service, cpu_s

SMALL = ("op=resize:256:256&format=jpeg", "resize=256:256&format=jpeg")
SMALL_PNG = ("op=resize:256:256&format=png", "resize=256:256&format=png")
SMALL_WEBP = ("op=resize:256:256&format=webp", "resize=256:256&format=webp")
MIDDLE = ("op=resize:512:512&format=jpeg", "resize=512:512&format=jpeg")
TO = {name: (f"format={name}", f"format={name}") for name in ("jpeg", "webp", "png")}

# What it is, the picture, what framefarm is asked and what sharp is.
JOBS = [
    ("JPEG to 256", "photo.jpg", *SMALL),
    ("JPEG 4:4:4 to 256", "fine.jpg", *SMALL),
    ("JPEG grey to 256", "grey.jpg", *SMALL),
    ("JPEG progressive to 256", "progressive.jpg", *SMALL),
    ("JPEG progressive, 13 MP, to 512", "progressive12.jpg", *MIDDLE),
    ("JPEG CMYK to 256", "cmyk.jpg", *SMALL),
    ("JPEG to 256 covered", "photo.jpg", "op=resize:256:256:cover&format=jpeg", "cover=256:256&format=jpeg"),
    ("JPEG to 800", "photo.jpg", "op=resize:800:800&format=jpeg", "resize=800:800&format=jpeg"),
    ("JPEG enlarged twice", "half.jpg", "op=resize:1224:1632&format=jpeg", "resize=1224:1632&format=jpeg"),
    ("JPEG cropped", "photo.jpg", "op=crop:500:500:northwest&format=jpeg", "crop=500:500&format=jpeg"),
    ("JPEG turned", "photo.jpg", "op=rotate:90&format=jpeg", "turn=90&format=jpeg"),
    ("JPEG turned by 30", "photo.jpg", "op=rotate:30&format=png", "rotate=30&format=png"),
    ("JPEG in grey", "photo.jpg", "op=grayscale&format=jpeg", "grey&format=jpeg"),
    ("JPEG brighter", "photo.jpg", "op=brightness:1.2&format=jpeg", "brightness=1.2&format=jpeg"),
    ("JPEG sharpened", "photo.jpg", "op=sharpen&format=jpeg", "sharpen=1&format=jpeg"),
    ("JPEG median", "photo.jpg", "op=median:1&format=jpeg", "median=3&format=jpeg"),
    ("JPEG to JPEG", "photo.jpg", *TO["jpeg"]),
    ("JPEG to WebP", "photo.jpg", *TO["webp"]),
    ("JPEG to PNG", "photo.jpg", *TO["png"]),
    ("WebP to 256", "photo.webp", *SMALL),
    ("WebP to 256, WebP", "photo.webp", *SMALL_WEBP),
    ("WebP, 13 MP, to 512", "photo12.webp", *MIDDLE),
    ("WebP with alpha to 256", "alpha.webp", *SMALL_WEBP),
    ("WebP lossless to 256", "lossless.webp", *SMALL_PNG),
    ("WebP to PNG", "photo.webp", *TO["png"]),
    ("PNG to 256", "photo.png", *SMALL),
    ("PNG grey to 256", "grey.png", *SMALL_PNG),
    ("PNG with a colour table to 256", "table.png", *SMALL_PNG),
    ("PNG with alpha to WebP", "alpha.png", *TO["webp"]),
    ("PNG with alpha blurred", "alpha.png", "op=blur:3&format=png", "blur=3&format=png"),
    ("PNG to lossless WebP", "square.png", "format=webp&lossless=true", "lossless&format=webp"),
    ("screenshot to JPEG", "screen.png", "format=jpeg", "flatten&format=jpeg"),
    ("screenshot on a larger canvas", "screen.png", "op=pad:2400:884&format=png", "pad=40&format=png"),
    ("AVIF to 256", "photo.avif", *SMALL),
    ("GIF to WebP", "film.gif", "format=webp", "frames&format=webp"),
    ("GIF to 240, WebP", "film.gif", "op=resize:240&format=webp", "frames&resize=240&format=webp"),
    ("GIF covered", "film.gif", "op=resize:100:100:cover&format=gif", "frames&cover=100:100&format=gif"),
    ("GIF, a still to 128", "film.gif", "op=resize:128&format=png", "resize=128&format=png"),
    ("animated WebP to 200", "film.webp", "op=resize:200&format=webp", "frames&resize=200&format=webp"),
    ("animated WebP to 200, GIF", "film.webp", "op=resize:200&format=gif", "frames&resize=200&format=gif"),
]


def pictures(folder):
    """The pictures by their names."""
    def read(name):
        with open(os.path.join(folder, name), "rb") as file:
            return file.read()

    def written(image, kind, **options):
        file = io.BytesIO()
        image.save(file, kind, **options)
        return file.getvalue()

    photo, photo12, alpha = (Image.open(os.path.join(folder, name)) for name in ("photo2.jpg", "photo12.jpg", "photo15.png"))
    screen = Image.open(os.path.join(folder, "ui19.png")).convert("RGB")
    film = [frame.convert("RGBA") for frame in ImageSequence.Iterator(Image.open(os.path.join(folder, "anim480.gif")))][:30]
    return {
        "photo.jpg": read("photo2.jpg"), "alpha.png": read("photo15.png"), "square.png": read("px512.png"),
        "screen.png": read("ui19.png"), "film.gif": read("anim480.gif"),
        "fine.jpg": written(photo, "JPEG", quality=90, subsampling=0),
        "grey.jpg": written(photo.convert("L"), "JPEG", quality=85),
        "cmyk.jpg": written(photo.convert("CMYK"), "JPEG", quality=85),
        "half.jpg": written(photo.resize((612, 816)), "JPEG", quality=85),
        "progressive.jpg": written(photo, "JPEG", quality=85, progressive=True),
        "progressive12.jpg": written(photo12, "JPEG", quality=85, progressive=True),
        "photo.webp": written(photo, "WEBP", quality=80), "photo12.webp": written(photo12, "WEBP", quality=80),
        "alpha.webp": written(alpha, "WEBP", quality=80), "lossless.webp": written(photo, "WEBP", lossless=True),
        "photo.png": written(photo, "PNG"), "grey.png": written(photo.convert("L"), "PNG"),
        "table.png": written(screen.quantize(256), "PNG"), "photo.avif": written(photo, "AVIF", quality=60),
        "film.webp": written(film[0], "WEBP", save_all=True, append_images=film[1:], duration=50, quality=75),
    }


class Peer:
    """A server that takes pictures by upload."""
    def __init__(self, name, port, path, cpu):
        self.name, self.path, self.cpu = name, path, cpu
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, query, body):
        self.connection.request("POST", f"{self.path}?{query}", body)
        answer = self.connection.getresponse()
        bytes_ = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{self.name}: {query}: {answer.status} {bytes_[:300]}")
        return len(bytes_)

    def measure(self, query, body, seconds):
        """CPU ms per request, and bytes of the answer."""
        size = self.ask(query, body)
        asked, begun, cpu = 0, time.time(), self.cpu()
        while time.time() - begun < seconds or asked < 3:
            self.ask(query, body)
            asked += 1
        return (self.cpu() - cpu) / asked * 1e3, size


def start_sharp(folder):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "wide.mjs")
    process = subprocess.Popen(["node", program, str(port), os.path.abspath(folder)], stdout=subprocess.PIPE)
    if process.stdout.readline() != b"ready\n":
        raise SystemExit("sharp does not start")
    return process, port


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--sharp", required=True)
    parser.add_argument("--images", default=IMAGES)
    parser.add_argument("--jobs", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1)
    options = parser.parse_args()
    bodies = pictures(options.images)
    node, port = start_sharp(options.sharp)
    service = Service(options.program)
    try:
        own = Peer("framefarm", service.port, "/v1/process", service.cpu_s)
        sharp = Peer("sharp", port, "/", lambda: cpu_s(node.pid))
        print("| job | sharp, CPU ms | framefarm | sharp / framefarm | bytes |\n|---|---|---|---|---|")
        for name, picture, own_query, sharp_query in JOBS:
            if not any(part in name for part in options.jobs.split(",")):
                continue
            body = bodies[picture]
            rounds = [(own.measure(own_query, body, options.seconds), sharp.measure(sharp_query, body, options.seconds))
                      for _ in range(options.rounds)]
            (cpu, size), (sharp_cpu, sharp_size) = (
                (statistics.median(one[0] for one in column), column[0][1]) for column in zip(*rounds))
            print(f"| {name} | {sharp_cpu:.3g} | {cpu:.3g} | {sharp_cpu / cpu:.2f} | {size / sharp_size:.2f} |", flush=True)
    finally:
        service.stop()
        node.terminate()
        node.wait()


if __name__ == "__main__":
    main()
