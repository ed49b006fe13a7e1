"""Signing in by a device's token. The framework's settings name this module, so it imports none of its views."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from config.models import DeviceToken


class DeviceTokenAuthentication(TokenAuthentication):
    """``Authorization: Token …``; what is no token at all is refused like a wrong one."""

    def authenticate_credentials(self, token: bytes) -> tuple[AbstractBaseUser, DeviceToken]:
        if not token.isalnum():
            raise AuthenticationFailed("This token is not, or no longer, good. Sign in again.")
        try:
            return super().authenticate_credentials(token)
        except AuthenticationFailed as failed:
            raise AuthenticationFailed("This token is not, or no longer, good. Sign in again.") from failed
