"""What a model is asked about a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from media_library.asking import material
from media_library.extraction.schemas import Invoice
from media_library.lmm.base import Data, Request, Turn, Words
from media_library.models import MediaItem, Segment, SegmentKind

if TYPE_CHECKING:
    from pydantic import BaseModel

SYSTEM = (
    "You read invoices and receipts. You copy what is printed, exactly, and never correct, complete or compute "
    "anything: what is not there is null, and a sum that is printed wrong stays wrong. Money is a decimal number "
    "with a point, as a string. Dates are YYYY-MM-DD."
)
INVOICE = "Read this invoice, receipt or credit note into the schema. Every line that was sold is one of its lines."
OF_DRAWINGS = (
    "You read documents into data. You copy what is printed, exactly, and never correct, complete or compute anything. "
    "Boxes are shares of the picture's width and height, from its upper left corner; leave one out rather than guess. "
    "A confidence is from 0 to 1."
)
TABLE = (
    "Read every table in this picture into the schema, from above. Rows and columns count from 0, headings included; a "
    "merged cell is one cell with its rows and columns. Copy the text of each cell with its unit. Leave empty cells "
    "out. Where there is no table, give none."
)
FLOWCHART = (
    "Read every flow chart in this picture into the schema: each shape with its number, kind, text and lane, each "
    "arrow with the numbers of the shapes that it leads from and to, and the label beside it. Number the shapes of a "
    "chart in the order in which one comes by them, from 0. Where there is no flow chart, give none."
)
MOST_TOKENS = 16_384
MOST_CHARACTERS = 16_000
"""Of text on a page that goes with its picture."""


def invoice_of(item: MediaItem) -> Request:
    """The request for an invoice as data; without pictures of it, the text that was read in it."""
    known = material.of(item)
    turn = Turn("person", (*material.parts(item, known), Words(INVOICE)))
    return Request("invoice", (turn,), SYSTEM, schema=Invoice, max_tokens=MOST_TOKENS)


def page_of(item: MediaItem, page: Segment, kind: str, prompt: str, schema: type[BaseModel]) -> Request:
    """The request for what one page, or a picture, shows as data: its picture, and the text that was read on it."""
    picture = material.picture(page.picture or item.preview)
    written = item.segments.filter(kind__in=(SegmentKind.TEXT, SegmentKind.PASSAGE), page=page.page).exclude(text="")
    text = "\n".join(written.order_by("ordinal").values_list("text", flat=True)[:100])[:MOST_CHARACTERS]
    parts = (*([picture] if picture else []), *([Data("text on it", text)] if text else []), Words(prompt))
    return Request(kind, (Turn("person", parts),), OF_DRAWINGS, schema=schema, max_tokens=MOST_TOKENS)
