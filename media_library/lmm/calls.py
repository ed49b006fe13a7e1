"""Every call on record, and the limit of what each person may spend in a day."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from media_library.lmm.base import LmmError, OverBudget, Reply
from media_library.models import LmmCall, Outcome

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

OUTCOMES = {
    "lmm-blocked": Outcome.BLOCKED,
    "lmm-cut-off": Outcome.CUT_OFF,
    "lmm-malformed": Outcome.MALFORMED,
    "lmm-away": Outcome.AWAY,
    "lmm-not-configured": Outcome.REFUSED,
}


def spent_today(user: AbstractBaseUser) -> Decimal:
    """US dollars of `user` since midnight, with what is being asked right now as it was estimated."""
    total = LmmCall.objects.filter(user=user, created_at__gte=midnight()).aggregate(total=Sum("cost"))["total"]
    return total or Decimal(0)


def left_today(user: AbstractBaseUser) -> Decimal | None:
    """US dollars that `user` may still spend today; None for no limit."""
    limit = settings.SIGHTLINE_LMM_BUDGET
    return None if limit is None else max(Decimal(0), limit - spent_today(user))


def midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def begin(user: AbstractBaseUser, model: str, purpose: str, estimate: Decimal) -> LmmCall:
    """Put a call on record before it is made, with what it may cost. Raises OverBudget."""
    with transaction.atomic():
        # One after the other of the same person, so that two at once cannot both have the last cent.
        list(get_user_model().objects.filter(pk=user.pk).select_for_update(no_key=True).values_list("pk"))
        left = left_today(user)
        if left is not None and estimate > left:
            raise OverBudget(
                f"Your limit for today is reached: ${settings.SIGHTLINE_LMM_BUDGET:.2f} for asking the model. "
                "It begins anew at midnight; whoever runs this library can raise it."
            )
        return LmmCall.objects.create(user=user, model=model, purpose=purpose, cost=estimate)


def end(call: LmmCall, reply: Reply) -> None:
    """It was answered."""
    outcome = Outcome.CUT_OFF if reply.finish == "cut-off" else Outcome.DONE
    _close(call, outcome, reply.cost, reply.tokens_in, reply.tokens_out, reply.latency_s, reply.attempts)


def end_with(call: LmmCall, error: LmmError, cost: Decimal, latency_s: float, attempts: int) -> None:
    """It was not, or only in part."""
    outcome = OUTCOMES.get(error.code, Outcome.REFUSED)
    _close(call, outcome, cost, error.tokens_in, error.tokens_out, latency_s, attempts)


def end_unheard(call: LmmCall, latency_s: float) -> None:
    """Whoever asked has left. What it cost nobody says, so the estimate stands."""
    _close(call, Outcome.LEFT, call.cost, 0, 0, latency_s, call.attempts)


def note(user: AbstractBaseUser | None, purpose: str, reply: Reply) -> LmmCall:
    """Put on record what was answered at no cost: by the reader, or once more."""
    return LmmCall.objects.create(
        user=user if user is not None and user.is_authenticated else None,
        model=reply.model,
        purpose=purpose,
        outcome=Outcome.DONE,
        cached=reply.cached,
        latency_s=reply.latency_s,
    )


def _close(
    call: LmmCall, outcome: Outcome, cost: Decimal, tokens_in: int, tokens_out: int, latency_s: float, attempts: int
) -> None:
    call.outcome, call.cost, call.latency_s, call.attempts = outcome, cost, round(latency_s, 3), attempts
    call.tokens_in, call.tokens_out = tokens_in, tokens_out
    call.save(update_fields=["outcome", "cost", "latency_s", "attempts", "tokens_in", "tokens_out"])
