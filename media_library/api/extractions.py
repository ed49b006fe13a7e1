"""What was read out of items over HTTP: having it read, its forms, choosing, putting right, asking."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from media_library.api.asking import S422, S429, S503, LmmFailed
from media_library.api.documentation import NO_CSRF, errors
from media_library.api.editing import editable_item
from media_library.extracting import corrections, readings, reshaping, runs, table_questions, writing
from media_library.extraction.flowcharts.schema import MAX_CHARTS, MAX_EDGES, Kind
from media_library.extraction.tables.schema import MAX_ROWS, Cell
from media_library.lmm.base import LmmError, NotConfigured
from media_library.models import Extraction, ExtractionKind, ExtractionState, MediaItem

_BOX = {"page": 1, "left": 0.1, "top": 0.2, "right": 0.25, "bottom": 0.24}
_CELL = {"row": 1, "column": 2, "text": "€ 150", "number": "150", "unit": "€", "box": _BOX, "confidence": 0.97}
_EXTRACTION = {
    "id": 4,
    "kind": "table",
    "provider": "reader",
    "model": "reader",
    "state": "done",
    "counts": True,
    "problem": "",
    "pages_read": 0,
    "pages": 0,
    "seconds": 1.4,
    "created_at": "2026-05-04T18:02:11Z",
}
_WHOLE = {**_EXTRACTION, "data": {"tables": [{"rows": 4, "columns": 3, "heads": 1, "cells": [_CELL]}]}}
_TOLD = {
    "answer": "Acme: 50 % from Revenue 2022 (€ 100) to Revenue 2023 (€ 150), the highest of 3.",
    "value": "50",
    "by": "reader",
    "table": 1,
    "cells": [_CELL],
}


def answer(name: str, value: Any) -> Any:
    codes = ["200", "201", "202"]
    return extend_schema_serializer(
        examples=[OpenApiExample(name, value=value, response_only=True, status_codes=codes)]
    )


@answer("By the reader", _EXTRACTION)
class ExtractionSerializer(serializers.ModelSerializer):
    """A reading of an item, without what was read."""

    kind = serializers.ChoiceField(ExtractionKind.choices, read_only=True)
    provider = serializers.CharField(read_only=True, help_text="`reader`, the LMM's name, or `person`.")
    state = serializers.ChoiceField(ExtractionState.choices, read_only=True)
    counts = serializers.SerializerMethodField(help_text="Whether it is what counts for its item and kind.")
    pages_read = serializers.SerializerMethodField(help_text="While it waits or is being read: how far it is.")
    pages = serializers.SerializerMethodField(help_text="The same: of how many pages.")

    class Meta:
        model = Extraction
        fields: tuple[str, ...] = (
            *("id", "kind", "provider", "model", "state", "counts", "problem", "pages_read", "pages", "seconds"),
            "created_at",
        )
        read_only_fields = fields

    def get_counts(self, extraction: Extraction) -> bool:
        invoice = getattr(extraction.item, "invoice", None) if extraction.kind == ExtractionKind.INVOICE else None
        return extraction.chosen or (invoice is not None and invoice.extraction_id == extraction.pk)

    def get_pages_read(self, extraction: Extraction) -> int:
        return runs.progress(extraction)[0]

    def get_pages(self, extraction: Extraction) -> int:
        return runs.progress(extraction)[1]


@answer("By the reader", _WHOLE)
class WholeExtractionSerializer(ExtractionSerializer):
    data = serializers.SerializerMethodField(
        help_text="What was read. Of tables: `tables`, each with `rows`, `columns`, `heads` and `cells`; of flow "
        "charts: `charts`, each with `shapes`, `edges` and `lanes`; of an invoice as `GET …/invoice/` has it. Each "
        "table and chart has the `page` it stands on. Boxes are shares of a page.",
    )

    class Meta(ExtractionSerializer.Meta):
        fields = (*ExtractionSerializer.Meta.fields, "data")
        read_only_fields = fields

    def get_data(self, extraction: Extraction) -> dict[str, Any]:
        if extraction.kind == ExtractionKind.FLOWCHART and extraction.state == ExtractionState.DONE:
            # Those that were read when a document had one alike.
            return writing.read(extraction).model_dump(mode="json")
        if extraction.kind == ExtractionKind.INVOICE and extraction.state != ExtractionState.DONE:
            # Its pages as they were read are no invoice yet.
            return {}
        return extraction.data


@extend_schema_serializer(
    examples=[OpenApiExample("Its tables", value={"kind": "table", "provider": "reader"}, request_only=True)]
)
class ExtractSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(ExtractionKind.choices, required=False, default=ExtractionKind.INVOICE)
    provider = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=40, help_text="`reader`, or the LMM that is set up."
    )


class ListedSerializer(serializers.Serializer):
    """What narrows the list."""

    kind = serializers.ChoiceField(ExtractionKind.choices, required=False)


class FormSerializer(serializers.Serializer):
    """How a reading is written; without `as` it is the JSON of this API."""

    table = serializers.IntegerField(
        required=False, min_value=1, help_text="One of its tables, from 1; without it all of them."
    )
    chart = serializers.IntegerField(required=False, min_value=1, help_text="The same of its flow charts.")

    def get_fields(self) -> dict[str, serializers.Field]:
        # “as” cannot be the name of an attribute.
        of_tables = "Tables: `markdown`, `csv`, `html`, `json`, `xlsx`."
        of_charts = "Flow charts: `steps`, `mermaid`, `python`, `json`."
        form = serializers.ChoiceField(writing.NAMES, required=False, help_text=f"{of_tables} {of_charts}")
        return {"as": form, **super().get_fields()}


class ChangeSerializer(serializers.Serializer):
    """Something that is added or taken away."""

    do = serializers.ChoiceField(reshaping.DO)
    of = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=MAX_CHARTS, help_text="Which table or flow chart, from 0."
    )
    at = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=MAX_ROWS,
        help_text="Which row, column, shape or edge, from 0, by its place in `data`; something new stands there "
        "afterwards. Of `add_edge`: the shape that it leads from.",
    )
    to = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=MAX_EDGES, help_text="Of `add_edge`: the shape it leads to."
    )
    text = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=corrections.LONGEST,
        help_text="Of `add_shape` and `add_edge`: what stands in it, or beside it.",
    )
    kind = serializers.ChoiceField(
        [kind.value for kind in Kind], required=False, default=Kind.STEP.value, help_text="Of `add_shape`."
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample("Two cells of table 1", value={"values": {"0.1.2": "€ 150", "0.2.0": "Globex"}}),
        OpenApiExample("Of flow charts", value={"values": {"0.shapes.3.text": "Pack it", "1.edges.2.label": "yes"}}),
        OpenApiExample("Without its third row", value={"changes": [{"do": "remove_row", "of": 0, "at": 2}]}),
        OpenApiExample(
            "A step, and an arrow to it",
            value={
                "changes": [
                    {"do": "add_shape", "at": 3, "text": "Wrap it", "kind": "step"},
                    {"do": "add_edge", "at": 2, "to": 3, "text": "yes"},
                ]
            },
        ),
    ]
)
class ValuesSerializer(serializers.Serializer):
    """At least one of both."""

    values = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=corrections.LONGEST),
        required=False,
        default=dict,
        help_text="By path. A cell: table, row and column from 0, as `0.1.2`. Of flow charts: `0.shapes.3.text`, "
        "`0.shapes.3.kind`, `0.edges.2.label`, by their places in `data`; of the first also without its number.",
    )
    changes = ChangeSerializer(
        many=True,
        required=False,
        default=list,
        max_length=reshaping.MOST,
        help_text="What is added or taken away after the values were put right, one after the other, each by the "
        "places that those before it have left.",
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given["values"] and not given["changes"]:
            raise serializers.ValidationError("Give values to put right, or changes.")
        return given


@extend_schema_serializer(
    examples=[OpenApiExample("Growth", value={"question": "Which business has the highest growth?"}, request_only=True)]
)
class TableQuestionSerializer(serializers.Serializer):
    question = serializers.CharField(max_length=table_questions.LONGEST)
    provider = serializers.CharField(
        required=False,
        default=readings.READER,
        max_length=40,
        help_text="`reader`, which computes, or the LMM that is set up.",
    )
    table = serializers.IntegerField(
        required=False, default=1, min_value=1, help_text="The table to look at first, from 1."
    )


@answer("Computed", _TOLD)
class ToldSerializer(serializers.Serializer):
    answer = serializers.CharField(help_text="A sentence; where the tables do not answer, why.")
    value = serializers.CharField(allow_null=True, help_text="The number that was computed.")
    by = serializers.CharField(help_text="`reader`, or the model's name.")
    table = serializers.IntegerField(help_text="The table that answers, from 1.")
    cells = serializers.ListField(
        child=serializers.DictField(), help_text="What the answer rests on; none where the tables do not answer."
    )


class NotDone(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "not-done"
    default_detail = "Only what was read to the end can be chosen, put right or asked."


S409 = "It was not read to the end, or it is of another kind."
NOT_YOURS = "Only who may describe this item may change what was read of it."


class ItemExtractionsView(generics.GenericAPIView):
    serializer_class = ExtractionSerializer
    permission_classes = [IsAuthenticated]
    pagination_class = None
    filter_backends = ()

    def get_throttles(self) -> list[Any]:
        self.throttle_scope = "lmm" if self.request.method == "POST" else None
        return super().get_throttles()

    @extend_schema(
        tags=["extractions"],
        operation_id="items_extractions",
        summary="What was read of an item, newest first",
        description="Invoices, tables and flow charts: by whom, how it went, and which reading counts.",
        parameters=[ListedSerializer],
        responses={200: ExtractionSerializer(many=True), **errors(400, 401, 404, 429)},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        item = get_object_or_404(MediaItem.objects.visible_to(request.user), pk=pk)
        form = ListedSerializer(data=request.query_params)
        form.is_valid(raise_exception=True)
        rows = readings.of(item, form.validated_data.get("kind", "")).defer("prompt")
        return Response(self.get_serializer(rows.select_related("item__invoice"), many=True).data)

    @extend_schema(
        tags=["extractions"],
        operation_id="items_extract",
        summary="Have an item read as an invoice, a table or a flow chart",
        description="In the background, by the reader or the LMM. One that waits already is the answer.",
        request=ExtractSerializer,
        responses={202: ExtractionSerializer, **errors(400, 401, 403, 404, 413, 415, 429, s403=NO_CSRF)},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        item = editable_item(request, pk, "Only who may describe this item may have it read.")
        form = ExtractSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            made = runs.ask_for(request.user, item, form.validated_data["provider"], form.validated_data["kind"])
        except runs.NotExtractable as error:
            raise serializers.ValidationError({"provider": [str(error)]}) from error
        return Response(self.get_serializer(made).data, status=status.HTTP_202_ACCEPTED)


class _OneView(generics.GenericAPIView):
    """What is the same for everything about one reading."""

    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> QuerySet[Extraction]:
        return readings.visible_to(self.request.user).select_related("item__invoice")

    def one(self, pk: UUID, extraction: int) -> Extraction:
        return get_object_or_404(self.get_queryset(), item=pk, pk=extraction)

    def done(self, pk: UUID, extraction: int) -> Extraction:
        found = self.one(pk, extraction)
        if found.state != ExtractionState.DONE:
            raise NotDone
        return found


class ItemExtractionView(_OneView):
    serializer_class = WholeExtractionSerializer

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        # What is asked for by name needs no header.
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        tags=["extractions"],
        operation_id="items_extraction",
        summary="One reading, in the form that is asked for",
        description="With everything that was read, as JSON; or, with `as`, a table as Markdown, CSV, HTML or XLSX, a "
        "flow chart as numbered steps, Mermaid or a Python function, which was checked to compile and never run.",
        parameters=[FormSerializer],
        responses={
            200: WholeExtractionSerializer,
            (200, "text/markdown"): OpenApiResponse(OpenApiTypes.STR, description="The tables."),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, description="The tables."),
            (200, "text/html"): OpenApiResponse(OpenApiTypes.STR, description="The tables, everything escaped."),
            (200, "text/plain"): OpenApiResponse(OpenApiTypes.STR, description="Steps or Mermaid."),
            (200, "text/x-python"): OpenApiResponse(OpenApiTypes.STR, description="A function."),
            (200, writing.XLSX): OpenApiResponse(OpenApiTypes.BINARY, description="A sheet for each table."),
            **errors(400, 401, 404, 409, 429, s409=S409),
        },
    )
    def get(self, request: Request, pk: UUID, extraction: int) -> HttpResponseBase:
        form = FormSerializer(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        if "as" not in asked:
            return Response(self.get_serializer(self.one(pk, extraction)).data)
        found = self.done(pk, extraction)
        try:
            number = asked.get("table" if found.kind == ExtractionKind.TABLE else "chart")
            written = writing.write(found, asked["as"], number)
        except writing.NotWritable as error:
            raise serializers.ValidationError({"as": [str(error)]}) from error
        name = f"{found.kind}.{written.form.ending}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(written.content, content_type=written.content_type, headers=headers)

    @extend_schema(
        tags=["extractions"],
        operation_id="items_extraction_correct",
        summary="Put cells or steps right, add and take away rows, columns, steps and arrows",
        description="By whoever may describe the item. What was read stays; what you say is a new reading, by a "
        "person, which counts from now on, unless another one has come to count meanwhile. All of it is kept, or "
        "nothing. Where nothing changes, the answer is the reading as it is. Invoices have an address of their own.",
        request=ValuesSerializer,
        responses={
            200: WholeExtractionSerializer,
            **errors(400, 401, 403, 404, 409, 413, 415, 429, s403=NO_CSRF, s409=S409),
        },
    )
    def patch(self, request: Request, pk: UUID, extraction: int) -> Response:
        editable_item(request, pk, NOT_YOURS)
        base = self.done(pk, extraction)
        if base.kind == ExtractionKind.INVOICE:
            raise NotDone("An invoice is put right at its own address: PATCH …/invoice/.")
        form = ValuesSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        changes = [corrections.Change(**change) for change in given["changes"]]
        try:
            made, _ = corrections.correct(request.user, base, given["values"], changes)
        except corrections.BadValue as bad:
            raise serializers.ValidationError({"changes" if changes else "values": [str(bad)]}) from bad
        return Response(self.get_serializer(made or base).data)


class ItemExtractionChooseView(_OneView):
    serializer_class = ExtractionSerializer

    @extend_schema(
        tags=["extractions"],
        operation_id="items_extraction_choose",
        summary="Let a reading count",
        description="In the place of the one that counts for the item and kind; choosing an earlier one again undoes "
        "what was done since. Of an invoice, values that a person gave stay, but for its kind, lines and taxes.",
        request=None,
        responses={200: ExtractionSerializer, **errors(401, 403, 404, 409, 429, s403=NO_CSRF, s409=S409)},
    )
    def post(self, request: Request, pk: UUID, extraction: int) -> Response:
        editable_item(request, pk, NOT_YOURS)
        readings.choose(self.done(pk, extraction))
        return Response(self.get_serializer(self.one(pk, extraction)).data)


class ItemExtractionAskView(_OneView):
    serializer_class = ToldSerializer
    throttle_scope = "lmm"

    @extend_schema(
        tags=["extractions"],
        operation_id="items_extraction_ask",
        summary="Ask a table a question",
        description="Highest, lowest, sum, mean, count, growth, or a single value: the reader computes it and names "
        "the cells. The LMM, where one is set up, answers anything from the same cells.",
        request=TableQuestionSerializer,
        responses={
            200: ToldSerializer,
            **errors(
                *(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
                s403=NO_CSRF,
                s409=S409,
                s422=S422,
                s429=S429,
                s503=S503,
            ),
        },
    )
    def post(self, request: Request, pk: UUID, extraction: int) -> Response:
        found = self.done(pk, extraction)
        if found.kind != ExtractionKind.TABLE:
            raise NotDone("Only tables can be asked here. Ask about other items at …/ask/.")
        form = TableQuestionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, tables = form.validated_data, writing.read(found).tables
        if asked["provider"] not in readings.providers():
            raise serializers.ValidationError(
                {"provider": [f"It is not set up here. Choose one of: {', '.join(readings.providers())}."]}
            )
        first = min(asked["table"], max(len(tables), 1)) - 1
        try:
            if asked["provider"] == readings.READER:
                told = table_questions.ask(tables, asked["question"], first)
            else:
                told = table_questions.ask_model(request.user, tables, asked["question"], first)
        except table_questions.BadQuestion as bad:
            raise serializers.ValidationError({"question": [str(bad)]}) from bad
        except (LmmError, NotConfigured) as error:
            raise LmmFailed(error) from error
        return Response(
            {
                "answer": told.text,
                "value": told.value,
                "by": told.by or readings.READER,
                "table": told.table + 1,
                "cells": [_cell(cell) for cell in told.cells],
            }
        )


def _cell(cell: Cell) -> dict[str, Any]:
    return cell.model_dump(mode="json")
