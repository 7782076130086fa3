"""Every text of the pages goes through gettext; numbers and times as each language writes them."""

import html
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.web import texts
from app.web.render import TEMPLATES, environment

ALL = sorted(TEMPLATES.rglob("*.html"))
SAID = ("aria-label", "alt", "title", "placeholder", "aria-valuetext")
"""Attributes that are read aloud or shown."""
NAME = re.compile(r"\bPy\b|\bTune\b|\bPyTune\b")


def untranslated(source: str) -> list[str]:
    """Pieces of text in a template that do not go through gettext."""
    source = re.sub(r"\{% trans.*?endtrans %\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", source, flags=re.DOTALL)
    said = [value for name in SAID for value in re.findall(rf'\s{name}="([^"]*)"', source)]
    shown = re.split(r"<[^>]*>", source)
    pieces = (NAME.sub("", html.unescape(piece)).strip() for piece in [*said, *shown])
    return [piece for piece in pieces if re.search(r"[^\W\d_]", piece)]


@pytest.mark.parametrize("template", ALL, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_hold_no_text_of_their_own(template: Path) -> None:
    assert untranslated(template.read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<img alt="A sleeve">', ["A sleeve"]),
        ('<p>{{ _("Hello") }}</p>', []),
        ("<p>{% trans name=x %}Hello {{ name }}{% endtrans %}</p>", []),
        ("<p>{% if x %}{{ x }} and more{% endif %}</p>", ["and more"]),
        ("<p>{{ n }} · PyTune</p>", []),
        ("<p>·&nbsp;{{ n }}</p>", []),
        ("<p>Adieu&nbsp;!</p>", ["Adieu\xa0!"]),
    ],
)
def test_what_is_not_translated_is_found(source: str, found: list[str]) -> None:
    assert untranslated(source) == found


def test_every_template_can_be_parsed() -> None:
    for template in ALL:
        environment().get_template(str(template.relative_to(TEMPLATES)))


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (5, "0:05"), (302, "5:02"), (3723, "1:02:03")]
)
def test_durations(seconds: int, shown: str) -> None:
    assert texts.duration(seconds) == shown


def test_numbers_and_moments() -> None:
    english, french = texts.Formats("en"), texts.Formats("fr")
    assert (english.number(1234567), french.number(1234.5)) == ("1,234,567", "1\u202f234,5")
    assert (english.points(0.336), french.points(-2, 4)) == ("+0.34", "-2,0000")
    assert (english.figure(0.24755), french.tick(0.24)) == ("0.2476", "0,24")
    assert (english.gain(0.0802), english.gain(-0.5)) == ("+8.0%", "-50.0%")
    assert [english.gain_tick(each) for each in (-1.5, 0, 0.005)] == ["-150%", "0%", "+0.5%"]
    assert (french.gain(-0.5), french.share(0.125)) == ("-50,0\xa0%", "12,5\xa0%")
    assert (english.share(0.125), english.quantity(1234.56)) == ("12.5%", "1,234.6")
    moment = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
    assert english.moment(moment) == "1 Mar 2026, 09:05 UTC"
    assert french.moment(moment, ZoneInfo("Europe/Paris")) == "1 mars 2026, 10:05"
