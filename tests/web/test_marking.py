"""What a search found is marked where it begins a word."""

import pytest

from app.web.marking import marked


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Portishead", "port", "<mark>Port</mark>ishead"),
        ("Airport", "port", "Airport"),
        ("Beyoncé Live", "beyonce", "<mark>Beyoncé</mark> Live"),
        ("Don't Stop", "dont st", "<mark>Don&#39;t</mark> <mark>St</mark>op"),
        ("Tom & Jerry", "to je", "<mark>To</mark>m &amp; <mark>Je</mark>rry"),
        ("<b>", "b", "<mark>&lt;b&gt;</mark>"),
        ("Port Port", "", "Port Port"),
        ("Portishead", "port portis", "<mark>Portis</mark>head"),
    ],
)
def test_beginnings_of_words(text: str, query: str, expected: str) -> None:
    assert str(marked(text, query)) == expected
