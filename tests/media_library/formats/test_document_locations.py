"""Places that a PDF tells: found, and blanked in a copy that is otherwise the same document."""

from __future__ import annotations

import contextlib
import hashlib
import zlib

import numpy as np
import pytest

from media_library.formats import FileRejected, Limits, cuts, pdf_locations, public_copy, render
from tests.growth import LINEAR, growth
from tests.media import SECRET, XMP, exif
from tests.media import documents as make
from tests.media_library.formats.conftest import probed

SMALL = Limits(page_px=200, preview_px=200)
XMP_SEGMENT = b"http://ns.adobe.com/xap/1.0/\0" + XMP
IPTC = b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x18\x1c\x02\x5a\0\x0f" + SECRET + b"\0"


def photograph(**more) -> bytes:
    return make.jpeg(exif=exif(1, place=True, **more).tobytes())


def segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    return jpeg[:2] + bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body + jpeg[2:]


def image_page(jpeg: bytes, more=()) -> bytes:
    image = make.stream(
        jpeg,
        "/Type /XObject /Subtype /Image /Width 300 /Height 200 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
        "/Filter /DCTDecode",
    )
    content = b"q 300 0 0 200 100 400 cm /Im Do Q BT /F1 12 Tf 100 300 Td (A photograph of a field) Tj ET"
    return make.one_page(content, resources="/XObject << /Im 6 0 R >>", more=[image, *more])


def attached(data: bytes) -> bytes:
    return make.stream(data, "/Type /EmbeddedFile", packed=True)


WITH_A_PLACE = {
    "exif of a jpeg": lambda: image_page(photograph()),
    "xmp of a jpeg": lambda: image_page(segment(make.jpeg(), 0xE1, XMP_SEGMENT)),
    "iptc of a jpeg": lambda: image_page(segment(make.jpeg(), 0xED, IPTC)),
    "xmp of the document": lambda: image_page(make.jpeg(), [make.stream(XMP, "/Type /Metadata /Subtype /XML")]),
    "packed xmp": lambda: image_page(make.jpeg(), [make.stream(XMP, "/Type /Metadata /Subtype /XML", packed=True)]),
    "an attached photograph": lambda: image_page(make.jpeg(), [attached(photograph())]),
    "exif alone": lambda: image_page(make.jpeg(), [attached(exif(1, place=True).tobytes()[6:])]),
    "a map": lambda: image_page(make.jpeg(), ["<< /Type /Measure /Subtype /GEO /GPTS [48.85 2.29 48.86 2.30] >>"]),
}


def unpacked(data: bytes) -> bytes:
    """The bytes of a file and of all that is packed in it."""
    found = [data]
    at = data.find(b"\nstream\n")
    while at >= 0:
        with contextlib.suppress(zlib.error):
            found.append(zlib.decompressobj().decompress(data[at + 8 :]))
        at = data.find(b"\nstream\n", at + 1)
    return b"".join(found)


@pytest.mark.parametrize("name", WITH_A_PLACE)
def test_it_is_found_and_blanked_in_a_copy(tmp_path, name):
    original, copy = tmp_path / "original", tmp_path / "copy"
    original.write_bytes(WITH_A_PLACE[name]())
    before = hashlib.sha256(original.read_bytes()).digest()
    found = probed(original)
    assert found.has_location
    assert SECRET in unpacked(original.read_bytes()) or name == "a map"
    assert public_copy(original, found, copy)
    assert hashlib.sha256(original.read_bytes()).digest() == before
    assert SECRET not in unpacked(copy.read_bytes())
    assert b"48.85" not in copy.read_bytes()
    assert len(copy.read_bytes()) == len(original.read_bytes())
    again = probed(copy)
    assert not again.has_location
    pictures = [np.asarray(render(path, again, SMALL)) for path in (original, copy)]
    assert (pictures[0] == pictures[1]).all()
    texts = [[cut.text for cut in cuts(path, again, SMALL, lambda share: None)] for path in (original, copy)]
    assert texts[0] == texts[1] != []


def test_words_about_places_are_no_place(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(make.one_page(b"BT /F1 12 Tf 100 300 Td (The tag exif:GPSLatitude holds degrees) Tj ET"))
    found = probed(file)
    assert not found.has_location
    assert not public_copy(file, found, tmp_path / "copy")


def test_without_a_place_nothing_is_written(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(image_page(make.jpeg(exif=exif(6, Make="Canon").tobytes())))
    assert not public_copy(file, probed(file), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_locked_document_is_unlocked_to_be_looked_through(tmp_path):
    pdf = make.sheet()
    pdf.set_encryption(owner_password="owner", permissions=0)
    pdf.add_page()
    make.place(pdf, photograph(), (50, 50, 350, 250))
    make.set_lines(pdf, make.prose("locked", 8), 60, 300)
    file, copy = make.save(pdf, tmp_path / "file"), tmp_path / "copy"
    found = probed(file)
    assert found.has_location
    assert "locked" in " ".join(cut.text for cut in cuts(file, found, SMALL, lambda share: None))
    assert public_copy(file, found, copy)
    assert SECRET not in unpacked(copy.read_bytes())
    assert not probed(copy).has_location
    assert "locked" in " ".join(cut.text for cut in cuts(copy, found, SMALL, lambda share: None))


def test_what_cannot_be_blanked_is_refused(tmp_path):
    file, copy = tmp_path / "file", tmp_path / "copy"
    twice = make.stream(zlib.compress(zlib.compress(XMP)), "/Filter [/FlateDecode /FlateDecode]")
    file.write_bytes(image_page(make.jpeg(), [twice]))
    found = probed(file)
    assert found.has_location
    with pytest.raises(FileRejected) as refused:
        public_copy(file, found, copy)
    assert refused.value.code == "location-stays"
    assert not copy.exists()


@pytest.mark.parametrize(
    "tail",
    [
        lambda times: b"\xff\xe1\xff\xffExif\0\0" * 2 * times,
        lambda times: b"\x25\x88\x04\0\1\0\0\0\0\0\0\0" * times,
        lambda times: b"GPSLatitude" + b"<x:xmpmeta " * times,
    ],
    ids=["segments", "pointers", "packets"],
)
def test_what_only_begins_like_a_place_is_looked_through_once(tmp_path, tail):
    def look_through(times: int) -> None:
        path = tmp_path / "file"
        path.write_bytes(make.one_page(b"0 0 9 9 re f") + tail(times))
        assert not pdf_locations.tells(path)

    assert growth(look_through, 12_500) < LINEAR


def test_a_place_is_blanked_behind_beginnings_that_lead_nowhere(tmp_path):
    lies = b"\xff\xe1\xff\xffExif\0\0" + b"<x:xmpmeta <rdf:RDF " + b"MM\0*" * 3
    told = segment(photograph(), 0xE1, XMP_SEGMENT)
    path, copy = tmp_path / "file", tmp_path / "copy"
    path.write_bytes(image_page(told, more=[make.stream(lies)]) + lies + told)
    assert pdf_locations.tells(path)
    pdf_locations.blank(path, copy)
    assert SECRET not in copy.read_bytes()
    assert not pdf_locations.tells(copy)
