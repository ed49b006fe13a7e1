"""What people say about what they put in, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from media_library.models import Kind, MediaItem, Status, Visibility
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
        label="Link to a picture or video",
        error_messages={"invalid": "That is not a link. It should begin with https:// or http://."},
    )
    visibility = forms.ChoiceField(
        choices=Visibility.choices, initial=Visibility.PRIVATE, widget=forms.RadioSelect, label="Who sees them"
    )
    tags = TagsField(required=False, max_length=2000)


class ItemForm(forms.ModelForm):
    """The words of an item, and who sees it. Saved by services.update_item, so that search follows."""

    tags = TagsField(required=False, max_length=4000)

    class Meta:
        model = MediaItem
        fields = ("title", "caption", "tags", "credit", "visibility")
        widgets = {"visibility": forms.RadioSelect, "caption": forms.Textarea(attrs={"rows": 4})}
        labels = {"visibility": "Who sees it"}


class LibraryForm(forms.Form):
    """What narrows one's own library. What is not known narrows nothing."""

    UNFINISHED = "unfinished"

    status = forms.ChoiceField(required=False, choices=[("", ""), (UNFINISHED, ""), *Status.choices])
    kind = forms.ChoiceField(required=False, choices=[("", ""), *Kind.choices])
    tag = forms.CharField(required=False, max_length=60)
    trash = forms.BooleanField(required=False)

    def narrow(self, items: MediaItemQuerySet) -> MediaItemQuerySet:
        """`items` as the address asks for them."""
        self.full_clean()
        asked = self.cleaned_data
        items = items.trashed() if asked.get("trash") else items.alive()
        items = items.of_kind(asked.get("kind", "")).tagged([asked["tag"]] if asked.get("tag") else [])
        status = asked.get("status")
        if status == self.UNFINISHED:
            return items.unfinished()
        return items.filter(status=status) if status else items


class BulkForm(forms.Form):
    """One action on those of `owner`'s items that are ticked."""

    ACTIONS = ("tag", "public", "private", "retry", "delete", "restore")

    item = forms.ModelMultipleChoiceField(
        queryset=MediaItem.objects.none(),
        error_messages={
            "required": "Tick the items that you mean first.",
            "invalid_choice": "Some of these items are not here any more.",
            "invalid_pk_value": "Some of these items are not here any more.",
        },
    )
    action = forms.ChoiceField(
        choices=[(name, name) for name in ACTIONS],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose what to do with the ticked items."),
    )
    tags = TagsField(required=False, max_length=2000)

    def __init__(self, owner: AbstractBaseUser, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = MediaItem.objects.editable_by(owner)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("action") == "tag" and not self.cleaned_data.get("tags"):
            raise forms.ValidationError("Write the tags to add, with commas between them.")
        return self.cleaned_data
