"""Who may change an item over HTTP."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from media_library.models import MediaItem


def editable_item(request: Request, pk: UUID, refusal: str) -> MediaItem:
    """The item `pk`. 404 where the requester does not see it, 403 with the sentence where they may not describe it."""
    item = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
    if not MediaItem.objects.editable_by(request.user).filter(pk=item.pk).exists():
        raise PermissionDenied(refusal)
    return item
