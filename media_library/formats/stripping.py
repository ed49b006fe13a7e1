"""Copies of pictures without metadata, lossless where the format is a chain of segments.

Kept is an allow-list: what is needed to show the pixels as the original shows them.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO
from zlib import crc32

from PIL import Image

if TYPE_CHECKING:
    from mmap import mmap

    Bytes = bytes | mmap

NO_TURN = 1


def minimal_exif(orientation: int) -> bytes:
    """An EXIF block (TIFF header first) that holds the orientation and nothing else."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes().removeprefix(b"Exif\0\0")


def jpeg(data: Bytes, orientation: int) -> Iterator[bytes]:
    """ITU T.81 annex B: markers up to the first picture's end; what trails it (other pictures, videos) is left."""
    yield b"\xff\xd8"
    turn = _jpeg_orientation(orientation)
    at = 2
    while at < len(data):
        if data[at] != 0xFF:
            raise ValueError("a marker was expected")
        marker = data[at + 1]
        if marker == 0xFF:  # A fill byte.
            at += 1
            continue
        if marker == 0xD9:
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at:end]
        if len(segment) < 4 or end > len(data):
            raise ValueError("a segment is cut off")
        if marker != 0xE0 and turn:
            yield turn
            turn = b""
        if _jpeg_keeps(marker, segment[4:]):
            yield segment
        if marker == 0xDA:
            pixels_end = _jpeg_scan_end(data, end)
            yield data[end:pixels_end]
            end = pixels_end
        at = end
    yield b"\xff\xd9"


def _jpeg_orientation(orientation: int) -> bytes:
    if orientation == NO_TURN:
        return b""
    body = b"Exif\0\0" + minimal_exif(orientation)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


_JPEG_KEEPS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""Application segments that say how the pixels are to be shown."""


def _jpeg_keeps(marker: int, body: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        return marker in _JPEG_KEEPS and body.startswith(_JPEG_KEEPS[marker])
    return marker != 0xFE


_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)


def _jpeg_scan_end(data: Bytes, start: int) -> int:
    found = _SCAN_END.search(data, start)
    return found.start() if found else len(data)


PNG_KEEPS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)


def png(data: Bytes, orientation: int) -> Iterator[bytes]:
    """PNG 3rd edition: chunks that concern the pixels; nothing after IEND."""
    yield data[:8]
    at = 8
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise ValueError("a chunk is cut off")
        if kind in PNG_KEEPS:
            yield data[at:end]
        if kind == b"IHDR" and orientation != NO_TURN:
            body = b"eXIf" + minimal_exif(orientation)
            yield struct.pack(">I", len(body) - 4) + body + struct.pack(">I", crc32(body))
        if kind == b"IEND":
            return
        at = end
    raise ValueError("the end is missing")


WEBP_KEEPS = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04


def webp(data: Bytes, orientation: int) -> Iterator[bytes]:
    """RFC 9649: chunks that concern the pixels, the flags of VP8X in step with them."""
    chunks: list[bytes] = []
    at, end = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        after = at + 8 + length + length % 2
        if at + 8 + length > len(data):
            raise ValueError("a chunk is cut off")
        if kind in WEBP_KEEPS:
            chunk = bytearray(data[at:after])
            if kind == b"VP8X":
                chunk[8] &= ~(_WEBP_EXIF | _WEBP_XMP) & 0xFF
                chunk[8] |= _WEBP_EXIF if orientation != NO_TURN else 0
            chunks.append(bytes(chunk))
        at = after
    if orientation != NO_TURN:
        exif = minimal_exif(orientation)
        chunks.append(b"EXIF" + struct.pack("<I", len(exif)) + exif + b"\0" * (len(exif) % 2))
    yield b"RIFF" + struct.pack("<I", 4 + sum(map(len, chunks))) + b"WEBP"
    yield from chunks


GIF_KEEPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


def gif(data: Bytes, orientation: int) -> Iterator[bytes]:
    """GIF89a: pictures and their timing; comments and applications' blocks (XMP) are left. GIF knows no turning."""
    at = 13 + _gif_colours(data[10])
    yield data[:at]
    while at < len(data) and data[at] != 0x3B:
        start = at
        if data[at] == 0x21:
            label, keep = data[at + 1], True
            if label == 0xFF:
                keep = data[at + 3 : at + 14] in GIF_KEEPS
            elif label != 0xF9:
                keep = label == 0x01
            at += 2
        elif data[at] == 0x2C:
            keep = True
            at += 11 + _gif_colours(data[at + 9])
        else:
            raise ValueError("a block was expected")
        while data[at]:
            at += 1 + data[at]
        at += 1
        if keep:
            yield data[start:at]
    yield b"\x3b"


def _gif_colours(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


LOSSLESS: dict[str, Callable[[Bytes, int], Iterator[bytes]]] = {
    "image/jpeg": jpeg,
    "image/png": png,
    "image/webp": webp,
    "image/gif": gif,
}


def bare(picture: Image.Image) -> Image.Image:
    """A loaded `picture`'s pixels and colours alone."""
    copy = picture.copy()
    copy.info = {key: value for key, value in picture.info.items() if key in ("icc_profile", "transparency")}
    return copy


def save_again(picture: Image.Image, mime_type: str, destination: BinaryIO, rest: Iterator[Image.Image]) -> None:
    """Encode bare, upright pictures anew; `rest` are the further pages of a TIFF. Pillow writes no metadata unasked."""
    options: dict[str, object] = {"icc_profile": picture.info.get("icc_profile")}
    out = io.BytesIO()
    if mime_type == "image/tiff":
        compression = "tiff_deflate" if picture.mode != "1" else "group4"
        picture.save(out, "TIFF", save_all=True, append_images=rest, compression=compression, **options)
    elif mime_type == "image/avif":
        picture.save(out, "AVIF", quality=90, speed=8, exif=b"", xmp=b"", max_threads=2, **options)
    else:
        picture.save(out, "HEIF", quality=90, exif=None, xmp=None, **options)
    destination.write(out.getvalue())
