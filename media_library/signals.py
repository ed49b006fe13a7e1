"""The one event by which the library hands work on to what lies above it."""

from django.dispatch import Signal

items_segmented = Signal()
"""Sent after commit with ``item_ids: list[UUID]``: these items have segments that want vectors."""
