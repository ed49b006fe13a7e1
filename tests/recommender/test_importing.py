"""Films out of files: every known shape, hostile rows, again and again, and posters."""

from __future__ import annotations

import gzip
import io
import json
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from PIL import Image

from media_library import fetching
from recommender import services
from recommender.importing import movielens, posters, reading, runs
from recommender.importing.facts import RowRejected, RowSkipped, facts_of
from recommender.models import Movie, MovieImport, PosterState, Rating, movie_id

pytestmark = pytest.mark.django_db

COURSE = [
    {
        "id": 162,
        "title": "Edward Scissorhands",
        "overview": "A gentle man with blades for fingers.",
        "vote_average": 7.7,
        "poster_path": "/edward.jpg",
        "release_date": "1990-12-07",
        "genre_ids": [14, 18, 10749],
    },
    {"id": 9487, "title": "A Bug's Life", "overview": "Ants and grasshoppers.", "vote_average": 7.0},
]

KAGGLE = (
    "adult,genres,id,original_language,original_title,overview,popularity,poster_path,release_date,runtime,title,"
    "vote_average,vote_count\n"
    "False,\"[{'id': 16, 'name': 'Animation'}, {'id': 35, 'name': 'Comedy'}]\",862,en,Toy Story,\"Toys, alive.\",21.9,"
    "/toy.jpg,1995-10-30,81.0,Toy Story,7.7,5415.0\n"
    "True,[],5,en,No,Not for all,1,,2000-01-01,,No,1,1\n"
    "False,[],1997-08-20,en,Shifted,,1,,,,Shifted,1,1\n"
)


@pytest.fixture(autouse=True)
def _no_messages(no_queue) -> None:
    """Nothing is sent to workers here."""


def take(path: Path, *given: str) -> str:
    out = io.StringIO()
    call_command("import_movies", str(path), *given, stdout=out)
    return out.getvalue()


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def as_lines(rows: list[dict]) -> str:
    return "\n".join(json.dumps(row) for row in rows)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(COURSE),
        "\ufeff" + json.dumps(COURSE, indent=2),
        json.dumps(COURSE).encode("utf-16"),
        as_lines(COURSE),
        gzip.compress(as_lines(COURSE).encode()),
        json.dumps({"page": 1, "results": COURSE, "total_pages": 1}),
        "id;title;overview;genres;vote_average;release_date\n"
        "162;Edward Scissorhands;A gentle man with blades for fingers.;Fantasy|Drama|Romance;7.7;1990-12-07\n"
        "9487;A Bug's Life;Ants and grasshoppers.;;7;\n",
    ],
    ids=["list", "bom", "utf-16", "lines", "gzip", "answer", "csv"],
)
def test_the_same_films_come_out_of_every_shape_and_only_once(tmp_path, content):
    path = written(tmp_path, "films", content)
    assert "2 new" in (told := take(path))
    assert "Import complete with no errors" in told
    edward = Movie.objects.get(tmdb_id=162)
    assert (edward.pk, edward.title, edward.year) == (movie_id(162), "Edward Scissorhands", 1990)
    assert (edward.release_date, edward.vote_average) == (date(1990, 12, 7), 7.7)
    assert edward.genres == ["Fantasy", "Drama", "Romance"]
    before = list(Movie.objects.order_by("pk").values())
    assert "0 new, 0 changed, 2 as before" in take(path)
    assert list(Movie.objects.order_by("pk").values()) == before


def test_what_one_source_does_not_tell_stays_as_another_told_it(tmp_path):
    take(written(tmp_path, "a.json", json.dumps(COURSE)))
    daily = '{"adult":false,"id":162,"original_title":"Edward with the Scissors","popularity":33.5,"video":false}'
    assert "0 new, 1 changed" in take(written(tmp_path, "daily.json", daily))
    edward = Movie.objects.get(tmdb_id=162)
    assert (edward.title, edward.popularity, edward.year) == ("Edward Scissorhands", 33.5, 1990)


