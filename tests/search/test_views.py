"""The search page as browsers without scripts get it, and what htmx gets of it."""

import re
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from media_library import services
from media_library.demo.loading import OWNER
from media_library.demo.searches import SEARCHES
from media_library.fetching import FetchRefused
from media_library.formats.base import FileRejected
from search import examples
from search.encoders import registry

pytestmark = pytest.mark.django_db

PAGE = reverse("search")


def titles(response) -> list[str]:
    context = response.context
    return [str(hit.item) for hit in context.get("hits") or []] or [str(item) for item in context.get("items") or []]


class TestFirstPage:
    def test_an_empty_library_says_so_and_what_to_do(self, client, db):
        page = client.get(PAGE)
        assert page.status_code == 200
        assert "The library is empty" in page.text
        assert reverse("upload") in page.text

    def test_it_shows_what_the_viewer_may_see_and_counts_it(self, client, make_item, user, other_user):
        make_item("red", name="mine.png", owner=user)
        make_item("blue", name="private.png", owner=other_user)
        make_item("green", name="public.png", owner=other_user, visibility="public")
        assert titles(client.get(PAGE)) == ["public.png"]
        client.force_login(user)
        page = client.get(PAGE)
        assert titles(page) == ["public.png", "mine.png"]
        assert page.context["counts"]["total"]["items"] == 2

    def test_searches_to_try_are_the_tags_in_use(self, client, make_item):
        make_item("red", tags=["sunset"], visibility="public")
        suggestion = client.get(PAGE).context["suggestions"][0]
        assert (suggestion.label, suggestion.url) == ("sunset", "/?tag=sunset")

    def test_where_the_demo_library_is_its_searches_are_offered(self, client, make_item, make_user):
        make_item("red", owner=make_user(OWNER), tags=["sunset"], visibility="public")
        assert [each.label for each in client.get(PAGE).context["suggestions"]] == list(SEARCHES)

    def test_what_could_not_be_read_has_no_place_among_the_pictures(self, client, make_item):
        make_item("red", name="seen.png", visibility="public")
        broken = make_item("blue", name="broken.png", ready=False, visibility="public")
        services.mark_failed(broken.pk, "The file ends too early.")
        assert titles(client.get(PAGE)) == ["seen.png"]

    def test_what_is_not_read_yet_takes_no_place_among_the_pictures(self, client, make_item):
        make_item("blue", ready=False, visibility="public")
        assert "is being read" in client.get(PAGE).text
        make_item("red", name="seen.png", visibility="public")
        page = client.get(PAGE)
        assert titles(page) == ["seen.png"]
        assert "is being read" not in page.text

    def test_a_library_of_nothing_readable_leads_to_the_reasons(self, client, make_item):
        broken = make_item("blue", ready=False, visibility="public")
        services.mark_failed(broken.pk, "The file ends too early.")
        page = client.get(PAGE)
        assert "The library is empty" not in page.text
        assert "/library/?status=failed" in page.text

    def test_what_is_on_its_way_is_counted(self, client, make_item):
        make_item("red", ready=False, visibility="public")
        assert "1 being indexed" in client.get(PAGE).text


