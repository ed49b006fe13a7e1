"""Curating the library. Importing this package registers it."""

from media_library.admin.items import MediaItemAdmin

__all__ = ["MediaItemAdmin"]
