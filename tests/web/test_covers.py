"""Sleeves: the same names, the same picture, for ever."""

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from app.web import sleeves
from app.web.covers import WALL_URL, cover_url
from tests.web.conftest import Site

NAMES = st.text(max_size=120).filter(
    lambda name: re.search(r"[\x00-\x1f\ufffe\uffff]", name) is None
)


def test_a_picture_may_be_kept_for_ever_and_can_do_nothing(nobody: Site) -> None:
    response = nobody.client.get(cover_url("AC/DC & Söhne", "100% <b>?"))
    assert response.headers["content-type"] == "image/svg+xml"
    assert response.headers["cache-control"] == "max-age=31536000, immutable"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert "100% &lt;b&gt;?" in response.text
    assert "AC/DC &amp; Söhne" in response.text


def test_the_plain_cut_holds_no_words(nobody: Site) -> None:
    plain = nobody.client.get(cover_url("Nina Simone", "Sinnerman", plain=True)).text
    assert "<text" not in plain
    assert "<text" in nobody.client.get(cover_url("Nina Simone", "Sinnerman")).text


def test_the_wall_is_one_picture_of_many_sleeves(nobody: Site) -> None:
    assert nobody.client.get(WALL_URL).text.count("<svg") == 1 + 24


def test_an_endless_name_is_refused(nobody: Site) -> None:
    assert nobody.client.get(cover_url("a" * 501, "b")).status_code == 422


def test_the_same_names_give_the_same_sleeve() -> None:
    assert sleeves.sleeve("Nina Simone", "Sinnerman") == sleeves.sleeve("Nina Simone", "Sinnerman")
    assert 'fill="#cfd8dc"' in sleeves.sleeve("Nina Simone", "Sinnerman")


def test_an_artist_keeps_the_inks_and_a_title_has_its_form() -> None:
    first, second = (sleeves.sleeve("Nina Simone", title) for title in ("Sinnerman", "At Last"))
    assert first != second
    assert _ground(first) == _ground(second)


@given(NAMES, NAMES)
def test_any_names_give_a_picture_that_parses(artist: str, title: str) -> None:
    ET.fromstring(sleeves.sleeve(artist, title))


def _ground(picture: str) -> str:
    (ground,) = re.findall(r'height="400" fill="(#\w+)"', picture)
    return str(ground)
