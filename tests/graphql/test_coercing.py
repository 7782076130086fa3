"""Variables are read quickly, and exactly as the library would read them."""

from typing import Any

import pytest
from graphql import build_schema, get_operation_ast, get_variable_values, parse
from hypothesis import given
from hypothesis import strategies as st

from app.graphql import coercing
from app.graphql.schema import schema

MADE = build_schema(
    """
    enum Mood { CALM WILD }
    input Part { at: Float!, marks: [String!] = ["a"] }
    input Song {
      id: ID!, title: String = "Rio", year: Int, mood: Mood = CALM, loud: Boolean! = true
      parts: [Part!], like: [[Int]]
    }
    input Tree { name: String, below: [Tree!] }
    input Either @oneOf { name: String, year: Int }
    type Query { songs(of: [Song!]!, tree: Tree, either: Either, years: [Int]): Int }
    """
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
PARTS = st.fixed_dictionaries(
    {"at": st.floats() | PLAIN}, optional={"marks": PLAIN | st.lists(PLAIN, max_size=2)}
)
SONGS = st.fixed_dictionaries(
    {"id": st.text(max_size=3) | st.integers() | PLAIN},
    optional={
        "title": st.text(max_size=3) | PLAIN,
        "year": st.none() | st.integers(-(2**33), 2**33),
        "mood": st.sampled_from(["CALM", "WILD", "calm", None]),
        "loud": st.booleans() | st.none(),
        "parts": st.none() | PARTS | st.lists(PARTS, max_size=2),
        "like": st.none() | st.lists(PLAIN | st.lists(PLAIN, max_size=2), max_size=2),
        "wrong": PLAIN,
    },
)
ASKED = "query ($of: [Song!]!) { songs(of: $of) }"
RECORD = """mutation ($listens: [RecordListenInput!]!) {
  recordListens(input: {listens: $listens}) { __typename }
}"""


def _read(made: Any, asked: str, values: dict[str, Any]) -> tuple[Any, Any]:
    """As we read them, and as the library does; None where that refuses them."""
    operation = get_operation_ast(parse(asked))
    assert operation is not None
    ours = coercing.quickly(made, operation, values)
    librarys = get_variable_values(made, operation.variable_definitions or (), values)
    return ours, None if isinstance(librarys, list) else librarys


def _told(values: Any) -> str:
    """Also of what is no number, which equals nothing."""
    return repr(_sorted(values.coerced))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


@given(st.lists(SONGS, max_size=3) | PLAIN)
def test_what_is_read_is_the_librarys(songs: Any) -> None:
    ours, librarys = _read(MADE, ASKED, {"of": songs})
    if ours is not None:
        assert librarys is not None
        assert _told(ours) == _told(librarys)
        assert ours.sources["of"].value is librarys.sources["of"].value


@pytest.mark.parametrize(
    "songs",
    [
        [],
        [{"id": "a"}],
        [{"id": 7, "title": None, "year": 1982, "mood": "WILD"}, {"id": "b", "loud": False}],
        [{"id": "a", "parts": [{"at": 1}, {"at": 0.5, "marks": []}], "like": [[1, None], None]}],
    ],
)
def test_what_makes_sense_is_read_quickly(songs: Any) -> None:
    ours, librarys = _read(MADE, ASKED, {"of": songs})
    assert _told(ours) == _told(librarys)


def test_a_batch_of_listens_is_read_quickly() -> None:
    listens = [{"trackId": "VHJhY2s6MQ==", "listenedAt": "2026-11-22T20:15:00Z"}, {"trackId": "x"}]
    ours, librarys = _read(schema._schema, RECORD, {"listens": listens})
    assert _told(ours) == _told(librarys)


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        ("query ($tree: Tree) { songs(of: [], tree: $tree) }", {"tree": {"name": "a"}}),
        ("query ($either: Either) { songs(of: [], either: $either) }", {"either": {"year": 1}}),
        ("query ($years: [Int]) { songs(of: [], years: $years) }", {"years": 1982}),
        ("query ($years: [Int] = [1]) { songs(of: [], years: $years) }", {}),
        ("query ($years: [Int]) { songs(of: [], years: $years) }", {"years": [1, "a"]}),
        ("query ($years: [Yes]) { songs(of: [], years: $years) }", {"years": [1]}),
        (ASKED, {"of": None}),
    ],
)
def test_what_is_unusual_is_left_to_the_library(asked: str, values: dict[str, Any]) -> None:
    assert _read(MADE, asked, values)[0] is None
