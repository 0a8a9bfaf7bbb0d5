#!/usr/bin/env python3
"""Reads a picture of any format with Pillow, for tests that must not judge a codec by itself.

    python3 read.py FILE

Writes one line of JSON (format, size, delays in ms, loop) and then the frames as raw RGBA.
"""
import json
import sys

from PIL import Image

with Image.open(sys.argv[1]) as image:
    frames, delays = [], []
    for index in range(getattr(image, "n_frames", 1)):
        image.seek(index)
        frames.append(image.convert("RGBA").tobytes())
        delays.append(image.info.get("duration", 0))
    told = {"format": image.format, "width": image.width, "height": image.height,
            "delays_ms": delays, "loop": image.info.get("loop")}
sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + b"".join(frames))
