"""Opening a picture that somebody wants looked at, whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from PIL import Image, UnidentifiedImageError

from media_library import services
from media_library.hidden import seeing

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from media_library.models import MediaItem

MAX_BYTES = 20 * 1024**2
"""Of a picture that is looked at."""

FORMATS = ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"]


class CannotLook(ValueError):
    """The message is a sentence for the user."""


def uploaded(file: UploadedFile) -> Image.Image:
    """The RGB picture in a file that was sent. Raises CannotLook."""
    if file.size > MAX_BYTES:
        raise CannotLook("The picture is larger than 20 MB, the most that is looked at here.")
    return opened(file)


def of_item(item: MediaItem) -> Image.Image:
    """The RGB picture of an item, from the file as it came: previews are stored with losses. Raises CannotLook."""
    stored = (item.public_copy or item.original) if item.preview and item.size <= MAX_BYTES else item.preview
    if not stored:
        raise CannotLook("This picture has not been read yet. Try again in a moment.")
    try:
        with stored.open("rb") as file:
            return opened(file)
    except FileNotFoundError:
        raise CannotLook("The stored file is missing.") from None
    except CannotLook:
        if stored is item.preview:
            raise
    # One of the formats that browsers do not know either.
    with item.preview.open("rb") as file:
        return opened(file)


def opened(file: BinaryIO) -> Image.Image:
    """The RGB picture in `file`, made smaller where it is large. Raises CannotLook."""
    try:
        with Image.open(file, formats=FORMATS) as picture:
            if picture.width * picture.height > services.limits().max_pixels // 4:
                raise CannotLook("The picture has too many pixels to be looked at here. Make it smaller first.")
            picture.load()
            return seeing.fit(picture)
    except CannotLook:
        raise
    except FileNotFoundError:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise CannotLook("This is no picture that can be opened here. Choose a PNG, JPEG, WebP or GIF file.") from error
