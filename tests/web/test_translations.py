"""Every text of the pages is in every language, whole.

`make texts` brings the catalogues up to date; what is empty in them then is to be translated.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg  # type: ignore[attr-defined]
from babel.messages.pofile import read_po

from app.preferences import LANGUAGES
from app.web import texts
from app.web.render import TEMPLATES

ROOT = TEMPLATES.parent
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}|</?[a-z]+>")
"""What is filled in, and what it stands in."""
TORN_OFF = re.compile(r" [:;!?»]|« ")
"""A sign of French that a line could begin with, or a quotation mark that one could end with."""


def _catalogue(name: str) -> Catalog:
    path = texts.CATALOGUES / name
    with path.open("rb") as file:
        return read_po(file, locale=None if path.suffix == ".pot" else path.stem)


def _messages(name: str) -> list[Message]:
    return [message for message in _catalogue(name) if message.id]


@pytest.fixture(scope="module")
def written() -> set[str | tuple[str, ...]]:
    """The texts that stand in the templates."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, directory_filter=_holds_templates)
    return {message for _, _, message, _, _ in found}


def _holds_templates(folder: str | os.PathLike[str]) -> bool:
    return Path(folder).is_relative_to(TEMPLATES)


LANGUAGE_FILES = tuple(f"{language}.po" for language in LANGUAGES[1:])


def test_the_template_of_catalogues_holds_every_text_and_no_other(
    written: set[str | tuple[str, ...]],
) -> None:
    assert {message.id for message in _messages("pytune.pot")} == written


@pytest.mark.parametrize("name", LANGUAGE_FILES)
def test_a_language_has_every_text(name: str, written: set[str | tuple[str, ...]]) -> None:
    assert written - {message.id for message in _messages(name)} == set()


@pytest.mark.parametrize("name", LANGUAGE_FILES)
def test_a_language_is_whole_and_nothing_in_it_is_guessed(name: str) -> None:
    texts = _messages(name)
    assert [text.id for text in texts if text.fuzzy or not all(_forms(text))] == []
    assert [text.id for text in texts if _places(text) - _places_said(text)] == []
    assert [text.id for text in texts if _places_said(text) - _places(text)] == []


def test_no_line_of_french_begins_with_the_sign_that_ends_its_words() -> None:
    forms = [form for text in _messages("fr.po") for form in _forms(text)]
    assert [form for form in forms if TORN_OFF.search(form)] == []


def _forms(text: Message) -> list[str]:
    return [str(form) for form in _listed(text.string)]


def _places(text: Message) -> set[str]:
    return set(PLACE.findall(" ".join(str(form) for form in _listed(text.id))))


def _places_said(text: Message) -> set[str]:
    return set(PLACE.findall(" ".join(_forms(text))))


def _listed(forms: object) -> Sequence[object]:
    """Singular and plural, or the one form that there is."""
    return forms if isinstance(forms, (tuple, list)) else [forms]
