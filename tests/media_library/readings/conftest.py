"""Documents that a model, or the reader, has read."""

from __future__ import annotations

import json

import pytest

from media_library.extracting import runs
from media_library.models import Extraction
from tests.media_library.readings.figures import FIRMS, FLOWCHART, ORDER, TABLE


@pytest.fixture
def item(make_item):
    return make_item("red", title="Figures")


@pytest.fixture
def read(item, user, said):
    """Reads `item` once more with a model that answers with what is given."""

    def again(data: dict, kind: str = TABLE) -> Extraction:
        said.script.append(json.dumps(data))
        made = runs.ask_for(user, item, "fake", kind)
        assert runs.extract_pending(by_model=True) == 1
        made.refresh_from_db()
        return made

    return again


@pytest.fixture
def firms(read):
    return read({"tables": [FIRMS]})


@pytest.fixture
def chart(read):
    return read(ORDER, FLOWCHART)


@pytest.fixture
def page_client(client, user):
    client.force_login(user)
    return client
