"""The forms that curators of films fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from media_library.formats.base import FileRejected
from recommender import services
from recommender.importing import runs
from recommender.importing.facts import (
    LONGEST_OVERVIEW,
    LONGEST_RUNTIME,
    MOST_GENRES,
    MOST_VOTES,
    YEARS,
    genre_names,
)
from recommender.models import Movie, MovieImport, Opinion

FACTS = (
    *("title", "original_title", "overview", "tagline", "genres", "language", "release_date", "year"),
    *("runtime", "vote_average", "vote_count", "credit"),
)
"""What is curated by hand."""

LONGEST_GENRE = 40


class GenresField(forms.CharField):
    """Genres typed with commas between them; cleans to a list."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        typed = _typed(text)
        if len(typed) > MOST_GENRES or any(len(name) > LONGEST_GENRE for name in typed):
            raise forms.ValidationError(f"Name at most {MOST_GENRES} genres of up to {LONGEST_GENRE} letters each.")
        return _genres(text)

    def has_changed(self, initial: Sequence[str] | None, data: str | None) -> bool:
        return list(initial or []) != _genres(data or "")


def _typed(text: str) -> list[str]:
    return [" ".join(name.split()) for name in text.split(",") if name.strip()]


def _genres(text: str) -> list[str]:
    return genre_names(_typed(text))


class FilmForm(forms.ModelForm):
    """What is known of a film, and its poster."""

    overview = forms.CharField(
        required=False,
        max_length=LONGEST_OVERVIEW,
        widget=UnfoldAdminTextareaWidget,
        help_text="With the title it is what words find the film by.",
    )
    genres = GenresField(required=False, help_text="TMDB's names, with commas between them: Drama, Science Fiction.")
    language = forms.RegexField(
        r"^[a-z]{2,3}(-[a-z]{2,4})?$",
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Of the original, such as en.",
        error_messages={"invalid": "Give the language's code, such as en."},
    )
    release_date = forms.DateField(required=False, widget=UnfoldAdminDateWidget, help_text="YYYY-MM-DD.")
    year = forms.IntegerField(
        required=False,
        min_value=YEARS[0],
        max_value=YEARS[-1],
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Follows the date where there is one.",
    )
    runtime = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST_RUNTIME,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Minutes.",
    )
    vote_average = forms.FloatField(min_value=0, max_value=10, widget=UnfoldAdminTextInputWidget, help_text="0 to 10.")
    vote_count = forms.IntegerField(min_value=0, max_value=MOST_VOTES, widget=UnfoldAdminIntegerFieldWidget)
    new_poster = forms.FileField(
        required=False,
        allow_empty_file=True,
        label="New poster",
        widget=UnfoldAdminFileFieldWidget,
        help_text="A picture. It takes the place of the one that is there.",
    )
    remove_poster = forms.BooleanField(required=False, label="Remove the poster", widget=UnfoldBooleanSwitchWidget)

    class Meta:
        model = Movie
        fields = FACTS

    def clean_release_date(self) -> Any:
        released = self.cleaned_data["release_date"]
        if released and released.year not in YEARS:
            raise forms.ValidationError(f"Give a day between {YEARS[0]} and {YEARS[-1]}.")
        return released

    def clean_new_poster(self) -> bytes | None:
        """The poster as it is stored."""
        given: UploadedFile | None = self.cleaned_data["new_poster"]
        if not given:
            return None
        try:
            return services.poster_of(given)
        except FileRejected as rejected:
            raise forms.ValidationError(rejected.message) from rejected

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("new_poster") and cleaned.get("remove_poster"):
            raise forms.ValidationError("Either give a new poster or remove the one that is there.")
        return cleaned

    @property
    def changed_facts(self) -> dict[str, Any]:
        """What was changed of the film itself."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in FACTS}


class NewFilmForm(FilmForm):
    """A film by hand. Its id follows from TMDB's."""

    tmdb_id = forms.IntegerField(
        label="TMDB id",
        min_value=1,
        max_value=2**31 - 1,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="The number in the address of its page at themoviedb.org.",
    )

    class Meta(FilmForm.Meta):
        fields = ("tmdb_id", *FACTS)

    field_order = ("tmdb_id",)

    def clean_tmdb_id(self) -> int:
        number = self.cleaned_data["tmdb_id"]
        if known := Movie.objects.filter(tmdb_id=number).first():
            raise forms.ValidationError(f"This is “{known}”, which is there already.")
        return number


class ImportForm(forms.ModelForm):
    """A file with films, and where their posters are."""

    NONE, BASE, TMDB = "", "base", "tmdb"
    file = forms.FileField(
        allow_empty_file=True,
        widget=UnfoldAdminFileFieldWidget,
        help_text="A JSON list or JSON lines as TMDB exports them, a CSV table, or the zip file of MovieLens with its "
        "ratings. Packed with gzip or not.",
    )
    source = forms.ChoiceField(
        label="Posters",
        required=False,
        choices=[
            (NONE, "None"),
            (BASE, "From an address that the path of each is put behind"),
            (TMDB, "From TMDB"),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    base = forms.CharField(
        label="Address",
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextInputWidget,
        help_text="Public, such as https://example.org/posters/w500.",
    )

    class Meta:
        model = MovieImport
        fields = ()

    user: Any = None
    """Who hands it in; see import_form_of()."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        base = cleaned.get("base", "").strip()
        if cleaned.get("source") == self.BASE and not base.startswith(("http://", "https://")):
            self.add_error("base", "Give an address that begins with https:// or http://.")
        if not self.errors:
            chosen, given = cleaned["source"], cleaned["file"]
            try:
                self.instance = runs.start(given, given.name, base if chosen == self.BASE else chosen, self.user)
            except runs.BadImport as bad:
                raise forms.ValidationError({"file": str(bad)}) from bad
        return cleaned


def import_form_of(user: Any) -> type[ImportForm]:
    """The form, for `user` to hand a file in."""
    return type("ImportForm", (ImportForm,), {"user": user, "Meta": ImportForm.Meta})


class PersonSelect(AutocompleteSelect):
    def optgroups(self, name: str, value: list[str], attr: Any = None) -> list[Any]:
        # To show the choice again, Django looks up whatever was sent as it is.
        return super().optgroups(name, [key for key in value if str(key).isdecimal() and len(key) < 10], attr)


class PersonForm(forms.Form):
    """Whose recommendations to look at."""

    user = forms.ModelChoiceField(queryset=None, label="Person")

    def __init__(self, *args: Any, admin_site: AdminSite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].widget = PersonSelect(Opinion._meta.get_field("user"), admin_site)
        self.fields["user"].queryset = get_user_model().objects.filter(is_active=True)
