"""System checks: what search would stumble over, said before a user meets it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from search.encoders.base import EncoderError
from search.encoders.registry import encodes_pictures, hears, key_for


@register("search")
def encoder_specs(**kwargs: Any) -> list[Error]:
    """All encoder settings name something that can be found, without loading it."""
    errors = []
    visual = settings.SIGHTLINE_VISUAL_ENCODER
    sound = settings.SIGHTLINE_SOUND_ENCODER
    for setting in ("SIGHTLINE_VISUAL_ENCODER", "SIGHTLINE_TEXT_ENCODER", "SIGHTLINE_SOUND_ENCODER"):
        if getattr(settings, setting) == "off" and setting == "SIGHTLINE_SOUND_ENCODER":
            continue
        try:
            key_for(getattr(settings, setting))
        except EncoderError as error:
            errors.append(Error(str(error), hint=f"Set {setting}; the README lists its forms.", id="search.E001"))
    if not errors and not encodes_pictures(visual):
        errors.append(
            Error(f"“{visual}” encodes words, not pictures.", hint="Set SIGHTLINE_VISUAL_ENCODER.", id="search.E002")
        )
    if not errors and sound != "off" and not hears(sound):
        errors.append(
            Error(f"“{sound}” encodes no sounds.", hint="Set SIGHTLINE_SOUND_ENCODER, or to off.", id="search.E003")
        )
    return errors
