"""A change that would break clients is noticed, and passes only where it is announced."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check_breaking.py"
RELEASED = "type Query { one(first: Int): Int two: Int! } enum Kind { A B } union Found = Query"
LOG = "# Changelog\n\n## [Unreleased]\n\n%s\n\n## [0.1.0]\n\n- Breaking: `Query.two` is new.\n"
_REST = "enum Kind { A B } union Found = Query"
BREAKING = {
    "Query.two": f"type Query {{ one(first: Int): Int }} {_REST}",
    "Query.one(first:)": f"type Query {{ one: Int two: Int! }} {_REST}",
    "Kind.A": RELEASED.replace("A B", "B"),
    "Kind": RELEASED.replace("enum Kind { A B }", ""),
    "Found": f"type More {{ x: Int }} {RELEASED.replace('= Query', '= More')}",
}
"""By the place that is to be named."""
NULLED = f"type Query {{ one(first: Int): Int two: Int }} {_REST}"


def _said(folder: Path, now: str, line: str) -> tuple[int, str]:
    paths = [folder / name for name in ("released", "now", "log")]
    for path, text in zip(paths, (RELEASED, now, LOG % line), strict=True):
        path.write_text(text)
    command = [sys.executable, str(SCRIPT), *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    return run.returncode, run.stdout


@pytest.mark.parametrize("place", BREAKING)
def test_a_breaking_change_is_found_and_its_place_named(tmp_path: Path, place: str) -> None:
    code, said = _said(tmp_path, BREAKING[place], f"- Something else, with `{place}`.")
    assert code == 1
    assert f"- Breaking: `{place}`" in said


@pytest.mark.parametrize("place", BREAKING)
def test_it_passes_where_the_newest_changes_announce_it(tmp_path: Path, place: str) -> None:
    assert _said(tmp_path, BREAKING[place], f"- Breaking: `{place}` is changed.") == (0, "")


@pytest.mark.parametrize("word", ["Int", "type", "Query", "two", "Field", "Query.one"])
def test_a_word_of_the_change_that_is_not_its_place_announces_nothing(
    tmp_path: Path, word: str
) -> None:
    code, said = _said(tmp_path, NULLED, f"- Breaking: `{word}` is another thing.")
    assert code == 1
    assert "- Breaking: `Query.two`" in said


def test_what_is_added_breaks_nothing(tmp_path: Path) -> None:
    now = "type Query { one(first: Int, after: ID): Int two: Int! three: Int } "
    now += "enum Kind { A B C } union Found = Query"
    assert _said(tmp_path, now, "- More.") == (0, "")
