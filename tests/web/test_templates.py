"""Rules that the strict policy, keyboards and readers need every template to hold."""

import re
from pathlib import Path

import pytest

from app.web import icons
from app.web.render import TEMPLATES

ALL = sorted(TEMPLATES.rglob("*.html"))
MOST_LINES = 40
STATIC = TEMPLATES.parent / "static"

pytestmark = pytest.mark.parametrize(
    "template", ALL, ids=lambda path: str(path.relative_to(TEMPLATES))
)


def test_no_style_and_no_script_stand_in_the_markup(template: Path) -> None:
    source = template.read_text()
    assert not re.search(r'\sstyle=|<style|\son\w+="|\shx-on|js:|javascript:', source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)


def test_nothing_is_loaded_from_elsewhere(template: Path) -> None:
    assert not re.search(r'\ssrc="(https?:)?//', template.read_text())


def test_triggers_hold_no_expression(template: Path) -> None:
    for trigger in re.findall(r'hx-trigger="([^"]*)"', template.read_text()):
        assert "[" not in trigger


def test_templates_are_short(template: Path) -> None:
    assert len(template.read_text().splitlines()) <= MOST_LINES


def test_static_files_exist(template: Path) -> None:
    for name in re.findall(r'"\{\{ static \}\}/([^"{]+)"', template.read_text()):
        assert name == "pytune.css" or (STATIC / name).is_file()


def test_icons_exist(template: Path) -> None:
    for call in re.findall(r"icon\((.*?)\)", template.read_text()):
        assert set(re.findall(r'(?<!== )"([\w-]+)"', call)) <= icons.NAMES
