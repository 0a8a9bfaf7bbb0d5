"""What schemathesis sends as a picture: mostly one, sometimes what only begins like one."""

import struct
import zlib

import schemathesis
from hypothesis import strategies as st


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + bytes((x * 5 + y * 3) % 256 for x in range(3 * width)) for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


WHOLE = png(24, 16)
schemathesis.openapi.media_type(
    "application/octet-stream",
    st.one_of(st.just(WHOLE), st.integers(1, len(WHOLE) - 1).map(lambda end: WHOLE[:end]), st.binary(max_size=64)),
)
