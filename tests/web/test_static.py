"""What browsers load: pinned where it is others' work, short and without a build where ours."""

import hashlib
import re
from pathlib import Path

import pytest

from app.web.render import TEMPLATES

STATIC = TEMPLATES.parent / "static"
VENDOR = STATIC / "vendor"
OURS = sorted(
    path
    for path in STATIC.rglob("*")
    if path.suffix in {".js", ".css"} and VENDOR not in path.parents
)
MOST_LINES = 250
MOST_COLUMNS = 130


def test_others_work_is_byte_for_byte_what_they_published() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split() for line in lines)}
    files = {path for path in VENDOR.rglob("*") if path.is_file()} - {VENDOR / "SHA256SUMS"}
    assert {str(path.relative_to(VENDOR)) for path in files} == set(sums)
    for name, expected in sums.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == expected


def test_each_lies_beside_its_licence() -> None:
    for folder in (path for path in VENDOR.iterdir() if path.is_dir()):
        assert (folder / "LICENSE").is_file()


def test_no_style_and_no_icon_is_left_over() -> None:
    scripts = [path for path in OURS if path.suffix == ".js"]
    markup = "".join(path.read_text() for path in [*TEMPLATES.rglob("*.html"), *scripts])
    styles = "".join(path.read_text() for path in STATIC.rglob("*.css"))
    classes = set(re.findall(r"\.([a-z][a-z-]+)", re.sub(r"/\*.*?\*/", "", styles)))
    icons = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    words = set(re.findall(r"[\w-]+", markup))
    assert classes - words == {"htmx-request"}
    assert icons <= words


@pytest.mark.parametrize("file", OURS, ids=lambda path: str(path.relative_to(STATIC)))
def test_our_files_are_short(file: Path) -> None:
    lines = file.read_text().splitlines()
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= MOST_COLUMNS
