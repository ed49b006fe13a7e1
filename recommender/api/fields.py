"""Values of questions about films."""

from __future__ import annotations

import math
from typing import Any

from rest_framework import serializers

from recommender.searching import Like
from search.query import Like as Written

WEIGHT_HELP = (
    "`-` before it: less like it. `^0.5` after it: counts so much, from 0.1 to 1. Repeat it for several, in JSON as a "
    "list."
)


class LikeField(serializers.CharField):
    """An id or a token with its sign and weight, as a Like. `of`: what of a Like it names."""

    def __init__(self, of: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._of = of

    def to_internal_value(self, data: Any) -> Like:
        text = super().to_internal_value(data)
        try:
            # Written as in the search of the library, whose items have ids as films do.
            parsed = Written.parse(text)
        except ValueError as error:
            raise serializers.ValidationError("This is no id or token.") from error
        if bool(parsed.example) != (self._of == "example"):
            raise serializers.ValidationError(f"This is no {'token' if self._of == 'example' else 'id'}.")
        if abs(parsed.weight) > 1:
            raise serializers.ValidationError("A weight is a number from 0.1 to 1.")
        return Like(weight=parsed.weight, **{self._of: parsed.example or parsed.item})


def written(like: Like) -> str:
    """`like` as LikeField reads it."""
    return str(Written(like.movie or like.item, like.example, like.weight))


class NumberField(serializers.FloatField):
    """A number that is one: JSON and addresses know “nan” and “inf” as well."""

    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value