def test_the_table_of_kaggle_with_its_shifted_lines(tmp_path):
    with pytest.raises(CommandError, match="1 rows or posters failed"):
        take(written(tmp_path, "movies_metadata.csv", KAGGLE))
    film = Movie.objects.get()
    assert (film.tmdb_id, film.genres, film.runtime, film.vote_count) == (862, ["Animation", "Comedy"], 81, 5415)
    record = MovieImport.objects.get()
    assert (record.new, record.skipped, record.failed) == (1, 1, 1)
    assert "1997-08-20" in record.failures[0][1]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"title": "No id"}, "no TMDB id"),
        ({"id": True, "title": "x"}, "not a TMDB id"),
        ({"id": float("nan"), "title": "x"}, "not a TMDB id"),
        ({"id": 2**31, "title": "x"}, "not a TMDB id"),
        ({"id": float("inf"), "title": "x"}, "not a TMDB id"),
        ({"id": [1], "title": "x"}, "not a TMDB id"),
        ({"id": "9" * 10000, "title": "x"}, "not a TMDB id"),
        ({"id": 1}, "no title"),
        ({"id": 1, "title": {"a": 1}}, "no title"),
        ({"id": 1, "title": "\x00 \x01"}, "no title"),
        ({"id": 1, "title": "x", "vote_average": 87}, "vote_average is 87"),
        ({"id": 1, "title": "x", "vote_count": -1}, "vote_count is -1"),
        ({"id": 1, "title": "x", "runtime": 1e99}, "runtime is 1e"),
        ([1, 2], "not an object"),
        (None, "not an object"),
    ],
)
def test_a_row_that_gives_no_film_says_why(row, reason):
    with pytest.raises(RowRejected, match=reason):
        facts_of(row)


def test_a_row_that_is_half_right_gives_what_it_tells():
    row = {
        "id": "12.0",
        "title": 1917,
        "overview": "a\x00b\ud83d",
        "vote_average": "NaN",
        "release_date": "1997-13-45",
        "genres": "[{'name': __import__('os')}]",
        "original_language": "<b>",
        "runtime": "long",
        "poster_path": "x" * 5000,
        "genre_ids": "no",
    }
    facts = facts_of(row)
    assert facts.tmdb_id == 12
    assert facts.given == {"title": "1917", "overview": "ab?", "year": 1997}
    with pytest.raises(RowSkipped):
        facts_of({"id": 1, "title": "x", "adult": "True"})


def test_hostile_files_name_their_rows_and_the_rest_gets_in(tmp_path):
    rows = [
        {"id": 1, "title": "One"},
        {"id": 1, "title": "One again"},
        {"id": 2, "title": "Two", "overview": "x" * 200_000, "genres": ["y" * 500] * 500},
        "just words",
        {"id": 3, "title": "Three", "popularity": float("nan"), "vote_count": 10**30},
        {"id": 4, "title": "Vier", "tagline": "Z" * 9999, "year": 99999},
    ]
    broken = as_lines(rows[:3]) + '\n{"id": 9, "title": \n' + as_lines(rows[3:]) + "\n[[[[[[[\n"
    latin = broken.replace("Vier", "Vi\u00e9r").encode("latin-1")
    with pytest.raises(CommandError, match="4 rows or posters failed"):
        take(written(tmp_path, "films.jsonl", latin))
    assert set(Movie.objects.values_list("tmdb_id", "title")) == {(1, "One"), (2, "Two"), (4, "Viér")}
    record = MovieImport.objects.get()
    assert {name for name, _ in record.failures} == {"Row 4", "Row 5", "Row 6", "Row 8"}
    assert (record.new, record.skipped, record.failed) == (3, 1, 4)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", b"", "is empty"),
        ("a.json", b'[{"id": 1, "title": "One"}, {"id": 2,', "not valid JSON after row 1"),
        ("a.json", b"[" * 100_000, "not valid JSON"),
        ("a.json", b'{"id": 1,\n "title": ', "not valid JSON"),
        ("a.csv", b"nothing but words", "neither JSON nor a table"),
        ("a.bin", bytes(range(256)), "holds no text"),
        ("a.gz", gzip.compress(b"[]" * 1000, mtime=0)[:30], "cannot be read"),
        ("a.zip", b"PK\x05\x06" + bytes(18), "not one of MovieLens"),
    ],
)
def test_a_file_that_is_no_list_of_films_is_refused_with_a_sentence(tmp_path, name, content, said):
    with pytest.raises(CommandError, match=said):
        take(written(tmp_path, name, content))
    assert MovieImport.objects.get().state == "failed"
    with pytest.raises(CommandError, match="There is no file"):
        take(tmp_path / "nowhere.json")


def test_a_large_list_is_read_as_a_stream(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 64)
    rows = [{"id": number, "title": f"Film {number}", "overview": "é" * (number % 90)} for number in range(1, 300)]
    path = written(tmp_path, "films.json", json.dumps(rows, ensure_ascii=False))
    assert [row.value for row in reading.rows(path)] == rows


# --- MovieLens -------------------------------------------------------------------------------------------


