"""The shapes of signing in."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from config.models import DeviceToken

_DEVICE = {
    "id": "0b3c6a60-5b0e-4f0e-9d3b-2f6f5f0f7d11",
    "name": "Ada's phone",
    "starts_with": "3f9a1c07",
    "created": "2025-05-04T18:02:11Z",
    "expiry": None,
    "current": True,
}


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A phone",
            value={"username": "ada", "password": "correct horse", "device": "Ada's phone"},
            request_only=True,
        )
    ]
)
class SignInSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False, style={"input_type": "password"})
    device = serializers.CharField(max_length=100, help_text="As the list of devices shall call it.")


@extend_schema_serializer(examples=[OpenApiExample("A phone", value=_DEVICE, response_only=True)])
class DeviceSerializer(serializers.ModelSerializer):
    """A device that is signed in."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    starts_with = serializers.CharField(read_only=True, help_text="The first characters of its token.")
    expiry = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="Until when the token is good; null: until it is revoked."
    )
    current = serializers.SerializerMethodField(help_text="Whether this request came from it.")

    class Meta:
        model = DeviceToken
        fields = ("id", "name", "starts_with", "created", "expiry", "current")
        read_only_fields = fields

    def get_current(self, device: DeviceToken) -> bool:
        return device == self.context["request"].auth


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A phone",
            value={"token": "3f9a1c07…", "expiry": None, "device": {**_DEVICE, "current": False}},
            response_only=True,
        )
    ]
)
class SignedInSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="Send it as “Authorization: Token …”. It is shown this once.")
    expiry = serializers.DateTimeField(allow_null=True, help_text="Null: good until it is revoked.")
    device = DeviceSerializer()
