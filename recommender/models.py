"""Films, their vectors under the encoders of search, what people think of them, and what strangers rated."""

import re
import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, ExtractDay, ExtractMonth, ExtractYear
from django.urls import reverse
from pgvector.django import HalfVectorField

from search.models import Encoder

MOVIE_IDS = uuid.UUID("6f0f2b1e-3f0b-5a8e-9a55-6d1c2f7b9d10")
"""The namespace of films: an id is the UUID5 of “tmdb:<id>” in it, the same in every library."""

PRIOR_VOTES, PRIOR_MEAN = 300, 6.0
"""What a film is believed to be before anybody voted: a film with few votes is little better than that, however high
they are. The mean is that of TMDB's votes; the number of votes is one that most films seen by many exceed."""


def movie_id(tmdb_id: int) -> uuid.UUID:
    """The id of the film that TMDB knows by `tmdb_id`."""
    return uuid.uuid5(MOVIE_IDS, f"tmdb:{tmdb_id}")


class PosterState(models.TextChoices):
    NONE = "none", "No poster"
    WAITING = "waiting", "To be fetched"
    STORED = "stored", "Stored"
    FAILED = "failed", "Failed"


class MovieQuerySet(models.QuerySet["Movie"]):
    def texted(self) -> "MovieQuerySet":
        """Those with words to be found by: all, since each has a title."""
        return self.filter(indexing_problem="")

    def postered(self) -> "MovieQuerySet":
        """Those whose poster is stored, and can be looked at as far as is known."""
        return self.filter(poster_state=PosterState.STORED, indexing_problem="").exclude(poster="")

    def lacking_posters(self) -> "MovieQuerySet":
        return self.exclude(poster_state=PosterState.STORED)

    def lacking_vectors(self, encoder: Encoder) -> "MovieQuerySet":
        """Those that should have a vector of `encoder` and have none."""
        has = models.Exists(MovieVector.objects.filter(encoder=encoder, movie=models.OuterRef("pk")))
        fitting = {"text": self.texted, "visual": self.postered}.get(encoder.space, self.none)
        return fitting().exclude(has)

    def esteemed(self) -> "MovieQuerySet":
        """The best first, those with few votes behind."""
        return self.order_by("-esteem", "id")

    def titled(self, words: str) -> "MovieQuerySet":
        """Those with words in a title that begin like these; where there are none, those with these letters in it.

        The former are found by an index. For the latter every title is looked at.
        """
        begun = " & ".join(f"{each}:*A" for each in re.findall(r"[^\W_]+", words))
        if begun:
            named = self.filter(words=SearchQuery(begun, config="simple", search_type="raw"))
            if named.exists():
                return named
        return self.filter(Q(title__icontains=words) | Q(original_title__icontains=words))

    def well_known(self) -> "MovieQuerySet":
        """Those that most have voted on first."""
        return self.order_by("-vote_count", "id")


class MovieManager(models.Manager.from_queryset(MovieQuerySet)):
    def get_queryset(self) -> MovieQuerySet:
        # What full-text search compares is longer than all that is shown.
        return super().get_queryset().defer("words")