@pytest.fixture
def lens(tmp_path) -> Path:
    folder = tmp_path / "ml-tiny"
    folder.mkdir()
    written(
        folder,
        "movies.csv",
        "movieId,title,genres\n"
        "1,Toy Story (1995),Adventure|Animation|Children\n"
        '2,"Godfather, The (1972)",Crime|Drama\n'
        '3,"City of Lost Children, The (Cité des enfants perdus, La) (1995)",Sci-Fi|IMAX\n'
        "4,Nobody knows,(no genres listed)\n",
    )
    written(folder, "links.csv", "movieId,imdbId,tmdbId\n1,0114709,862\n2,0068646,238\n3,0112682,902\n4,1,\n")
    written(
        folder,
        "ratings.csv",
        "userId,movieId,rating,timestamp\n1,1,4.0,964982703\n1,2,0.5,964982703\n2,1,5.0,964982703\n2,4,5,964982703\n"
        "2,1,3.0,964982800\n3,1,9,964982703\nx,1,4,964982703\n3,2,4.5,1e400\n",
    )
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_movielens_gives_films_ratings_and_votes(lens, tmp_path, packed):
    source = lens
    if packed:
        source = tmp_path / "ml.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for path in lens.iterdir():
                archive.write(path, f"ml-tiny/{path.name}")
    for _ in range(2):
        with pytest.raises(CommandError, match="4 rows or posters failed"):
            take(source)
        films = {film.tmdb_id: film for film in Movie.objects.all()}
        assert {key: (film.title, film.year) for key, film in films.items()} == {
            862: ("Toy Story", 1995),
            238: ("The Godfather", 1972),
            902: ("The City of Lost Children", 1995),
        }
        assert films[862].genres == ["Adventure", "Animation", "Family"]
        assert films[902].genres == ["Science Fiction"]
        assert (films[862].vote_count, films[862].vote_average) == (2, 7.0)
        rated = set(Rating.objects.values_list("rater", "movie__tmdb_id", "rating"))
        # Who rated twice is believed the last time.
        assert rated == {(1, 862, 4.0), (1, 238, 0.5), (2, 862, 3.0)}
    assert MovieImport.objects.first().same == 3


def test_what_tmdb_told_is_not_undone_by_movielens(lens, tmp_path):
    take(
        written(tmp_path, "a.json", json.dumps([{"id": 238, "title": "Il padrino", "genres": ["Crime"], "year": 1972}]))
    )
    with pytest.raises(CommandError):
        take(lens, "--no-ratings")
    assert not Rating.objects.exists()
    film = Movie.objects.get(tmdb_id=238)
    assert (film.title, film.genres, film.movielens_id) == ("Il padrino", ["Crime"], 2)


# --- Posters ---------------------------------------------------------------------------------------------


def test_posters_out_of_a_folder_and_no_further(tmp_path, poster):
    folder = tmp_path / "posters"
    folder.mkdir()
    (folder / "one.jpg").write_bytes(poster("red").read())
    (folder / "2.png").write_bytes(poster("blue").read())
    (folder / "3.jpg").write_text("no picture")
    (tmp_path / "secret.png").write_bytes(poster("green").read())
    rows = [
        {"id": 1, "title": "One", "poster_path": "/one.jpg"},
        {"id": 2, "title": "Two"},
        {"id": 3, "title": "Three"},
        {"id": 4, "title": "Four", "poster_path": "../secret.png"},
    ]
    path = written(tmp_path, "films.json", json.dumps(rows))
    with pytest.raises(CommandError, match="2 rows or posters failed"):
        take(path, "--posters", str(folder))
    films = {film.tmdb_id: film for film in Movie.objects.all()}
    assert [films[number].poster_state for number in (1, 2, 3, 4)] == ["stored", "stored", "failed", "failed"]
    assert default_storage.open(films[1].poster.name).read(4) == b"RIFF"
    assert films[3].poster_problem
    assert "4.jpg" in films[4].poster_problem
    # What is left is done by a second run, and nothing else is touched.
    (folder / "3.jpg").write_bytes(poster("yellow").read())
    stored = films[1].poster.name, films[1].updated_at
    with pytest.raises(CommandError, match="1 rows or posters failed"):
        take(path, "--posters", str(folder))
    one = Movie.objects.get(tmdb_id=1)
    assert (one.poster.name, one.updated_at) == stored
    assert Movie.objects.get(tmdb_id=3).poster_state == PosterState.STORED
    assert MovieImport.objects.first().posters_stored == 1


