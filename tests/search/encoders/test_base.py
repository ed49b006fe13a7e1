import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from search.encoders.base import EncoderError, clean_text, unit_rows


@given(arrays(np.float64, (3, 5), elements=st.floats(0.01, 1e6)))
def test_rows_get_length_one_and_keep_their_direction(rows):
    units = unit_rows(rows)
    assert units.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(units, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(units * np.linalg.norm(rows, axis=1, keepdims=True), rows, rtol=1e-3)


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf])
def test_a_row_without_direction_is_refused(bad):
    with pytest.raises(EncoderError, match="direction"):
        unit_rows([[1.0, 0.0], [bad, 0.0]])


def test_no_rows_stay_no_rows():
    assert unit_rows(np.empty((0, 7))).shape == (0, 7)


def test_surrogates_are_replaced_and_all_else_is_kept():
    assert clean_text(json.loads(r'"caf\u00e9 \ud83d\ude00 \ud800!"')) == "café 😀 ?!"