class Movie(models.Model):
    """A film. Everybody may see all of them; only curators change them."""

    id = models.UUIDField(primary_key=True, editable=False, help_text="UUID5 of the TMDB id; see movie_id().")
    tmdb_id = models.PositiveIntegerField(unique=True)
    movielens_id = models.PositiveIntegerField(null=True, blank=True, db_index=True)
    title = models.CharField(max_length=300)
    original_title = models.CharField(max_length=300, blank=True)
    overview = models.TextField(blank=True)
    tagline = models.CharField(max_length=300, blank=True)
    vote_average = models.FloatField(default=0, help_text="0 to 10.")
    vote_count = models.PositiveIntegerField(default=0)
    popularity = models.FloatField(default=0, help_text="TMDB's figure, of the day it was imported.")
    release_date = models.DateField(null=True, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    genres = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    language = models.CharField(max_length=8, blank=True, help_text="ISO 639-1 of the original, such as en.")
    runtime = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Minutes.")
    poster = models.FileField(blank=True, max_length=200)
    poster_path = models.CharField(max_length=300, blank=True, help_text="Where TMDB, or a folder, has it.")
    poster_state = models.CharField(max_length=8, choices=PosterState, default=PosterState.NONE)
    poster_problem = models.TextField(blank=True, help_text="Why there is none, as a sentence for people.")
    credit = models.CharField(max_length=500, blank=True)
    # Steps of embedding it, as those of an item.
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    indexing_problem = models.TextField(blank=True, help_text="Why it has no vectors, as a sentence for people.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, help_text="When what it is found by, or is shown, changed.")
    # The mean of its votes and of PRIOR_VOTES of PRIOR_MEAN (a Bayesian mean), 0 to 10.
    esteem = models.GeneratedField(
        expression=(F("vote_count") * F("vote_average") + Value(PRIOR_VOTES * PRIOR_MEAN))
        / (F("vote_count") + Value(float(PRIOR_VOTES))),
        output_field=models.FloatField(),
        db_persist=True,
    )
    # When it came out, as a number such as 19991231; 19990000 where only its year is known, 0 where nothing is.
    released = models.GeneratedField(
        expression=Coalesce(F("year"), ExtractYear("release_date"), Value(0), output_field=models.IntegerField())
        * Value(10_000)
        + Coalesce(
            ExtractMonth("release_date") * Value(100) + ExtractDay("release_date"),
            Value(0),
            output_field=models.IntegerField(),
        ),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    words = models.GeneratedField(
        expression=RawSQL(
            "setweight(to_tsvector('english', title) || to_tsvector('simple', title) || "
            "to_tsvector('simple', original_title), 'A') || "
            "setweight(to_tsvector('english', overview) || to_tsvector('simple', overview), 'B')",
            (),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = MovieManager()

    class Meta:
        verbose_name = "film"
        ordering = ("title", "id")
        indexes = [
            GinIndex(fields=("genres",), name="movie_genres"),
            GinIndex(fields=("words",), name="movie_words"),
            models.Index(fields=("-esteem", "id"), name="movie_esteem"),
            models.Index(fields=("-vote_count", "id"), name="movie_vote_count"),
            models.Index(fields=("-released", "id"), name="movie_released"),
            models.Index(fields=("year",), name="movie_year"),
            models.Index(fields=("title", "id"), name="movie_title"),
            models.Index(fields=("poster_state", "id"), name="movie_poster_state"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def get_absolute_url(self) -> str:
        return reverse("film", args=[self.pk])


class MovieVector(models.Model):
    """The unit vector of one film by one encoder: of its words (text encoders) or of its poster (visual ones)."""

    # Both begin an index below: one of their own would only cost.
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="vectors", db_index=False)
    encoder = models.ForeignKey(Encoder, on_delete=models.CASCADE, related_name="+", db_index=False)
    # Encoders differ in dimensions; each has a partial HNSW index over its own (see vectors.py).
    vector = HalfVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("movie", "encoder"), name="one_vector_per_movie_and_encoder"),
        ]
        indexes = [models.Index(fields=("encoder", "movie"), name="movie_vector_encoder")]

    def __str__(self) -> str:
        return f"{self.encoder_id}/{self.movie_id}"


class FilmLevel(models.Model):
    """From which similarity on words are believed to mean a film, by one encoder; see levels.py."""

    encoder = models.OneToOneField(Encoder, on_delete=models.CASCADE, primary_key=True, related_name="+")
    level = models.FloatField()
    films = models.PositiveIntegerField(help_text="How many had a vector when it was measured.")
    usual = models.BinaryField(help_text="The mean of the background words, (dimensions,) float32.")
    measured_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.encoder_id}: {self.level:.3f}"


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def spoken(self) -> "OpinionQuerySet":
        """Those in which something is said: others only remember what was taken back."""
        return self.exclude(liked=None, rating=None, watched=False, hidden=False)


class Opinion(models.Model):
    """What somebody has said about a film. One in which nothing is said any more only remembers what was."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="film_opinions", db_index=False
    )
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="opinions")
    liked = models.SmallIntegerField(null=True, blank=True, help_text="1 or -1.")
    rating = models.FloatField(null=True, blank=True, help_text="0.5 to 5, in halves.")
    watched = models.BooleanField(default=False)
    hidden = models.BooleanField(default=False, help_text="Not interested.")
    before = models.JSONField(null=True, blank=True, help_text="What it was before the last change, to undo that.")
    updated_at = models.DateTimeField(auto_now=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        ordering = ("-updated_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=("user", "movie"), name="one_opinion_per_user_and_movie"),
            models.CheckConstraint(condition=Q(liked__in=(-1, 1)) | Q(liked=None), name="liked_or_not"),
            models.CheckConstraint(
                condition=Q(rating__gte=0.5, rating__lte=5) | Q(rating=None), name="opinion_half_to_five"
            ),
        ]
        indexes = [models.Index(fields=("user", "-updated_at"), name="opinion_newest")]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.movie_id}"


class Rating(models.Model):
    """What a stranger gave a film, as MovieLens has it: the number of a person, and no more."""

    rater = models.PositiveIntegerField()
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="ratings")
    rating = models.FloatField(help_text="0.5 to 5.")
    rated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("rater", "movie"), name="one_rating_per_rater_and_movie")]

    def __str__(self) -> str:
        return f"{self.rater} of {self.movie_id}"


class FactorModelState(models.TextChoices):
    BUILDING = "building", "Building"
    ACTIVE = "active", "Active"
    OLD = "old", "Old"


class FactorModel(models.Model):
    """What one training made of all ratings. One is active; without any, recommendations go by content alone."""

    state = models.CharField(max_length=8, choices=FactorModelState, default=FactorModelState.BUILDING)
    factors = models.PositiveSmallIntegerField(help_text="Numbers per film.")
    regularization = models.FloatField()
    alpha = models.FloatField(help_text="How much surer a rating makes than none; see collaborating.py.")
    gram = models.BinaryField(help_text="Yᵀ·Y of all films, (factors, factors) float32, to place a person by.")
    ratings = models.PositiveIntegerField(default=0, help_text="Those that say something.")
    rated = models.PositiveIntegerField(default=0, help_text="How many there were altogether.")
    raters = models.PositiveIntegerField(default=0)
    films = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "model of ratings"
        verbose_name_plural = "models of ratings"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=("state",), condition=Q(state="active"), name="one_active_factor_model"),
        ]

    def __str__(self) -> str:
        return f"{self.films} films, {self.ratings} ratings"


class MovieFactors(models.Model):
    """Where a film lies among what people like together; not of length 1."""

    model = models.ForeignKey(FactorModel, on_delete=models.CASCADE, related_name="rows", db_index=False)
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="factors")
    vector = HalfVectorField()
    raters = models.PositiveIntegerField(default=0, help_text="How many people rated it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("model", "movie"), name="one_place_per_model_and_movie")]
        indexes = [models.Index(fields=("model", "-raters", "movie"), name="movie_factors_raters")]

    def __str__(self) -> str:
        return f"{self.model_id}/{self.movie_id}"


class MovieImportState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Failed"


class MovieImport(models.Model):
    """One import of films: where from, what became of the rows, and why some did not get in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = models.CharField(max_length=300, help_text="The name of the file or folder.")
    upload = models.FileField(
        blank=True, max_length=200, help_text="What was handed in by the browser, while it waits."
    )
    posters = models.CharField(max_length=1000, blank=True, help_text="A URL base, “tmdb”, or none.")
    state = models.CharField(max_length=8, choices=MovieImportState, default=MovieImportState.WAITING)
    step = models.CharField(max_length=60, blank=True, help_text="What is being done, as words for people.")
    done = models.PositiveIntegerField(default=0, help_text="Of the step: rows, posters or ratings.")
    total = models.PositiveIntegerField(default=0, help_text="0 where nobody knows.")
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    ratings = models.PositiveIntegerField(default=0)
    posters_stored = models.PositiveIntegerField(default=0)
    posters_failed = models.PositiveIntegerField(default=0)
    failures = models.JSONField(default=list, blank=True, help_text="[row, reason], the first thousand of them.")
    problem = models.TextField(blank=True, help_text="Why it stopped, as a sentence for people.")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "import of films"
        verbose_name_plural = "imports of films"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.label
