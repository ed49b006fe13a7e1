"""Invoices and receipts that are drawn, with what is true about them, for measuring how well such are read.

`draw(seed)` gives the same document for the same seed on the same machine; fonts are those that are found there.
"""

from media_library.extraction.drawing.damage import Damage
from media_library.extraction.drawing.documents import Drawn, draw

__all__ = ["Damage", "Drawn", "draw"]
