"""Invoices and receipts over HTTP: having one read, the list, putting values right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import generics, serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from media_library.api.documentation import NO_CSRF, errors
from media_library.api.editing import editable_item
from media_library.api.extractions import answer
from media_library.api.pagination import NewestFirst
from media_library.api.serializers import ITEM_EXAMPLE
from media_library.extracting import exporting, invoices
from media_library.models import Invoice, InvoiceState

_VALUE = {"value": "154.06", "text": "154.06", "box": None, "confidence": 0.97, "source": "reader"}
_INVOICE = {
    "id": "0b9f4c1e-5d0a-4a53-9d4b-2f1d3c6f7a10",
    "item": ITEM_EXAMPLE["id"],
    "file": "invoice.jpg",
    "state": "review",
    "updated_at": "2026-05-04T18:02:40Z",
    "kind": "invoice",
    "vendor": {**_VALUE, "value": "Green Bicycles", "text": "Green Bicycles"},
    "date": {**_VALUE, "value": "2019-02-11", "text": "11/02/2019"},
    "total": _VALUE,
    "lines": [{"description": {**_VALUE, "value": "Pedal arms"}, "amount": {**_VALUE, "value": "30.00"}}],
    "marks": [],
}


@answer("As it counts", _INVOICE)
class InvoiceSerializer(serializers.Serializer):
    """What counts, every value with its box, its confidence and who it is from.

    Beside these there are `address`, `number`, `due_date`, `currency`, `subtotal`, `discount`, `charges`, `taxes`,
    `rounding`, `paid` and `change`, of the same form; what was not found is null.
    """

    id = serializers.UUIDField()
    item = serializers.UUIDField()
    file = serializers.CharField()
    state = serializers.ChoiceField(InvoiceState.choices)
    updated_at = serializers.DateTimeField()
    kind = serializers.CharField(help_text="`invoice`, `receipt` or `credit_note`.")
    vendor = serializers.DictField(allow_null=True)
    date = serializers.DictField(allow_null=True)
    total = serializers.DictField(allow_null=True)
    lines = serializers.ListField(child=serializers.DictField())
    marks = serializers.ListField(child=serializers.DictField(), help_text="What does not add up, or is missing.")

    def to_representation(self, instance: Invoice) -> dict[str, Any]:
        return exporting.whole(instance)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Two values and the approval",
            value={"values": {"total": "154.06", "lines.0.description": "Pedal arms"}, "state": "approved"},
            request_only=True,
        )
    ]
)
class CorrectionSerializer(serializers.Serializer):
    values = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=2000),
        required=False,
        default=dict,
        help_text="By path: `total`, `lines.0.amount`, `taxes.0.rate`. Money as `1234.50`, dates as `YYYY-MM-DD`; "
        "empty takes a value away.",
    )
    state = serializers.ChoiceField(InvoiceState.choices, required=False)


class AskedSerializer(serializers.Serializer):
    """What narrows the list."""

    q = serializers.CharField(required=False, allow_blank=True, max_length=200, help_text="Vendor, number, line.")
    vendor = serializers.CharField(required=False, allow_blank=True, max_length=300)
    state = serializers.ChoiceField(InvoiceState.choices, required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)
    marked = serializers.BooleanField(required=False, default=False, help_text="Only what does not add up.")

    def asked(self) -> invoices.Asked:
        values = dict(self.validated_data)
        return invoices.Asked(words=values.pop("q", "").strip(), **values)


class InvoicesView(generics.GenericAPIView):
    serializer_class = InvoiceSerializer
    permission_classes = [IsAuthenticated]
    pagination_class = NewestFirst
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Invoice]:
        return invoices.visible_to(self.request.user).select_related("item")

    @extend_schema(
        tags=["invoices"],
        operation_id="invoices_list",
        summary="Invoices and receipts, last read first",
        description="Of the items that you may see.",
        parameters=[AskedSerializer],
        responses={200: InvoiceSerializer(many=True), **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        form = AskedSerializer(data=request.query_params)
        form.is_valid(raise_exception=True)
        page = self.paginate_queryset(form.asked().apply(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class ItemInvoiceView(generics.GenericAPIView):
    serializer_class = InvoiceSerializer
    permission_classes = [IsAuthenticated]

    @extend_schema(
        tags=["invoices"],
        operation_id="items_invoice",
        summary="The invoice of an item",
        description="404 where none was read.",
        responses={200: InvoiceSerializer, **errors(401, 404, 429)},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        found = invoices.visible_to(request.user).select_related("item")
        return Response(self.get_serializer(get_object_or_404(found, item=pk)).data)

    @extend_schema(
        tags=["invoices"],
        operation_id="items_invoice_correct",
        summary="Put values right, approve",
        description="By whoever may describe the item. All of it is kept or nothing; what changed is kept as history.",
        request=CorrectionSerializer,
        responses={200: InvoiceSerializer, **errors(400, 401, 403, 404, 413, 415, 429, s403=NO_CSRF)},
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        found = self._editable(request, pk)
        form = CorrectionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            invoices.correct(request.user, found, form.validated_data["values"])
        except invoices.BadValue as bad:
            raise serializers.ValidationError({"values": [str(bad)]}) from bad
        match form.validated_data.get("state"):
            case InvoiceState.APPROVED:
                invoices.approve(request.user, found)
            case InvoiceState.REVIEW:
                invoices.reopen(found)
        found.refresh_from_db()
        return Response(self.get_serializer(found).data)

    @extend_schema(
        tags=["invoices"],
        operation_id="items_invoice_forget",
        summary="Say that it is no invoice",
        description="Drops what was read of the item; the item stays.",
        responses={204: OpenApiResponse(description="Gone."), **errors(401, 403, 404, 429, s403=NO_CSRF)},
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        invoices.forget(self._editable(request, pk).item)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _editable(self, request: Request, pk: UUID) -> Invoice:
        item = editable_item(request, pk, "Only who may describe this item may change what was read of it.")
        return get_object_or_404(Invoice, item=item)
