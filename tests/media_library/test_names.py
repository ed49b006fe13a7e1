import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_library.names import LONGEST, clean_name


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("cat.jpg", "cat.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\cat.jpg", "cat.jpg"),
        ("cat\r\nContent-Type: x.jpg", "cat Content-Type: x.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("c\u200ba\ufefft.jpg", "cat.jpg"),
        ("a\0b\x1b[31m.jpg", "ab[31m.jpg"),
        ("cafe\u0301.jpg", "caf\xe9.jpg"),
        ("  many   spaces .jpg", "many spaces .jpg"),
        ("", "unnamed"),
        ("..", "unnamed"),
        ("folder/", "unnamed"),
        ("\u200f\u202e", "unnamed"),
        ("猫.jpg", "猫.jpg"),
    ],
)
def test_names(raw, clean):
    assert clean_name(raw) == clean


def test_long_names_keep_their_extension():
    name = clean_name("x" * 500 + ".jpeg")
    assert len(name) == LONGEST
    assert name.endswith("xx.jpeg")
    assert len(clean_name("x." + "y" * 500)) == LONGEST


@given(st.text(max_size=400))
def test_any_name_is_safe(raw):
    name = clean_name(raw)
    assert 1 <= len(name) <= LONGEST
    assert "/" not in name
    assert "\\" not in name
    assert not any(unicodedata.category(char)[0] == "C" for char in name)
    assert clean_name(name) == name
