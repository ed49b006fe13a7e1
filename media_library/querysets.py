"""Every read of the library is a chain of these. Nothing reads items without saying for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Func, Q
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


def _visible(user: AbstractBaseUser | AnonymousUser, item: str = "") -> Q:
    """The one rule of who sees what. `item`: the path to the item, where it is not the row itself."""
    allowed = Q(**{f"{item}visibility": "public"})
    if user.is_authenticated:
        allowed |= Q(**{f"{item}owner": user})
    return allowed & Q(**{f"{item}deleted_at__isnull": True})


class MediaItemQuerySet(models.QuerySet["MediaItem"]):
    def alive(self) -> Self:
        """Items that are not in the trash."""
        return self.filter(deleted_at__isnull=True)

    def trashed(self) -> Self:
        return self.filter(deleted_at__isnull=False)

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """What `user` may see: their own and what is public, trash excluded. Staff see no more here."""
        return self.filter(_visible(user))

    def editable_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """What `user` may change, delete, restore and retry: their own, trash included."""
        return self.filter(owner=user) if user.is_authenticated else self.none()

    def ready(self) -> Self:
        return self.filter(status="ready")

    def failed(self) -> Self:
        return self.filter(status="failed")

    def unfinished(self) -> Self:
        return self.filter(status__in=("waiting", "segmenting", "embedding"))

    def unleased(self) -> Self:
        """Items that no living worker has in hand."""
        return self.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now()))

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind) if kind else self

    def tagged(self, tags: Sequence[str]) -> Self:
        """Items that carry every one of `tags`."""
        return self.filter(tags__contains=list(tags)) if tags else self

    def dated(self, first: date | None, last: date | None) -> Self:
        """Items captured (or, where that is unknown, added) from `first` to `last`, both included."""
        if not (first or last):
            return self
        dated = self.alias(day=models.functions.TruncDate(models.functions.Coalesce("captured_at", "created_at")))
        if first:
            dated = dated.filter(day__gte=first)
        if last:
            dated = dated.filter(day__lte=last)
        return dated

    def counts(self) -> dict[str, dict[str, int]]:
        """How many items there are, by kind and by status, in one statement.

        Returns ``{"kind": {"image": 3, …}, "status": {"ready": 3, …}, "total": {"items": 3}}``.
        """
        by_kind: dict[str, int] = {}
        by_status: dict[str, int] = {}
        rows = self.order_by().values_list("kind", "status").annotate(n=Count("pk"))
        for kind, status, n in rows:
            by_kind[kind] = by_kind.get(kind, 0) + n
            by_status[status] = by_status.get(status, 0) + n
        return {"kind": by_kind, "status": by_status, "total": {"items": sum(by_kind.values())}}

    def tag_counts(self, limit: int = 40) -> list[tuple[str, int]]:
        """The most used tags of these items, with how many items carry each."""
        unnested = self.order_by().values(tag=Func("tags", function="unnest"))
        return list(unnested.annotate(n=Count("pk")).order_by("-n", "tag").values_list("tag", "n")[:limit])


class SegmentQuerySet(models.QuerySet):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Segments of items that `user` may see."""
        return self.filter(_visible(user, "item__"))

    def pictured(self) -> Self:
        """Segments that are seen: the picture itself, or a frame."""
        return self.exclude(picture="")

    def worded(self) -> Self:
        """Segments that have words of their own."""
        return self.exclude(heading="", text="")
