"""Every address of the project, what its ids name, and what is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from media_library.models import ExtractionKind, Share
from tests.visitors.world import ADA, STRANGER, Thing, World

Case = tuple[Thing | None, dict[str, Any]]


@dataclass(frozen=True)
class Rule:
    """How an address is asked. `cases`: what its ids name; `reads`: who gets 200 for a GET of it, where that is fixed.

    `queries` and `bodies` are asked besides; in them {item}, {album} and {word} become those that the visitor may not
    know, and that they see.
    """

    cases: Callable[[World], Iterable[Case]] = lambda world: [(None, {})]
    reads: str = ""
    queries: tuple[dict[str, str], ...] = ()
    bodies: tuple[dict[str, Any], ...] = ({},)
    once: bool = False
    """The answer is the same for everybody and takes long: asked by nobody and the stranger alone."""
    ends_session: bool = False


def _items(**extra: Any) -> Callable[[World], Iterable[Case]]:
    return lambda world: [(thing, {"pk": thing.obj.pk, **extra}) for thing in world.items]


def _segments(world: World) -> Iterable[Case]:
    for thing in world.items:
        segment = thing.obj.segments.exclude(picture="").first()
        yield thing, {"pk": segment.pk}


def _worded_segments(world: World) -> Iterable[Case]:
    for thing in world.items:
        for segment in thing.obj.segments.all():
            yield thing, {"pk": segment.pk}


def _albums(world: World) -> Iterable[Case]:
    return [(thing, {"pk": thing.obj.pk}) for thing in world.albums]


def _shares(world: World) -> Iterable[Case]:
    return [(thing, {"pk": thing.obj.pk}) for thing in world.others if isinstance(thing.obj, Share)]


def _shares_of(kind: str) -> Callable[[World], Iterable[Case]]:
    def cases(world: World) -> Iterable[Case]:
        for thing in world.others:
            if isinstance(thing.obj, Share) and getattr(thing.obj, f"{kind}_id"):
                yield thing, {"pk": getattr(thing.obj, f"{kind}_id"), "share": thing.obj.pk}

    return cases


def _one(name: str, key: str = "pk", attribute: str = "pk") -> Callable[[World], Iterable[Case]]:
    def cases(world: World) -> Iterable[Case]:
        thing = world.other(name)
        yield thing, {key: getattr(thing.obj, attribute)}

    return cases


def _answers(world: World) -> Iterable[Case]:
    thing = world.other("chat")
    yield thing, {"pk": thing.obj.messages.get(role="model").pk}


def _extractions(world: World) -> Iterable[Case]:
    for thing in world.items:
        for extraction in thing.obj.extractions.all():
            yield thing, {"pk": thing.obj.pk, "extraction": extraction.pk}


def _extractions_by_kind(world: World) -> Iterable[Case]:
    for thing in world.items:
        for extraction in thing.obj.extractions.all():
            yield thing, {"pk": thing.obj.pk, "kind": extraction.kind, "extraction": extraction.pk}


def _kinds(world: World) -> Iterable[Case]:
    """All kinds of what was read; of the rest one kind each, in turn, as none of them holds anything."""
    kinds = list(ExtractionKind)
    for place, thing in enumerate(world.items):
        read = thing.obj.extractions.exists()
        for kind in kinds if read or thing.owner != ADA else [kinds[place % len(kinds)]]:
            yield thing, {"pk": thing.obj.pk, "kind": kind.value}


def _verbs(world: World) -> Iterable[Case]:
    thing = world.other("import")
    return [(thing, {"pk": thing.obj.pk, "verb": verb}) for verb in ("pause", "resume", "cancel", "undo", "retry")]


def _caption_verbs(world: World) -> Iterable[Case]:
    thing = world.other("captions")
    return [(thing, {"pk": thing.obj.pk, "verb": verb}) for verb in ("stop", "resume", "undo")]


QUESTIONS = (
    {"q": "{word}"},
    {"tag": "{tag}"},
    {"like": "{item}"},
    {"album": "{album}"},
    {"owner": ADA},
    {"owner": STRANGER},
    {"q": "common", "owner": ADA},
    {"camera": "{camera}"},
    {"status": "failed"},
    {"within": "{selected}"},
)
WORDS = {"title": "walked", "caption": "walked", "tags": "walked", "visibility": "public", "description": "walked"}
TICKED = {"item": "{item}", "tags": "walked", "title": "walked"}
SHARING = {"person": STRANGER, "may_edit": "on"}
API_SHARING = {"person": STRANGER, "may_edit": True}

RULES = {
    # Pages of search
    "search": Rule(queries=QUESTIONS),
    "remember-example": Rule(bodies=({}, {"url": "http://testserver/items/{item}/"})),
    "example-thumbnail": Rule(lambda world: [(None, {"token": "0" * 40})]),
    "search-facets": Rule(queries=({"q": "common"}, {"album": "{album}"})),
    "searches": Rule(),
    "recent-searches": Rule(),
    "save-search": Rule(bodies=({"address": "q=walked", "title": "walked"},)),
    "search-history": Rule(bodies=({"action": "clear"}, {"action": "off"})),
    "rename-search": Rule(_one("saved"), bodies=({"title": "walked"},)),
    "delete-search": Rule(_one("saved")),
    "ask": Rule(
        bodies=({"question": "common"}, {"question": "{word}"}, {"question": "common", "like": "{item}"}),
    ),
    "chat": Rule(_one("chat"), bodies=({"question": "common"},)),
    "chat-rename": Rule(_one("chat"), bodies=({"title": "walked"},)),
    "chat-delete": Rule(_one("chat")),
    "chat-export": Rule(_one("chat")),
    "answer-judge": Rule(_answers, bodies=({"helpful": "no", "reason": "walked"},)),
    "map": Rule(),
    "map-points": Rule(),
    "map-near": Rule(queries=({"q": "common"}, {"q": "{word}"})),
    "map-state": Rule(),
    "map-draw": Rule(),
    "map-select": Rule(bodies=({}, {"item": "{item}"})),
    "map-tag": Rule(bodies=({"token": "{selected}", "tags": "walked"},)),
    "map-untag": Rule(bodies=({"undo": "walked"},)),
    "map-item": Rule(_items(), reads="seen"),
    "item-similar": Rule(_items()),
    "item-marks": Rule(_items(), reads="seen", queries=({"q": "common"},)),
    # Pages of the library
    "upload": Rule(bodies=({"visibility": "private"},)),
    "library": Rule(queries=(*QUESTIONS, {"shared": "on"}, {"trash": "on"})),
    "library-bulk": Rule(
        bodies=tuple(
            {**TICKED, "action": action}
            for action in ("tag", "album", "public", "private", "retry", "delete", "restore")
        )
    ),
    "item": Rule(_items(), reads="seen"),
    "item-status": Rule(_items(), reads="seen", queries=({"as": "row"},)),
    "item-edit": Rule(_items(), bodies=(WORDS,)),
    "item-delete": Rule(_items()),
    "item-restore": Rule(_items()),
    "item-retry": Rule(_items()),
    "item-shares": Rule(_items(), bodies=(SHARING, {"group": "zqgroupnamezq"})),
    "item-leave": Rule(_items()),
    "item-page": Rule(_items()),
    "item-pages": Rule(_items()),
    "item-small-page": Rule(_items(number=1)),
    "item-passages": Rule(_items()),
    "item-looking": Rule(_items()),
    "item-written": Rule(_items()),
    "duplicates": Rule(),
    "duplicates-decide": Rule(bodies=({"keep": "{item}", "item": "{item}"}, {"different": "1", "item": "{item}"})),
    "albums": Rule(queries=tuple({"show": show} for show in ("own", "shared", "public", "deleted"))),
    "album-new": Rule(bodies=({},)),
    "album-add": Rule(queries=({"item": "{item}"},), bodies=(TICKED, {"item": "{item}", "album": "{album}"})),
    "album": Rule(_albums, reads="seen"),
    "album-edit": Rule(_albums, bodies=(WORDS,)),
    "album-delete": Rule(_albums),
    "album-restore": Rule(_albums),
    "album-remove": Rule(_albums, bodies=({"item": "{item}"}, {"item": "{item}", "from": "item"})),
    "album-undo": Rule(_albums),
    "album-leave": Rule(_albums),
    "album-shares": Rule(_albums, bodies=(SHARING,)),
    # Pages of films
    "films": Rule(),
    "films-row": Rule(lambda world: [(None, {"name": name}) for name in ("for-you", "because", "newest", "loved")]),
    "film-search": Rule(
        queries=({"q": "common"}, {"item": "{item}"}, {"q": "common", "item": "-{item}"}, {"q": "{word}"})
    ),
    "film-example": Rule(bodies=({}, {"url": "http://testserver/items/{item}/"})),
    "films-start": Rule(queries=({"q": "common"},), bodies=({"film": "{item}"},)),
    "my-films": Rule(queries=({"show": "rated"},)),
    "my-tastes": Rule(),
    "film-say": Rule(bodies=({"do": "like {item}"}, {"do": "like x"})),
    "item-films": Rule(_items()),
    **{name: Rule(_one("film")) for name in ("film", "film-poster", "film-similar", "film-pictures")},
    "item-cancel": Rule(_items()),
    "item-ask": Rule(_items(), bodies=({"question": "common"}, {"purpose": "describe"})),
    "item-caption": Rule(_items(), bodies=({"replace": "on"},)),
    "item-caption-undo": Rule(_items()),
    "unasked": Rule(bodies=({"kind": "table"},)),
    "invoices": Rule(queries=({"q": "{word}"}, {"vendor": "common"}, {"as": "csv"}, {"as": "json"}, {"as": "xlsx"})),
    "invoice": Rule(_items(), bodies=({"value:vendor": "walked", "approve": "1"},)),
    "invoice-reopen": Rule(_items()),
    "table": Rule(_items(), queries=({"q": "highest {word}"},), bodies=({"of": "1", "cell:0.1.1": "walked"},)),
    "table-ask": Rule(_items(), bodies=({"q": "highest"}, {"q": "highest", "by": "model"})),
    "flowchart": Rule(_items(), bodies=({"of": "1", "value:shapes.0.text": "walked"},)),
    "reading-read": Rule(_kinds),
    "reading-status": Rule(_kinds),
    "reading-compare": Rule(_kinds, queries=({"all": "1"},)),
    "reading-file": Rule(_kinds, queries=({"as": "json"}, {"as": "markdown"}, {"as": "python"})),
    "reading-choose": Rule(_extractions_by_kind),
    "reading-forget": Rule(_kinds),
    "conversation-delete": Rule(_one("conversation")),
    "captions-new": Rule(queries=({"item": "{item}"},), bodies=({"item": "{item}", "go": "1", "replace": "on"},)),
    "caption-run": Rule(_one("captions")),
    "caption-run-change": Rule(_caption_verbs),
    "hidden-message": Rule(queries=({"item": "{item}"},), bodies=({"item": "{item}"},)),
    "hidden-message-file": Rule(),
    "jobs": Rule(queries=({"import": "{item}"},)),
    "jobs-retry": Rule(bodies=({"item": "{item}"},)),
    "jobs-undo": Rule(bodies=({"item": "{item}"},)),
    "import-start": Rule(bodies=({},)),
    "import": Rule(_one("import")),
    "import-change": Rule(_verbs),
    "share": Rule(_shares, bodies=({"do": "remove"}, {"do": "edit"}, {})),
    "item-file": Rule(
        lambda world: [*_items(variant="original")(world), *_items(variant="thumbnail")(world)], reads="seen"
    ),
    "segment-picture": Rule(_segments, reads="seen"),
    # Signing in and out
    "login": Rule(bodies=({"username": ADA, "password": "wrong"},)),
    "logout": Rule(ends_session=True),
    # The API
    "api-sign-in": Rule(bodies=({"username": ADA, "password": "wrong", "device": "walked"},)),
    "api-sign-out": Rule(),
    "api-sign-out-everywhere": Rule(),
    "api-devices": Rule(),
    "api-device": Rule(_one("device", "id", "public_id")),
    "api-items": Rule(queries=QUESTIONS),
    "api-item-from-url": Rule(bodies=({"url": "http://127.0.0.1/"},)),
    "api-trash": Rule(),
    "api-counts": Rule(queries=QUESTIONS),
    "api-item": Rule(_items(), reads="seen", bodies=({"title": "walked"}, {"visibility": "public"})),
    "api-item-restore": Rule(_items()),
    "api-item-retry": Rule(_items()),
    "api-item-segments": Rule(_items(), reads="seen"),
    "api-item-file": Rule(_items(variant="original"), reads="seen"),
    "api-item-shares": Rule(_items(), bodies=(API_SHARING, {"group": "zqgroupnamezq"})),
    "api-item-share": Rule(_shares_of("item"), bodies=({"may_edit": True},)),
    "api-item-leave": Rule(_items()),
    "api-duplicates": Rule(),
    "api-duplicates-merge": Rule(bodies=({"keep": "{item}", "others": ["{item}"]},)),
    "api-duplicates-different": Rule(bodies=({"items": ["{item}", "{item}"]},)),
    "api-albums": Rule(bodies=({"title": "walked"},)),
    "api-album": Rule(_albums, reads="seen", bodies=({"title": "walked"}, {"visibility": "public"})),
    "api-album-restore": Rule(_albums),
    "api-album-leave": Rule(_albums),
    "api-album-items": Rule(_albums, reads="seen", queries=({"item": "{item}"},), bodies=({"items": ["{item}"]},)),
    "api-album-shares": Rule(_albums, bodies=(API_SHARING,)),
    "api-album-share": Rule(_shares_of("album"), bodies=({"may_edit": True},)),
    "api-segment": Rule(_worded_segments, reads="seen"),
    "api-segment-picture": Rule(_segments, reads="seen"),
    "api-search": Rule(queries=QUESTIONS),
    "api-search-examples": Rule(bodies=({"url": "http://127.0.0.1/"},)),
    "api-ask": Rule(
        bodies=({"question": "common"}, {"question": "{word}"}, {"question": "common", "like": ["{item}"]})
    ),
    "api-mm-rag": Rule(bodies=({"query": "common"}, {"query": "{word}"})),
    "api-answers-judged": Rule(),
    "api-answer-judge": Rule(_answers, bodies=({"helpful": False, "reason": "walked"},)),
    "api-map": Rule(queries=({"limit": "2"}, {"after": "{item}"})),
    "api-map-similar": Rule(queries=({"q": "common"}, {"q": "{word}"})),
    "api-searches": Rule(bodies=({"title": "walked", "address": "q=walked"},)),
    "api-saved-search": Rule(_one("saved"), bodies=({"title": "walked"},)),
    "api-search-history": Rule(bodies=({},)),
    "api-past-search": Rule(_one("past")),
    "api-jobs": Rule(queries=({"import": "{item}"},)),
    "api-jobs-retry": Rule(bodies=({"item": "{item}"}, {"items": ["{item}"]})),
    "api-item-cancel": Rule(_items()),
    "api-item-ask": Rule(_items(), bodies=({"question": "common"}, {"purpose": "describe"})),
    "api-item-suggestions": Rule(_items(), reads="seen"),
    "api-item-caption": Rule(_items(), bodies=({"replace": True},)),
    "api-unasked": Rule(bodies=({"kinds": ["table"]},)),
    "api-invoices": Rule(queries=({"q": "{word}"}, {"vendor": "common"})),
    "api-item-invoice": Rule(_items(), bodies=({"values": {"vendor": "walked"}, "state": "approved"},)),
    "api-item-extractions": Rule(_items(), bodies=({"kind": "table"},)),
    "api-item-extraction": Rule(
        _extractions,
        queries=({"as": "json"}, {"as": "csv"}),
        bodies=({"values": {"0.1.0": "walked", "shapes.0.text": "walked"}},),
    ),
    "api-item-extraction-choose": Rule(_extractions),
    "api-item-extraction-ask": Rule(_extractions, bodies=({"question": "highest"},)),
    "api-conversations": Rule(),
    "api-conversation": Rule(lambda world: [*_one("conversation")(world), *_one("chat")(world)]),
    "api-captions": Rule(bodies=({"items": ["{item}"], "replace": True}, {"items": ["{item}"], "estimate_only": True})),
    "api-caption-run": Rule(_one("captions")),
    **{f"api-caption-run-{verb}": Rule(_one("captions")) for verb in ("stop", "resume", "undo")},
    "api-hidden-draw": Rule(bodies=({"text": "walked"},)),
    "api-hidden-read": Rule(),
    "api-imports": Rule(bodies=({"label": "walked"},)),
    "api-import": Rule(_one("import"), bodies=({"label": "walked"},)),
    **{f"api-import-{verb}": Rule(_one("import")) for verb in ("pause", "resume", "cancel", "restore")},
    "api-films": Rule(queries=({"order": "title"}, {"genre": "{word}"})),
    "api-film-facets": Rule(),
    "api-film-search": Rule(
        queries=({"q": "common"}, {"item": "{item}"}, {"q": "common", "item": "-{item}"}),
        bodies=({"url": "http://127.0.0.1/", "item": "{item}"},),
    ),
    "api-film-recommendations": Rule(queries=({"parts": "true"},)),
    "api-film-because": Rule(),
    "api-film-start": Rule(bodies=({"films": ["{item}"]},)),
    "api-film-opinions": Rule(),
    "api-films-like-item": Rule(_items(), reads="seen"),
    **{name: Rule(_one("film")) for name in ("api-film", "api-film-poster", "api-film-similar", "api-film-pictures")},
    "api-film-opinion": Rule(_one("film"), bodies=({"liked": False}, {"rating": 1})),
    "api-film-opinion-undo": Rule(_one("film")),
    "api-schema": Rule(once=True),
    "api-docs": Rule(once=True),
    "api-nowhere": Rule(lambda world: [(None, {})]),
}

ADMIN = ("admin/",)
"""Staff see everybody's there; that nobody else gets in is test_the_admin_is_for_staff's to find."""


def addresses(patterns: Iterable[Any] = (), prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the project: its pattern as it is written, with the pattern itself."""
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route, pattern


WALKED = [(route, pattern) for route, pattern in addresses() if not route.startswith(ADMIN)]
