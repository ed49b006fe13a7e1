"""Curating the library. Importing this package registers it."""

from media_library.admin.albums import AlbumAdmin, ShareAdmin
from media_library.admin.asking import CaptionRunAdmin, LmmCallAdmin
from media_library.admin.extractions import ExtractionAdmin, InvoiceAdmin
from media_library.admin.imports import ImportAdmin
from media_library.admin.items import MediaItemAdmin

__all__ = [
    "AlbumAdmin",
    "CaptionRunAdmin",
    "ExtractionAdmin",
    "ImportAdmin",
    "InvoiceAdmin",
    "LmmCallAdmin",
    "MediaItemAdmin",
    "ShareAdmin",
]