def test_a_film_that_is_deleted_while_its_poster_is_fetched_stops_no_import(tmp_path, make_film, poster):
    gone, stays = make_film(1, vote_count=9), make_film(2)

    class Source(posters.FromFolder):
        def poster(self, movie: Movie) -> io.BytesIO:
            Movie.objects.filter(pk=gone.pk).delete()
            return io.BytesIO(poster("red").read())

    first, second = posters.take(Source(tmp_path))
    assert (first.movie, first.reason) == (gone, "The film was deleted meanwhile.")
    assert (second.movie, second.reason) == (stays, "")
    left = default_storage.listdir(f"films/posters/{gone.pk.hex[:2]}")[1]
    assert not [name for name in left if name.startswith(gone.pk.hex)]


def test_what_somebody_put_there_meanwhile_is_not_replaced(
    tmp_path, make_film, poster, django_capture_on_commit_callbacks
):
    film, refused = make_film(1), make_film(2, poster_path="/2.png")

    class Source(posters.FromFolder):
        def poster(self, movie: Movie) -> io.BytesIO:
            services.set_poster(Movie.objects.get(pk=movie.pk), poster("gold"))
            if movie == refused:
                raise posters.NoPoster("There is none.")
            return io.BytesIO(poster("red").read())

    with django_capture_on_commit_callbacks(execute=True):
        outcomes = list(posters.take(Source(tmp_path)))
    assert sorted(outcome.reason for outcome in outcomes) == ["", "There is none."]
    for each in (film, refused):
        each.refresh_from_db()
        assert each.poster_state == PosterState.STORED
        kept = [name for name in default_storage.listdir(f"films/posters/{each.pk.hex[:2]}")[1] if each.pk.hex in name]
        assert [f"films/posters/{each.pk.hex[:2]}/{name}" for name in kept] == [each.poster.name]
    with default_storage.open(film.poster.name) as file, Image.open(file) as picture:
        red, green, _ = picture.convert("RGB").getpixel((5, 5))
    assert red > 200 and green > 180


def test_a_few_posters_are_fetched_at_a_time_in_order(tmp_path, make_film, poster):
    films = [make_film(number, vote_count=100 - number, poster_path=f"/{number}.png") for number in range(1, 9)]
    at_work, most = set(), []

    class Source(posters.FromFolder):
        at_once = 3

        def poster(self, movie: Movie) -> io.BytesIO:
            at_work.add(movie.pk)
            most.append(len(at_work))
            time.sleep(0.12)
            at_work.discard(movie.pk)
            return io.BytesIO(poster("red").read())

    outcomes = list(posters.take(Source(tmp_path, at_once=3)))
    assert [outcome.movie for outcome in outcomes] == films
    assert {film.poster_state for film in Movie.objects.all()} == {"stored"}
    assert 2 <= max(most) <= 3