class TestSearchByWords:
    def test_the_best_match_comes_first_with_why_it_was_found(self, client, make_item):
        make_item("blue", name="one.png", visibility="public")
        make_item("red", name="two.png", visibility="public")
        page = client.get(PAGE, {"q": "red"})
        assert titles(page)[0] == "two.png"
        assert "picture" in page.context["hits"][0].reason_labels
        assert "<meter" in page.text

    def test_filters_narrow(self, client, make_item):
        make_item("red", tags=["a"], visibility="public", name="a.png")
        make_item("red", tags=["b"], visibility="public", name="b.png", seed=1)
        assert titles(client.get(PAGE, {"q": "red", "tag": "b"})) == ["b.png"]
        assert titles(client.get(PAGE, {"tag": "B "})) == ["b.png"]
        assert titles(client.get(PAGE, {"q": "red", "kind": "video"})) == []
        assert titles(client.get(PAGE, {"to": "1990-01-01"})) == []

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({"from": "yesterday"}, "year-month-day"),
            ({"from": "2024-02-01", "to": "2024-01-01"}, "Swap them"),
            ({"kind": "smell"}, "no such kind"),
            ({"like": "7"}, "no such item"),
            ({"by": "../../etc"}, "Drop it again"),
            ({"offset": "-3", "q": "red"}, "no such page"),
            ({"offset": "9" * 40, "q": "red"}, "no such page"),
            ({"q": "red\x00"}, "Null characters"),
            ({"q": "word " * 200}, "fewer than 500"),
        ],
    )
    def test_what_makes_no_sense_is_answered_with_a_sentence(self, client, make_item, asked, said):
        make_item("red", visibility="public")
        page = client.get(PAGE, asked)
        assert page.status_code == 400
        assert said in page.text

    def test_a_list_goes_on_where_the_page_ended(self, client, make_item, monkeypatch):
        monkeypatch.setattr("search.views.PAGE", 2)
        for seed in range(5):
            make_item("red", name=f"{seed}.png", seed=seed, visibility="public")
        seen, url = [], f"{PAGE}?q=red"
        while url:
            page = client.get(url)
            seen += titles(page)
            url = page.context["more"]
        assert sorted(seen) == [f"{seed}.png" for seed in range(5)]

    def test_the_newest_go_on_where_the_page_ended(self, client, make_item, monkeypatch):
        monkeypatch.setattr("search.views.PAGE", 2)
        for seed in range(5):
            make_item("red", name=f"{seed}.png", seed=seed, visibility="public")
        seen, url = [], PAGE
        while url:
            page = client.get(url)
            seen += titles(page)
            url = page.context["more"]
        assert seen == [f"{seed}.png" for seed in (4, 3, 2, 1, 0)]
        assert client.get(PAGE, {"cursor": "nonsense"}).status_code == 400

    def test_what_others_wrote_is_escaped(self, client, make_item):
        make_item("red", title="<script>alert(1)</script>", tags=['"><img src=x>'], visibility="public")
        page = client.get(PAGE, {"q": '"><script>red'})
        assert "<script>alert" not in page.text
        assert '"><script>red' not in page.text
        assert "<img src=x>" not in page.text


class TestCertainty:
    """What matches comes first; what is only nearest comes after a line, and says no reason."""

    @pytest.fixture(autouse=True)
    def _library(self, make_item, monkeypatch):
        # Titles alone decide here, however the encoder of the tests sees the pictures.
        monkeypatch.setattr("search.retrieval.stands_out", lambda hit: "says" in hit.places)
        for seed in range(6):
            make_item(
                "red", name=f"{seed}.png", title=f"Harbour {seed}" if seed % 2 else "", seed=seed, visibility="public"
            )

    def walk(self, client, words: str) -> list[str]:
        """What all pages list, one after the other: titles, and "-" for the line."""
        seen, url = [], f"{PAGE}?q={words}"
        while url:
            page = client.get(url)
            seen += [title or "-" for title in re.findall(r'class="title" title="([^"]*)"|class="divide"', page.text)]
            url = page.context["more"]
        return seen

    @pytest.mark.parametrize("size", [1, 2, 3, 4, 10])
    def test_one_line_parts_it_wherever_pages_end(self, client, monkeypatch, size):
        monkeypatch.setattr("search.views.PAGE", size)
        seen = self.walk(client, "harbour")
        assert sorted(seen[:3]) == ["Harbour 1", "Harbour 3", "Harbour 5"]
        assert seen[3] == "-"
        assert sorted(seen[4:]) == ["0.png", "2.png", "4.png"]

    def test_only_what_matches_says_why(self, client):
        page = client.get(PAGE, {"q": "harbour"})
        assert "Best matches for" in page.text
        sure, doubtful = page.text.split('class="divide"')
        assert (sure.count('class="why"'), sure.count('class="faint"')) == (3, 0)
        assert (doubtful.count('class="why"'), doubtful.count('class="faint"')) == (0, 3)

    def test_where_nothing_matches_that_is_said(self, client):
        page = client.get(PAGE, {"q": "submarine"})
        assert "Nothing matches “submarine”" in page.text
        assert titles(page) == []
        nearest = client.get(page.context["nearest"])
        assert "Nothing stands out for “submarine”; these are nearest." in nearest.text
        assert len(titles(nearest)) == 6
        assert 'class="divide"' not in nearest.text


