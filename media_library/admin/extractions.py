"""What was read out of documents, to look at: readings of all kinds, and invoices with their lines and changes.

People put things right on the pages beside the picture; here nothing is changed by hand.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display

from media_library.models import Extraction, Invoice, InvoiceChange, InvoiceLine
from media_library.templatetags.sightline import money

NAME_LENGTH = 40
MOST_DATA = 20_000
"""Characters of what was read that are shown."""


class _ReadOnly:
    """Nothing is added or changed here."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class _Records(_ReadOnly, ModelAdmin):
    list_filter_submit = True
    list_fullwidth = True
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    @display(description="item", ordering="item__title")
    def of_item(self, row: Any) -> str:
        return Truncator(str(row.item)).chars(NAME_LENGTH)


@admin.register(Extraction)
class ExtractionAdmin(_Records):
    list_display = ("created_at", "of_item", "kind", "provider", "model", "state", "chosen", "seconds", "asked_by")
    list_filter = (("kind", ChoicesDropdownFilter), ("state", ChoicesDropdownFilter), "chosen", "provider")
    list_select_related = ("item", "asked_by")
    search_fields = ("item__title", "item__original_name")
    fields = (
        *("item", ("kind", "chosen"), ("provider", "model"), ("state", "problem"), "asked_by"),
        *(("created_at", "ended_at", "seconds", "attempts"), "prompt", "what_was_read"),
    )
    readonly_fields = ("what_was_read",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Extraction]:
        rows = super().get_queryset(request)
        # A list needs no thousand cells of each.
        return rows.defer("data", "prompt") if request.resolver_match.view_name.endswith("_changelist") else rows

    @display(description="what was read")
    def what_was_read(self, extraction: Extraction) -> SafeString:
        text = json.dumps(extraction.data, ensure_ascii=False, indent=1)
        return format_html("<pre>{}</pre>", Truncator(text).chars(MOST_DATA))


class _Inline(_ReadOnly, TabularInline):
    extra = 0
    can_delete = False
    tab = True


class InvoiceLineInline(_Inline):
    model = InvoiceLine
    fields = readonly_fields = ("quantity", "description", "unit_price", "discount", "amount")


class InvoiceChangeInline(_Inline):
    model = InvoiceChange
    fields = readonly_fields = ("created_at", "field", "before", "after", "by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvoiceChange]:
        return super().get_queryset(request).select_related("by")


@admin.register(Invoice)
class InvoiceAdmin(_Records):
    list_display = ("vendor_name", "number", "date", "sum", "state", "marks", "of_item")
    list_filter = (("state", ChoicesDropdownFilter), ("date", RangeDateFilter), "currency")
    list_select_related = ("item",)
    search_fields = ("vendor", "number")
    inlines = (InvoiceLineInline, InvoiceChangeInline)
    fields = (
        *("item", ("vendor", "number"), "address", ("date", "due_date"), ("kind", "state", "approved_by")),
        *(("currency", "subtotal", "tax"), ("total", "paid"), "marks", "extraction", ("created_at", "updated_at")),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        return super().get_queryset(request).defer("data")

    @display(description="vendor", ordering="vendor")
    def vendor_name(self, invoice: Invoice) -> str:
        return Truncator(invoice.vendor or "unknown").chars(NAME_LENGTH)

    @display(description="total", ordering="total")
    def sum(self, invoice: Invoice) -> str:
        return "–" if invoice.total is None else f"{money(invoice.total)} {invoice.currency}"
