"""The reply that an LMM gives about a hidden message."""

from pydantic import BaseModel, Field


class HiddenMessage(BaseModel):
    """What a hidden message says."""

    message: str = Field(description="The message exactly as it stands there; empty where none is.", max_length=2000)
