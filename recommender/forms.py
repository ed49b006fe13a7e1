"""What a person asks for on the pages of films, checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from recommender.filters import FilmFilters
from recommender.models import Movie
from recommender.paging import LONGEST_CURSOR, USUAL, Cursor
from recommender.searching import MAX_LIKES, FilmQuery, Like
from search.forms import MAX_ADDRESS, MAX_WORDS, BoxForm, is_address
from search.query import Like as Written

MAX_OFFSET = 10_000
MAX_GENRES = 6
MIN_CHOSEN, MAX_CHOSEN = 3, 40
"""Films that a new person chooses, at least and at most."""

LOOK_OF_WORDS = 0.2
"""How much posters count where only words are given and nobody moved the slider. Stories rank words far better: on the
demo catalogue, with the pocket encoder, posters that count as much put Beethoven first for “epic super hero”. Beside a
picture or a film both count in full."""

NO_FILM = "There is no such film here. Search by another one."
NO_ITEM = "There is no such item here. Search by another one."
NO_EXAMPLE = "What you searched by is no longer at hand. Drop it again to search by it."
NO_PAGE = "There is no such page of films. Search again."

EXAMPLES = ("like", "item", "by")
"""Parameters that name what films should be like: other films, items of the library, uploaded pictures."""

FILTERS = ("genre", "from", "to", "vote", "language")
SLIDERS = ("story", "look")
PARAMETERS = ("q", *EXAMPLES, *SLIDERS, *FILTERS, "sort")
REPEATED = (*EXAMPLES, "genre")

SORTS = {"": "Best loved first", "newest": "Newest first", "known": "Best known first", "title": "By title"}
"""The order of films that nothing was searched for in."""

VOTES = {"": "any", "6": "6 and more", "7": "7 and more", "8": "8 and more"}


class ExamplesField(forms.Field):
    """Every value of a repeated parameter as a Like of one sort: `movie`, `item` or `example`.

    Written as in the search of the library: an id or a token, ``-`` before it for less like it, ``^0.5`` after it for
    a weight, at most 1.
    """

    widget = forms.MultipleHiddenInput

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(required=False)
        self._name, self._sentence = name, sentence

    def clean(self, value: Sequence[str] | None) -> tuple[Like, ...]:
        likes = {}
        for written in filter(None, value or ()):
            try:
                parsed = Written.parse(written)
            except ValueError as error:
                raise forms.ValidationError(self._sentence) from error
            named = parsed.example if self._name == "example" else parsed.item
            if not named or not 0 < abs(parsed.weight) <= 1:
                raise forms.ValidationError(self._sentence)
            likes[named] = Like(weight=parsed.weight, **{self._name: named})
        return tuple(likes.values())


class GenresField(forms.MultipleChoiceField):
    """Genres as they are named; one that no film has finds nothing, and can be taken away again."""

    def clean(self, value: Sequence[str] | None) -> tuple[str, ...]:
        one = forms.CharField(max_length=40, error_messages={"max_length": "No genre has so long a name."})
        named = tuple(dict.fromkeys(one.clean(each) for each in value or () if each.strip()))
        if len(named) > MAX_GENRES:
            raise forms.ValidationError(f"No film is of more than {MAX_GENRES} genres. Choose fewer.")
        return named


def written(like: Like) -> str:
    """`like` as it stands in an address; what ExamplesField reads."""
    size = abs(like.weight)
    weight = "" if size == 1 else f"^{size:g}"
    return f"{'-' if like.weight < 0 else ''}{like.movie or like.item or like.example}{weight}"


class FilmSearchForm(BoxForm):
    """One box, two sliders and the filters, as they stand in an address: ``/films/search/?q=robots&look=0.5``."""

    q = forms.CharField(
        required=False,
        max_length=MAX_ADDRESS,
        error_messages={"max_length": "That is too much for one search. Use fewer words."},
    )
    like = ExamplesField("movie", NO_FILM)
    item = ExamplesField("item", NO_ITEM)
    by = ExamplesField("example", NO_EXAMPLE)
    story = forms.FloatField(required=False, min_value=0, max_value=1)
    look = forms.FloatField(required=False, min_value=0, max_value=1)
    genre = GenresField(required=False)
    vote = forms.FloatField(
        required=False,
        min_value=0,
        max_value=10,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Votes go from 0 to 10."),
    )
    language = forms.RegexField(
        r"^[A-Za-z-]{2,8}$", required=False, error_messages={"invalid": "There is no such language here."}
    )
    sort = forms.ChoiceField(
        required=False,
        choices=list(SORTS.items()),
        error_messages={"invalid_choice": "Films come best loved, newest or best known first, or by title."},
    )
    offset = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MAX_OFFSET,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NO_PAGE),
    )
    cursor = forms.CharField(required=False, max_length=LONGEST_CURSOR, error_messages={"max_length": NO_PAGE})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = dict.fromkeys(("invalid", "min_value", "max_value"), "Give years with four digits, for example 1994.")
        # Named as in the address; "from" cannot be the name of an attribute.
        for name in ("from", "to"):
            self.fields[name] = forms.IntegerField(required=False, min_value=1800, max_value=2200, error_messages=years)
        for name in SLIDERS:
            sentence = "How much story and look count is a number from 0 to 1."
            self.fields[name].error_messages = dict.fromkeys(("invalid", "min_value", "max_value"), sentence)
            for validator in self.fields[name].validators:
                validator.message = sentence

    def clean_q(self) -> str:
        words = " ".join(self.cleaned_data["q"].split())
        if len(words) > MAX_WORDS and not is_address(words):
            raise forms.ValidationError(f"That is too much for one search. Use fewer than {MAX_WORDS} characters.")
        return words

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        try:
            data["cursor"] = Cursor.read(data["cursor"], data["sort"] or USUAL) if data.get("cursor") else None
        except ValueError as error:
            raise forms.ValidationError(NO_PAGE) from error
        except KeyError:
            pass  # of no order that there is, which is said already
        first, last = data.get("from"), data.get("to")
        if first and last and first > last:
            raise forms.ValidationError("The first year is after the last. Swap them.")
        if sum(len(data.get(name, ())) for name in EXAMPLES) > MAX_LIKES:
            raise forms.ValidationError(f"Search by at most {MAX_LIKES} films and pictures at once. Use fewer.")
        return data

    @property
    def likes(self) -> tuple[Like, ...]:
        """All that films should be like, or not."""
        return tuple(like for name in EXAMPLES for like in self.cleaned_data[name])

    @property
    def filters(self) -> FilmFilters:
        data = self.cleaned_data
        return FilmFilters(
            genres=data["genre"],
            year_from=data["from"],
            year_to=data["to"],
            vote_from=data["vote"],
            languages=(data["language"].lower(),) if data["language"] else (),
        )

    @property
    def query(self) -> FilmQuery:
        data = self.cleaned_data
        return FilmQuery(data["q"], self.likes, *self.weights, self.filters)

    @property
    def weights(self) -> tuple[float, float]:
        """How much story and look count; as usual where nothing is said, or nothing that can be read."""
        given = [getattr(self, "cleaned_data", {}).get(name) for name in SLIDERS]
        story, look = (
            usual if weight is None else weight for weight, usual in zip(given, self.usual_weights, strict=True)
        )
        return story, look

    @property
    def usual_weights(self) -> tuple[float, float]:
        """Where the sliders stand before somebody moves them."""
        by_example = any(filter(None, (value for name in EXAMPLES for value in self.given(name))))
        return 1.0, 1.0 if by_example else LOOK_OF_WORDS

    def parameters(self, **changes: object) -> list[tuple[str, str]]:
        """What the address says, without what is empty or where the page starts, with `changes`."""
        pairs = []
        for name in PARAMETERS:
            values = changes[name] if name in changes else self.given(name)
            several = values if isinstance(values, list | tuple) else [values]
            pairs += [(name, str(value)) for value in several if value not in (None, "")]
        pairs += [(name, str(value)) for name, value in changes.items() if name not in PARAMETERS and value]
        return pairs

    def given(self, name: str) -> list[str]:
        """The values of a parameter as they came."""
        values = self.data.getlist(name) if isinstance(self.data, QueryDict) else [self.data.get(name, "")]
        return values if name in REPEATED else values[-1:]


class ChosenField(forms.Field):
    """Ids of films, each once; those that are not there any more are left out."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Sequence[str] | None) -> list[Movie]:
        ids: dict[UUID, None] = {}
        for written_id in value or ():
            try:
                ids[UUID(written_id)] = None
            except ValueError as error:
                raise forms.ValidationError("There is no such film here. Choose another one.") from error
        films = Movie.objects.defer("words", "overview").in_bulk(list(ids))
        return [films[pk] for pk in ids if pk in films]


class ChoosingForm(forms.Form):
    """What a new person likes: `film` once for each, `q` words of titles to choose others by."""

    q = forms.CharField(required=False, max_length=200, error_messages={"max_length": "No film has so long a title."})
    film = ChosenField(required=False)

    def clean(self) -> dict[str, Any]:
        # Not in the field: what was chosen stays chosen.
        if len(self.cleaned_data.get("film", ())) > MAX_CHOSEN:
            raise forms.ValidationError(f"Choose at most {MAX_CHOSEN} films.")
        return self.cleaned_data

    @property
    def chosen(self) -> list[Movie]:
        return self.cleaned_data.get("film", [])

    @property
    def problem(self) -> str:
        return next((str(message) for messages in self.errors.values() for message in messages), "")
