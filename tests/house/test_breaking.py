"""A change that would break clients is noticed, and passes only where it is announced."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check_breaking.py"
RELEASED = "type Query { one(first: Int): Int two: Int! } enum Kind { A B }"
LOG = "# Changelog\n\n## [Unreleased]\n\n%s\n\n## [0.1.0]\n\n- Breaking: `Query.two` is new.\n"
BREAKING = {
    "a field is gone": "type Query { one(first: Int): Int } enum Kind { A B }",
    "null where none was": "type Query { one(first: Int): Int two: Int } enum Kind { A B }",
}


def _said(folder: Path, now: str, line: str) -> tuple[int, str]:
    paths = [folder / name for name in ("released", "now", "log")]
    for path, text in zip(paths, (RELEASED, now, LOG % line), strict=True):
        path.write_text(text)
    command = [sys.executable, str(SCRIPT), *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    return run.returncode, run.stdout


@pytest.mark.parametrize("now", BREAKING.values(), ids=BREAKING)
def test_a_breaking_change_is_found(tmp_path: Path, now: str) -> None:
    code, said = _said(tmp_path, now, "- Something else, with `Query.one`.")
    assert code == 1
    assert "Query.two" in said


@pytest.mark.parametrize("now", BREAKING.values(), ids=BREAKING)
def test_it_passes_where_the_newest_changes_announce_it(tmp_path: Path, now: str) -> None:
    assert _said(tmp_path, now, "- Breaking: `Query.two` is another thing.") == (0, "")


def test_what_is_added_breaks_nothing(tmp_path: Path) -> None:
    now = "type Query { one(first: Int, after: ID): Int two: Int! three: Int } enum Kind { A B C }"
    assert _said(tmp_path, now, "- More.") == (0, "")