@pytest.fixture
def image_server(settings, poster):
    """Serves posters below /p/; the first request for /p/slow.png breaks off."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            if self.path == "/p/slow.png" and asked.count(self.path) == 1:
                self.connection.close()
                return
            found = self.path in ("/p/one.png", "/p/slow.png", "/by/7")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            if found:
                self.wfile.write(poster("red").read())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SIGHTLINE_FETCH_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_posters_from_the_web(tmp_path, image_server, monkeypatch):
    base, asked = image_server
    monkeypatch.setattr(posters, "PAUSE_S", 0)
    rows = [
        {"id": 1, "title": "One", "poster_path": "/one.png"},
        {"id": 2, "title": "Two", "poster_path": "/slow.png"},
        {"id": 3, "title": "Three", "poster_path": "/gone.png"},
        {"id": 7, "title": "Seven"},
    ]
    path = written(tmp_path, "films.json", json.dumps(rows))
    with pytest.raises(CommandError, match="1 rows or posters failed"):
        take(path, "--posters", f"{base}/p/", "--per-second", "1000")
    assert asked.count("/p/slow.png") == 2
    assert "404" in Movie.objects.get(tmdb_id=3).poster_problem
    with pytest.raises(CommandError):
        call_command("import_movies", "--posters", base + "/by/{id}", "--per-second", "1000", stdout=io.StringIO())
    assert set(Movie.objects.filter(poster_state="stored").values_list("tmdb_id", flat=True)) == {1, 2, 7}
    assert not [path for path in asked if path.startswith("/by/1")]


def test_tmdb_is_asked_with_the_key_for_what_is_lacking(tmp_path, monkeypatch, settings, poster):
    settings.SIGHTLINE_TMDB_KEY = "k/ey"
    asked = []

    def fetch(url, policy, destination):
        asked.append(url)
        if "api.themoviedb.org" in url:
            answer = {"id": 8, "title": "Eight", "overview": "Told by TMDB.", "poster_path": "/8.jpg"}
            destination.write(json.dumps(answer).encode())
        else:
            destination.write(poster("blue").read())
        return fetching.Fetched(url, "", 1, "x")

    monkeypatch.setattr(posters, "fetch", fetch)
    take(written(tmp_path, "d.json", '{"id": 8, "original_title": "Acht"}'), "--posters", "tmdb", "--per-second", "999")
    film = Movie.objects.get()
    # Of a film in the daily export only the original title is known: TMDB's own title is better.
    assert (film.title, film.overview, film.poster_state) == ("Eight", "Told by TMDB.", "stored")
    assert asked == [
        "https://api.themoviedb.org/3/movie/8?api_key=k%2Fey",
        "https://image.tmdb.org/t/p/w500/8.jpg",
    ]


def test_the_rate_is_kept(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(posters.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(posters.time, "sleep", lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    pace = posters.Pace(4)
    for _ in range(9):
        pace.wait()
    assert clock[0] == pytest.approx(2.0)


def test_those_who_fetch_at_the_same_time_keep_the_rate_together(monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(posters, "time", SimpleNamespace(monotonic=lambda: 0.0, sleep=slept.append))
    pace = posters.Pace(4)
    with ThreadPoolExecutor(3) as threads:
        for _ in range(9):
            threads.submit(pace.wait)
    assert sorted(slept) == pytest.approx([0.25 * turn for turn in range(1, 9)])


# --- By a worker -----------------------------------------------------------------------------------------


def test_what_is_handed_in_is_imported_by_a_worker_and_once(user, no_queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        record = runs.start(ContentFile(json.dumps(COURSE).encode()), "../course.json", by=user)
    assert runs.IMPORT in no_queue
    assert runs.import_pending() == 1
    record.refresh_from_db()
    assert (record.state, record.label, record.new, record.problem) == ("done", "course.json", 2, "")
    assert not record.upload
    assert default_storage.listdir("films/imports")[1] == []
    assert runs.import_pending() == 0
    with pytest.raises(runs.BadImport, match="is empty"):
        runs.start(ContentFile(b""), "x.json")
    with pytest.raises(runs.BadImport, match="from an address"):
        runs.start(ContentFile(b"[]"), "x.json", posters_from="/etc")


def test_an_import_whose_worker_is_asked_to_stop_goes_on_later(user, monkeypatch):
    monkeypatch.setattr(runs, "CHUNK", 1)
    record = runs.start(ContentFile(json.dumps(COURSE).encode()), "course.json", by=user)
    stops = iter([False, True, True, True, True])
    monkeypatch.setattr(runs.queue, "stopping", lambda: next(stops, True))
    runs.import_pending()
    record.refresh_from_db()
    assert (record.state, Movie.objects.count()) == ("waiting", 1)
    monkeypatch.setattr(runs.queue, "stopping", lambda: False)
    assert runs.import_pending() == 1
    record.refresh_from_db()
    assert (record.state, record.new, record.same) == ("done", 1, 1)


def test_an_import_that_failed_unexpectedly_goes_on_and_holds_up_no_other(user, monkeypatch):
    monkeypatch.setattr(runs, "CHUNK", 1)
    first = runs.start(ContentFile(json.dumps(COURSE).encode()), "course.json", by=user)
    second = runs.start(ContentFile(b'[{"id": 77, "title": "Another"}]'), "other.json", by=user)
    upsert, calls = runs.services.upsert_films, []

    def fail_once(several):
        calls.append(several)
        if len(calls) == 2:
            raise RuntimeError("nobody thought of that")
        return upsert(several)

    monkeypatch.setattr(runs.services, "upsert_films", fail_once)
    assert runs.import_pending() == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("stopped", "done")
    assert "nobody thought" not in first.problem
    assert "Go on" in first.problem
    assert runs.may_go_on(first) and not runs.may_go_on(second)
    assert runs.import_pending() == 0
    assert runs.go_on(first) and not runs.go_on(first) and not runs.go_on(second)
    assert runs.import_pending() == 1
    first.refresh_from_db()
    assert (first.state, first.new, first.same, first.problem) == ("done", 1, 1, "")
    assert not first.upload


def test_titles_of_movielens():
    assert movielens.title_and_year("Les Misérables (1995)") == ("Les Misérables", 1995)
    assert movielens.title_and_year("Avventura, L' (1960)") == ("L'Avventura", 1960)
    assert movielens.title_and_year("(500) Days of Summer (2009)") == ("(500) Days of Summer", 2009)
    assert movielens.title_and_year("Babylon 5") == ("Babylon 5", None)
