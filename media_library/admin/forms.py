"""The forms that curators fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import INPUT_CLASSES, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from media_library.models import MediaItem, Visibility
from media_library.services import clean_tags

TAGS_HELP = "Separate tags with commas. They are kept in lower case."


class TagsField(forms.CharField):
    """Tags typed with commas between them; cleans to a list."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return clean_tags(super().clean(value).split(","))

    def has_changed(self, initial: Sequence[str] | None, data: str | None) -> bool:
        return list(initial or []) != clean_tags((data or "").split(","))


class ItemForm(forms.ModelForm):
    tags = TagsField(required=False, help_text=TAGS_HELP)

    class Meta:
        model = MediaItem
        fields = ("title", "caption", "tags", "credit", "visibility")


class TagItemsForm(forms.Form):
    add = TagsField(required=False, label="Add", help_text=TAGS_HELP)
    remove = TagsField(required=False, label="Remove")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("add") and not cleaned.get("remove"):
            raise forms.ValidationError("Type at least one tag to add or to remove.")
        return cleaned


class SeveralFilesInput(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One file or several; cleans to a list. Empty ones pass: what takes them in says what is wrong."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFilesField, self).clean(file, initial) for file in files or [None]]


class OwnerSelect(AutocompleteSelect):
    def optgroups(self, name: str, value: list[str], attr: Any = None) -> list[Any]:
        # To show the choice again, Django looks up whatever was sent as it is.
        return super().optgroups(name, [key for key in value if str(key).isdecimal()], attr)


class UploadForm(forms.Form):
    files = SeveralFilesField(
        label="Files", allow_empty_file=True, help_text="Pictures and videos. Several at once are welcome."
    )
    owner = forms.ModelChoiceField(queryset=None, help_text="Whose library they go into.")
    visibility = forms.ChoiceField(choices=Visibility.choices, widget=UnfoldAdminSelectWidget)
    tags = TagsField(required=False, help_text=TAGS_HELP)

    def __init__(self, *args: Any, admin_site: AdminSite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs.update({"class": " ".join(INPUT_CLASSES), "multiple": True})
        owner = self.fields["owner"]
        owner.widget = OwnerSelect(MediaItem._meta.get_field("owner"), admin_site)
        owner.queryset = get_user_model().objects.filter(is_active=True)
