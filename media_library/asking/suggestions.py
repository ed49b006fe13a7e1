"""Questions that are worth asking, by what an item seems to be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PIL import Image

from media_library.models import DocumentKind, Kind, MediaItem, SegmentKind

RECEIPT_WORDS = re.compile(
    r"\b(total|subtotal|sum|tax|vat|mwst|cash|change|receipt|invoice|amount|balance|due|qty|card)\b", re.I
)
PRICE = re.compile(r"\d+[.,]\d{2}\b")
FIGURE = re.compile(r"[-+$€£]?\d[\d.,]*\s*[%kKmM°]?")

FLAT = 0.4
"""From this share of one colour on a picture is drawn rather than photographed."""

QUESTIONS = {
    "receipt": (
        "What is the total?",
        "Which items were bought, at what price?",
        "Who issued it, and when?",
        "How much tax is in it?",
    ),
    "table": (
        "Which row has the highest value?",
        "What do the columns say?",
        "What does each column come to?",
    ),
    "chart": (
        "What does this chart show?",
        "What are the highest and the lowest value?",
        "What do the axes mean?",
        "What is the trend?",
    ),
    "diagram": (
        "What does this diagram explain?",
        "Which parts does it have?",
        "How do its parts follow on one another?",
        "What do the labels say?",
    ),
    "photograph": ("What is to be seen?", "Where could this have been taken?", "What is in the background?"),
    "sign": ("What does it say?", "What is to be seen?", "What is the text about?"),
    "document": ("What is this about?", "What are its main points?", "Which dates and amounts are in it?"),
    "video": ("What happens in it?", "What is to be seen at the beginning?", "What does the text in it say?"),
    "sound": ("What is known of this sound?", "How long is it?"),
}


RECOGNISED = {
    DocumentKind.RECEIPT: "receipt",
    DocumentKind.INVOICE: "receipt",
    DocumentKind.TABLE: "table",
    DocumentKind.CHART: "chart",
    DocumentKind.FLOWCHART: "diagram",
    DocumentKind.PAGE: "document",
}
"""Which of QUESTIONS fit an item that was recognised; a photograph may be of a sign."""


def questions(item: MediaItem) -> Sequence[str]:
    """Questions for the kind of thing that `item` seems to be."""
    return QUESTIONS[seems(item)]


def seems(item: MediaItem) -> str:
    """What `item` seems to be, by the text in it and its colours: a key of QUESTIONS."""
    match item.kind:
        case Kind.VIDEO | Kind.SOUND:
            return str(item.kind)
        case Kind.TEXT:
            return "document"
    if item.document_kind in RECOGNISED:
        return RECOGNISED[DocumentKind(item.document_kind)]
    kinds = (SegmentKind.TEXT, SegmentKind.PASSAGE)
    texts = item.segments.filter(kind__in=kinds).order_by("page", "ordinal").values_list("text", flat=True)[:6]
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    if not lines:
        return "photograph" if item.kind == Kind.IMAGE else "document"
    whole = "\n".join(lines)
    if len(set(map(str.lower, RECEIPT_WORDS.findall(whole)))) >= 2 and PRICE.search(whole):
        return "receipt"
    if item.kind == Kind.DOCUMENT:
        return "document"
    if _flatness(item) < FLAT:
        return "sign" if len(lines) < 12 else "document"
    words = [word for line in lines for word in line.split()]
    figures = sum(bool(FIGURE.fullmatch(word)) for word in words)
    if figures >= 4 and figures >= len(words) * 0.25:
        return "chart"
    return "diagram" if len(words) < 120 else "document"


def _flatness(item: MediaItem) -> float:
    """The share of a picture that its most common colour fills, 0 to 1; 0 where it cannot be told."""
    try:
        with item.thumbnail.open("rb") as file, Image.open(file, formats=["WEBP"]) as picture:
            small = picture.convert("RGB").resize((64, 64), Image.Resampling.NEAREST)
    except (OSError, ValueError):
        return 0.0
    # Four bits of each colour, so that the noise of a scan is one colour.
    counted = small.point(lambda value: value & 0xF0).getcolors(64 * 64)
    return max(count for count, _ in counted) / (64 * 64)
