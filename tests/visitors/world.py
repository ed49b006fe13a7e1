"""A library of which every visitor sees another part. Each thing in it says words that nothing else says."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from config.models import DeviceToken
from media_library import albums, pipeline, services, sharing
from media_library.extracting import invoices
from media_library.extraction.schemas import Invoice as Read
from media_library.models import (
    AlbumItem,
    CaptionJob,
    CaptionRun,
    Conversation,
    Extraction,
    Import,
    ImportedFile,
    Likeness,
    MediaItem,
    Message,
    Segment,
    SegmentKind,
)
from recommender import opinions
from recommender import services as films
from recommender.importing.facts import Facts
from recommender.models import Movie
from search import indexing
from search.map import fits
from search.models import PastSearch, SavedSearch

ADA, GRACE, STRANGER, STAFF, NOBODY = "zqadaownerzq", "zqgracefriendzq", "zqmalloryzq", "zqcuratorzq", "nobody"
VISITORS = (ADA, GRACE, STRANGER, STAFF, NOBODY)
ALL = frozenset(VISITORS)
SECRET = re.compile(
    r"zq[a-z]+?zq|originals/[0-9a-f]{2}/[0-9a-f]{32}\.png|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,64}"
)
"""What every secret looks like: a word that begins and ends with zq, where a file lies, an id, a hash."""


@dataclass
class Thing:
    """Something with an address. `secrets`: what whoever sees it is told; `own_secrets`: what its owner alone is."""

    name: str
    obj: Any
    owner: str
    seen_by: frozenset[str]
    secrets: frozenset[str] = frozenset()
    own_secrets: frozenset[str] = frozenset()
    trashed: bool = False

    def told_to(self, visitor: str) -> frozenset[str]:
        known = self.secrets if visitor in self.seen_by else frozenset()
        return known | self.own_secrets if visitor == self.owner else known


@dataclass
class World:
    people: dict[str, Any]
    items: list[Thing] = field(default_factory=list)
    albums: list[Thing] = field(default_factory=list)
    others: list[Thing] = field(default_factory=list)

    def everything(self) -> Iterator[Thing]:
        yield from (*self.items, *self.albums, *self.others)

    def forbidden(self, visitor: str) -> frozenset[str]:
        """The words that `visitor` may not be told."""
        told: set[str] = set()
        for thing in self.everything():
            told |= thing.told_to(visitor)
        return frozenset(word for thing in self.everything() for word in thing.secrets | thing.own_secrets) - told

    def other(self, name: str) -> Thing:
        return next(thing for thing in self.others if thing.name == name)


def make_world() -> World:
    """Put it into the database and the storage, read and embedded by the pipeline's own functions."""
    users = get_user_model().objects
    people = {name: users.create_user(name) for name in (ADA, GRACE, STRANGER)}
    people[STAFF] = users.create_user(STAFF, is_staff=True, is_superuser=True)
    made = World(people)
    group = Group.objects.create(name="zqgroupnamezq")
    group.user_set.add(people[ADA], people[GRACE])
    _make_items(made)
    _make_albums(made)
    _share(made, group)
    _make_the_rest(made, group)
    fits.keep_up()
    return made


def _make_items(world: World) -> None:
    both = frozenset({ADA, GRACE})
    taken = [
        (name, owner, frozenset(seen_by), _take_in(world.people[owner], name, seed))
        for seed, (name, owner, seen_by) in enumerate(
            (
                ("private", ADA, {ADA}),
                ("viewed", ADA, both),
                ("edited", ADA, both),
                ("grouped", ADA, both),
                ("collected", ADA, both),
                ("exhibited", ADA, ALL),
                ("public", ADA, ALL),
                ("broken", ADA, {ADA}),
                ("brokenpublic", ADA, ALL),
                ("trashed", ADA, {ADA}),
                ("trashedpublic", ADA, {ADA}),
                ("withdrawn", ADA, {ADA}),
                ("paper", ADA, {ADA}),
                ("graces", GRACE, {GRACE}),
                ("mallorys", STRANGER, {STRANGER}),
            )
        )
    ]
    indexing.embed_pending()
    for name, owner, seen_by, item in taken:
        _say_more(item, name)
        if name.startswith("broken"):
            services.mark_failed(item.pk, f"zq{name}failurezq")
        if name.startswith("trashed"):
            services.delete_item(item)
        item.refresh_from_db()
        words = ("title", "caption", "tag", "credit", "file", "said", "camera", "text", "heading")
        secrets = {f"zq{name}{word}zq" for word in words} | {str(item.pk), item.pk.hex}
        own = {f"zq{name}{word}zq" for word in ("source", "note", "failure")} | {item.original.name, item.sha256}
        trashed = name.startswith("trashed")
        world.items.append(Thing(name, item, owner, seen_by, frozenset(secrets), frozenset(own), trashed))


