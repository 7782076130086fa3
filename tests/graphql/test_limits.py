"""How much a document may ask for."""

import time

import pytest

from app.graphql.limits import MAX_ALIASES, MAX_DEPTH, MAX_DIRECTIVES, MAX_TOKENS
from tests.graphql.conftest import Door


def _nested(depth: int) -> str:
    """A document whose fields nest so deeply."""
    steps = ("tracks", "edges", "node", "artist")
    opened = [steps[level % 4] for level in range(depth - 1)]
    return "{" + "".join(f"{step}{{" for step in opened) + "__typename" + "}" * depth


def _codes(door: Door, document: str) -> set[str]:
    answer = door.post(document).json()
    assert "data" not in answer
    return {error["extensions"]["code"] for error in answer["errors"]}


def test_depth(door: Door) -> None:
    assert door.error(_nested(MAX_DEPTH), None)["extensions"]["code"] == "not_signed_in"
    assert _codes(door, _nested(MAX_DEPTH + 1)) == {"too_complex"}


def test_depth_within_fragments(door: Door) -> None:
    fragment = "fragment f on Track { artist { tracks { edges { node { id } } } } }"
    nested = "{ tracks { edges { node { artist { tracks { edges { node { ...f } } } } } } } }"
    assert _codes(door, f"{nested} {fragment}") == {"too_complex"}


def test_aliases(door: Door) -> None:
    def document(count: int) -> str:
        return "{" + " ".join(f"a{n}: viewer {{ id }}" for n in range(count)) + "}"

    assert len(door.ask(document(MAX_ALIASES), None)) == MAX_ALIASES
    assert _codes(door, document(MAX_ALIASES + 1)) == {"too_complex"}


def test_aliases_count_each_time_their_fragment_is_used(door: Door) -> None:
    fragment = "fragment f on User { a: id b: id c: id d: id }"
    spread = " ".join(["... on Query { viewer { ...f } }"] * 4)
    assert _codes(door, f"{{ {spread} }} {fragment}") == {"too_complex"}


def test_directives(door: Door) -> None:
    def document(count: int) -> str:
        return "{ viewer { " + "id @include(if: true) " * count + "} }"

    assert door.ask(document(MAX_DIRECTIVES), None) == {"viewer": None}
    assert _codes(door, document(MAX_DIRECTIVES + 1)) == {"too_complex"}


def test_directives_on_fragments_and_operations_count_too(door: Door) -> None:
    on = "@include(if: true) " * 26
    fragment = "fragment f on Query { status { state } }"
    assert "too_complex" in _codes(
        door, f"{{ ...f {on} ... {on} {{ viewer {{ id }} }} }} {fragment}"
    )
    on = "@nothing " * (MAX_DIRECTIVES + 1)
    assert "too_complex" in _codes(door, f"query {on} {{ viewer {{ id }} }}")


def test_tokens(door: Door) -> None:
    def document(ids: int) -> str:
        return "{ nodes(ids: [" + '"" ' * ids + "]) { id } }"

    within = document(MAX_TOKENS - 20)
    assert door.error(within, None)["extensions"]["code"] == "not_signed_in"
    assert _codes(door, document(MAX_TOKENS)) == {"invalid_request"}


@pytest.mark.parametrize(
    "document",
    [
        "{" + "tracks{" * 900 + "id" + "}" * 901,
        "{ nodes(ids: " + "[" * 900 + "]" * 900 + ") { id } }",
        "query ($a: " + "[" * 900 + "ID" + "]" * 900 + ") { viewer { id } }",
        "{ ...f0 } "
        + " ".join(f"fragment f{n} on Query {{ ...f{n + 1} }}" for n in range(230))
        + " fragment f230 on Query { status { state } }",
    ],
    ids=["fields", "lists", "types", "fragments"],
)
def test_nothing_nests_until_the_stack_ends(door: Door, document: str) -> None:
    answer = door.post(document)
    assert answer.status_code == 200
    codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
    assert codes <= {"invalid_request", "too_complex"}


def test_fragments_that_spread_one_another_twice_cost_no_more_than_once(door: Door) -> None:
    spreads = " ".join(f"fragment f{n} on User {{ ...f{n + 1} ...f{n + 1} }}" for n in range(100))
    document = f"{{ viewer {{ ...f0 }} }} {spreads} fragment f100 on User {{ id }}"
    began = time.monotonic()
    assert door.ask(document, None) == {"viewer": None}
    assert time.monotonic() - began < 5


def test_fragments_that_spread_themselves_are_refused(door: Door) -> None:
    document = "{ viewer { ...f } } fragment f on User { ...g } fragment g on User { ...f }"
    assert _codes(door, document) == {"invalid_request"}


def test_introspection_goes_no_deeper_than_it_must(door: Door) -> None:
    circle = "{ __schema { types { " + "fields { type { " * 4 + "name" + " } }" * 4 + " } } }"
    assert _codes(door, circle) == {"invalid_request"}
