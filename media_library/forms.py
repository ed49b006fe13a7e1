"""What people say about what they put in, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from media_library.models import Album, DocumentKind, Import, Kind, MediaItem, Status, Visibility
from media_library.querysets import MediaItemQuerySet
from media_library.services import clean_tags

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class TagsField(forms.CharField):
    """Tags in one line, with commas between them; cleaned to a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return clean_tags(super().clean(value).split(","))


class UploadForm(forms.Form):
    """What goes for all files of an upload; the files themselves are judged one by one."""

    url = forms.URLField(
        required=False,
        max_length=2000,
        assume_scheme="https",
        label="Link to a file",
        error_messages={"invalid": "That is not a link. It should begin with https:// or http://."},
    )
    visibility = forms.ChoiceField(
        choices=Visibility.choices, initial=Visibility.PRIVATE, widget=forms.RadioSelect, label="Who sees them"
    )
    tags = TagsField(required=False, max_length=2000)

    def __init__(self, owner: AbstractBaseUser, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # No name for a class attribute.
        self.fields["import"] = forms.ModelChoiceField(
            Import.objects.filter(owner=owner),
            required=False,
            error_messages=dict.fromkeys(
                ("invalid_choice", "invalid_pk_value"),
                "What these files belong to is not here any more. Reload the page and add them again.",
            ),
        )


class ItemForm(forms.ModelForm):
    """The words of an item, and who sees it. Saved by services.update_item, so that search follows."""

    tags = TagsField(required=False, max_length=4000)

    class Meta:
        model = MediaItem
        fields = ("title", "caption", "tags", "document_kind", "credit", "visibility")
        widgets = {"visibility": forms.RadioSelect, "caption": forms.Textarea(attrs={"rows": 4})}
        labels = {"visibility": "Who sees it", "document_kind": "What it is"}

    OWNERS = ("credit", "visibility")
    """What only the owner of an item may change."""

    def __init__(self, *args: Any, owned: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind in (Kind.IMAGE, Kind.DOCUMENT):
            self.fields["document_kind"].choices = [("", "to be recognised"), *DocumentKind.choices]
        else:
            del self.fields["document_kind"]
        if not owned:
            for name in self.OWNERS:
                del self.fields[name]


class AlbumForm(forms.ModelForm):
    """An album's name, what it is about and, for its owner, who sees it. Saved by albums.update_album."""

    class Meta:
        model = Album
        fields = ("title", "description", "visibility")
        widgets = {"visibility": forms.RadioSelect, "description": forms.Textarea(attrs={"rows": 3})}
        labels = {"title": "Name", "visibility": "Who sees it"}
        error_messages = {"title": {"required": "Give the album a name."}}

    def __init__(self, *args: Any, owned: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not owned:
            del self.fields["visibility"]


class TickedForm(forms.Form):
    """Items that were ticked on a page."""

    item = forms.ModelMultipleChoiceField(
        queryset=MediaItem.objects.none(),
        error_messages={
            "required": "Tick the items that you mean first.",
            "invalid_choice": "Some of these items are not here any more.",
            "invalid_pk_value": "Some of these items are not here any more.",
        },
    )

    def __init__(self, items: MediaItemQuerySet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items


class AddToAlbumForm(TickedForm):
    """Items for an album that is there, or for a new one of this title."""

    album = forms.ModelChoiceField(
        queryset=Album.objects.none(),
        required=False,
        error_messages={"invalid_choice": "That album is not here any more. Choose another one."},
    )
    title = forms.CharField(required=False, max_length=200)

    def __init__(self, user: AbstractBaseUser, *args: Any, **kwargs: Any) -> None:
        super().__init__(MediaItem.objects.owned_by(user).alive(), *args, **kwargs)
        self.fields["album"].queryset = Album.objects.editable_by(user)

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.cleaned_data.get("album") and not self.cleaned_data.get("title"):
            raise forms.ValidationError("Choose an album, or give a new one a name.")
        return self.cleaned_data


class ShareForm(forms.Form):
    """Whom to share with, and what they may do; sharing.share() says whether that can be."""

    person = forms.CharField(required=False, max_length=150, strip=True)
    group = forms.CharField(required=False, max_length=150, strip=True)
    may_edit = forms.BooleanField(required=False)


class LibraryForm(forms.Form):
    """What narrows one's own library. What is not known narrows nothing."""

    UNFINISHED = "unfinished"

    status = forms.ChoiceField(required=False, choices=[("", ""), (UNFINISHED, ""), *Status.choices])
    kind = forms.ChoiceField(required=False, choices=[("", ""), *Kind.choices])
    document = forms.ChoiceField(required=False, choices=[("", ""), *DocumentKind.choices])
    tag = forms.CharField(required=False, max_length=60)
    trash = forms.BooleanField(required=False)
    shared = forms.BooleanField(required=False)

    def narrow(self, items: MediaItemQuerySet) -> MediaItemQuerySet:
        """`items` as the address asks for them."""
        self.full_clean()
        asked = self.cleaned_data
        items = items.trashed() if asked.get("trash") else items.alive()
        items = items.of_kind(asked.get("kind", "")).tagged([asked["tag"]] if asked.get("tag") else [])
        items = items.shown_as(asked.get("document", ""))
        status = asked.get("status")
        if status == self.UNFINISHED:
            return items.unfinished()
        return items.filter(status=status) if status else items


class BulkForm(TickedForm):
    """One action on those of `owner`'s items that are ticked."""

    ACTIONS = ("tag", "album", "caption", "public", "private", "retry", "delete", "restore")

    action = forms.ChoiceField(
        choices=[(name, name) for name in ACTIONS],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose what to do with the ticked items."),
    )
    tags = TagsField(required=False, max_length=2000)

    def __init__(self, owner: AbstractBaseUser, *args: Any, **kwargs: Any) -> None:
        super().__init__(MediaItem.objects.owned_by(owner), *args, **kwargs)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("action") == "tag" and not self.cleaned_data.get("tags"):
            raise forms.ValidationError("Write the tags to add, with commas between them.")
        return self.cleaned_data