class TestFragments:
    def test_htmx_gets_the_results_alone_and_caches_keep_them_apart(self, client, make_item):
        make_item("red", visibility="public")
        whole = client.get(PAGE, {"q": "red"})
        part = client.get(PAGE, {"q": "red"}, headers={"HX-Request": "true"})
        assert "<html" in whole.text
        assert "<html" not in part.text
        assert part.text.strip().startswith('<section id="results"')
        assert "HX-Request" in part.headers["Vary"]

    def test_going_back_gets_the_whole_page(self, client, db):
        headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
        assert "<html" in client.get(PAGE, headers=headers).text


class TestSearchByExample:
    URL = reverse("remember-example")

    def test_a_picture_goes_on_to_what_looks_like_it_with_words_and_filters_kept(self, client, make_item, make_image):
        make_item("blue", name="blue one.png", visibility="public")
        make_item("red", name="red one.png", visibility="public")
        sent = client.post(self.URL, {"file": make_image("red", seed=9), "kind": "image"})
        assert sent.status_code == 302
        asked = parse_qs(urlsplit(sent.url).query)
        assert asked.keys() == {"by", "kind"}
        page = client.get(sent.url)
        assert titles(page)[0] == "red one.png"
        thumbnail = client.get(reverse("example-thumbnail", args=asked["by"]))
        assert thumbnail.headers["Content-Type"] == "image/webp"
        together = client.get(sent.url + "&q=blue")
        assert together.status_code == 200
        assert len(titles(together)) == 2

    def test_a_file_that_is_no_picture_is_refused_with_a_sentence(self, client, make_item):
        from django.core.files.uploadedfile import SimpleUploadedFile

        make_item("red", visibility="public")
        for content in (b"", b"<html>", b"\x89PNG\r\n\x1a\n broken"):
            page = client.post(self.URL, {"file": SimpleUploadedFile("cat.png", content), "q": "cat"})
            assert page.status_code == 400
            assert page.context["problem"].endswith(".")
            assert 'value="cat"' in page.text

    def test_nothing_chosen(self, client, db):
        page = client.post(self.URL)
        assert page.status_code == 400
        assert "Choose a picture" in page.text

    def test_before_anything_is_indexed_it_says_so(self, client, db, make_image):
        page = client.post(self.URL, {"file": make_image("red")})
        assert page.status_code == 200
        assert "Nothing is indexed yet" in page.text

    def test_a_forgotten_example_says_so(self, client, make_item):
        make_item("red", visibility="public")
        page = client.get(PAGE, {"by": "0" * 40})
        assert page.status_code == 410
        assert "no longer at hand" in page.text
        assert client.get(reverse("example-thumbnail", args=["0" * 40])).status_code == 404

    def test_an_address_alone_in_the_box_is_an_example(self, client, make_item, make_image, monkeypatch):
        make_item("red", name="red one.png", visibility="public")
        asked = []

        def remember(url):
            asked.append(url)
            return examples.remember_file(make_image("red", seed=3), "cat.png")

        monkeypatch.setattr(examples, "remember_url", remember)
        went = client.get(PAGE, {"q": " https://example.org/cat.png ", "kind": "image"}, follow=True)
        assert asked == ["https://example.org/cat.png"]
        assert titles(went) == ["red one.png"]
        assert "example.org" not in went.request["QUERY_STRING"]
        through_htmx = client.get(PAGE, {"q": "https://example.org/cat.png"}, headers={"HX-Request": "true"})
        assert through_htmx.headers["HX-Redirect"].startswith("/?by=")

    @pytest.mark.parametrize("error", [FetchRefused("private", "That is private."), FileRejected("x", "Not that.")])
    def test_an_address_that_leads_nowhere_is_answered_with_its_sentence(self, client, db, monkeypatch, error):
        def refuse(url):
            raise error

        monkeypatch.setattr(examples, "remember_url", refuse)
        page = client.get(PAGE, {"q": "http://169.254.169.254/latest"})
        assert page.status_code == 400
        assert error.message in page.text

    def test_an_address_of_this_library_means_its_item(self, client, make_item):
        item = make_item("red", visibility="public")
        for path in (item.get_absolute_url(), reverse("item-file", args=[item.pk, "preview"])):
            went = client.get(PAGE, {"q": f"http://testserver{path}"})
            assert (went.status_code, went.url) == (302, f"/?like={item.pk}")
        picture = item.segments.pictured().get()
        went = client.get(PAGE, {"q": "http://testserver" + reverse("segment-picture", args=[picture.pk])})
        assert went.url == f"/?like={item.pk}"