def _take_in(owner: Any, name: str, seed: int) -> MediaItem:
    picture, out = Image.new("RGB", (64, 48), "red"), io.BytesIO()
    # Each another file.
    picture.putpixel((seed, 0), (seed, 1, 2))
    picture.save(out, "PNG")
    item = services.ingest_file(
        owner,
        SimpleUploadedFile("picture.png", out.getvalue()),
        f"zq{name}filezq.png",
        title=f"zq{name}titlezq",
        caption=f"zq{name}captionzq",
        tags=[f"zq{name}tagzq", "common"],
        credit=f"zq{name}creditzq",
        visibility="public" if name in ("public", "brokenpublic", "trashedpublic") else "private",
        source_url=f"https://example.org/zq{name}sourcezq",
    ).item
    pipeline.process(item.pk)
    return item


def _say_more(item: MediaItem, name: str) -> None:
    """What reading a richer file would add."""
    kind = "document" if name == "paper" else "image"
    MediaItem.objects.filter(pk=item.pk).update(
        kind=kind, said=f"zq{name}saidzq", note=f"zq{name}notezq", camera=f"zq{name}camerazq", has_text=True, pages=1
    )
    text, box = f"zq{name}textzq", [0.1, 0.1, 0.5, 0.2]
    details = {"heading": f"zq{name}headingzq", "text": text, "box": box, "lines": [[text, box]], "page": 1}
    place = SegmentKind.PASSAGE if name == "paper" else SegmentKind.TEXT
    Segment.objects.create(item=item, kind=place, ordinal=0, **details)
    if name == "paper":
        Segment.objects.filter(item=item, kind=SegmentKind.IMAGE).update(kind=SegmentKind.PAGE, page=1)


def _make_albums(world: World) -> None:
    ada, by_name = world.people[ADA], {thing.name: thing.obj for thing in world.items}
    for name, owner, seen_by, visibility, holds in (
        ("alone", ADA, {ADA}, "private", ["private", "paper"]),
        ("together", ADA, {ADA, GRACE}, "private", ["collected", "trashed"]),
        ("show", ADA, ALL, "public", ["exhibited", "trashedpublic"]),
        ("gone", ADA, {ADA}, "public", ["withdrawn"]),
        ("malloryalbum", STRANGER, {STRANGER}, "private", ["mallorys"]),
    ):
        user = world.people[owner]
        album = albums.make_album(user, f"zq{name}albumzq", f"zq{name}aboutzq", visibility)
        albums.add_items(album, user, MediaItem.objects.filter(pk__in=[by_name[each].pk for each in holds]))
        # What was in an album when it went into the trash comes back with it, and is not seen before.
        for each in holds:
            if each.startswith("trashed"):
                AlbumItem.objects.create(album=album, item=by_name[each])
        if name == "gone":
            albums.delete_album(album)
            sharing.share(album, ada, person=GRACE)
        secrets = {f"zq{name}albumzq", f"zq{name}aboutzq", str(album.pk)}
        world.albums.append(Thing(name, album, owner, frozenset(seen_by), frozenset(secrets), trashed=name == "gone"))


def _share(world: World, group: Group) -> None:
    ada = world.people[ADA]
    items = {thing.name: thing.obj for thing in world.items}
    album = next(thing.obj for thing in world.albums if thing.name == "together")
    shares = [
        sharing.share(items["viewed"], ada, person=GRACE),
        sharing.share(items["edited"], ada, person=GRACE, may_edit=True),
        sharing.share(items["grouped"], ada, group=group.name),
        sharing.share(album, ada, person=GRACE),
        # In the trash nobody sees it, whomever it is shared with.
        sharing.share(items["trashed"], ada, person=GRACE),
    ]
    world.others += [Thing(f"share {share.pk}", share, ADA, frozenset({ADA})) for share in shares]


