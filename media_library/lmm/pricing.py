"""What a model costs, told before it is asked and counted after.

US dollars per million tokens, of text and pictures in and of text out, thinking included: from the provider's price
list (ai.google.dev/gemini-api/docs/pricing) as it stood in September 2026. Prices change and models go:
SIGHTLINE_LMM_PRICE_IN and SIGHTLINE_LMM_PRICE_OUT say what is true now.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from django.conf import settings

from media_library.lmm.base import Data, Picture, Request, Words

MILLION = Decimal(1_000_000)
SMALLEST = Decimal("0.000001")

CHARACTERS_PER_TOKEN = 3.5
"""Of English some four; other languages need more tokens, and an estimate may be too high but not too low."""

TILE_PX, TILE_TOKENS, SMALL_PX = 768, 258, 384
"""A picture of up to SMALL_PX either way is 258 tokens, a larger one as many for each tile of TILE_PX
(ai.google.dev/gemini-api/docs/tokens)."""

EXPECTED_OUT = 700
"""Tokens of an ordinary answer, for estimates."""


@dataclass(frozen=True)
class Price:
    """US dollars per million tokens."""

    tokens_in: Decimal
    tokens_out: Decimal

    def of(self, tokens_in: int, tokens_out: int) -> Decimal:
        """US dollars, rounded up to a millionth."""
        exact = (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / MILLION
        return exact.quantize(SMALLEST, ROUND_UP)


PRICES = {
    "gemini-3.8-flash": Price(Decimal("1.50"), Decimal("7.50")),  # half of it until the end of 2026
    "gemini-3.5-flash-lite": Price(Decimal("0.30"), Decimal("2.50")),
    "gemini-3.5-flash": Price(Decimal("1.50"), Decimal("9.00")),
    "gemini-3.1-pro": Price(Decimal("2.00"), Decimal("12.00")),
    "gemini-2.5-pro": Price(Decimal("1.25"), Decimal("10.00")),
    "gemini-2.5-flash-lite": Price(Decimal("0.10"), Decimal("0.40")),
    "gemini-2.5-flash": Price(Decimal("0.30"), Decimal("2.50")),
}

UNKNOWN = Price(Decimal("2.00"), Decimal("12.00"))
"""Of a model that is not listed and has no price in the settings: so that its budget is not passed unnoticed."""


def known(model: str) -> bool:
    """Whether the price of `model` is known, from the settings or the list."""
    return settings.SIGHTLINE_LMM_PRICE_IN is not None or any(_is(model, name) for name in PRICES)


def price_of(model: str) -> Price:
    """The price of a model by its name, such as ``gemini-3.5-flash-lite-001``; what the settings say goes first."""
    # The longest name that fits: “flash-lite” is no “flash”.
    names = sorted((name for name in PRICES if _is(model, name)), key=len)
    listed = PRICES[names[-1]] if names else UNKNOWN
    given_in, given_out = settings.SIGHTLINE_LMM_PRICE_IN, settings.SIGHTLINE_LMM_PRICE_OUT
    return Price(
        listed.tokens_in if given_in is None else given_in, listed.tokens_out if given_out is None else given_out
    )


def _is(model: str, name: str) -> bool:
    model = model.removeprefix("models/")
    return model == name or model.startswith(f"{name}-")


def tokens_of(request: Request) -> int:
    """About how many tokens `request` is."""
    characters, count = len(request.system), 0
    for turn in request.turns:
        for part in turn.parts:
            match part:
                case Words(text):
                    characters += len(text)
                case Data(name, text):
                    characters += len(name) + len(text) + 80  # what marks it as data
                case Picture():
                    count += tokens_of_picture(part.width, part.height)
    return count + int(characters / CHARACTERS_PER_TOKEN) + 1


def tokens_of_picture(width: int, height: int) -> int:
    """Tokens of a picture of these pixels; of one of unknown size those of 2 by 2 tiles."""
    if not width or not height:
        return 4 * TILE_TOKENS
    if max(width, height) <= SMALL_PX:
        return TILE_TOKENS
    return -(-width // TILE_PX) * -(-height // TILE_PX) * TILE_TOKENS


def estimate(model: str, request: Request, expected_out: int = EXPECTED_OUT) -> Decimal:
    """About what `request` costs, in US dollars."""
    return price_of(model).of(tokens_of(request), min(expected_out, request.max_tokens))
