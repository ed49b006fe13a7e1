"""System checks: settings of the LMM that say only half of what they mean."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from media_library.lmm import KINDS, pricing

SAFETY = ("", "block_none", "block_only_high", "block_medium_and_above", "block_low_and_above")


@register("lmm")
def lmm_settings(**kwargs: Any) -> list[CheckMessage]:
    """Whether the settings name a model that can be asked, and know what it costs."""
    spec, found = settings.SIGHTLINE_LMM, []
    if spec not in (*KINDS, "fake"):
        found.append(
            Error(f"There is no LMM called “{spec}”.", hint="Set SIGHTLINE_LMM to gemini or reader.", id="lmm.E001")
        )
    if settings.SIGHTLINE_LMM_SAFETY not in SAFETY:
        found.append(
            Error(
                f"SIGHTLINE_LMM_SAFETY is “{settings.SIGHTLINE_LMM_SAFETY}”.",
                hint=f"Set it to {', '.join(SAFETY[1:])}, or to nothing.",
                id="lmm.E002",
            )
        )
    if spec == "gemini" and not settings.GOOGLE_API_KEY:
        found.append(
            Warning(
                "SIGHTLINE_LMM is gemini, but GOOGLE_API_KEY is not set: nothing can be asked.",
                hint="Set the key, or SIGHTLINE_LMM=reader.",
                id="lmm.W001",
            )
        )
    if spec == "gemini" and not pricing.known(settings.SIGHTLINE_LMM_MODEL):
        found.append(
            Warning(
                f"What {settings.SIGHTLINE_LMM_MODEL} costs is not known, so it is counted as dear.",
                hint="Set SIGHTLINE_LMM_PRICE_IN and SIGHTLINE_LMM_PRICE_OUT.",
                id="lmm.W002",
            )
        )
    if (settings.SIGHTLINE_LMM_PRICE_IN is None) != (settings.SIGHTLINE_LMM_PRICE_OUT is None):
        found.append(
            Warning(
                "Only one of SIGHTLINE_LMM_PRICE_IN and SIGHTLINE_LMM_PRICE_OUT is set.",
                hint="Set both.",
                id="lmm.W003",
            )
        )
    if spec == "reader" and settings.GOOGLE_API_BASE and not settings.GOOGLE_API_KEY:
        found.append(
            Warning(
                "GOOGLE_API_BASE is set, but GOOGLE_API_KEY is not: the reader answers, and no model.",
                hint="Set the key, or remove the address.",
                id="lmm.W004",
            )
        )
    return found
