"""A table and a flow chart as a model replies with them, for tests of readings."""

from __future__ import annotations

from media_library.models import ExtractionKind

TABLE, FLOWCHART, INVOICE = ExtractionKind.TABLE, ExtractionKind.FLOWCHART, ExtractionKind.INVOICE
BOX = {"page": 1, "left": 0.1, "top": 0.2, "right": 0.3, "bottom": 0.25}


def table(*rows: tuple[str, ...], sure: float = 1.0) -> dict:
    cells = [
        {"row": r, "column": c, "text": text, "confidence": sure, "box": BOX}
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return {"rows": len(rows), "columns": len(rows[0]), "cells": cells}


FIRMS = table(("Business", "Revenue 2024", "Revenue 2025"), ("Acme", "€ 100", "€ 150"), ("=Umbra", "€ 400", "€ 440"))
ORDER = {
    "shapes": [
        {"id": 7, "kind": "start", "text": "Order <b>in</b>", "box": BOX},
        {"id": 8, "kind": "decision", "text": "In stock?"},
        {"id": 9, "kind": "end", "text": "Sent", "confidence": 0.4},
    ],
    "edges": [{"start": 7, "end": 8}, {"start": 8, "end": 9, "label": "yes"}, {"start": 8, "end": 7, "label": "no"}],
}
