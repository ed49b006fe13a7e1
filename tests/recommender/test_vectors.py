"""Films under search's encoders: made in batches by its worker, switched and removed with them, and never for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from media_library.models import MAX_ATTEMPTS
from recommender import services, vectors
from recommender.models import Movie, MovieVector
from search import indexing, spaces
from search.models import Encoder, EncoderState, Space


@pytest.fixture
def db(db) -> None:
    """Checks of foreign keys are not put off to the end: an index cannot be made while any is."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def counted(space: str) -> int:
    return MovieVector.objects.filter(encoder__space=space).count()


def test_words_and_posters_get_vectors_and_lose_them_when_they_change(make_film, embed, poster):
    film = make_film(1, "Red balloon", overview="A boy and a balloon.", colour="red")
    make_film(2, "No poster")
    assert embed() == 3
    assert (counted("text"), counted("visual")) == (2, 1)
    assert embed() == 0
    before = MovieVector.objects.get(movie=film, encoder__space="text").vector
    services.save_film(film, overview="A dragon wakes.")
    services.set_poster(film, poster("blue"))
    assert (counted("text"), counted("visual")) == (1, 0)
    assert embed() == 2
    assert MovieVector.objects.get(movie=film, encoder__space="text").vector != before
    # What is not found by does not cost anything.
    services.save_film(film, popularity=3.0)
    assert embed() == 0
    # Nor does it undo what others wrote of the film meanwhile.
    read_before = Movie.objects.get(pk=film.pk)
    services.remove_poster(film)
    services.save_film(read_before, popularity=4.0)
    assert not Movie.objects.get(pk=film.pk).poster


def test_an_encoder_is_complete_with_the_films_and_removed_with_theirs(make_film, embed):
    for number in (1, 2, 3):
        make_film(number, colour="red")
    embed()
    first = spaces.serving()["text"]
    added = spaces.add("fake:visual", Space.TEXT)
    row = Encoder.objects.with_coverage().get(pk=added.pk)
    assert (row.vectors, row.fitting) == (0, 3)
    with pytest.raises(spaces.NotNow, match="3 films have no vector"):
        spaces.activate(added)
    assert indexing.complete(added, lambda made: None)
    added.refresh_from_db()
    assert added.state == EncoderState.READY
    spaces.activate(added)
    assert MovieVector.objects.filter(encoder=added).count() == 3
    spaces.activate(first)
    assert spaces.remove(added) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"recommender_movievector_hnsw_{added.pk}"])
        assert cursor.fetchone() == (None,)


def test_one_that_others_have_in_hand_is_waited_for(make_film, embed):
    film = make_film(1)
    embed()
    Movie.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    added = spaces.add("fake:visual", Space.TEXT)
    assert indexing.complete(added, lambda made: None)
    added.refresh_from_db()
    assert added.state == EncoderState.BUILDING
    Movie.objects.filter(pk=film.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    indexing.embed_missing()
    added.refresh_from_db()
    assert added.state == EncoderState.READY


def test_encoders_from_before_there_were_films_get_an_index(make_item, make_film, embed):
    make_item()
    encoder = spaces.serving()["text"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {vectors.index_name(encoder)}")
    make_film(1)
    embed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [vectors.index_name(encoder)])
        assert cursor.fetchone() != (None,)


def test_a_poster_that_cannot_be_read_is_noted_and_let_be(make_film, embed, poster):
    broken, good = make_film(1, colour="red"), make_film(2, colour="blue")
    with default_storage.open(broken.poster.name, "wb") as file:
        file.write(b"RIFF not a picture")
    gone = make_film(3, colour="green")
    default_storage.delete(gone.poster.name)
    embed()
    assert counted("text") == 3
    assert set(MovieVector.objects.filter(encoder__space="visual").values_list("movie", flat=True)) == {good.pk}
    broken.refresh_from_db()
    assert (broken.poster_state, broken.poster_problem) == ("failed", vectors.UNREADABLE)
    assert embed() == 0
    services.set_poster(broken, poster("pink"))
    embed()
    assert counted("visual") == 2


def test_what_kills_its_worker_is_given_up_after_some_attempts_and_can_be_tried_again(make_film, embed, monkeypatch):
    make_film(1, "fatal"), make_film(2, "fine")
    real = vectors._encode

    def encode(encoder, movies):
        if any(movie.title == "fatal" for movie in movies):
            raise MemoryError
        return real(encoder, movies)

    monkeypatch.setattr(vectors, "_encode", encode)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(MemoryError):
            embed()
    embed()
    assert list(MovieVector.objects.values_list("movie__title", flat=True)) == ["fine"]
    film = Movie.objects.get(title="fatal")
    assert film.indexing_problem == vectors.EXHAUSTED
    monkeypatch.setattr(vectors, "_encode", real)
    assert services.try_again(Movie.objects.all()) == 1
    embed()
    assert counted("text") == 2


def test_a_film_that_is_edited_while_it_is_embedded_gets_no_old_vector(make_film, embed, monkeypatch):
    film = make_film(1, "old words")
    real = vectors._encode

    def encode(encoder, movies):
        found = real(encoder, movies)
        services.save_film(Movie.objects.get(pk=film.pk), title="new words")
        monkeypatch.setattr(vectors, "_encode", real)
        return found

    monkeypatch.setattr(vectors, "_encode", encode)
    embed()
    stored = MovieVector.objects.get(encoder__space="text")
    fresh = spaces.load("fake:text").encode_texts([vectors.film_text(Movie.objects.get())])[0]
    assert list(stored.vector) == pytest.approx(fresh.tolist(), abs=1e-3)
