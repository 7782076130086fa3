"""What browsers load: pinned where it is others' work, short and without a build where ours."""

import hashlib
import re
from pathlib import Path

import pytest

from app.web import icons
from app.web.render import TEMPLATES

STATIC = TEMPLATES.parent / "static"
EDITOR = TEMPLATES.parent / "editor"
VENDORS = [STATIC / "vendor", EDITOR / "vendor"]
OURS = sorted(
    path
    for folder in (STATIC, EDITOR)
    for path in folder.rglob("*")
    if path.suffix in {".js", ".css"} and not set(VENDORS) & set(path.parents)
)
MOST_LINES = 250
MOST_COLUMNS = 130


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda path: path.parent.name)
def test_others_work_is_byte_for_byte_what_they_published(vendor: Path) -> None:
    lines = (vendor / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split() for line in lines)}
    files = {path for path in vendor.rglob("*") if path.is_file()} - {vendor / "SHA256SUMS"}
    assert {str(path.relative_to(vendor)) for path in files} == set(sums)
    for name, expected in sums.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == expected


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda path: path.parent.name)
def test_each_lies_beside_its_licence(vendor: Path) -> None:
    folders = [path for path in vendor.iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        assert (folder / "LICENSE").is_file()


def test_no_style_and_no_icon_is_left_over() -> None:
    scripts = [path for path in OURS if path.suffix == ".js"]
    markup = "".join(path.read_text() for path in [*TEMPLATES.rglob("*.html"), *scripts])
    drawn = "".join(map(icons.icon, icons.NAMES))
    styles = "".join(path.read_text() for path in STATIC.rglob("*.css"))
    classes = set(re.findall(r"\.([a-z][a-z-]+)", re.sub(r"/\*.*?\*/", "", styles)))
    words = set(re.findall(r"[\w-]+", markup + drawn))
    assert classes - words == {"htmx-request"}
    # In a call, or in what a note's icon is looked up in: a word elsewhere draws nothing.
    calls = "".join(re.findall(r"icon\(.*?\)|set shown = .*", markup))
    assert set(re.findall(r'"([\w-]+)"', calls)) >= icons.NAMES


@pytest.mark.parametrize("file", OURS, ids=lambda path: str(path.relative_to(STATIC.parent)))
def test_our_files_are_short(file: Path) -> None:
    lines = file.read_text().splitlines()
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= MOST_COLUMNS