def _make_the_rest(world: World, group: Group) -> None:
    ada = world.people[ADA]
    items = {thing.name: thing.obj for thing in world.items}
    mine = frozenset({ADA})
    batch = Import.objects.create(owner=ada, label="zqimportlabelzq", source="/zqimportsourcezq")
    ImportedFile.objects.create(
        batch=batch, path="zqimportpathzq.png", size=1, modified_ns=1, reason="zqimportreasonzq"
    )
    MediaItem.objects.filter(pk=items["broken"].pk).update(batch=batch)
    words = {"zqimportlabelzq", "zqimportsourcezq", "zqimportpathzq", "zqimportreasonzq", str(batch.pk)}
    world.others.append(Thing("import", batch, ADA, mine, frozenset(words)))
    saved = SavedSearch.objects.create(owner=ada, title="zqsavedtitlezq", address="q=zqsavedaddresszq", digest="1")
    world.others.append(
        Thing("saved", saved, ADA, mine, frozenset({"zqsavedtitlezq", "zqsavedaddresszq", str(saved.pk)}))
    )
    past = PastSearch.objects.create(owner=ada, label="zqpastlabelzq", address="q=zqpastaddresszq", digest="1")
    world.others.append(Thing("past", past, ADA, mine, frozenset({"zqpastlabelzq", "zqpastaddresszq"})))
    device, _ = DeviceToken.objects.create(ada, name="zqdevicenamezq")
    world.others.append(Thing("device", device, ADA, mine, frozenset({"zqdevicenamezq", str(device.public_id)})))
    first, second = sorted((items["private"], items["viewed"]), key=lambda item: item.pk)
    likeness = Likeness.objects.create(first=first, second=second, distance=1)
    world.others.append(Thing("likeness", likeness, ADA, mine))
    talk = Conversation.objects.create(owner=ada, item=items["public"], title="zqtalktitlezq")
    Message.objects.create(conversation=talk, role="person", text="zqquestionzq")
    Message.objects.create(conversation=talk, role="model", text="zqanswerzq", problem="zqproblemzq")
    words = {"zqtalktitlezq", "zqquestionzq", "zqanswerzq", "zqproblemzq", str(talk.pk)}
    world.others.append(Thing("conversation", talk, ADA, mine, frozenset(words)))
    asked = Conversation.objects.create(owner=ada, title="zqchattitlezq")
    Message.objects.create(conversation=asked, role="person", text="zqchatquestionzq")
    # One of what it rests on was Grace's, and shown to Ada then.
    cited = [
        {"number": number, "label": f"zq{name}titlezq", "item": str(items[name].pk), "quote": f"zq{name}captionzq"}
        for number, name in enumerate(("private", "graces"), start=1)
    ]
    Message.objects.create(conversation=asked, role="model", text="zqchatanswerzq [1] [2]", citations=cited)
    words = {"zqchattitlezq", "zqchatquestionzq", "zqchatanswerzq", str(asked.pk)}
    world.others.append(Thing("chat", asked, ADA, mine, frozenset(words)))
    for name in ("private", "viewed", "edited", "public", "graces"):
        read = {"vendor": f"zq{name}captionzq", "total": "1.00", "lines": [{"description": f"zq{name}textzq"}]}
        data = Read.model_validate(read).model_dump(mode="json")
        invoices.take(Extraction.objects.create(item=items[name], provider="reader", state="done", data=data))
        cells = [{"row": row, "column": 0, "text": text} for row, text in enumerate((f"zq{name}captionzq", "1"))]
        shapes = [{"id": number, "text": f"zq{name}textzq"} for number in range(2)]
        for kind, found in (
            ("table", {"tables": [{"rows": 2, "columns": 2, "cells": cells}]}),
            ("flowchart", {"shapes": shapes, "edges": [{"start": 0, "end": 1}]}),
        ):
            Extraction.objects.create(
                item=items[name], kind=kind, provider="reader", state="done", chosen=True, data=found
            )
    run = CaptionRun.objects.create(owner=ada, waits="zqwaitszq")
    CaptionJob.objects.create(run=run, item=items["private"], problem="zqjobproblemzq", state="failed")
    CaptionJob.objects.create(run=run, item=items["public"])
    words = {"zqwaitszq", "zqjobproblemzq", str(run.pk)}
    world.others.append(Thing("captions", run, ADA, mine, frozenset(words)))
    films.upsert_films([Facts(4232, {"title": "common", "overview": "common"})])
    # Its poster looks like what nobody but its owner may see.
    film = films.set_poster(Movie.objects.get(tmdb_id=4232), items["private"].original.open("rb"))
    indexing.embed_missing()
    opinions.rate(ada, film, 4.5)
    world.others.append(Thing("film", film, ADA, ALL))
    world.others += [
        # Owners are named beside what they show; whom they show it to, they alone see.
        Thing("ada", ada, ADA, ALL),
        Thing("grace", None, GRACE, frozenset({ADA, GRACE}), frozenset({GRACE})),
        Thing("mallory", None, STRANGER, frozenset({STRANGER}), frozenset({STRANGER})),
        Thing("staff", None, STAFF, frozenset({STAFF}), frozenset({STAFF})),
        Thing("group", group, ADA, frozenset({ADA, GRACE}), frozenset({"zqgroupnamezq"})),
    ]
