"""The searches that the first page offers, asked of the demo's photographs with the real encoders."""

import pytest

from media_library import pipeline
from media_library.demo import loading
from media_library.demo.photographs import PHOTOGRAPHS
from media_library.demo.searches import SEARCHES
from search import indexing
from search.query import Query
from search.retrieval import search

pytestmark = [pytest.mark.django_db, pytest.mark.encoder]


def test_each_offered_search_finds_its_picture_first(settings, no_queue):
    settings.SIGHTLINE_VISUAL_ENCODER, settings.SIGHTLINE_TEXT_ENCODER = "pocket", "sentence:minilm"
    for item_id in loading.load(list(PHOTOGRAPHS)):
        pipeline.process(item_id)
    indexing.embed_pending()
    viewer = loading.owner()
    first = {words: search(Query(words), viewer, limit=1).hits[0].item.original_name for words in SEARCHES}
    assert first == SEARCHES
