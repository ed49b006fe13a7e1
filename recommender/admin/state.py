"""How complete the catalogue is, for the top of its list."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from recommender.models import FactorModel, FactorModelState, Movie, MovieVector, PosterState
from search.models import Encoder, EncoderState, Space


@dataclass(frozen=True)
class Coverage:
    """How many films have a vector of an encoder, of those that should."""

    encoder: Encoder
    vectors: int
    fitting: int

    @property
    def lacking(self) -> int:
        return max(0, self.fitting - self.vectors)


@dataclass(frozen=True)
class State:
    films: int
    posters: int
    awaited: int
    failed: int
    unindexed: int
    coverage: list[Coverage]
    model: FactorModel | None
    """What was learnt from ratings, and serves."""

    @property
    def without(self) -> int:
        """Films without a poster that is neither awaited nor failed."""
        return max(0, self.films - self.posters - self.awaited - self.failed)


def state() -> State:
    """In three statements, whatever the number of films and encoders."""
    lies = Q(poster="")
    counts = Movie.objects.order_by().aggregate(
        films=Count("pk"),
        posters=Count("pk", filter=~lies),
        awaited=Count("pk", filter=lies & Q(poster_state=PosterState.WAITING)),
        failed=Count("pk", filter=lies & Q(poster_state=PosterState.FAILED)),
        unindexed=Count("pk", filter=~Q(indexing_problem="")),
        texted=Count("pk", filter=Q(indexing_problem="")),
        postered=Count("pk", filter=Q(indexing_problem="", poster_state=PosterState.STORED) & ~lies),
    )
    fitting = {Space.TEXT: counts.pop("texted"), Space.VISUAL: counts.pop("postered")}
    vectors = dict(MovieVector.objects.values_list("encoder").annotate(count=Count("pk")).order_by())
    encoders = Encoder.objects.filter(space__in=fitting).exclude(state=EncoderState.REMOVING).order_by("space", "pk")
    coverage = [Coverage(each, vectors.get(each.pk, 0), fitting[Space(each.space)]) for each in encoders]
    model = FactorModel.objects.defer("gram").filter(state=FactorModelState.ACTIVE).first()
    return State(**counts, coverage=coverage, model=model)
