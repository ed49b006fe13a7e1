import pytest
from django.db import connections
from tests.api_fuzz import application, fuzz
from recommender import opinions, services
from recommender.importing.facts import facts_of
from recommender.models import Movie
from search import indexing
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.filterwarnings("ignore")]

@pytest.mark.parametrize("signed_in", [True])
def test_x(make_item, user, make_image, no_queue, signed_in):
    item = make_item("red", visibility="public")
    services.upsert_films([facts_of({"id": n, "title": f"film {n}", "genres": ["Drama"], "overview": f"word {n}"}) for n in range(1, 9)])
    for film, c in zip(Movie.objects.all(), ("red", "blue", "green", "grey")):
        services.set_poster(film, make_image(c))
    indexing.embed_missing()
    known = {"/like-item/": [str(item.pk)], "/films/": [str(pk) for pk in Movie.objects.values_list("pk", flat=True)]}
    try:
        found = fuzz(application(user), signed_in=signed_in, examples=3, seed=3, known=known, edges=True, only="/films/(.*opinion|.*pictures|start)", seconds=100, stateful=False)
    finally:
        connections.close_all()
    print(dict(found.cases), dict(found.statuses))
    assert not found.failures, "\n\n".join(f"{what}\n{how}" for what, how in found.failures.items())
