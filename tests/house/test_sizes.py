"""Files and functions stay small enough to be read at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("app", "jobs", "tests", "benchmarks", "alembic")
GENERATED = ROOT / "alembic" / "versions"
MOST_LINES_OF_A_FILE = 250
MOST_LINES_OF_A_FUNCTION = 30

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _files() -> list[Path]:
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if not path.is_relative_to(GENERATED)]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def _lines(function: Function) -> int:
    """Of the body: what is read as code. Options of a command and prose are left out."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_there_are_files_to_look_at() -> None:
    names = {_name(path) for path in _files()}
    assert {"app/main.py", "jobs/train.py", "tests/house/test_sizes.py"} <= names


@pytest.mark.parametrize("path", _files(), ids=_name)
def test_a_file_is_not_too_long(path: Path) -> None:
    with path.open(encoding="utf-8") as lines:
        assert sum(1 for _ in lines) <= MOST_LINES_OF_A_FILE


@pytest.mark.parametrize("path", _files(), ids=_name)
def test_no_function_is_too_long(path: Path) -> None:
    long = {function.name: _lines(function) for function in _functions(path)}
    assert {name: n for name, n in long.items() if n > MOST_LINES_OF_A_FUNCTION} == {}
