"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from media_library.formats.base import FileRejected, Sniffed

HEAD = 4096

JPEG = Sniffed("image", "image/jpeg", ".jpg")
PNG = Sniffed("image", "image/png", ".png")
WEBP = Sniffed("image", "image/webp", ".webp")
GIF = Sniffed("image", "image/gif", ".gif")
TIFF = Sniffed("image", "image/tiff", ".tif")
AVIF = Sniffed("image", "image/avif", ".avif")
HEIC = Sniffed("image", "image/heic", ".heic")
MP4 = Sniffed("video", "video/mp4", ".mp4")
MOV = Sniffed("video", "video/quicktime", ".mov")
WEBM = Sniffed("video", "video/webm", ".webm")
MKV = Sniffed("video", "video/x-matroska", ".mkv")

# ISO base media brands, major brand first (https://mp4ra.org/registered-types/brands).
AVIF_BRANDS = {b"avif", b"avis"}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
MOV_BRANDS = {b"qt  "}
MP4_BRANDS = re.compile(rb"iso.|mp4[12]|mp71|avc1|av01|hvc1|dash|M4V.|M4VP|3g[2pres].|MSNV|f4v |FACE|NDS.|XAVC|mmp4")
NOT_VIDEO_BRANDS = {b"M4A ", b"M4B ", b"M4P ", b"crx ", b"jp2 ", b"jpx ", b"jpm "}
# QuickTime files older than the brand box start with one of these.
MOV_ATOMS = {b"moov", b"mdat", b"wide", b"pnot", b"skip", b"free"}


def _iso_base_media(head: bytes) -> Sniffed | None:
    if head[4:8] in MOV_ATOMS:
        return MOV
    if head[4:8] != b"ftyp":
        return None
    size = min(max(int.from_bytes(head[:4], "big"), 16), len(head))
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, size - 3, 4))}
    if brands & AVIF_BRANDS:
        return AVIF
    if major in HEIC_BRANDS:
        return HEIC
    if major in MOV_BRANDS:
        return MOV
    if major in NOT_VIDEO_BRANDS:
        return None
    return MP4 if any(MP4_BRANDS.match(brand) for brand in brands) else None


def _matroska(head: bytes) -> Sniffed | None:
    # EBML element DocType (0x4282) with a one-byte length, RFC 8794.
    found = re.search(rb"\x42\x82[\x80-\x8f]([a-z]+)", head)
    return {b"webm": WEBM, b"matroska": MKV}.get(found[1]) if found else None


KNOWN: tuple[tuple[re.Pattern[bytes], Callable[[bytes], Sniffed | None]], ...] = (
    (re.compile(rb"\xff\xd8\xff"), lambda head: JPEG),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), lambda head: PNG),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), lambda head: WEBP),
    (re.compile(rb"GIF8[79]a"), lambda head: GIF),
    (re.compile(rb"II[*+]\0|MM\0[*+]"), lambda head: TIFF),
    (re.compile(rb"\x1a\x45\xdf\xa3"), _matroska),
    (re.compile(rb".{4}[a-z]{3}[a-z]", re.DOTALL), _iso_base_media),
)

FOREIGN: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (
        re.compile(rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>)?\s*(<!--.*?-->)?\s*(<!doctype svg|<svg)", re.I | re.S),
        "an SVG drawing",
    ),
    (
        re.compile(
            rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>)?\s*(<!--.*?-->)?\s*(<!doctype html|<html|<head|<body)", re.I | re.S
        ),
        "a web page",
    ),
    (re.compile(rb"%PDF-"), "a PDF document"),
    (re.compile(rb"PK\x03\x04|PK\x05\x06|Rar!|7z\xbc\xaf|\x1f\x8b"), "an archive"),
    (re.compile(rb"MZ|\x7fELF|#!"), "a program"),
    (re.compile(rb"RIFF.{4}AVI ", re.DOTALL), "an AVI video"),
    (re.compile(rb"RIFF.{4}WAVE|ID3|\xff[\xfb\xf3\xf2]|OggS|fLaC|....ftypM4[ABP]", re.DOTALL), "a sound"),
    (re.compile(rb"BM.{4}\0{4}", re.DOTALL), "a BMP picture"),
)

TAKEN = "JPEG, PNG, WebP, GIF, TIFF, AVIF and HEIC pictures, and MP4, MOV, WebM and MKV videos"


def sniff(path: Path) -> Sniffed:
    """The kind and type of the file at `path`. Raises FileRejected (``empty``, ``unsupported``)."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise FileRejected("empty", "The file is empty. Try to copy or download it again.")
    for pattern, name in KNOWN:
        if pattern.match(head) and (sniffed := name(head)):
            return sniffed
    found = next((name for pattern, name in FOREIGN if pattern.match(head)), "of a type we do not know")
    raise FileRejected("unsupported", f"This file is {found}. The library takes {TAKEN}.")
