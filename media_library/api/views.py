"""Items and segments over HTTP: each view checks what came, calls one function and shows its result."""

from __future__ import annotations

from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, permissions, status
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from media_library import jobs, services
from media_library.api.documentation import NO_CSRF, errors
from media_library.api.fields import one_file
from media_library.api.filters import ItemFilter
from media_library.api.pagination import ByDeletion, ById, NewestFirst
from media_library.api.parsers import UploadParser
from media_library.api.serializers import (
    FIRST_SEGMENTS,
    CountsSerializer,
    IngestedSerializer,
    ItemDetailSerializer,
    ItemFromUrlSerializer,
    ItemSerializer,
    ItemUpdateSerializer,
    ItemUploadSerializer,
    SegmentSerializer,
    TrashedItemSerializer,
    given_to_edit,
)
from media_library.formats.base import FileRejected
from media_library.models import Kind, MediaItem, Segment, Status
from media_library.querysets import MediaItemQuerySet, SegmentQuerySet

INGESTED = {
    201: OpenApiResponse(IngestedSerializer, description="Taken in; the header Location has its address."),
    200: OpenApiResponse(IngestedSerializer, description="You have this content already."),
    **errors(400, 401, 403, 413, 415, 422, 429, 503, 507, s403=NO_CSRF),
}


SHOWN = Segment.objects.defer("words", "lines")
"""Of a long document these, which no answer has, are most of what is stored."""


