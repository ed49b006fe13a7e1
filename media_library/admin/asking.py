"""What models were asked and what it cost, to look at; nothing of it is changed by hand.

Conversations are their owners' alone and are not here.
"""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from media_library.models import CaptionRun, LmmCall


class _Records(ModelAdmin):
    """Rows that the product writes."""

    list_filter_submit = True
    list_fullwidth = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(LmmCall)
class LmmCallAdmin(_Records):
    list_display = ("created_at", "user", "purpose", "model", "outcome", "cached", "tokens_in", "tokens_out", "cost")
    list_filter = (("user", AutocompleteSelectFilter), ("outcome", ChoicesDropdownFilter), "cached")
    list_select_related = ("user",)
    date_hierarchy = "created_at"
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        # They are what the limit of the day is counted by.
        return False


@admin.register(CaptionRun)
class CaptionRunAdmin(_Records):
    list_display = ("created_at", "owner", "state", "replace", "estimate", "waits")
    list_filter = (("owner", AutocompleteSelectFilter), ("state", ChoicesDropdownFilter))
    list_select_related = ("owner",)