class TestMoreLikeAnItem:
    def test_what_looks_like_it_comes_without_itself(self, client, make_item):
        red = make_item("red", name="red one.png", visibility="public")
        make_item("red", name="red two.png", seed=2, visibility="public")
        assert titles(client.get(PAGE, {"like": red.pk})) == ["red two.png"]
        part = client.get(reverse("item-similar", args=[red.pk]), headers={"HX-Request": "true"})
        assert "red two.png" in part.text
        assert "<html" not in part.text
        assert client.get(reverse("item-similar", args=[red.pk])).url == f"/?like={red.pk}"

    def test_others_private_items_cannot_be_searched_by(self, client, make_item, other_user):
        secret = make_item("red", owner=other_user)
        make_item("red", seed=2, visibility="public")
        for pk in (secret.pk, uuid4()):
            page = client.get(PAGE, {"like": pk})
            assert (page.status_code, titles(page)) == (410, [])
            assert client.get(reverse("item-similar", args=[pk])).status_code == 404

    def test_what_is_not_indexed_yet_says_so(self, client, make_item):
        make_item("blue", visibility="public")
        fresh = make_item("red", ready=False, visibility="public")
        page = client.get(PAGE, {"like": fresh.pk})
        assert page.status_code == 200
        assert "still being indexed" in page.text


def test_many_items_cost_no_more_statements_than_few(client, make_item, user):
    client.force_login(user)
    pages = [({}, 9), ({"kind": "image"}, 7), ({"q": "red"}, 12)]

    def statements() -> list[int]:
        counts = []
        for asked, _ in pages:
            cache.clear()  # what was counted lately
            with CaptureQueriesContext(connection) as captured:
                assert client.get(PAGE, asked).status_code == 200
            counts.append(len(captured))
        return counts

    for seed in range(3):
        make_item("red", seed=seed)
    statements()
    few = statements()
    for seed in range(3, 20):
        make_item("red", seed=seed)
    assert statements() == few
    assert all(count <= most for count, (_, most) in zip(few, pages, strict=True)), few


def test_only_words_and_new_examples_need_an_encoder(client, make_item, user, monkeypatch):
    item = make_item("red", tags=["x"])
    make_item("red", seed=2)
    client.force_login(user)

    def refuse(*args, **kwargs):
        raise AssertionError("an encoder was loaded")

    monkeypatch.setattr(registry, "load", refuse)
    for url in (PAGE, "/?tag=x", f"/?like={item.pk}", f"/items/{item.pk}/", f"/items/{item.pk}/similar/"):
        assert client.get(url, headers={"HX-Request": "true"}).status_code == 200
    with pytest.raises(AssertionError, match="an encoder was loaded"):
        client.get(PAGE, {"q": "something new"})


def test_an_encoder_that_cannot_be_loaded_is_said_on_the_page(client, make_item, user, monkeypatch):
    from search import examples
    from search.encoders.base import EncoderError

    make_item("red", visibility="public")
    monkeypatch.setattr(examples, "load", lambda spec: (_ for _ in ()).throw(EncoderError("The hub is away.")))
    response = client.get("/", {"q": "something never asked before"})
    assert response.status_code == 503
    assert "The encoder cannot be loaded" in response.content.decode()