class NotFailed(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "not-failed"
    default_detail = "Only an item that failed can be read again."


class OwnerOrReadOnly(permissions.BasePermission):
    message = "Only the owner of an item may change it."

    def has_object_permission(self, request: Request, view: APIView, obj: MediaItem) -> bool:
        if request.method in permissions.SAFE_METHODS or obj.owner_id == request.user.pk:
            return True
        # Whoever it was given to edit may say what it shows; patch() sees to it that they say no more.
        return request.method == "PATCH" and given_to_edit(request, obj)


class VisibleItems:
    """What the views of items have in common: what is not visible to the caller does not exist."""

    queryset = MediaItem.objects.none()
    serializer_class = ItemSerializer
    permission_classes = [IsAuthenticatedOrReadOnly, OwnerOrReadOnly]

    def get_queryset(self) -> MediaItemQuerySet:
        return MediaItem.objects.visible_to(self.request.user).select_related("owner")


# --- In --------------------------------------------------------------------------------------------------


class ItemListView(VisibleItems, generics.ListAPIView):
    parser_classes = [UploadParser]
    filterset_class = ItemFilter
    pagination_class = NewestFirst

    def max_upload_bytes(self) -> int:
        return services.limits().max_bytes

    @extend_schema(
        tags=["items"],
        operation_id="items_list",
        summary="Items you may see, newest first",
        description=(
            "Your own items, what is shared with you and what is public, without the trash. Follow `next` to go on."
        ),
        responses={200: ItemSerializer(many=True), **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        tags=["items"],
        operation_id="items_create",
        summary="Upload a file",
        description=(
            "One picture, video, sound, document or text as a multipart form. "
            "It is read in the background: follow the item's `status`. "
            "Where you have the same content already (even in the trash, from where it comes back), that item "
            "is the answer, with 200 and `created: false`."
        ),
        request=ItemUploadSerializer,
        responses=INGESTED,
    )
    def post(self, request: Request) -> Response:
        upload = ItemUploadSerializer(data=request.data, context={"request": request})
        upload.is_valid(raise_exception=True)
        one_file(request.FILES)
        details = dict(upload.validated_data)
        file, batch = details.pop("file"), details.pop("import", None)
        try:
            result = services.ingest_file(request.user, file, file.name, batch=batch, **details)
        except FileRejected:
            if batch:
                jobs.note_arrival(batch, None)
            raise
        if batch:
            jobs.note_arrival(batch, result)
        return ingested(request, result)


class ItemFromUrlView(generics.GenericAPIView):
    serializer_class = ItemFromUrlSerializer
    throttle_scope = "url"

    @extend_schema(
        tags=["items"],
        operation_id="items_create_from_url",
        summary="Take in what lies at a URL",
        description=(
            "The server fetches it: public http(s) addresses only, checked anew at every redirect. "
            "The rest is as for an upload."
        ),
        responses=INGESTED,
    )
    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        details = dict(asked.validated_data)
        return ingested(request, services.ingest_url(request.user, details.pop("url"), **details))


def ingested(request: Request, result: services.Ingested) -> Response:
    """201 with the new item's address, or 200 with the item that was there already."""
    body = IngestedSerializer(result, context={"request": request}).data
    if not result.created:
        return Response(body)
    place = reverse("api-item", args=[result.item.pk], request=request)
    return Response(body, status=status.HTTP_201_CREATED, headers={"Location": place})


# --- One item --------------------------------------------------------------------------------------------


class ItemView(VisibleItems, generics.GenericAPIView):
    @extend_schema(
        tags=["items"],
        operation_id="items_retrieve",
        summary="One item with its segments",
        description=(
            "`status` tells how far reading it has come: waiting, segmenting, embedding, ready or failed. "
            f"Of a long document or film the first {FIRST_SEGMENTS} segments; `more_segments` says that there are "
            "more: the list of its segments gives all, page by page."
        ),
        responses={200: ItemDetailSerializer, **errors(401, 404, 429)},
    )
    def get(self, request: Request, pk: str) -> Response:
        found = self.get_object()
        prefetch_related_objects([found], Prefetch("segments", SHOWN[: FIRST_SEGMENTS + 1], to_attr="first_segments"))
        return Response(ItemDetailSerializer(found, context=self.get_serializer_context()).data)

    @extend_schema(
        tags=["items"],
        operation_id="items_update",
        summary="Change an item's words or visibility",
        description=(
            "By its owner, or, but for `visibility`, by whoever it was given to edit. "
            "New words are searched by as soon as they are indexed, within seconds."
        ),
        request=ItemUpdateSerializer,
        responses={200: ItemSerializer, **errors(400, 401, 403, 404, 413, 415, 429)},
    )
    def patch(self, request: Request, pk: str) -> Response:
        item = self.get_object()
        changes = ItemUpdateSerializer(data=request.data)
        changes.is_valid(raise_exception=True)
        if "visibility" in changes.validated_data and item.owner_id != request.user.pk:
            raise PermissionDenied("Only the owner of an item may say who sees it.")
        if "document_kind" in changes.validated_data and item.kind not in (Kind.IMAGE, Kind.DOCUMENT):
            raise ValidationError({"document_kind": ["Only pictures and documents show a kind of document."]})
        if changes.validated_data:
            services.update_item(item, **changes.validated_data)
        return Response(self.get_serializer(item).data)

    @extend_schema(
        tags=["items"],
        operation_id="items_delete",
        summary="Move an item to the trash",
        description="By its owner only. It can be restored until the trash is emptied of it.",
        responses={204: OpenApiResponse(description="In the trash."), **errors(401, 403, 404, 429)},
    )
    def delete(self, request: Request, pk: str) -> Response:
        services.delete_item(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ItemRestoreView(generics.GenericAPIView):
    serializer_class = ItemSerializer

    def get_queryset(self) -> MediaItemQuerySet:
        return MediaItem.objects.owned_by(self.request.user).select_related("owner")

    @extend_schema(
        tags=["items"],
        operation_id="items_restore",
        summary="Bring an item back from the trash",
        description="Does nothing to an item of yours that is not in the trash.",
        request=None,
        responses={200: ItemSerializer, **errors(401, 403, 404, 429, s403=NO_CSRF)},
    )
    def post(self, request: Request, pk: str) -> Response:
        item = self.get_object()
        if item.deleted_at:
            services.restore_item(item)
        return Response(self.get_serializer(item).data)


class ItemRetryView(VisibleItems, generics.GenericAPIView):
    @extend_schema(
        tags=["items"],
        operation_id="items_retry",
        summary="Read a failed item again",
        description="By its owner only. The item starts over from `waiting`.",
        request=None,
        responses={202: ItemSerializer, **errors(401, 403, 404, 409, 429)},
    )
    def post(self, request: Request, pk: str) -> Response:
        item = self.get_object()
        if not services.retry_items(MediaItem.objects.filter(pk=item.pk)):
            raise NotFailed
        return Response(self.get_serializer(self.get_object()).data, status=status.HTTP_202_ACCEPTED)


# --- About many items ------------------------------------------------------------------------------------


class TrashView(generics.ListAPIView):
    serializer_class = TrashedItemSerializer
    permission_classes = [IsAuthenticated]
    pagination_class = ByDeletion

    def get_queryset(self) -> MediaItemQuerySet:
        return MediaItem.objects.owned_by(self.request.user).trashed().select_related("owner")

    @extend_schema(
        tags=["items"],
        operation_id="items_trash",
        summary="Your trash, last deleted first",
        description="Items that can still be restored.",
        responses={200: TrashedItemSerializer(many=True), **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        return self.list(request)


class CountsView(VisibleItems, generics.GenericAPIView):
    serializer_class = CountsSerializer
    filterset_class = ItemFilter

    @extend_schema(
        tags=["items"],
        operation_id="items_counts",
        summary="How many items there are",
        description="By kind and by status, among the items that the same filters would list.",
        filters=True,
        responses={200: CountsSerializer, **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        counts = self.filter_queryset(self.get_queryset()).counts()
        return Response(
            {
                "total": counts["total"]["items"],
                "kind": dict.fromkeys(Kind.values, 0) | counts["kind"],
                "status": dict.fromkeys(Status.values, 0) | counts["status"],
            }
        )


# --- Segments --------------------------------------------------------------------------------------------


class ItemSegmentsView(generics.ListAPIView):
    serializer_class = SegmentSerializer
    pagination_class = ById

    def get_queryset(self) -> SegmentQuerySet:
        visible = MediaItem.objects.visible_to(self.request.user)
        return SHOWN.filter(item=get_object_or_404(visible, pk=self.kwargs["pk"]))

    @extend_schema(
        tags=["segments"],
        operation_id="items_segments",
        summary="The segments of an item",
        description="In the order in which they were made: the moments of a video by time.",
        filters=False,
        responses={200: SegmentSerializer(many=True), **errors(400, 401, 404, 429)},
    )
    def get(self, request: Request, pk: str) -> Response:
        return self.list(request)


class SegmentView(generics.GenericAPIView):
    serializer_class = SegmentSerializer

    def get_queryset(self) -> SegmentQuerySet:
        return SHOWN.visible_to(self.request.user)

    @extend_schema(
        tags=["segments"],
        operation_id="segments_retrieve",
        summary="One segment",
        description="Segments never change: new content is a new segment, and this one is gone then.",
        responses={200: SegmentSerializer, **errors(401, 404, 429)},
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(self.get_object()).data)
