"""Every read of the library is a chain of these. Nothing reads items without saying for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Count, Exists, F, Func, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from media_library.models import MediaItem, Segment

ORIENTATIONS = ("landscape", "portrait", "square")

CARD = (
    *("owner", "visibility", "kind", "title", "original_name", "width", "height", "duration", "pages"),
    *("preview", "thumbnail", "status", "failure", "progress", "created_at"),
)
"""What a card of a grid shows, and what lists of them are ordered by."""


def _visible(user: AbstractBaseUser | AnonymousUser, item: str = "") -> Q:
    """The one rule of who sees what. `item`: the path to the item, where it is not the row itself."""
    key = f"{item}id__in" if item == "" else f"{item.removesuffix('__')}__in"
    # In this order: for what is one's own or public, which most is, PostgreSQL never looks into the lists that follow.
    allowed = _own_or_public(user, item) | _any_of(_shown_lists(user.is_authenticated), user, key)
    return allowed & Q(**{f"{item}deleted_at__isnull": True})


SOMEBODY = -1
"""Stands for the id of whoever asks; no account has it."""


Lists = tuple[tuple[str, tuple], ...]
"""Lists of ids of items: the SQL of each, with its parameters."""


def _any_of(lists: Lists, user: AbstractBaseUser | AnonymousUser, key: str) -> Q:
    """Where `key` is in any of `lists`, with `user` in the place of SOMEBODY."""
    found = Q()
    for sql, params in lists:
        found |= Q(**{key: RawSQL(sql, [user.pk if value == SOMEBODY else value for value in params])})
    return found


@cache
def _shown_lists(signed_in: bool) -> Lists:
    """SQL of the ids of what is in an album that SOMEBODY sees and, `signed_in`, of what is shared with them.

    Kept as SQL, since it is always the same: having Django make it anew takes longer than most statements with it run.
    """
    # Importable only once the apps are there, and the models import this module.
    from django.contrib.auth.models import AnonymousUser

    user = get_user_model()(pk=SOMEBODY) if signed_in else AnonymousUser()
    lists = [_model("AlbumItem").objects.filter(album__in=_model("Album").objects.visible_to(user))]
    if signed_in:
        lists.append(_model("Share").objects.with_user(user).filter(item__isnull=False))
    return tuple(each.order_by().values("item").query.sql_with_params() for each in lists)


@cache
def _edited_lists() -> Lists:
    """As `_shown_lists`: what SOMEBODY was given to edit, and what is in an album of which they are an editor."""
    user = get_user_model()(pk=SOMEBODY)
    lists = (
        _model("Share").objects.with_user(user).filter(may_edit=True, item__isnull=False),
        _model("AlbumItem").objects.filter(album__in=_model("Album").objects.editable_by(user)),
    )
    return tuple(each.order_by().values("item").query.sql_with_params() for each in lists)


def _own_or_public(user: AbstractBaseUser | AnonymousUser, item: str = "") -> Q:
    """What can be seen without a look at any share or album, the trash included."""
    public = Q(**{f"{item}visibility": "public"})
    return Q(**{f"{item}owner": user}) | public if user.is_authenticated else public


def _one_visible_to(rows: models.QuerySet, user: AbstractBaseUser | AnonymousUser, pk: object, item: str = "") -> Any:
    """The row `pk` where `_visible` lets `user` see its item, else None.

    Of most rows a part of the rule tells it, in half of the time: putting the whole rule into SQL takes longer than
    the database does for one row. Only where that part does not is the whole rule asked.
    """
    one = rows.filter(pk=pk)
    at_once = one.filter(_own_or_public(user, item), **{f"{item}deleted_at__isnull": True})
    return next(iter(at_once), None) or next(iter(one.filter(_visible(user, item))), None)


def _model(name: str) -> type[models.Model]:
    # The models import this module.
    return apps.get_model("media_library", name)


class MediaItemQuerySet(models.QuerySet["MediaItem"]):
    def alive(self) -> Self:
        """Items that are not in the trash."""
        return self.filter(deleted_at__isnull=True)

    def trashed(self) -> Self:
        return self.filter(deleted_at__isnull=False)

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """What `user` may see: their own, what is public, and what is shared with them, by itself or in an album.

        Without the trash. Staff see no more here.
        """
        return self.filter(_visible(user))

    def one_visible_to(self, user: AbstractBaseUser | AnonymousUser, pk: object) -> MediaItem | None:
        """The item `pk` where `user` may see it, else None: one statement for what is their own or public, else two."""
        return _one_visible_to(self, user, pk)

    def editable_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """What `user` may describe (title, caption, tags): their own, and what they were given to edit. No trash."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(owner=user) | _any_of(_edited_lists(), user, "id__in"), deleted_at__isnull=True)

    def owned_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """What `user` may also delete, restore, retry, share and publish: their own, trash included."""
        return self.filter(owner=user) if user.is_authenticated else self.none()

    def shared_with(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """What others show to `user`, by name or group, by itself or in an album; not what is merely public."""
        if not user.is_authenticated:
            return self.none()
        shares = _model("Share").objects.with_user(user).filter(item__isnull=False)
        in_albums = _model("AlbumItem").objects.filter(album__in=_model("Album").objects.shared_with(user))
        # One list, not two joined by OR: PostgreSQL then goes through what is in it, not through all items.
        shown = shares.order_by().values("item").union(in_albums.order_by().values("item"))
        return self.filter(id__in=shown, deleted_at__isnull=True).exclude(owner=user)

    def ready(self) -> Self:
        return self.filter(status="ready")

    def failed(self) -> Self:
        return self.filter(status="failed")

    def unfinished(self) -> Self:
        return self.filter(status__in=("waiting", "segmenting", "embedding"))

    def unleased(self) -> Self:
        """Items that no living worker has in hand."""
        return self.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now()))

    def to_read(self) -> Self:
        """Items that a worker may take up now, in the order in which they are due."""
        waiting = self.filter(status__in=("waiting", "segmenting"), held=False, deleted_at__isnull=True)
        return waiting.unleased().order_by("priority", "created_at")

    def to_recognise(self) -> Self:
        """Pictures and documents of which nobody knows what kind of document they are, and whose text is read."""
        unknown = self.filter(document_kind="", kind__in=("image", "document"), deleted_at__isnull=True)
        return unknown.filter(status__in=("embedding", "ready")).exclude(text_state="waiting")

    def to_embed(self) -> Self:
        """Items that wait for vectors, in the order in which they are due."""
        return self.filter(status="embedding", deleted_at__isnull=True).order_by("priority", "created_at")

    def text_to_read(self) -> Self:
        """Items whose pictures a worker may look through for text now, in the order in which they are due."""
        free = Q(text_lease_until__isnull=True) | Q(text_lease_until__lt=timezone.now())
        waiting = self.filter(free, text_state="waiting", status__in=("embedding", "ready"), deleted_at__isnull=True)
        # Asked of the import: marking each of 100,000 items that are ready would write all their index entries anew.
        resting = _model("Import").objects.filter(state="paused")
        return waiting.exclude(batch__in=resting.values("pk")).order_by("priority", "created_at")

    # --- Filters -------------------------------------------------------------------------------------------

    def of_kind(self, *kinds: str) -> Self:
        """Items of any of `kinds`; of all where none is named."""
        kinds = tuple(filter(None, kinds))
        return self.filter(kind__in=kinds) if kinds else self

    def shown_as(self, document_kind: str) -> Self:
        """Pictures and documents that are such a document, as “receipt” or “chart”."""
        return self.filter(document_kind=document_kind) if document_kind else self

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

    def lasting(self, shortest: float | None, longest: float | None) -> Self:
        """Videos and sounds of `shortest` to `longest` seconds, both included."""
        lasting = self if shortest is None else self.filter(duration__gte=shortest)
        return lasting if longest is None else lasting.filter(duration__lte=longest)

    def oriented(self, orientation: str) -> Self:
        """Items wider than high (landscape), higher than wide (portrait), or within 2 % of neither (square)."""
        match orientation:
            case "landscape":
                return self.filter(width__gt=F("height") * 1.02)
            case "portrait":
                return self.filter(height__gt=F("width") * 1.02)
            case "square":
                return self.filter(width__lte=F("height") * 1.02, height__lte=F("width") * 1.02)
        return self

    def taken_with(self, camera: str) -> Self:
        return self.filter(camera__icontains=camera) if camera else self

    def owned_by_name(self, username: str) -> Self:
        return self.filter(owner__username=username) if username else self

    def in_album(self, album_id: object, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Items of an album, where `user` may see it; none where they may not."""
        albums = _model("Album").objects.visible_to(user).filter(pk=album_id)
        return self.filter(id__in=_model("AlbumItem").objects.filter(album__in=albums).values("item"))

    def with_text(self, there: bool | None) -> Self:
        """Items with text in them, or without any."""
        return self if there is None else self.filter(has_text=there)

    def for_cards(self) -> Self:
        """Without the columns that no card of a grid shows: half of a row, and most of what is long."""
        return self.only(*CARD)

    # --- Counts --------------------------------------------------------------------------------------------

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

    def one_visible_to(self, user: AbstractBaseUser | AnonymousUser, pk: object) -> Segment | None:
        """As that of items, for one of their segments."""
        return _one_visible_to(self, user, pk, "item__")

    def pictured(self) -> Self:
        """Segments that are seen: the picture itself, a frame, a page, a figure."""
        return self.exclude(picture="")

    def sounding(self) -> Self:
        """Stretches of sound in which something is heard."""
        return self.exclude(heard="")

    def worded(self) -> Self:
        """Segments that have words of their own."""
        return self.exclude(heading="", text="")

    def unheard(self) -> Self:
        """Stretches whose spectrogram is still to be made: they were stored before there were any."""
        return self.filter(unheard=True)

    def unread(self) -> Self:
        """Segments whose picture is still to be looked through for text."""
        return self.filter(unread=True)


class AlbumQuerySet(models.QuerySet["Album"]):
    def alive(self) -> Self:
        return self.filter(deleted_at__isnull=True)

    def deleted(self) -> Self:
        return self.filter(deleted_at__isnull=False)

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Albums that `user` may see: their own, public ones, and those shared with them."""
        allowed = Q(visibility="public")
        if user.is_authenticated:
            shared = _model("Share").objects.with_user(user).filter(album__isnull=False)
            allowed |= Q(owner=user) | Q(id__in=shared.values("album"))
        return self.filter(allowed, deleted_at__isnull=True)

    def editable_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Albums that `user` may rename, put items into and take items out of."""
        if not user.is_authenticated:
            return self.none()
        editing = _model("Share").objects.with_user(user).filter(album__isnull=False, may_edit=True)
        return self.filter(Q(owner=user) | Q(id__in=editing.values("album")), deleted_at__isnull=True)

    def owned_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Albums that `user` may also share, publish, delete and restore; deleted ones included."""
        return self.filter(owner=user) if user.is_authenticated else self.none()

    def shared_with(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Albums of others that are shown to `user`, by name or group; not what is merely public."""
        if not user.is_authenticated:
            return self.none()
        shares = _model("Share").objects.with_user(user).filter(album__isnull=False)
        return self.filter(id__in=shares.values("album"), deleted_at__isnull=True).exclude(owner=user)

    def with_contents(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Adds ``size`` (items in it), ``cover`` (the id of the latest that has a thumbnail) and ``may_edit``.

        Of albums that `user` may see: whoever sees an album sees all that is in it.
        """
        entries = _model("AlbumItem").objects.filter(album=OuterRef("pk"), item__deleted_at__isnull=True)
        counted = entries.order_by().values("album").annotate(n=Count("pk")).values("n")
        pictured = entries.exclude(item__thumbnail="").order_by("-added_at", "-id")
        editable = _model("Album").objects.editable_by(user).order_by()
        return self.annotate(
            size=Coalesce(Subquery(counted), 0),
            cover=Subquery(pictured.values("item")[:1]),
            may_edit=Exists(editable.filter(pk=OuterRef("pk"))),
        )


class ShareQuerySet(models.QuerySet["Share"]):
    def with_user(self, user: AbstractBaseUser) -> Self:
        """Shares with `user`, by name or by a group they are in."""
        return self.filter(Q(user=user) | Q(group__in=user.groups.order_by().values("pk")))
