"""What the composition itself keeps: who is signed in from where."""

import uuid

from django.db import models
from knox.models import AbstractAuthToken


class DeviceToken(AbstractAuthToken):
    """The sign-in of one device. Only a hash of the token is kept; revoking it is deleting the row."""

    # The primary key is the token's hash, which is nobody's business.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100, help_text="As the device calls itself.")

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"

    @property
    def starts_with(self) -> str:
        """The first characters of the token, to tell two devices of one name apart."""
        return self.token_key[:8]
