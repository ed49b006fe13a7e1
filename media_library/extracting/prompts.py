"""What a model is asked about a document."""

from __future__ import annotations

from media_library.asking import material
from media_library.extraction.schemas import Invoice
from media_library.lmm.base import Request, Turn, Words
from media_library.models import MediaItem

SYSTEM = (
    "You read invoices and receipts. You copy what is printed, exactly, and never correct, complete or compute "
    "anything: what is not there is null, and a sum that is printed wrong stays wrong. Money is a decimal number "
    "with a point, as a string. Dates are YYYY-MM-DD."
)
INVOICE = "Read this invoice, receipt or credit note into the schema. Every line that was sold is one of its lines."
MOST_TOKENS = 16_384


def invoice_of(item: MediaItem) -> Request:
    """The request for an invoice as data; without pictures of it, the text that was read in it."""
    known = material.of(item)
    turn = Turn("person", (*material.parts(item, known), Words(INVOICE)))
    return Request("invoice", (turn,), SYSTEM, schema=Invoice, max_tokens=MOST_TOKENS)
