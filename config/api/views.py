"""Signing in and out per device, and the answer for addresses that do not exist."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models import QuerySet
from django.http import HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import resolve
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, generics, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.authentication import DeviceTokenAuthentication
from config.api.serializers import DeviceSerializer, SignedInSerializer, SignInSerializer
from config.models import DeviceToken
from media_library.api.documentation import NO_CSRF, errors
from media_library.api.pagination import ByTime


class WrongCredentials(exceptions.APIException):
    status_code = status.HTTP_401_UNAUTHORIZED
    default_code = "wrong-credentials"
    default_detail = "That user name and password do not fit together. Check both, and try again."
    auth_header = "Token"


class SignInView(generics.GenericAPIView):
    serializer_class = SignInSerializer
    permission_classes = [AllowAny]
    # Whoever signs in is nobody yet: the throttle counts by address, whatever token comes along.
    authentication_classes = []
    throttle_scope = "sign-in"

    @extend_schema(
        tags=["sign-in"],
        operation_id="sign_in",
        summary="Sign in on a device",
        description="Gives a token of its own to each device, so that each can be revoked by itself.",
        responses={
            200: SignedInSerializer,
            **errors(400, 401, 413, 415, 429, s401="User name and password do not fit together."),
        },
    )
    def post(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        user = authenticate(request._request, username=given["username"], password=given["password"])
        if user is None:
            raise WrongCredentials
        device, token = DeviceToken.objects.create(user, name=given["device"])
        user_logged_in.send(sender=user.__class__, request=request._request, user=user)
        body = {"token": token, "expiry": device.expiry, "device": device}
        return Response(SignedInSerializer(body, context=self.get_serializer_context()).data)


class OwnDevices:
    serializer_class = DeviceSerializer
    permission_classes = [IsAuthenticated]
    queryset = DeviceToken.objects.none()

    def get_queryset(self) -> QuerySet[DeviceToken]:
        return DeviceToken.objects.filter(user=self.request.user)


class LatestSignInFirst(ByTime):
    ordering = ("-created", "-public_id")


class DevicesView(OwnDevices, generics.ListAPIView):
    pagination_class = LatestSignInFirst

    @extend_schema(
        tags=["sign-in"],
        operation_id="devices_list",
        summary="Your devices that are signed in, newest first",
        description="Tokens themselves are never shown again.",
        responses={200: DeviceSerializer(many=True), **errors(400, 401, 429)},
    )
    def get(self, request: Request) -> Response:
        return self.list(request)


class DeviceView(OwnDevices, generics.GenericAPIView):
    lookup_field = "public_id"
    lookup_url_kwarg = "id"

    @extend_schema(
        tags=["sign-in"],
        operation_id="devices_revoke",
        summary="Sign a device out",
        description="Its token is no longer good at once. It may be the device that asks.",
        responses={204: OpenApiResponse(description="Signed out."), **errors(401, 403, 404, 429, s403=NO_CSRF)},
    )
    def delete(self, request: Request, id: str) -> Response:
        self.get_object().delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class SignOutView(generics.GenericAPIView):
    serializer_class = DeviceSerializer
    permission_classes = [IsAuthenticated]
    authentication_classes = [DeviceTokenAuthentication]

    @extend_schema(
        tags=["sign-in"],
        operation_id="sign_out",
        summary="Sign this device out",
        description="The token that the request came with is no longer good afterwards.",
        request=None,
        responses={204: OpenApiResponse(description="Signed out."), **errors(401, 429)},
    )
    def post(self, request: Request) -> Response:
        request.auth.delete()
        user_logged_out.send(sender=request.user.__class__, request=request._request, user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SignOutEverywhereView(OwnDevices, generics.GenericAPIView):
    @extend_schema(
        tags=["sign-in"],
        operation_id="sign_out_everywhere",
        summary="Sign all your devices out",
        description="Every token of yours is no longer good afterwards. Browsers stay signed in.",
        request=None,
        responses={204: OpenApiResponse(description="Signed out."), **errors(401, 403, 429, s403=NO_CSRF)},
    )
    def post(self, request: Request) -> Response:
        self.get_queryset().delete()
        user_logged_out.send(sender=request.user.__class__, request=request._request, user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(exclude=True)
class NowhereView(APIView):
    """Every other address below /api/: on to the one with a slash at its end, where that exists, else 404."""

    permission_classes = [AllowAny]

    def dispatch(self, request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.path.endswith("/") and resolve(f"{request.path_info}/").func != request.resolver_match.func:
            # 308: the method and the body go along.
            return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True), preserve_request=True)
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound("There is nothing at this address. /api/docs/ lists all there are.")
